"""A model's answer in the task language: marks, names and points become things, and every step is checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.planner.checks.preconditions import check_plan
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.remote.answer import Reader
from sayso.planner.remote.planner import RemotePlanner
from sayso.planner.remote.pointing import convention_of
from sayso.planner.remote.sight import Sight
from sayso.planner.task.form import fitting
from sayso.planner.task.schema import to_json
from sayso.planner.task.values import Task, Thing
from tests.planner.remote_server import Script, says, serving, table, thing
from tests.planner.task.random_values import WORDS, random_value

MARK = {n: {"type": "mark", "number": n} for n in range(1, 9)}
PUT = {"type": "put", "thing": MARK[1], "place": {"type": "in", "thing": MARK[3]}}
WAY = ["pick up the red block", "put the red block in the blue bowl"]


def task(value: object, *names: dict[str, Any]) -> dict[str, Any]:
    return {"answer": {"type": "task", "names": list(names), "task": value}}


def above() -> Frame:
    """A frame from 1 m above (0.5, 0), the picture's top toward +x: 500 pixels a metre at the table."""
    intrinsics = np.array([[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]])
    pose = Pose(np.array([0.5, 0.0, 1.0]), np.array([[0.0, -1, 0], [-1, 0, 0], [0, 0, -1]]))
    return Frame(0.0, "above", np.full((480, 640, 3), 90, np.uint8), None, intrinsics, pose)


def pixel(x: float, y: float) -> tuple[float, float]:
    """Where the table's (x, y) is in the frame of `above`, in pixels."""
    return 320 - 500 * y, 240 - 500 * (x - 0.5)


def ask(*answers: object, instruction: str = "tidy up", model: str = "m", **options: Any) -> tuple[Answer, Script]:
    script = Script(*map(says, answers))
    with serving(script) as url:
        planner = RemotePlanner(model, url, image=above, **options)
        return planner.plan(instruction, table(), deadline_s=60.0), script


def steps(answer: Answer) -> list[str]:
    assert isinstance(answer, Plan), answer
    return [str(s) for s in answer.subtasks]


def test_a_task_with_marks_becomes_subtasks() -> None:
    answer, script = ask(task(PUT))
    assert steps(answer) == WAY and len(script.bodies) == 1


def test_the_first_request_has_a_picture_with_a_mark_on_each_thing_and_the_list_numbers_them() -> None:
    _, script = ask(task(PUT))
    system, user = script.bodies[0]["messages"]
    assert user["content"][1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert "- w1: blue bowl, centre (0.550, -0.200, 0.020)" in user["content"][0]["text"]
    assert "mark 3" in user["content"][0]["text"]
    assert "- put(thing Thing, place Place): Put, move, place" in system["content"]
    assert "the numbers in it are the marks of the list" in system["content"]


def test_a_mark_is_drawn_above_its_thing_which_stays_to_be_seen() -> None:
    sight = Sight(table(), above())
    plain, marked = above().rgb, sight._marked()
    for x, y in ((0.45, 0.10), (0.55, -0.20)):
        u, v = (round(c) for c in pixel(x, y))
        assert not np.array_equal(plain[v - 40 : v - 12, u - 8 : u + 8], marked[v - 40 : v - 12, u - 8 : u + 8])
        assert np.array_equal(plain[v + 3 : v + 12, u - 12 : u + 12], marked[v + 3 : v + 12, u - 12 : u + 12])
    assert np.array_equal(plain[:20, :20], marked[:20, :20])
    assert sight.pixel(np.array([0.5, 0.0, 0.0])) == (0.5, 0.5)


def test_a_small_picture_is_made_larger_before_it_is_marked() -> None:
    frame = above()
    small = replace(frame, rgb=frame.rgb[::4, ::4], intrinsics=frame.intrinsics / [[4], [4], [1]])
    sight = Sight(table(), small)
    assert sight.size == (640, 480) and sight._marked().shape == (480, 640, 3)
    assert sight.pixel(np.array([0.5, 0.0, 0.0])) == (0.5, 0.5)
    point = sight.on_table(0.5, 0.5)
    assert point is not None and np.allclose(point, (0.5, 0.0), atol=1e-6)


def test_descriptions_work_beside_marks_and_the_text_of_a_task_too() -> None:
    described = {"type": "the", "noun": "blocks", "modifiers": [{"type": "color", "name": "red"}]}
    answer, _ = ask(task(PUT | {"thing": described}))
    assert steps(answer) == WAY
    answer, _ = ask(task('put(the(block, color(red)), in(the(thing, called("3"))))'))
    assert steps(answer) == WAY


def test_a_name_that_the_model_gives_is_the_marked_thing() -> None:
    banana = {"type": "the", "noun": "bananas", "modifiers": [{"type": "color", "name": "yellow"}]}
    answer, _ = ask(task(PUT | {"thing": banana}, {"mark": 1, "name": "banana"}))
    assert steps(answer) == WAY
    fruit = {"type": "all", "noun": "fruit", "modifiers": []}
    answer, _ = ask(task(PUT | {"thing": fruit}, {"mark": 1, "name": "fruit"}, {"mark": 2, "name": "fruit"}))
    assert [s for s in steps(answer) if s.startswith("pick")] == ["pick up the red block", "pick up the green block"]


def test_an_unknown_mark_is_sent_back_with_those_there_are() -> None:
    answer, script = ask(task(PUT | {"thing": {"type": "mark", "number": 9}}), task(PUT))
    assert steps(answer) == WAY
    assert "there is no mark 9; there are: 1, 2, 3, 4" in script.bodies[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("model", "numbers"),
    [
        ("gpt", lambda x, y: {"type": "point", "at": [x / 640, y / 480]}),
        ("gemini-robotics-er", lambda x, y: {"point": [1000 * y / 480, 1000 * x / 640], "label": "it"}),
        ("gemini-3", lambda x, y: {"box_2d": [(y - 5) / 0.48, (x - 5) / 0.64, (y + 5) / 0.48, (x + 5) / 0.64]}),
        ("Qwen/Qwen3-VL-8B", lambda x, y: {"point_2d": [1000 * x / 640, 1000 * y / 480]}),
        ("qwen2.5-vl:7b", lambda x, y: {"bbox_2d": [x - 9, y - 9, x + 9, y + 9]}),
        ("allenai/Molmo-7B", lambda x, y: f'<point x="{x / 6.4:.1f}" y="{y / 4.8:.1f}" alt="it">it</point>'),
        ("lerobot-vqa", lambda x, y: {"bbox": [x - 9, y - 9, x + 9, y + 9]}),
    ],
)
def test_a_point_in_a_models_own_convention_is_the_thing_there(model: str, numbers: Any) -> None:
    answer, _ = ask(
        task(
            PUT | {"thing": numbers(*pixel(0.45, 0.1)), "place": {"type": "in", "thing": numbers(*pixel(0.56, -0.2))}}
        ),
        model=model,
    )
    assert steps(answer) == WAY


def test_a_point_as_a_place_is_that_point_of_the_table() -> None:
    u, v = pixel(0.40, -0.05)
    answer, script = ask(task(PUT | {"place": {"type": "point", "at": [u / 640, v / 480]}}))
    assert isinstance(answer, Plan)
    assert np.allclose(answer.subtasks[1].point, (0.40, -0.05), atol=2e-3)  # type: ignore[arg-type]
    schema = script.bodies[0]["response_format"]["json_schema"]["schema"]
    assert list(schema["$defs"]["point"]["properties"]) == ["type", "at"]


def test_a_point_beyond_the_reach_is_asked_about_and_one_on_nothing_sent_back() -> None:
    answer, _ = ask(task(PUT | {"place": {"type": "point", "at": [0.0, 0.0]}}))
    assert isinstance(answer, Question) and "beyond my reach" in answer.text
    answer, script = ask(task(PUT | {"thing": {"type": "point", "at": [0.5, 0.95]}}), task(PUT))
    assert (
        steps(answer) == WAY and "no thing of the list is at the point" in script.bodies[1]["messages"][-1]["content"]
    )
    answer, script = ask(task(PUT | {"thing": {"type": "point", "at": [300, 200]}}), task(PUT))
    assert steps(answer) == WAY and "outside of the picture" in script.bodies[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"type": "pick", "thing": MARK[3]}, "I cannot pick up the blue bowl"),
        ({"type": "put", "thing": MARK[1], "place": {"type": "in", "thing": MARK[2]}}, "The green block has no inside"),
        ({"type": "pick", "thing": {"type": "the", "noun": "block", "modifiers": []}}, "Which block do you mean"),
        ({"type": "pour", "thing": MARK[1], "place": {"type": "middle"}}, "I cannot pour"),
        ({"type": "open", "thing": MARK[3]}, "I cannot open"),
        ({"type": "fly"}, "'fly' where one of pick, put"),
        ({"type": "harm"}, "could hurt somebody"),
    ],
)
def test_what_cannot_be_done_is_sent_back_once_and_then_no_step_comes_of_it(value: object, says: str) -> None:
    answer, script = ask(task(value), task(PUT))
    assert steps(answer) == WAY and says in script.bodies[1]["messages"][-1]["content"]
    if value != {"type": "fly"}:
        answer, script = ask(task(value))
        assert isinstance(answer, Question | Refusal) and len(script.bodies) == 2


def test_a_task_may_wait_and_what_comes_after_is_worked_out_without_a_request() -> None:
    bell = {"type": "event", "words": "the bell rings"}
    answer, script = ask(task({"type": "seq", "tasks": [{"type": "wait", "condition": bell}, PUT]}))
    (only,) = steps(answer)
    assert only.startswith("wait until") and "the bell rings" in only and len(script.bodies) == 1


def test_a_plan_that_the_instruction_forbids_becomes_a_question() -> None:
    answer, _ = ask(task(PUT), instruction="tidy up, but do not put the red block in the blue bowl")
    assert isinstance(answer, Question) and "what not to do" in answer.text


def test_what_remains_of_a_task_is_worked_out_without_a_request() -> None:
    both = {"type": "seq", "tasks": [PUT, PUT | {"thing": MARK[2]}]}
    script = Script(says(task(both)))
    with serving(script) as url:
        planner = RemotePlanner("m", url, image=above)
        first = planner.plan("tidy up", table(), deadline_s=60.0)
        assert isinstance(first, Plan) and len(first.subtasks) == 4
        moved = table()
        there = thing("b1", "red", "block", 0.55, -0.20)
        moved = type(moved)(1.0, (there, *moved.objects[1:]), moved.tool)
        rest = planner.plan("tidy up", moved, done=first.subtasks[:2], deadline_s=60.0)
        assert steps(rest) == ["pick up the green block", "put the green block in the blue bowl"]
        assert len(script.bodies) == 1
        planner.plan("tidy up", moved, deadline_s=60.0)
        assert len(script.bodies) == 2, "an instruction that begins anew is asked about anew"


def test_the_text_of_a_task_needs_no_request() -> None:
    answer, script = ask(task(PUT), instruction='put(the(block, called("b1")), in(the(bowl, color(blue))))')
    assert steps(answer) == WAY and script.bodies == []


def spoilt(value: Any, rng: np.random.Generator) -> Any:
    """``value`` with things of the scene put in, and wrong numbers, words and missing fields."""
    if isinstance(value, list):
        return [spoilt(one, rng) for one in value]
    if isinstance(value, dict):
        if value.get("type") in fitting((Thing,)) and rng.random() < 0.6:
            return {"type": "mark", "number": int(rng.integers(1, 6))}
        out = {key: spoilt(held, rng) for key, held in value.items()}
        return {key: held for key, held in out.items() if key == "type" or rng.random() > 0.02}
    if isinstance(value, float) and rng.random() < 0.4:
        return [-1.0, 0.0, 1e300, 2.0][int(rng.integers(4))]
    if value in WORDS and rng.random() < 0.8:
        return ["block", "bowl", "thing", "red", "9" * 5000][int(rng.integers(5))]
    return value


def test_whatever_a_model_writes_no_step_is_planned_that_cannot_be_carried_out() -> None:
    scene, planned, asked = table(), 0, 0
    reader = Reader(Sight(scene, above()), convention_of("m"))
    interpreter = Interpreter(lambda noun: {noun: 1.0}, lambda color: {color: 1.0})
    for seed in range(1200):
        rng = np.random.default_rng(seed)
        words = json.dumps(task(spoilt(to_json(random_value(rng)), rng)))
        try:
            read = reader.read(words)
        except ValueError:
            continue
        assert isinstance(read, Task)
        answer = interpreter.answer(Interpretation(read), scene, pointed=reader.sight.on_table)
        asked += 1
        if isinstance(answer, Plan):
            planned += 1
            check_plan(answer, scene)
            for step in answer.subtasks:
                assert step.point is None or np.isfinite(step.point).all()
                assert step.distance is None or 0.0 <= step.distance <= 0.6
    assert planned > 40 and asked > 300


def test_a_line_may_be_shifted_as_a_whole() -> None:
    line = {"type": "arrange", "thing": {"type": "all", "noun": "block", "modifiers": []}, "shape": "line"}
    answer, _ = ask(task(line | {"place": {"type": "shift", "direction": "right", "by": {"type": "cm", "number": 10}}}))
    assert isinstance(answer, Plan)
    points = np.array([s.point for s in answer.subtasks if s.point is not None])
    assert len(points) == 2 and points[:, 1].mean() == pytest.approx(0.025 - 0.10, abs=0.03)


def test_a_bare_picture_has_no_marks_and_no_points() -> None:
    script = Script(says(task(PUT)))
    with serving(script) as url:
        planner = RemotePlanner("m", url, image=lambda: np.zeros((48, 64, 3), np.uint8))
        assert steps(planner.plan("tidy up", table(), deadline_s=60.0)) == WAY
    schema = script.bodies[0]["response_format"]["json_schema"]["schema"]
    assert "point" not in schema["$defs"] and "marks of the list" not in script.bodies[0]["messages"][0]["content"]


def test_a_mark_means_its_thing_however_much_better_another_one_fits() -> None:
    doubtful = replace(table().objects[0], kinds={"block": 0.55, "bowl": 0.45}, colors={"red": 0.4, "pink": 0.3})
    scene = table()
    scene = replace(scene, objects=(doubtful, *scene.objects[1:], thing("b3", "red", "block", 0.6, 0.05)))
    script = Script(says(task(PUT)))
    with serving(script) as url:
        answer = RemotePlanner("m", url).plan("tidy up", scene, deadline_s=60.0)
    assert isinstance(answer, Plan) and [s.object_id for s in answer.subtasks] == ["b1", "b1"]


def test_words_of_a_model_reach_nobody_with_control_characters() -> None:
    name = {"type": "the", "noun": "x\x1b[31m\n" + "y" * 9000, "modifiers": []}
    answer, script = ask(task(PUT | {"thing": name}))
    assert isinstance(answer, Question) and answer.text.isprintable() and len(answer.text) < 3000
    assert json.dumps(script.bodies[1]["messages"][-1]["content"]).isprintable()


def test_the_names_of_a_model_are_passed_on() -> None:
    given: dict[str, str] = {}
    with serving(Script(says(task(PUT, {"mark": 1, "name": "drill"})))) as url:
        planner = RemotePlanner("m", url, image=above)
        planner.names_given = given.update
        planner.plan("tidy up", table(), deadline_s=60.0)
    assert given == {table().objects[0].id: "drill"}

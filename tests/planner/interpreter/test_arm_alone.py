"""Steps of the arm alone stand anywhere in a task: in order, under a condition, a wait, a constraint, several times."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

from sayso.perception.scene import Scene
from sayso.planner.as_task import doing
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Plan, Question, Refusal, Subtask, Verb
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Task
from tests.planner.interpreter.test_interpreter import TABLE, answer, colors, kinds, steps

RED, BLUE, BOWL = "the(block, color(red))", "the(block, color(blue))", "the(bowl, color(blue))"
PUT = f"put({RED}, in({BOWL}))"
PUTS = ["pick up the red block", "put the red block in the blue bowl"]
NOW = 'event("I say now")'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"seq({PUT}, go(home))", [*PUTS, "go home"]),
        (f"seq(go(home), {PUT})", ["go home", *PUTS]),
        (f"seq({PUT}, go(rest))", [*PUTS, "lie down"]),
        (f"point_at({BOWL})", ["point at the blue bowl"]),
        ("point_at(all(bowl))", ["point at the blue bowl", "point at the green bowl"]),
        ("for_each(all(bowl), point_at(each))", ["point at the blue bowl", "point at the green bowl"]),
        (f"seq({PUT}, point_at({BLUE}), go(home))", [*PUTS, "point at the blue block", "go home"]),
        (f"go_to(on({BOWL}))", ["move the hand over to the blue bowl"]),
        (f"go_to(left_of({BOWL}))", ["move the hand to the left of the blue bowl"]),
        ("go_to(corner(far, left))", ["move the hand above the table in the far left corner"]),
        ("go_to(aside)", ["go home"]),
        ("seq(move(way(left, by=cm(10))), go(home))", ["move 10 cm to the left", "go home"]),
        ("move(way(left), way(up))", ["move 10 cm to the left and 10 cm up"]),
        ("move(way(left, by=cm(10)), way(up, by=cm(3)))", ["move 10 cm to the left", "move 3 cm up"]),
        (f"seq(approach({BOWL}, by=cm(5)), retreat({BLUE}))",
         ["move nearer to the blue bowl", "move away from the blue block"]),
        ("seq(gripper(close), gripper(open))", ["close the gripper", "open the gripper"]),
        (f"seq(pick({RED}), gripper(close))", ["pick up the red block"]),
        (f"seq(pick({RED}), gripper(open))", ["pick up the red block", "put the red block aside", "open the gripper"]),
        (f"if(exists({RED}), point_at({RED}), otherwise=go(home))", ["point at the red block"]),
        (f"if(not(exists({RED})), point_at({RED}), otherwise=go(home))", ["go home"]),
        (f"once({NOW}, go(home))", ["wait until you say now"]),
        (f"repeat(2, seq(point_at({RED}), go(home)))", ["point at the red block", "go home"] * 2),
        (f"with(seq({PUT}, go(home)), keep_away({BLUE}, by=cm(2)))", [*PUTS, "go home"]),
        (f"with(seq(point_at({BLUE}), go(home)), only({RED}))", ["point at the blue block", "go home"]),
        (f"with(point_at({BLUE}), untouched({BLUE}))", ["point at the blue block"]),
    ],
)  # fmt: skip
def test_the_arm_alone_has_its_steps(text: str, wanted: list[str]) -> None:
    assert steps(text) == wanted


@pytest.mark.parametrize("release", ["release", "put(it, aside)", "put(it, here)"])
def test_what_is_put_down_after_a_way_is_put_down_there(release: str) -> None:
    got = answer(f"seq(pick({RED}), move(way(up, by=little)), move(way(right, by=cm(12))), {release})")
    assert isinstance(got, Plan) and got.subtasks[-1].verb is Verb.PLACE
    assert got.subtasks[-1].point == pytest.approx((0.45, -0.02))


def test_a_held_thing_goes_home_with_the_hand_and_that_is_said() -> None:
    got = answer(f"seq(pick({RED}), go(home))")
    assert isinstance(got, Plan) and got.notes == ("I keep hold of the red block",)
    assert [s.verb for s in got.subtasks] == [Verb.PICK, Verb.GO]


@pytest.mark.parametrize(
    ("yaw", "way"), [(0.0, (0.0, 0.1, 0.0)), (np.pi, (0.0, -0.1, 0.0)), (np.pi / 2, (-0.1, 0.0, 0.0))]
)
def test_ways_are_those_of_the_person_who_speaks(yaw: float, way: tuple[float, ...]) -> None:
    meant = Interpretation(parse("move(way(left, by=cm(10)))", Task))
    got = Interpreter(kinds, colors, yaw).answer(meant, TABLE)
    assert isinstance(got, Plan) and got.subtasks[0].way == pytest.approx(way)


@pytest.mark.parametrize("text", ["move(way(left), way(right))", "point_at(the(block))", "go_to(on(all(block)))"])
def test_what_is_not_clear_is_asked_about(text: str) -> None:
    assert isinstance(answer(text), Question)


@pytest.mark.parametrize(
    "text",
    [
        f"seq(point_at({RED}), go(home))", f"seq({PUT}, go_to(on({BOWL})), go(home))", f"retreat({RED}, by=cm(4))",
        "go(rest)", "seq(gripper(close), gripper(open))", "move(way(left, by=cm(10)), way(down, by=cm(2)))",
        f"go_to(behind({RED}))",
    ],
)  # fmt: skip
def test_what_is_left_of_a_plan_is_a_task_with_the_same_steps(text: str) -> None:
    got = answer(text)
    assert isinstance(got, Plan)
    left = doing(got.subtasks, TABLE)
    assert left is not None and steps(write(left)) == [str(s) for s in got.subtasks]


def test_what_is_held_from_before_is_not_dropped() -> None:
    holding = replace(TABLE, held="red block")
    got = answer("gripper(open)", holding)
    assert isinstance(got, Refusal) and "I would drop the red block" in got.reason
    assert steps("seq(go(home), gripper(open))", holding)[1:] == ["put the red block aside", "open the gripper"]


# Waits in any place -------------------------------------------------------------------------------------------------


def carried_out(text: str) -> list[str]:
    """All the steps of a task that waits, planned anew after each wait, on the scene that the steps before it leave."""
    meant, interpreter = Interpretation(parse(text, Task)), Interpreter(kinds, colors)
    done: list[Subtask] = []
    while True:
        got = interpreter.answer(meant, after(done), tuple(done))
        assert isinstance(got, Plan), got
        assert all(step.wait is None for step in got.subtasks[:-1]), "a plan ends with the step that waits"
        done += got.subtasks
        if not got.subtasks or got.subtasks[-1].wait is None:
            return [str(step) for step in done]


def after(done: list[Subtask]) -> Scene:
    """The table with what the steps ``done`` have picked up in the hand."""
    held: str | None = None
    for step in done:
        held = step.object_id if step.verb is Verb.PICK else None if step.verb is Verb.PLACE else held
    up = np.array([0.0, 0.0, 0.2])
    things = (replace(o, held=True, position=o.position + up) if o.id == held else o for o in TABLE.objects)
    return replace(TABLE, objects=tuple(things), held=held)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"seq(pick({RED}), wait({NOW}), put(it, in({BOWL})))", [PUTS[0], "wait until you say now", PUTS[1]]),
        (f"seq(pick({RED}), once({NOW}, put(it, in({BOWL}))))", [PUTS[0], "wait until you say now", PUTS[1]]),
        (f"seq(pick({RED}), once({NOW}, hand(it)))", [PUTS[0], "wait until you say now"]),
        (f"seq(wait(after(2)), pick({RED}), wait(after(2)), put(it, in({BOWL})))",
         ["wait until 2 s have passed", PUTS[0], "wait until 2 s have passed", PUTS[1]]),
        (f"once({NOW}, seq(pick({RED}), wait(after(2)), put(it, in({BOWL}))))",
         ["wait until you say now", PUTS[0], "wait until 2 s have passed", PUTS[1]]),
        (f"seq(pick({RED}), wait(after(2)), wait(after(2)), move(way(left)), wait({NOW}), go(home))",
         [PUTS[0], *["wait until 2 s have passed"] * 2, "move 10 cm to the left", "wait until you say now", "go home"]),
        (f"for_each(together({RED}, {BLUE}), seq(point_at(each), wait(after(1))))",
         ["point at the red block", "wait until 1 s have passed", "point at the blue block",
          "wait until 1 s have passed"]),
    ],
)  # fmt: skip
def test_what_comes_before_a_wait_is_done_before_it(text: str, wanted: list[str]) -> None:
    assert carried_out(text) == wanted


def test_steps_and_waits_keep_their_order_in_every_order() -> None:
    parts = {
        f"put({RED}, in({BOWL}))": PUTS, "go(home)": ["go home"], f"point_at({BLUE})": ["point at the blue block"],
        f"wait({NOW})": ["wait until you say now"], "wait(after(3))": ["wait until 3 s have passed"],
    }  # fmt: skip
    for order in permutations(parts):
        wanted = [step for part in order for step in parts[part]]
        assert carried_out(f"seq({', '.join(order)})") == wanted
        assert all(a != b for a, b in pairwise(wanted))

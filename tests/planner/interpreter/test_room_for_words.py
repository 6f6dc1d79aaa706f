"""A place that is not free: the nearest one that the words still mean, or a question with numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Array
from sayso.model_store import PACKAGED
from sayso.perception.scene import Scene
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.dialogue.words import Made
from sayso.planner.execution.goal import subtask_goal
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Plan, Question, Relation
from sayso.planner.reader.model import Reader
from sayso.planner.task.english import plainly
from sayso.planner.task.text import parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Task
from tests.planner.local_scenes import scene, thing

GREEN = "the(block, color(green))"
BOWLS = scene(thing("green block", 0.40, 0.25), thing("red bowl", 0.55, -0.10), thing("blue bowl", 0.55, 0.10))
CROWDED = scene(thing("green block", 0.40, 0.25), thing("red block", 0.55, -0.15), thing("blue bowl", 0.42, -0.13))


def answer(task: str, on: Scene, yaw: float = 0.0) -> Plan | Question:
    got = Interpreter(kinds_meant, colors_meant, yaw).answer(Interpretation(parse(task, Task)), on)
    assert isinstance(got, Plan | Question)
    return got


def ends(task: str, on: Scene, yaw: float = 0.0) -> Array:
    """Where the only put of a plan ends, (2,) m."""
    got = answer(task, on, yaw)
    assert isinstance(got, Plan), got
    place = subtask_goal(got.subtasks[-1], on).place
    assert place is not None
    return place[:2]


def asks(task: str, on: Scene) -> Question:
    got = answer(task, on)
    assert isinstance(got, Question), [str(s) for s in got.subtasks]
    return got


@pytest.mark.parametrize("yaw", [0.0, np.pi / 2, np.pi])
def test_between_two_bowls_that_stand_close_is_between_them_still(yaw: float) -> None:
    x, y = ends(f"put({GREEN}, between(the(bowl, color(red)), the(bowl, color(blue))))", BOWLS, yaw)
    assert -0.10 < y < 0.10 and abs(x - 0.55) < 0.07


def test_a_place_beside_the_one_that_was_asked_for_is_spoken_of() -> None:
    task = f"put({GREEN}, between(the(bowl, color(red)), the(bowl, color(blue))))"
    got = answer(task, BOWLS)
    assert isinstance(got, Plan) and got.notes == ("Right there is no room: I put the green block 6 cm beside it",)
    apart = scene(BOWLS.objects[0], thing("red bowl", 0.55, -0.25), BOWLS.objects[2])
    free = answer(task, apart)
    assert isinstance(free, Plan) and not free.notes and np.allclose(ends(task, apart), (0.55, -0.075))


def test_what_does_not_fit_between_two_things_is_asked_about_with_a_number() -> None:
    wall = [thing(f"yellow block {i}", x, 0.0) for i, x in enumerate((0.48, 0.53, 0.58, 0.63))]
    question = asks(
        f"put({GREEN}, between(the(bowl, color(red)), the(bowl, color(blue))))", scene(*BOWLS.objects, *wall)
    )
    assert question.text.startswith("There is no room between the red bowl and the blue bowl within my reach: the near")
    assert " cm from there" in question.text
    said = "put the green block between the bowls"
    told = AnswerReader(Reader(PACKAGED)).read("next to the red bowl", question, said, BOWLS)
    assert isinstance(told, Made) and plainly(told.instruction) == "put the green block beside the red bowl"


def test_a_distance_in_numbers_is_kept_or_asked_about() -> None:
    task = f"put({GREEN}, in_front_of(the(block, color(red)), by=cm(8)))"
    question = asks(task, CROWDED)
    assert question.text.startswith("There is no room 8 cm in front of the red block: the nearest free")
    assert "to the left of the red block" in question.options
    free = replace(CROWDED, objects=CROWDED.objects[:2])
    assert np.allclose(ends(task, free), (0.43, -0.15))


def test_a_move_by_a_number_ends_near_it_or_is_asked_about() -> None:
    task = f"put({GREEN}, shift(right, by=cm(20)))"
    assert np.allclose(ends(task, BOWLS), (0.40, 0.05))
    assert "no room 20 cm to the right" in asks(task, scene(*BOWLS.objects, thing("pink bowl", 0.36, 0.04))).text
    assert "at most 40 cm" in asks(f"put({GREEN}, shift(right, by=m(2)))", BOWLS).text


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        ("corner(far, left)", lambda x, y: x > 0.53 and y > 0.05),
        ("at_side(right)", lambda x, y: y < -0.01),
        ("middle", lambda x, y: abs(x - 0.5) < 0.09 and abs(y) < 0.163),
    ],
)
def test_a_crowded_part_of_the_table_is_not_left(place: str, inside: object) -> None:
    corner = [thing(f"red block {i}", x, y) for i, (x, y) in enumerate([(0.64, 0.3), (0.5, 0.0), (0.5, -0.28)])]
    x, y = ends(f"put({GREEN}, {place})", scene(BOWLS.objects[0], *corner)).tolist()
    assert inside(x, y)  # type: ignore[operator]


def test_a_full_corner_is_asked_about() -> None:
    axes = np.meshgrid(np.arange(0.50, 0.74, 0.06), np.arange(0.02, 0.42, 0.06))
    full = [thing(f"red block {i}", x, y) for i, (x, y) in enumerate(np.stack(axes, axis=-1).reshape(-1, 2).tolist())]
    question = asks(f"put({GREEN}, corner(far, left))", scene(BOWLS.objects[0], *full))
    assert "no room in the far left corner" in question.text


def test_beside_is_on_whichever_side_there_is_room() -> None:
    there = [thing("red block", 0.5, 0.0), thing("blue bowl", 0.5, 0.16), thing("pink bowl", 0.5, -0.16)]
    x, y = ends(f"put({GREEN}, beside(the(block, color(red))))", scene(BOWLS.objects[0], *there)).tolist()
    assert abs(y) < 0.05 and 0.06 < abs(x - 0.5) < 0.15


def test_away_from_all_others_keeps_the_distance_from_each() -> None:
    table = scene(*BOWLS.objects, thing("red block", 0.42, 0.20))
    at = ends(f"put({GREEN}, away_from(all(thing, but({GREEN})), by=cm(15)))", table)
    for other in table.objects[1:]:
        assert float(np.hypot(*(at - other.position[:2]))) - (0.04 + other.size[0]) / 2 >= 0.15 - 1e-6
    assert "no room 30 cm away" in asks(f"put({GREEN}, away_from(all(thing, but({GREEN})), by=cm(30)))", table).text
    assert " cm are free" in asks(f"put({GREEN}, away_from(all(thing, but({GREEN})), by=cm(30)))", table).text


def test_the_first_of_two_choices_that_has_room_is_taken() -> None:
    choice = f"choose(put({GREEN}, in_front_of(the(block, color(red)), by=cm(8))), put({GREEN}, aside))"
    got = answer(choice, CROWDED)
    assert isinstance(got, Plan) and got.subtasks[-1].relation is Relation.AT

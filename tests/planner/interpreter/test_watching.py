"""Conditions of the task language, watched on the perceived scene, from any viewpoint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import Scene
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Plan
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task
from sayso.planner.watch.moment import Moment
from tests.planner.interpreter.test_interpreter import TABLE, colors, kinds
from tests.planner.local_scenes import scene, thing

PUT = "put(the(block, color(green)), in(the(bowl, color(blue))))"


def moved(x: float, y: float, z: float = 0.02) -> Scene:
    """The table with the red block elsewhere."""
    objects = (replace(o, position=np.array([x, y, z])) if o.id == "red block" else o for o in TABLE.objects)
    return replace(TABLE, objects=tuple(objects))


def seen(condition: str, on: Scene, yaw: float = 0.0) -> bool:
    """Whether a plan that waits for ``condition``, made on `TABLE`, sees it in ``on``."""
    plan = Interpreter(kinds, colors, yaw).answer(Interpretation(parse(f"once({condition}, {PUT})", Task)), TABLE)
    assert isinstance(plan, Plan), plan
    if plan.subtasks[0].wait is None:
        return True
    assert plan.subtasks[0].wait.is_seen
    return plan.subtasks[0].wait.condition.holds(Moment(on))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("condition", "there", "elsewhere"),
    [
        ("at(the(block, color(red)), in(the(bowl, color(blue))))", moved(0.65, 0.0), moved(0.5, 0.0)),
        ("at(the(block, color(red)), on(the(block, color(blue))))", moved(0.55, 0.27, 0.06), moved(0.55, 0.20)),
        ("at(the(block, color(red)), beside(the(block, color(yellow))))", moved(0.5, -0.2), moved(0.5, 0.3)),
        ("at(the(block, color(red)), right_of(the(block, color(green))))", moved(0.4, -0.2), moved(0.4, 0.0)),
        ("at(the(block, color(red)), at_side(right))", moved(0.4, -0.2), moved(0.4, 0.2)),
        ("at(the(block, color(red)), corner(far, right))", moved(0.65, -0.3), moved(0.65, 0.3)),
        ("exists(the(block, color(purple)))", scene(thing("purple block", 0.5, 0.0)), TABLE),
        ("at_least(5, the(block))", scene(*TABLE.objects, thing("pink block", 0.5, 0.0)), TABLE),
    ],
)  # fmt: skip
def test_a_condition_is_seen_where_it_holds(condition: str, there: Scene, elsewhere: Scene) -> None:
    assert seen(condition, there) and not seen(condition, elsewhere)


@pytest.mark.parametrize("yaw", [np.pi, np.pi / 2])
def test_sides_are_those_of_the_person_who_speaks(yaw: float) -> None:
    right = np.array([np.sin(yaw), -np.cos(yaw)])
    there, other = np.array([0.5, 0.0]) + 0.15 * right, np.array([0.5, 0.0]) - 0.15 * right
    for condition in ("at(the(block, color(red)), at_side(right))",):
        if not seen(condition, moved(*there), yaw):
            pytest.fail(condition)
        assert seen(condition, moved(*other), yaw) is (yaw == np.pi)  # from there it is on the right at first

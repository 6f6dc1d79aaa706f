"""What the hand lifts, and from where; and things found again by kind, color and place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import Scene
from sayso.planner.interpreter.discourse import Origin
from sayso.planner.memory.recall import recalled
from sayso.planner.memory.trail import Trail
from tests.planner.local_scenes import scene, thing

BOWL = thing("blue bowl", 0.65, 0.0)
IN_BOWL = scene(thing("red block", 0.65, 0.0, 0.03), BOWL)


def at(t: float, on: Scene, held: str | None = None, **moved: tuple[float, float, float]) -> Scene:
    objects = tuple(
        replace(o, position=np.array(moved.get(o.id.replace(" ", "_"), tuple(o.position))), held=o.id == held)
        for o in on.objects
    )
    return replace(on, t=t, objects=objects, held=held)


def test_a_thing_comes_from_where_it_rested_before_the_fingers_touched_it() -> None:
    trail = Trail()
    trail.observe(at(0.0, IN_BOWL))
    trail.observe(at(0.5, IN_BOWL))
    trail.observe(at(0.6, IN_BOWL, red_block=(0.66, 0.01, 0.03)))  # the fingers close on it
    trail.observe(at(0.7, IN_BOWL, held="red block", red_block=(0.66, 0.01, 0.05)))
    assert [(m.id, m.origin) for m in trail.moves] == [("red block", Origin((0.65, 0.0), "blue bowl"))]


def test_a_thing_that_slips_is_one_move_and_two_things_are_two() -> None:
    both = scene(thing("red block", 0.45, 0.1), thing("green block", 0.4, -0.1))
    trail = Trail()
    for t, held in ((0, None), (1, "red block"), (2, None), (3, "red block"), (4, None), (5, "green block"), (6, None)):
        trail.observe(at(float(t), both, held))
    assert [m.id for m in trail.moves] == ["red block", "green block"]


def test_one_of_its_kind_is_the_remembered_one_wherever_it_lies() -> None:
    assert [o.id for o in recalled("blue bowl", (0.1, 0.4), IN_BOWL)] == ["blue bowl"]
    assert recalled("pink bowl", (0.65, 0.0), IN_BOWL) == []


@pytest.mark.parametrize(
    ("other", "where", "found"),
    [
        ((0.45, -0.2), (0.46, 0.11), ["red block"]),  # near, and the other one far
        ((0.45, 0.2), (0.46, 0.11), ["red block", "red block 2"]),  # the other one is near, too
        ((0.45, -0.2), (0.55, 0.11), ["red block", "red block 2"]),  # none is near
    ],
)
def test_of_several_alike_the_place_tells_or_all_are_in_doubt(
    other: tuple[float, float], where: tuple[float, float], found: list[str]
) -> None:
    twins = scene(thing("red block", 0.45, 0.1), thing("red block 2", *other))
    assert sorted(o.id for o in recalled("red block", where, twins)) == found

"""Things that go into one container lie beside each other as long as there is room, and no longer."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import SceneObject
from sayso.planner.execution.goal import IN_TOLERANCE, ON_TOLERANCE, no_room, subtask_goal
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIP_M, area, beside, in_vessel, inside, lowest_on, on_top
from tests.planner.local_scenes import scene, thing

COLORS = ("red", "green", "yellow", "orange", "cyan", "purple")
VESSEL = thing("blue bowl", 0.58, 0.0)


def put(color: str) -> Subtask:
    return Subtask(Verb.PLACE, f"{color} block", f"{color} block", Relation.IN, "blue bowl", "blue bowl")


def fill(yaws: list[float]) -> list[SceneObject]:
    """The blocks that found room, each where it was put: resting where it was let go, or on what was below."""
    there: list[SceneObject] = []
    for i, yaw in enumerate(yaws):
        item = replace(thing(f"{COLORS[i]} block", 0.4, 0.2), yaw=yaw)
        place, room = in_vessel(VESSEL, item, there, yaw, company=i + 1 < len(yaws))
        if not room:
            continue
        below = [o.top for o in there if np.abs((o.position - place)[:2]).max() < 0.04 and o.top < place[2] + 0.01]
        there.append(replace(item, position=np.array([*place[:2], max([0.006, *below]) + 0.02])))
    return there


def test_one_block_goes_into_the_middle() -> None:
    (only,) = fill([0.3])
    assert np.allclose(only.position[:2], VESSEL.position[:2])


@pytest.mark.parametrize("yaw", [0.0, 0.4, -0.7])
def test_two_blocks_lie_beside_each_other(yaw: float) -> None:
    a, b = fill([yaw, yaw])
    assert np.allclose([a.position[2], b.position[2]], 0.026)
    assert 0.04 < np.hypot(*(a.position - b.position)[:2]) < 0.06
    # The fingers open across the line between them and have room there.
    line = (b.position - a.position)[:2] / np.hypot(*(a.position - b.position)[:2])
    assert abs(line @ [np.cos(yaw), np.sin(yaw)]) > 0.9


def test_five_blocks_are_no_tower() -> None:
    there = fill([0.0] * 5)
    assert len(there) == 4
    assert max(o.position[2] - o.size[2] / 2 for o in there) <= VESSEL.top
    assert all(np.hypot(*(o.position - VESSEL.position)[:2]) + 0.028 < VESSEL.size[0] / 2 for o in there)


def test_a_full_bowl_is_said_with_how_many_fit() -> None:
    there = fill([0.0] * 5)
    last = thing("purple block", 0.4, 0.2)
    steps = [Subtask(Verb.PICK, "purple block", "purple block"), put("purple")]
    assert no_room(steps, scene(*there, last, VESSEL)) == "Only 4 fit in the blue bowl"
    assert no_room(steps, scene(last, VESSEL)) is None
    assert no_room(steps[:1], scene(*there, last, VESSEL)) is None, "it is only picked up"


def test_what_is_seen_twice_takes_up_room_once() -> None:
    one = thing("red block", 0.58, 0.0, 0.026)
    ghost = replace(one, id="block-9", position=one.position + np.array([0.01, 0.0, 0.012]), confidence=0.6)
    assert inside(VESSEL, [ghost, one, VESSEL]) == [one]


def test_the_first_of_several_leaves_room_for_the_next() -> None:
    table = scene(thing("red block", 0.4, 0.1), thing("green block", 0.4, -0.1), VESSEL)
    alone = subtask_goal(put("red"), table).place
    together = subtask_goal(put("red"), table, rest=(put("green"),)).place
    assert alone is not None and together is not None
    assert np.allclose(alone[:2], VESSEL.position[:2])
    assert 0.02 < np.hypot(*(together - VESSEL.position)[:2]) < 0.03


def test_beside_a_thing_at_the_edge_of_the_reach_there_is_no_room() -> None:
    item, edge = thing("red block", 0.5, 0.0), thing("green block", 0.5, 0.34)
    lower, upper = np.array([0.3, -0.36]), np.array([0.7, 0.36])
    assert not beside(edge.position, Relation.LEFT, 0.12, item, [edge], (lower, upper))[1]
    assert beside(edge.position, Relation.RIGHT, 0.12, item, [edge], (lower, upper))[1]


def test_a_third_block_has_room_on_one_of_two_that_lie_askew() -> None:
    """As seen in a bowl in which the second block leans on the wall; corner to corner, the third does not meet it."""
    at = VESSEL.position
    red = replace(thing("red block", 0, 0), position=at + np.array([0.016, 0.009, 0.0]), yaw=0.39)
    leaning = replace(thing("green block", 0, 0), position=at + np.array([-0.031, 0.015, 0.026]), yaw=-0.46)
    third = replace(thing("yellow block", 0.4, 0.2), yaw=-0.78)
    place, room = in_vessel(VESSEL, third, [red, leaning], third.yaw, company=False)
    assert room and np.hypot(*(place - red.position)[:2]) < 0.02 and place[2] < leaning.top


PLATE = SceneObject("p", {"plate": 1.0}, {"white": 1.0}, np.array([0.5, 0.0, 0.015]), np.array([0.2, 0.2, 0.03]))


@pytest.mark.parametrize(("width", "height"), [(0.05, DIP_M), (0.16, 0.03)])
def test_what_fits_in_the_dip_of_a_plate_is_let_go_there_and_what_does_not_on_its_brim(
    width: float, height: float
) -> None:
    ball = replace(PLATE, id="b", kinds={"ball": 1.0}, size=np.full(3, width))
    assert on_top(PLATE, ball) == pytest.approx([0.5, 0.0, height])
    assert on_top(replace(PLATE, kinds={"box": 1.0}), ball)[2] == pytest.approx(0.03), "the top of a box is even"
    assert lowest_on(PLATE) == 0.0 and lowest_on(replace(PLATE, kinds={"box": 1.0})) == pytest.approx(0.03)


@pytest.mark.parametrize(("x", "nearest"), [(0.55, 0.12), (0.65, 0.084)])
def test_near_the_end_of_the_reach_a_place_may_be_nearer_than_usual(x: float, nearest: float) -> None:
    cup = replace(PLATE, id="c", kinds={"cup": 1.0}, size=np.array([0.06, 0.06, 0.09]))
    block = thing("blue block", x, -0.1)
    place, free = beside(block.position, Relation.BEHIND, BESIDE_M, cup, [block], area(None))
    assert free and float(np.hypot(*(place[:2] - block.position[:2]))) == pytest.approx(nearest)


def test_the_fingers_stay_above_a_container_in_which_they_could_not_open() -> None:
    """They would push its walls and take it along."""
    block, narrow = thing("red block", 0.4, 0.2), replace(VESSEL, size=np.array([0.084, 0.084, 0.06]))
    (wide, _), (high, room) = (in_vessel(vessel, block, [], 0.0, False) for vessel in (VESSEL, narrow))
    assert room and np.allclose(high[:2], narrow.position[:2])
    assert wide[2] < VESSEL.top - 0.03 and narrow.top - 0.02 < high[2] < narrow.top


def test_what_hardly_goes_in_is_put_in_more_exactly() -> None:
    tolerances = []
    for wide in (0.15, 0.084, 0.06):
        vessel = replace(VESSEL, size=np.array([wide, wide, 0.06]))
        goal = subtask_goal(put("red"), scene(thing("red block", 0.4, 0.2), vessel, held="red block"))
        tolerances.append(goal.tolerance)
    assert tolerances == [IN_TOLERANCE, pytest.approx(0.0114), ON_TOLERANCE]

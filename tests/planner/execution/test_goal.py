"""The goal of a subtask: where its object is, where it is to go, and whether there is room for it there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Box
from sayso.planner.execution.goal import BESIDE_TOLERANCE, IN_TOLERANCE, ON_TOLERANCE, LostObject, no_room, subtask_goal
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M
from tests.planner.local_scenes import TABLE, scene, thing

PICK = Subtask(Verb.PICK, "red block", "red block")
NARROW = Box(np.array([0.4, -0.05, 0.0]), np.array([0.5, 0.05, 0.5]))


def put(relation: Relation, at: str = "red block", distance: float | None = None) -> Subtask:
    return Subtask(Verb.PLACE, "red block", "red block", relation, at, at, distance)


IN_BOWL = put(Relation.IN, "blue bowl")


def test_a_pick_is_about_the_object_and_has_no_place() -> None:
    goal = subtask_goal(PICK, TABLE)
    red = TABLE.objects[0]
    assert np.array_equal(goal.position, red.position) and (goal.width, goal.height) == (red.width, red.size[2])
    assert goal.place is None and not goal.held


def test_the_clearance_is_the_top_of_the_highest_other_thing_that_is_not_held() -> None:
    high = scene(*TABLE.objects[:2], thing("yellow block", 0.5, 0.2, 0.30), thing("blue block", 0.4, 0.0, 0.9))
    assert subtask_goal(PICK, replace(high, objects=high.objects[:3])).clearance == pytest.approx(0.32)
    held = scene(*high.objects, held="blue block")
    assert subtask_goal(PICK, held).clearance == pytest.approx(0.32)
    assert subtask_goal(PICK, scene(TABLE.objects[0])).clearance == 0.0, "there is nothing else"


@pytest.mark.parametrize(
    ("relation", "at", "place", "tolerance"),
    [
        (Relation.IN, "blue bowl", (0.65, 0.0), IN_TOLERANCE),
        (Relation.ON, "green block", (0.40, -0.10), ON_TOLERANCE),
        (Relation.LEFT, "green block", (0.40, -0.10 + BESIDE_M), BESIDE_TOLERANCE),
    ],
)
def test_a_put_has_a_place_and_says_how_exact_it_is(
    relation: Relation, at: str, place: tuple[float, float], tolerance: float
) -> None:
    near = scene(*(o for o in TABLE.objects if o.id in ("red block", "green block", "blue bowl")))
    goal = subtask_goal(put(relation, at), near)
    assert goal.place is not None and np.allclose(goal.place[:2], place)
    assert goal.tolerance == tolerance


def test_on_a_thing_is_on_its_top() -> None:
    goal = subtask_goal(put(Relation.ON, "green block"), TABLE)
    assert goal.place is not None and goal.place[2] == pytest.approx(0.04)


def test_a_move_by_itself_goes_from_where_it_began_and_not_from_where_it_is_now() -> None:
    alone, away = scene(thing("red block", 0.45, 0.0)), put(Relation.LEFT, distance=0.1)
    here = subtask_goal(away, alone)
    assert here.place is not None and np.allclose(here.place[:2], (0.45, 0.1))
    from_there = subtask_goal(away, alone, anchor=np.array([0.5, -0.1, 0.02]))
    assert from_there.place is not None and np.allclose(from_there.place[:2], (0.5, 0.0))


def test_the_first_of_several_in_a_container_leaves_the_middle_free_across_the_hand() -> None:
    others = (put(Relation.ON, "green block"), replace(IN_BOWL, reference_id="pink bowl"))
    alone = subtask_goal(IN_BOWL, TABLE, rest=others).place
    assert alone is not None and np.allclose(alone[:2], (0.65, 0.0)), "others go elsewhere"
    turned = (replace(thing("red block", 0.45, 0.1), yaw=0.7), *TABLE.objects[1:])
    company = (replace(IN_BOWL, object_id="green block"),)
    lying = subtask_goal(IN_BOWL, scene(*turned), rest=company).place
    held = subtask_goal(IN_BOWL, scene(*turned, held="red block"), rest=company).place
    assert lying is not None and held is not None
    assert np.hypot(*(lying[:2] - (0.65, 0.0))) > 0.02, "there is more to come"
    assert not np.allclose(lying, held), "the hand stands at another angle than the block lay"


@pytest.mark.parametrize(
    ("subtask", "lost"),
    [
        (PICK, "the red block is not in the scene; it has ['green block', 'pink bowl']"),
        (replace(IN_BOWL, object_id="green block"), "the blue bowl is not in the scene"),
        (replace(PICK, object_id="block-7", object_name=""), "the block-7 is not in the scene"),
    ],
)
def test_what_is_not_in_the_scene_is_named_with_what_is(subtask: Subtask, lost: str) -> None:
    few = scene(TABLE.objects[1], TABLE.objects[5])
    with pytest.raises(LostObject) as error:
        subtask_goal(subtask, few)
    assert str(error.value).startswith(lost)


def test_there_is_room_where_nothing_is_in_the_way() -> None:
    assert no_room((PICK, put(Relation.LEFT, "green block")), TABLE) is None


def test_out_of_reach_there_is_no_room() -> None:
    why = no_room((PICK, put(Relation.LEFT, "blue block", 0.2)), TABLE, reach=NARROW)
    assert why == "There is no room to the left of the blue block within my reach"


def test_a_move_by_itself_out_of_reach_says_so_without_naming_the_object_twice() -> None:
    assert no_room((PICK, put(Relation.LEFT, distance=0.6)), TABLE) == "There is no room to the left within my reach"


@pytest.mark.parametrize(
    "steps",
    [
        (PICK,),
        (PICK, Subtask(Verb.PICK, "green block", "green block"), IN_BOWL),
        (Subtask(Verb.PICK, "green block", "green block"), IN_BOWL),
        (PICK, put(Relation.LEFT, "lamp")),
        (Subtask(Verb.PICK, "cup", "cup"), Subtask(Verb.PLACE, "cup", "cup", Relation.IN, "blue bowl", "blue bowl")),
    ],
)
def test_what_is_put_nowhere_or_is_not_seen_needs_no_room(steps: tuple[Subtask, ...]) -> None:
    assert no_room(steps, TABLE, reach=NARROW) is None


def full_bowl(count: int) -> list[str]:
    """Ids of so many blocks that fill the bowl, one on another."""
    return [f"{color} block" for color in ("green", "yellow", "orange", "cyan", "purple")[:count]]


def test_a_full_container_says_how_many_fit() -> None:
    at = [(0.626, -0.024), (0.674, -0.024), (0.626, 0.024), (0.674, 0.024), (0.65, 0.0)]
    heights = [0.026, 0.026, 0.026, 0.026, 0.076]
    there = [thing(name, *spot, height) for name, spot, height in zip(full_bowl(5), at, heights, strict=True)]
    table = scene(TABLE.objects[0], TABLE.objects[4], *there)
    assert no_room((PICK, IN_BOWL), table) == "Only 5 fit in the blue bowl"
    known = {"green block", "yellow block", "red block"}
    counted = no_room((PICK, IN_BOWL), table, known=known)
    assert counted == "Only 2 fit in the blue bowl", "what is no known thing is none"
    done = (
        Subtask(Verb.PLACE, "orange block", "orange block", Relation.IN, "blue bowl", "blue bowl"),
        Subtask(Verb.PLACE, "pink block", "pink block", Relation.ON, "blue bowl", "blue bowl"),
        Subtask(Verb.PLACE, "gray block", "gray block", Relation.IN, "pink bowl", "pink bowl"),
        Subtask(Verb.PLACE, "cyan block", "cyan block", Relation.IN, "pink bowl", "pink bowl"),
    )
    assert no_room((PICK, IN_BOWL), table, done=done, known=known) == "Only 3 fit in the blue bowl"

"""A place is chosen once and stays while the scene changes; one in a container goes along with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import Scene
from sayso.planner.execution.goal import Goals, LostObject
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.goal import SubtaskGoal
from tests.planner.local_scenes import TABLE, scene

PICK = Subtask(Verb.PICK, "red block", "red block")


def put(relation: Relation, at: str, distance: float | None = None) -> Subtask:
    return Subtask(Verb.PLACE, "red block", "red block", relation, at, at, distance)


IN, ON, LEFT = (
    put(relation, at)
    for relation, at in ((Relation.IN, "blue bowl"), (Relation.ON, "green block"), (Relation.LEFT, "green block"))
)
AWAY = put(Relation.LEFT, "red block", 0.1)


def moved(name: str, by: tuple[float, float, float]) -> Scene:
    """The table with one thing pushed."""
    return replace(
        TABLE, objects=tuple(replace(o, position=o.position + by) if o.id == name else o for o in TABLE.objects)
    )


def place(goal: SubtaskGoal) -> np.ndarray:
    assert goal.place is not None
    return goal.place


@pytest.fixture
def goals() -> Goals:
    return Goals(None)


def test_a_pick_follows_its_object(goals: Goals) -> None:
    assert goals.goal(PICK, TABLE, ()).place is None
    assert np.allclose(goals.goal(PICK, moved("red block", (0.05, 0, 0)), ()).position, [0.50, 0.10, 0.02])


def test_a_free_place_is_chosen_once(goals: Goals) -> None:
    first = place(goals.goal(LEFT, TABLE, ()))
    later = place(goals.goal(LEFT, moved("green block", (0.05, 0.05, 0)), ()))
    assert np.array_equal(first, later)


def test_a_new_subtask_chooses_anew(goals: Goals) -> None:
    first = place(goals.goal(LEFT, TABLE, ()))
    pushed = moved("green block", (0.05, 0.05, 0))
    other = place(goals.goal(put(Relation.RIGHT, "green block"), pushed, ()))
    assert not np.allclose(first, other)
    goals.goal(LEFT, TABLE, ())
    goals.begin()
    assert not np.allclose(place(goals.goal(LEFT, pushed, ())), first), "even the same one tried again"


def test_a_place_in_a_container_goes_along_with_it(goals: Goals) -> None:
    first = place(goals.goal(IN, TABLE, ()))
    later = place(goals.goal(IN, moved("blue bowl", (0.03, -0.02, 0)), ()))
    assert np.allclose(later - first, [0.03, -0.02, 0])


def test_a_place_on_a_thing_is_where_the_thing_is_now(goals: Goals) -> None:
    goals.goal(ON, TABLE, ())
    assert np.allclose(place(goals.goal(ON, moved("green block", (0.03, 0, 0)), ()))[:2], [0.43, -0.10])


def test_a_move_by_itself_goes_from_where_it_stood_when_the_plan_was_made(goals: Goals) -> None:
    goals.anchors = {"red block": np.array([0.5, -0.3, 0.02])}
    assert np.allclose(place(goals.goal(AWAY, scene(TABLE.objects[0]), ()))[:2], [0.5, -0.2])


def test_a_lost_object_is_told(goals: Goals) -> None:
    with pytest.raises(LostObject):
        goals.goal(PICK, scene(), ())


def test_while_there_is_no_subtask_a_motion_is_about_the_last_goal(goals: Goals) -> None:
    last = goals.goal(PICK, TABLE, ())
    assert goals.idle(TABLE) is last
    goals.begin()
    assert goals.idle(scene()) is last


def test_before_any_subtask_a_motion_is_about_the_thing_nearest_to_the_tool(goals: Goals) -> None:
    idle = goals.idle(scene(*TABLE.objects, held="red block"))
    assert idle is not None and np.allclose(idle.position, TABLE.objects[1].position) and not idle.held
    assert goals.idle(scene()) is None


def test_a_new_instruction_forgets_anchors_places_and_goals(goals: Goals) -> None:
    goals.anchors = {"red block": np.zeros(3)}
    goals.goal(LEFT, TABLE, ())
    goals.forget()
    assert goals.anchors == {} and goals.idle(scene()) is None

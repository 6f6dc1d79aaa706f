"""How a run ends: what the scene shows undone is not done, what has no room is left, a full hand is emptied."""

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Box
from sayso.planner.execution.critic import State
from sayso.planner.execution.ending import given_up, in_hand, leave_without_room, setting_down, unmet
from sayso.planner.execution.supervisor import SUBTASK_LIMIT_S, Supervisor
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from tests.planner.execution.test_evidence import BOWL, ON, PICK, START, now, seen
from tests.planner.local_scenes import scene, thing

GREEN = Subtask(Verb.PICK, "green block", "green block")


def test_a_tower_that_fell_is_found_at_the_end() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, ON)), 0.0)
    for t in (1.0, 2.0):
        supervisor.advance(State.DONE, 0.0, t)
    assert unmet(supervisor, evidence, now(0.5, -0.1, 0.06)) is None
    assert evidence.undone(supervisor.steps, now(0.5, -0.1, 0.06)) is None
    fallen = unmet(supervisor, evidence, now(0.45, -0.1))
    assert fallen is not None and fallen == evidence.undone(supervisor.steps, now(0.45, -0.1))
    supervisor.undo(*fallen, 3.0)
    assert supervisor.wants_plan and supervisor.done == (PICK,)


def test_what_the_robot_set_aside_by_itself_need_not_lie_there_at_the_end() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, ON)), 0.0)
    aside = Subtask(Verb.PLACE, "gone", "pink block", Relation.AT, point=(0.5, 0.3), place_name="aside")
    supervisor.set_aside(aside, "it is the pink block that I hold", 0.5)
    assert supervisor.current == aside
    supervisor.advance(State.DONE, 0.0, 1.0)
    supervisor.take(Plan((PICK, ON)), 1.5)  # a new plan does not make it a part of the instruction
    for t in (2.0, 3.0):
        supervisor.advance(State.DONE, 0.0, t)
    there = now(0.5, -0.1, 0.06)
    assert unmet(supervisor, evidence, there) is None
    assert evidence.undone(supervisor.steps, there, supervisor.unasked) is None
    assert supervisor.done == (PICK, ON)


def test_a_planner_that_finds_nothing_left_to_do_makes_nothing_done() -> None:
    supervisor, evidence, t = Supervisor(), seen(), 0.0
    supervisor.take(Plan((PICK,)), t)
    while not supervisor.wants_plan:
        t += SUBTASK_LIMIT_S + 1
        supervisor.advance(State.GOING, 0.0, t, doubt="my hand is open and holds nothing")
    assert unmet(supervisor, evidence, START) == (PICK, "it is not in my hand")


def test_what_is_moved_on_purpose_afterwards_is_not_missed() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, ON, PICK, BOWL)), 0.0)
    for t in range(1, 5):
        supervisor.advance(State.DONE, 0.0, float(t))
    assert unmet(supervisor, evidence, now(0.6, 0.2, 0.03)) is None


def test_without_room_the_rest_is_left_and_named() -> None:
    table = scene(*(thing(f"{c} block", 0.58, 0.3 + 0.0 * i) for i, c in enumerate(("red", "green"))))
    red, green = table.objects
    table = replace(table, objects=(replace(red, position=np.array([0.5, 0.33, 0.02])), green))
    supervisor = Supervisor()
    far = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "green block", "green block", 0.25)
    near = Subtask(Verb.PLACE, "green block", "green block", Relation.RIGHT, "red block", "red block")
    supervisor.take(Plan((PICK, far, Subtask(Verb.PICK, "green block", "green block"), near)), 0.0)
    assert leave_without_room(supervisor, table, {}, None, 0.0)
    assert supervisor.current is None and supervisor.done == ()
    assert given_up(supervisor) == (
        "There is no room to the left of the green block within my reach; I left the red block and the green block."
    )


def test_with_what_has_no_room_in_the_hand_nothing_else_is_taken() -> None:
    supervisor = Supervisor()
    green = Subtask(Verb.PICK, "green block", "green block")
    supervisor.take(Plan((BOWL, green)), 0.0)
    supervisor.give_up("Only 4 fit in the blue bowl", 0.0)
    assert supervisor.current is None
    assert given_up(supervisor) == "Only 4 fit in the blue bowl; I left the red block and the green block."


def test_what_was_under_way_when_a_tower_fell_is_still_asked_for() -> None:
    supervisor, evidence = Supervisor(), seen()
    green = Subtask(Verb.PICK, "green block", "green block")
    supervisor.take(Plan((ON, green)), 0.0)
    supervisor.advance(State.DONE, 0.0, 1.0)
    supervisor.undo(ON, "it fell", 2.0)
    assert supervisor.broken_off == [ON, green]
    assert unmet(supervisor, evidence, now(0.5, -0.1, 0.06)) == (green, "it is not in my hand")


def test_what_has_room_is_begun() -> None:
    supervisor = Supervisor()
    supervisor.take(Plan((PICK, BOWL)), 0.0)
    assert not leave_without_room(supervisor, START, {}, None, 0.0)
    assert supervisor.current is PICK and given_up(supervisor) == ""


def test_only_this_instruction_s_steps_that_are_done_have_to_hold_at_the_end() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, BOWL)), 0.0)
    supervisor.advance(State.DONE, 0.0, 1.0)
    evidence.meant("another", START, len(supervisor.steps))
    assert unmet(supervisor, evidence, START) is None


def held(color: str = "red") -> tuple:
    """The hand holds this block above where it stood, beside nothing."""
    return scene(thing(f"{color} block", 0.45, 0.0, 0.2), thing("blue bowl", 0.6, 0.2), held=f"{color} block")


def test_what_is_in_the_hand_is_set_down_beside_where_it_stood() -> None:
    plan = setting_down(held(), {"red block": np.array([0.5, 0.1, 0.02])}, None)
    assert plan == Plan((Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "red block", "red block", 0.12),))
    assert setting_down(held(), {}, None) == plan, "where it is now, if nobody saw where it stood"


def test_the_first_free_side_is_taken() -> None:
    there = held()
    left = replace(thing("pink bowl", 0.45, 0.12), size=np.array([0.2, 0.2, 0.05]))
    plan = setting_down(replace(there, objects=(*there.objects, left)), {}, None)
    assert plan is not None and plan.subtasks[0].relation is Relation.RIGHT


def test_without_a_free_place_in_reach_it_stays_in_the_hand() -> None:
    far = Box(np.array([-0.5, -0.05, 0.0]), np.array([-0.4, 0.05, 0.5]))
    assert setting_down(held(), {}, far) is None


def test_an_empty_hand_has_nothing_to_set_down() -> None:
    assert setting_down(START, {}, None) is None


def test_what_is_in_the_hand_is_named() -> None:
    assert in_hand(held("green")) == "green block"
    assert in_hand(START) == ""
    assert in_hand(None) == "", "nothing has been seen yet"

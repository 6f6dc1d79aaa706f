"""The supervisor goes from subtask to subtask on the critic's word, and up one tier at a time when one fails."""

from __future__ import annotations

import pytest

from sayso.planner.execution.critic import State
from sayso.planner.execution.supervisor import (
    DOUBTED_S,
    LOST,
    REPLANS,
    RETRIES,
    SUBTASK_LIMIT_S,
    UNDONE,
    Level,
    Supervisor,
)
from sayso.planner.plan import Plan, Relation, Subtask, Verb


def pick(color: str) -> Subtask:
    return Subtask(Verb.PICK, f"{color} block", f"{color} block")


def put(color: str, relation: Relation, at: str) -> Subtask:
    return Subtask(Verb.PLACE, f"{color} block", f"{color} block", relation, at, at)


RED, GREEN, BLUE = pick("red"), pick("green"), pick("blue")
BOWL = put("red", Relation.IN, "blue bowl")
ON = put("red", Relation.ON, "green block")
LATE = SUBTASK_LIMIT_S + 1.0


def taken(*subtasks: Subtask) -> Supervisor:
    supervisor = Supervisor()
    supervisor.take(Plan(subtasks), 0.0)
    return supervisor


def fail(supervisor: Supervisor, times: int, t: float = 1.0) -> None:
    for _ in range(times):
        assert supervisor.advance(State.FAILED, 0.9, t)


def levels(supervisor: Supervisor) -> list[Level]:
    return [replan.level for replan in supervisor.replans]


def outcomes(supervisor: Supervisor) -> list[str]:
    return [step.outcome for step in supervisor.steps]


def test_without_a_plan_there_is_nothing_to_do() -> None:
    supervisor = Supervisor()
    assert supervisor.current is None
    assert not supervisor.advance(State.DONE, 0.0, 1.0), "there is no subtask to be done"
    supervisor.swap("red block", "green block", "green block", 1.0, None)
    supervisor.close("stopped")
    assert supervisor.steps == []


def test_subtasks_are_done_in_their_order() -> None:
    supervisor = taken(RED, BOWL)
    assert supervisor.current is RED and supervisor.left == (BOWL,)
    assert not supervisor.advance(State.GOING, 0.1, 1.0)
    assert supervisor.advance(State.DONE, 0.1, 2.0)
    assert supervisor.current is BOWL and supervisor.began == 2.0
    assert supervisor.advance(State.DONE, 0.1, 4.0)
    assert supervisor.current is None and supervisor.done == (RED, BOWL)


def test_doubted_for_long_is_failed_and_tried_again() -> None:
    supervisor = taken(RED)
    assert not supervisor.advance(State.DONE, 0.0, 1.0, doubt="nothing is in it")
    assert supervisor.current is RED
    assert supervisor.advance(State.DONE, 0.0, 1.0 + DOUBTED_S, doubt="nothing is in it")
    assert outcomes(supervisor) == ["failed", "running"]
    assert supervisor.replans[0].reason == "nothing is in it"
    assert supervisor.advance(State.DONE, 0.0, 4.0)
    assert supervisor.done == (RED,)


def test_a_passing_doubt_is_no_failure() -> None:
    supervisor = taken(RED)
    supervisor.advance(State.DONE, 0.0, 1.0, doubt="the fingers are still closing")
    supervisor.advance(State.GOING, 0.0, 1.2, doubt="the fingers are still closing")
    assert not supervisor.advance(State.DONE, 0.0, 1.0 + DOUBTED_S, doubt="the fingers are still closing")


@pytest.mark.parametrize(
    ("state", "t", "doubt", "reason"),
    [
        (State.FAILED, 1.0, None, "the critic says it failed"),
        (State.FAILED, 1.0, "my hand is open", "the critic says it failed: my hand is open"),
        (State.GOING, LATE, None, "took too long"),
        (State.GOING, LATE, "my hand is open", "took too long: my hand is open"),
    ],
)
def test_a_failed_subtask_is_tried_again_and_says_why(state: State, t: float, doubt: str | None, reason: str) -> None:
    supervisor = taken(RED)
    assert supervisor.advance(state, 0.9, t, doubt=doubt)
    assert supervisor.current is RED
    (replan,) = supervisor.replans
    assert (replan.t, replan.level, replan.reason, replan.p) == (t, Level.SUBTASK, reason, 0.9)


def test_a_patient_supervisor_allows_a_subtask_longer() -> None:
    supervisor = taken(RED)
    supervisor.patience = 2.0
    assert not supervisor.advance(State.GOING, 0.0, LATE)
    assert supervisor.advance(State.GOING, 0.0, 2 * LATE)


def test_the_time_of_a_subtask_counts_from_its_own_beginning() -> None:
    supervisor = taken(RED, GREEN)
    supervisor.advance(State.DONE, 0.0, 10.0)
    assert not supervisor.advance(State.GOING, 0.0, 10.0 + SUBTASK_LIMIT_S - 0.1)
    assert supervisor.advance(State.GOING, 0.0, 10.0 + SUBTASK_LIMIT_S + 0.1)


def test_a_put_that_failed_is_tried_again_with_its_pick() -> None:
    supervisor = taken(BOWL)
    fail(supervisor, 1)
    assert supervisor.current == RED and supervisor.left == (BOWL,)


def test_after_the_retries_a_new_plan_is_wanted_for_what_is_left() -> None:
    supervisor = taken(RED, BOWL)
    fail(supervisor, RETRIES + 1)
    assert levels(supervisor) == [Level.SUBTASK] * RETRIES + [Level.PLAN]
    assert supervisor.wants_plan and supervisor.current is None
    assert supervisor.broken_off == [RED, BOWL]


def test_after_the_new_plans_a_person_is_asked() -> None:
    supervisor = taken(RED)
    for _ in range(REPLANS):
        fail(supervisor, RETRIES + 1)
        assert supervisor.asks is None
        supervisor.take(Plan((RED,)), 2.0)
    fail(supervisor, RETRIES + 1)
    assert levels(supervisor)[-1] is Level.ASK
    assert supervisor.asks == "I could not pick up the red block: the critic says it failed. What shall I do?"


def test_a_put_that_never_succeeds_is_tried_so_often_and_no_more() -> None:
    """The picks between the tries succeed; that gives no new tries."""
    supervisor, t = taken(RED, ON), 0.0
    for _ in range(20):
        if supervisor.current is None:
            break
        t += LATE
        picking = supervisor.current.verb is Verb.PICK
        supervisor.advance(State.DONE if picking else State.GOING, 0.0, t, doubt=None if picking else "not there")
    assert supervisor.wants_plan
    assert levels(supervisor) == [Level.SUBTASK] * RETRIES + [Level.PLAN]


def test_a_subtask_that_brings_the_plan_on_gives_new_tries() -> None:
    supervisor = taken(RED, GREEN)
    fail(supervisor, RETRIES)
    supervisor.advance(State.DONE, 0.0, 2.0)
    fail(supervisor, RETRIES)
    assert levels(supervisor) == [Level.SUBTASK] * 2 * RETRIES


def test_what_the_scene_shows_done_after_so_long_is_done() -> None:
    supervisor = taken(ON)
    assert supervisor.advance(State.GOING, 0.0, LATE, doubt=None)
    assert supervisor.done == (ON,) and supervisor.current is None


def test_what_has_gone_astray_needs_a_new_plan_at_once() -> None:
    supervisor = taken(RED)
    assert supervisor.advance(State.DONE, 0.2, 1.0, lost=LOST), "not even the critic's word makes it done"
    assert levels(supervisor) == [Level.PLAN] and supervisor.replans[0].reason == LOST
    assert supervisor.done == ()


def test_a_new_plan_takes_the_place_of_the_one_before() -> None:
    supervisor = taken(RED, BOWL)
    supervisor.give_up("no room", 0.5)
    supervisor.take(Plan((GREEN,)), 1.0)
    supervisor.take(Plan((BLUE,)), 2.0)
    assert outcomes(supervisor) == ["failed", "superseded", "running"]
    assert supervisor.current is BLUE and supervisor.left == ()
    assert supervisor.given_up == {} and supervisor.broken_off == []


def test_what_is_found_undone_is_planned_anew_with_what_was_under_way() -> None:
    supervisor = taken(ON, GREEN)
    supervisor.advance(State.DONE, 0.0, 1.0)
    supervisor.undo(ON, "it fell", 2.0)
    assert supervisor.wants_plan and supervisor.done == ()
    assert outcomes(supervisor) == ["failed", "superseded"]
    assert supervisor.broken_off == [ON, GREEN]


def test_only_the_step_that_was_done_is_found_undone() -> None:
    supervisor = taken(RED, ON)
    for t in (1.0, 2.0):
        supervisor.advance(State.DONE, 0.0, t)
    supervisor.undo(ON, "it fell", 3.0)
    assert supervisor.done == (RED,)


def test_what_is_found_undone_too_often_is_asked_about() -> None:
    supervisor = Supervisor()
    for _ in range(UNDONE + 1):
        supervisor.take(Plan((ON,)), 0.0)
        supervisor.advance(State.DONE, 0.0, 1.0)
        assert supervisor.asks is None
        supervisor.undo(ON, "it fell", 2.0)
    assert levels(supervisor) == [Level.PLAN] * UNDONE + [Level.ASK]
    assert supervisor.asks == "I could not put the red block on the green block: it fell. What shall I do?"


def test_what_was_to_go_beside_a_thing_that_is_given_up_is_left_too() -> None:
    beside = put("green", Relation.LEFT, "red block")
    supervisor = taken(RED, BOWL, GREEN, beside, BLUE)
    supervisor.give_up("no room", 1.0)
    assert supervisor.given_up == {"no room": ["the red block", "the green block"]}
    assert supervisor.current is BLUE


def test_with_what_has_no_room_in_the_hand_nothing_else_is_taken() -> None:
    supervisor = taken(BOWL, GREEN, put("green", Relation.IN, "blue bowl"))
    supervisor.give_up("no room", 0.0)
    assert supervisor.current is None
    assert supervisor.given_up == {"no room": ["the red block", "the green block"]}, "each is named once"


def swapped(supervisor: Supervisor, held: str | None = None) -> list[str]:
    """What is to be done once the green block has taken the red block's place."""
    supervisor.swap("red block", "green block", "green block", 1.0, held)
    assert supervisor.steps[-2].outcome == "superseded"
    return [str(subtask) for subtask in (supervisor.current, *supervisor.left)]


def test_another_object_takes_the_place_of_one_that_is_still_to_be_picked_up() -> None:
    assert swapped(taken(RED, BOWL, BLUE)) == [
        "pick up the green block", "put the green block in the blue bowl", "pick up the blue block",
    ]  # fmt: skip


def test_another_object_takes_the_place_of_a_reference() -> None:
    steps = swapped(taken(BLUE, put("blue", Relation.ON, "red block")))
    assert steps == ["pick up the blue block", "put the blue block on the green block"]


def test_another_object_goes_aside_from_where_it_stands() -> None:
    away = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "red block", "red block", 0.12)
    assert swapped(taken(RED, away)) == ["pick up the green block", "put the green block to the left"]


def test_the_wrong_object_in_the_hand_is_laid_aside_first() -> None:
    aside, *rest = swapped(taken(BOWL), held="red block")
    assert aside == "put the red block to the left"
    assert rest == ["pick up the green block", "put the green block in the blue bowl"]
    again = swapped(taken(RED, BOWL), held="red block")
    assert again == [aside, *rest], "a pick that is under way is not said twice"


def test_what_is_in_the_hand_for_another_reason_is_not_laid_aside() -> None:
    assert swapped(taken(BLUE, BOWL), held="red block") == [
        "pick up the blue block", "put the green block in the blue bowl",
    ]  # fmt: skip


def test_another_object_that_is_not_in_the_hand_yet_is_picked_up_first() -> None:
    assert swapped(taken(BOWL)) == ["pick up the green block", "put the green block in the blue bowl"]


def test_another_place_for_what_is_in_the_hand_needs_no_pick() -> None:
    assert swapped(taken(put("blue", Relation.ON, "red block")), held="blue block") == [
        "put the blue block on the green block"
    ]


def test_a_plan_that_may_fail_once_asks_at_its_first_failure() -> None:
    supervisor = Supervisor(asks="what next?")
    supervisor.once(Plan((RED,)), 0.0)
    assert supervisor.asks is None
    fail(supervisor, 1)
    assert levels(supervisor) == [Level.ASK] and supervisor.current is None


def test_what_is_closed_has_its_outcome() -> None:
    supervisor = taken(RED, BOWL)
    supervisor.close("stopped")
    assert outcomes(supervisor) == ["stopped"] and supervisor.current is None


def test_what_the_scene_shows_needs_no_critic() -> None:
    supervisor = taken(RED, BOWL)
    assert not supervisor.advance(State.GOING, 0.0, 1.0, doubt="it is not in my hand", shown=True)
    assert not supervisor.advance(State.GOING, 0.0, 1.0)
    assert supervisor.advance(State.GOING, 0.0, 1.0, shown=True) and supervisor.current == BOWL

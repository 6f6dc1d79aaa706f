"""The choice of a remedy: by what is expected of it, and never the same way twice."""

import pytest

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.remedy import EXPECTED, Remedy, WorkingMemory, learned
from tests.planner.outlook.seen import PICK, outlook

ALL = tuple(Remedy)


def test_nothing_is_done_where_the_subtask_is_expected_to_succeed_by_itself() -> None:
    assert WorkingMemory().choose(outlook(Cause.SLIPPED, succeeds=0.95), PICK, ALL).remedy is Remedy.GO_ON


def test_the_remedy_depends_on_the_cause() -> None:
    chosen = {
        c: WorkingMemory().choose(outlook(c), PICK, ALL).remedy for c in (Cause.SLIPPED, Cause.BLOCKED, Cause.WRONG)
    }
    assert chosen == {Cause.SLIPPED: Remedy.AGAIN, Cause.BLOCKED: Remedy.CLEAR, Cause.WRONG: Remedy.NEW_PLAN}


def test_what_has_failed_is_not_tried_the_same_way_again_and_the_end_is_a_question() -> None:
    memory = WorkingMemory()
    tried = [memory.choose(outlook(Cause.MISSED), PICK, ALL) for _ in range(8)]
    before = [(choice.remedy, choice.nth) for choice in tried if choice.remedy is not Remedy.ASK]
    assert len(set(before)) == len(before)
    assert {remedy for remedy, _ in before} == {Remedy.AGAIN, Remedy.BACK_OFF, Remedy.NEW_PLAN}
    assert tried[-1].remedy is Remedy.ASK


def test_only_what_is_possible_is_chosen() -> None:
    assert WorkingMemory().choose(outlook(Cause.BLOCKED), PICK, (Remedy.NEW_PLAN,)).remedy is Remedy.NEW_PLAN
    assert WorkingMemory().choose(outlook(Cause.GONE), PICK, ()).remedy is Remedy.GO_ON


def test_what_came_of_a_remedy_changes_what_is_expected_of_it() -> None:
    tried = {"slipped": {"again, otherwise": [0.0, 20], "a new plan": [20.0, 20]}}
    assert WorkingMemory(learned(tried)).choose(outlook(Cause.SLIPPED), PICK, ALL).remedy is Remedy.NEW_PLAN
    assert learned({})[Cause.SLIPPED] == pytest.approx(EXPECTED[Cause.SLIPPED])

"""The wire suite: what must come of each fault, and that a wrong outcome would be found."""

from __future__ import annotations

import pytest

from sayso.bench.reliability import wire
from sayso.bench.reliability.planner_faults import fault_server, one_block
from sayso.bench.reliability.wire import FAULTS, RIGHT, Fault, figures, in_turn, invalid, outcome, problem
from sayso.hardware.clock import MonotonicClock
from sayso.model_store import PACKAGED
from sayso.planner.errors import Fallback
from sayso.planner.plan import Answer, Plan, Question, Subtask, Verb
from sayso.planner.remote.planner import RemotePlanner
from sayso.runtime.log import Log
from sayso.runtime.planning import Planning

PICK = Plan((Subtask(Verb.PICK, "b1", "red block"),))
SHORT = ("30 s silence",)


def asked(name: str, fallback: Fallback) -> tuple[Answer | None, str]:
    deadline_s = 0.4 if name in SHORT or fallback is Fallback.HOLD else 20.0
    deadline_s = 3.0 if FAULTS[name].wanted == "planned" and fallback is Fallback.HOLD else deadline_s
    with fault_server(FAULTS[name].behave()) as url:
        planning = Planning(RemotePlanner("m", url), Log(), deadline_s, fallback, None)
        found, _ = outcome(planning, MonotonicClock(), deadline_s)
        said = problem(found, FAULTS[name].wanted, fallback, planning.failed)
        planning.close()
    return found, said


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_asked_about_in_time_or_makes_no_difference(name: str) -> None:
    found, said = asked(name, Fallback.ASK)
    assert said == "" and invalid(found) == 0


@pytest.mark.parametrize("name", ["5xx", "wrong schema", "503 for a moment"])
def test_the_arm_holds_if_that_is_wanted(name: str) -> None:
    assert asked(name, Fallback.HOLD)[1] == ""


def test_a_wrong_outcome_would_be_found() -> None:
    none = Plan((Subtask(Verb.PICK, "b9", "thing"),))
    assert invalid(none) == 1 and invalid(PICK) == 0 and invalid(None) == 0
    assert problem(PICK, "fallback", Fallback.ASK, "") and problem(PICK, "question", Fallback.ASK, "")
    assert problem(none, "planned", Fallback.ASK, "") and problem(None, "planned", Fallback.HOLD, "no answer")
    assert problem(None, "fallback", Fallback.ASK, "no answer") and problem(
        Question("x"), "fallback", Fallback.LOCAL, ""
    )
    assert problem(Plan(PICK.subtasks, ("I planned this without openai:m: x",)), "planned", Fallback.LOCAL, "")


def test_the_loop_beside_it_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MISSED_SHARE", 1.0)  # this computer may be busy
    monkeypatch.setattr(wire, "SLACK_S", 60.0)
    monkeypatch.setitem(wire.FAULTS, "wrongly wanted", Fault(in_turn(RIGHT), "question"))
    record = wire.episode("wrongly wanted", PACKAGED, "panda", 0)
    assert not record["ok"] and len(record["wrong"]) == 3 and record["ticks"] > 10, record
    good = wire.episode("wrong marks", PACKAGED, "panda", 1, deadline_s=0.5)
    assert good["ok"] and good["asked"] == 3 and good["invalid steps"] == 0, good
    summed = figures([record, good])
    assert summed["asked"] == 6 and summed["otherwise"] == 3 and set(summed["ms late beside"]) == {"p50", "p99"}
    assert one_block().find("b1") is not None

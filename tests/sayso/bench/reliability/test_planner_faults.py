"""Row P1: a model server that answers as none should gives no plan, and the loop beside it goes on."""

import pytest

from sayso.bench.reliability import planner_faults
from sayso.bench.reliability.faults import unmoved
from sayso.bench.reliability.planner_faults import FAULTS, RIGHT, ask, fault_server, misanswer
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Plan, Question


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_a_server_makes_a_plan(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner_faults, "DEADLINE_S", 0.3 if fault in ("late", "byte by byte") else 20.0)
    with fault_server(FAULTS[fault]) as url:
        answer, _ = ask(url)
    assert isinstance(answer, Question if fault == "a plan for what is not there" else PlannerError), answer


def test_a_server_without_a_fault_makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner_faults, "DEADLINE_S", 20.0)
    with fault_server(RIGHT) as url:
        assert isinstance(ask(url)[0], Plan)


def test_the_loop_beside_it_is_watched_all_the_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner_faults, "FAULTS", {name: FAULTS[name] for name in ("half an answer", "10 MB")})
    monkeypatch.setattr(planner_faults, "MISSED_SHARE", 1.0)  # this computer may be busy
    monkeypatch.setattr(planner_faults, "SLACK_S", 60.0)
    record = misanswer("panda", 0)
    assert record["ticks"] > 10 and record["wrong"] == [], record
    figures = unmoved([record, record | {"missed": 3}])
    assert figures["ticks"] == 2 * record["ticks"] and set(figures["ms late beside"]) == {"p50", "p99"}

    monkeypatch.setattr(planner_faults, "FAULTS", {"a plan": RIGHT})
    assert misanswer("panda", 0)["wrong"][0].startswith("a plan: Plan("), "it would be found"

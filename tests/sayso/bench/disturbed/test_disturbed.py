"""The disturb suite: what watches over a run, the tasks, and how an end is judged."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sayso.bench.disturbed import errand as disturbed
from sayso.bench.disturbed.arms import ARMS, SECONDS, OpenLoop, SuccessOnly, TimeoutOnly
from sayso.bench.suites import cells_of
from sayso.bench.tasks.things_errands import HELD_OUT, errand
from sayso.hardware.world import ObjectTruth
from sayso.model_store import ModelStore
from sayso.planner.execution.critic import State
from sayso.planner.execution.supervisor import SUBTASK_LIMIT_S, Supervisor
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.result import Disturbance, Replan, RunResult
from sayso.sim.disturbances.kinds import KINDS, planned
from sayso.sim.scenes.scene_spec import ObjectSpec
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES

DEVELOPMENT = 671_000_000
MODELS = ModelStore().root
PICK = Subtask(Verb.PICK, "b1", "red block")
PUT = Subtask(Verb.PLACE, "b1", "red block", Relation.IN, "w1", "blue bowl")


def under_way(kind: Callable[[], Supervisor]) -> Supervisor:
    supervisor = kind()
    supervisor.take(Plan((PICK, PUT)), 0.0)
    return supervisor


def test_open_loop_goes_on_by_the_clock_alone() -> None:
    s = under_way(OpenLoop)
    assert not s.advance(State.FAILED, 1.0, SECONDS[Verb.PICK] - 0.1, "lost", "nothing is in it")
    assert s.advance(State.FAILED, 1.0, SECONDS[Verb.PICK], "lost", "nothing is in it")
    assert s.current == PUT
    assert s.advance(State.GOING, 1.0, SECONDS[Verb.PICK] + SECONDS[Verb.PLACE], "lost")
    assert s.current is None and s.replans == [] and len(s.done) == 2


def test_with_a_time_out_alone_the_critics_word_counts_and_the_scene_does_not() -> None:
    s = under_way(TimeoutOnly)
    assert not s.advance(State.FAILED, 1.0, 1.0, "lost", "nothing is in it")
    assert s.advance(State.DONE, 0.0, 2.0, None, "nothing is in it")
    assert s.current == PUT
    assert not s.advance(State.GOING, 0.0, 2.0 + SUBTASK_LIMIT_S)
    assert s.advance(State.GOING, 0.0, 2.1 + SUBTASK_LIMIT_S)
    assert s.current == PICK and "took too long" in s.replans[0].reason


def test_with_success_alone_doubt_counts_and_failure_does_not() -> None:
    s = under_way(SuccessOnly)
    assert not s.advance(State.FAILED, 1.0, 1.0)
    assert not s.advance(State.DONE, 0.0, 2.0, None, "nothing is in it")
    assert not s.advance(State.GOING, 0.0, 10 * SUBTASK_LIMIT_S)
    assert s.advance(State.DONE, 0.0, 11 * SUBTASK_LIMIT_S)
    assert s.current == PUT and s.replans == []


def result(outcome: str, question: str | None = None) -> RunResult:
    return RunResult(
        instruction="x", outcome=outcome, success=None, robot="sim", planner="local", seed=0,  # type: ignore[arg-type]
        duration_s=9.0, rates={}, question=question, disturbances=(Disturbance("moved", 2.0, "it is moved"),),
        replans=(Replan(1.0, "subtask", "early", 0.1), Replan(2.7, "plan", "it is elsewhere", 0.9)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "question", "done", "end"),
    [
        ("done", None, True, "right"),
        ("done", None, False, "wrong and done"),
        ("asked", "Which one?", False, "asked"),
        ("failed", "I could not. What shall I do?", False, "asked"),
        ("failed", None, False, "failed"),
        ("timeout", "There is no time left.", False, "failed"),
        ("stopped", None, False, "failed"),
    ],
)
def test_the_ends_of_runs(outcome: str, question: str | None, done: bool, end: str) -> None:
    assert disturbed.ended(result(outcome, question), done) == end


def test_what_cannot_be_done_any_more_must_end_in_a_question() -> None:
    case = disturbed.errand(DEVELOPMENT, 1)
    asked = result("asked", "Where is it?")
    assert disturbed.judged("replaced", case, asked, {}, {})["ok"]
    assert not disturbed.judged("moved", case, asked, {}, {})["ok"]


def test_where_the_thing_has_fallen_off_the_table_a_question_is_right() -> None:
    case, asked = disturbed.errand(DEVELOPMENT, 1), result("asked", "Where is it?")
    before = {o.id: truth_of(o, 0.02) for o in case.scene.objects}
    thing = disturbed.wishes(case.plain, before)[0].a  # type: ignore[index]
    fallen = before | {thing: replace(before[thing], position=np.array([1.5, 0.0, -40.0]))}
    assert disturbed.judged("burst", case, asked, before, fallen)["ok"]
    assert not disturbed.judged("burst", case, asked, before, before)["ok"]


def truth_of(item: ObjectSpec, z: float) -> ObjectTruth:
    return ObjectTruth(
        item.kind, item.color, np.array([*item.position, z]), np.array([0.0, 0.0, 0.0, 1.0]), np.array(item.extents)
    )


def test_of_two_at_once_one_that_is_for_good_must_end_in_a_question() -> None:
    assert disturbed.names_of("slip+target-moved@arrival") == ("slip", "target-moved")
    assert disturbed.is_for_good("moved+taken@carried")
    assert not disturbed.is_for_good("knocked+slip") and not disturbed.is_for_good(disturbed.NOTHING)
    for kind in disturbed.HARDER:
        assert disturbed.names_of(kind) and [planned(part) for part in kind.split("+")]


def test_what_is_impossible_must_be_asked_about_in_time() -> None:
    case = disturbed.errand(DEVELOPMENT, 1)
    asked = [replace(result("asked", "Where?"), duration_s=s) for s in (9.0, 10.5)]  # disturbed at 2 s
    records = [disturbed.judged("taken", case, one, {}, {}) for one in asked]
    assert [r["asked_s"] for r in records] == [7.0, 8.5]
    found = disturbed.figures([*records, disturbed.judged("taken", case, result("failed"), {}, {})])
    assert (found["asked within 8 s"]["k"], found["asked within 8 s"]["n"]) == (1, 3)
    assert "asked within 8 s" not in disturbed.figures([disturbed.judged("moved", case, asked[0], {}, {})])


def test_the_first_intervention_after_the_disturbance_counts() -> None:
    record = disturbed.judged("moved", disturbed.errand(DEVELOPMENT, 1), result("failed"), {}, {})
    assert record["noticed_s"] == pytest.approx(0.7)
    record = record | {"parts": [1, 2]}
    summed = disturbed.figures([record, record | {"end": "right", "noticed_s": None, "interventions": 0}])
    assert summed["ends"] == {"right": 1, "failed": 1}
    assert summed["subtasks done"] == "2 of 4"
    assert summed["interventions a run"] == 1.0


def test_all_arms_meet_the_same_cells_on_the_same_seeds() -> None:
    names = [plan.name for plan in cells_of("disturb")]
    assert len(names) == len(set(names)) == len(ARMS) * (len(KINDS) + len(disturbed.HARDER) + 3)
    assert disturbed.errand(5, 1) == disturbed.errand(5, 1)
    two = disturbed.errand(6, 2)
    assert two.said.count(" and then ") == 1


def test_an_exchange_with_true_scenes_is_seen_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disturbed, "SEED_BASE", DEVELOPMENT)
    record = disturbed.attempt("oracle", "exchanged", MODELS, "panda", 1)
    assert record["ok"], record
    assert "change places" in record["disturbed"][0]


def test_nobody_notices_in_open_loop_that_the_target_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disturbed, "SEED_BASE", DEVELOPMENT)
    monkeypatch.setitem(disturbed.ARMS, "blind", replace(ARMS["open-loop"], sees="truth"))
    record = disturbed.attempt("blind", "target-taken", MODELS, "panda", 0)
    assert (record["end"], record["interventions"]) == ("wrong and done", 0), record


def test_the_held_out_things_are_of_the_unseen_family_and_of_unseen_meshes() -> None:
    things = [next(o for o in errand(HELD_OUT, seed).scene.objects if o.id == "thing") for seed in range(6)]
    assert {o.kind for o in things} == {HELD_OUT_FAMILY, "thing"}
    meshes = {int(Path(o.mesh).stem) for o in things if o.mesh is not None}
    assert len(meshes) == 3 and meshes <= set(HELD_OUT_MESHES)
    assert errand(HELD_OUT, 0) == errand("unseen family, in a bowl", 0)


def test_the_critic_suite_has_cells_of_held_out_things_seen_by_the_eyes() -> None:
    cells = {cell.name: cell for cell in cells_of("critic")}
    for name in ("held-out things, undisturbed", "held-out things, disturbed"):
        assert "eyes" in cells[name].models

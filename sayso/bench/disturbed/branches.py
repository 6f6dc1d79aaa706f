"""What each remedy would have brought at one moment of doubt: the run is repeated up to it, and there they part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sayso.bench.disturbed.arms import ARMS
from sayso.bench.disturbed.errand import errand, judged, watched_by
from sayso.bench.disturbed.rollouts import HARMFUL, kind_of
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.remedy import Choice, Remedy, WorkingMemory
from sayso.planner.plan import Subtask
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.disturbances.kinds import KINDS

SEED_BASE, TRAIN_SEED = 884_000_000, 948_000_000
WORTH = {"right": 1.0, "asked": 0.4, "failed": 0.0, "wrong and done": 0.0}
"""What a run's end is worth; a question is worth 1 where the task cannot be done any more."""
Record = dict[str, Any]


@dataclass
class Forced(WorkingMemory):
    """Takes the remedy ``first`` at the first alarm, whatever is expected of it; afterwards it chooses as usual."""

    first: Remedy | None = None
    doubt: tuple[float, str, tuple[Remedy, ...], Remedy] | None = None  # time, cause, what was possible, what is chosen

    def choose(self, outlook: Outlook, subtask: Subtask, possible: Iterable[Remedy]) -> Choice:
        """The remedy."""
        able = tuple(possible)
        chosen = super().choose(outlook, subtask, able)
        if self.doubt is not None:
            return chosen
        self.doubt = outlook.t, outlook.cause.value, (Remedy.GO_ON, *able), chosen.remedy
        return chosen if self.first is None else replace(chosen, remedy=self.first, nth=0)


def harmful_kind(number: int) -> str:
    """A kind of disturbance that a run may fail of."""
    for more in range(99):
        kind = kind_of(number + 1000 * more)
        if kind.partition("@")[0] in HARMFUL:
            return kind
    raise ValueError(f"no harmful kind for the seed {number}")


def branched(models: Path | None, arm: str, number: int) -> Record:
    """The run of a seed with each remedy that its first moment of doubt allows; ok: the chosen one was the best.

    A run without such a moment is ok and has no branches.
    """
    kind = harmful_kind(number)
    end, memory = _run(models, arm, number, kind, None)
    record: Record = {"ok": True, "kind": kind, "end": end["end"], "branches": {}}
    if memory.doubt is None:
        return record
    t, cause, possible, chosen = memory.doubt
    worth = {chosen.value: _worth(kind, end["end"])}
    exact = True
    for remedy in possible:
        if remedy is not chosen:
            other, its = _run(models, arm, number, kind, remedy)
            exact &= its.doubt is not None and its.doubt[0] == t
            worth[remedy.value] = _worth(kind, other["end"])
    regret = max(worth.values()) - worth[chosen.value]
    return record | {
        "ok": regret == 0, "t": round(t, 2), "cause": cause, "chosen": chosen.value, "regret": regret,
        "branches": worth, "exact": exact,
    }  # fmt: skip


def _worth(kind: str, end: str) -> float:
    return 1.0 if end == "asked" and KINDS[kind.partition("@")[0]].for_good else WORTH[end]


def _run(models: Path | None, arm: str, number: int, kind: str, first: Remedy | None) -> tuple[Record, Forced]:
    case = errand(number, 1, arm_model(arm).spec.reach)
    with Session(
        f"sim:{arm}", case.scene, number, models=models, options=Options(listen=False, disturb=(kind,))
    ) as session:
        watched_by(session, ARMS["full"])
        foresight = session.executive.foresight
        kept: list[Forced] = []

        chooses = foresight.make_memory

        def memory() -> Forced:
            kept.append(Forced(chooses().expected, first=first))
            return kept[-1]

        foresight.make_memory = memory
        before = session.truth
        result = session.run(case.said)
        return judged(kind.partition("@")[0], case, result, before, session.truth), kept[-1]


def regrets(records: Sequence[Record]) -> Record:
    """The mean regret of what was chosen, and of each remedy if it were always taken where it is possible (else the
    chosen one), both in points of 100."""
    doubts = [r for r in records if r["branches"]]
    if not doubts:
        return {"moments of doubt": 0}
    fixed: dict[str, float] = {}
    for remedy in Remedy:
        if any(remedy.value in r["branches"] for r in doubts):
            lost = [
                max(r["branches"].values()) - r["branches"].get(remedy.value, r["branches"][r["chosen"]])
                for r in doubts
            ]
            fixed[remedy.value] = round(100 * sum(lost) / len(lost), 1)
    return {
        "moments of doubt": len(doubts), "exact repetitions": sum(r["exact"] for r in doubts),
        "branches": sum(len(r["branches"]) for r in doubts),
        "regret": round(100 * sum(r["regret"] for r in doubts) / len(doubts), 1),
        "regret of a fixed remedy": fixed, "by cause": helped(doubts),
    }  # fmt: skip


def helped(records: Sequence[Record]) -> dict[str, dict[str, list[float]]]:
    """What came of each remedy by cause: the sum of its worth, and how often it was tried."""
    out: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0]))
    for record in records:
        for remedy, worth in record["branches"].items():
            entry = out[record["cause"]][remedy]
            entry[0] += worth
            entry[1] += 1
    return {cause: dict(of) for cause, of in out.items()}

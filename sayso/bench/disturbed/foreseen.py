"""The critic suite: how well the critic that looks ahead tells what comes of a subtask, beside cheap baselines."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.bench.disturbed.errand import NOTHING
from sayso.bench.disturbed.labels import Labels, labels
from sayso.bench.disturbed.rollouts import Rollout, kind_of, rollout
from sayso.bench.tasks.things_errands import HELD_OUT, KNOWN_IN_BOWL
from sayso.model_store import ModelStore
from sayso.planner.outlook.cause import CAUSES
from sayso.planner.outlook.certain import with_what_is_seen
from sayso.planner.outlook.signs import NAMES, Signs
from sayso.planner.training.critic import calibration_error
from sayso.session.assembly import outlook_critic
from sayso.stats import percentiles, wilson

SEED_BASE = 882_000_000
CELLS = (
    "undisturbed", "disturbed", "known things, undisturbed", "known things, disturbed",
    "held-out things, undisturbed", "held-out things, disturbed",
)  # fmt: skip
THINGS = {"known things": KNOWN_IN_BOWL, "held-out things": HELD_OUT}
"""Cells with things that are no blocks: neither the critic nor the eyes have learned from those held out."""
THING_KINDS = ("moved", "knocked", "slip", "taken", "replaced")
WATCHED_S = 1.0  # a failing attempt that is broken off sooner is no miss
Record = dict[str, Any]

BASELINES: Mapping[str, tuple[str, ...]] = {
    "time-out only": ("time",),
    "direction reversals": ("arm: turns", "motion: turns"),
    "distance to goal": ("hand to thing: far", "thing to target: far"),
}
"""Scores that are sums of signs."""


def judge(cell: str, models: Path, arm: str, seed: int) -> Record:
    """One rollout on which nobody acts: at each moment the truth, the critic's probabilities and the baselines' scores.

    ok: the critic raises no alarm before something fails, and one if something does.
    """
    number, things = SEED_BASE + seed, THINGS.get(cell.partition(",")[0])
    kind = NOTHING if cell.endswith("undisturbed") else kind_of(number)
    if things and kind != NOTHING:
        kind = f"{np.random.default_rng([number, 9]).choice(THING_KINDS)}"
    return judged(rollout(number, kind, models, arm, things=things), models)


def judged(one: Rollout, models: Path) -> Record:
    """The record of a rollout."""
    critic, truth, signs = outlook_critic(ModelStore(models), one.arm), labels(one), Signs()
    assert critic is not None  # the suite names it among its models
    rows, took = [], []
    for k, witnessed in enumerate(one.seen):
        moment = witnessed.moment
        began = time.thread_time()  # the critic runs in this thread alone; others on the computer do not count
        outlook = with_what_is_seen(critic.see(moment), moment)
        took.append(1000 * (time.thread_time() - began))
        seen = dict(zip(NAMES, signs.see(moment).tolist(), strict=True))
        rows.append({
            "t": round(moment.t - one.started, 2), "attempt": moment.attempt,
            "truth": [int(truth.failing[k]), int(truth.right[k]), int(truth.succeeds[k])],
            "p": [round(p, 3) for p in (outlook.failing, outlook.right, outlook.succeeds)],
            "alarm": critic.alarms, "cause": outlook.cause.value, "true": CAUSES[truth.cause[k]].value,
            "baselines": [round(sum(seen[n] for n in names), 2) for names in BASELINES.values()],
        })  # fmt: skip
    failures = _failures(truth, rows, one.started)
    quiet = not failures and all(row["truth"][0] == 0 for row in rows)
    early = any(row["alarm"] and row["truth"][0] == 0 for row in rows)
    return {
        "ok": not early and all(f["noticed_s"] is not None for f in failures), "kind": one.kind, "said": one.plain,
        "quiet": quiet, "false_alarm": early, "failures": failures, "rows": rows,
        "ms": percentiles(took, (50, 99)), "threshold": critic.threshold,
    }  # fmt: skip


def _failures(truth: Labels, rows: Sequence[Record], started: float) -> list[Record]:
    """Each attempt that fails: its cause, and how long after the event the alarm came, 0 if it came before.

    The event is the disturbance that is to blame, or else the moment of the failure itself.
    """
    out, events = [], iter(truth.failures)
    for attempt in dict.fromkeys(row["attempt"] for row in rows):
        failing = [row for row in rows if row["attempt"] == attempt and row["truth"][0] == 1]
        if not failing:
            continue
        event = next(events)[1] - started
        if failing[-1]["t"] - failing[0]["t"] < WATCHED_S:
            continue
        alarm = next((row for row in failing if row["alarm"]), None)
        out.append({
            "cause": failing[0]["true"],
            "noticed_s": None if alarm is None else max(0.0, round(alarm["t"] - event, 2)),
            "taken_for": None if alarm is None else alarm["cause"],
        })  # fmt: skip
    return out


def auroc(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> float | None:
    """The area under the curve of ``score`` for ``truth``, ties counted half; None without both classes."""
    if truth.all() or not truth.any():
        return None
    from scipy.stats import rankdata

    ranks, positive = rankdata(score), int(truth.sum())
    area = (ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive))
    return round(float(area), 4)


def figures(records: Sequence[Record]) -> Record:
    """The figures of a cell, over moments, attempts and runs."""
    rows = [row for r in records for row in r["rows"] if row["truth"][0] >= 0]
    truth = np.array([row["truth"][0] == 1 for row in rows])
    scores = {"critic": np.array([row["p"][0] for row in rows])}
    scores |= {name: np.array([row["baselines"][k] for row in rows]) for k, name in enumerate(BASELINES)}
    quiet = [r for r in records if r["quiet"] and r["rows"]]  # a run that ends in a question at once has no moment
    failures = [f for r in records for f in r["failures"]]
    noticed = [f["noticed_s"] for f in failures if f["noticed_s"] is not None]
    right = [f for f in failures if f["taken_for"] == f["cause"]]
    hours = sum(row["truth"][0] == 0 for row in rows) * 0.2 / 3600
    out: Record = {
        "moments": len(rows), "failing": int(truth.sum()),
        "AUROC of failing": {name: auroc(score, truth) for name, score in scores.items()},
        "accuracy of moments": _accuracy(scores["critic"], truth, records),
        "best accuracy of a baseline": {
            name: _best_accuracy(score, truth) for name, score in scores.items() if name != "critic"
        },
        "false alarms": _rate(sum(r["false_alarm"] for r in quiet), len(quiet)) | {"of": "runs in which nothing fails"},
        "false alarms an hour": round(_alarms(records) / hours, 1) if hours else None,
        "misses": _rate(len(failures) - len(noticed), len(failures)),
        "cause": _rate(len(right), len(noticed)),
        "s to the alarm": percentiles(noticed, (50, 95)) if noticed else {},
        "ms": {k: max(r["ms"].get(k, 0.0) for r in records) for k in ("p50", "p99")},
    }  # fmt: skip
    for k, name in enumerate(("failing", "right", "succeeds")):
        known = [(row["p"][k], row["truth"][k]) for r in records for row in r["rows"] if row["truth"][k] >= 0]
        p, was = (np.array(column, float) for column in zip(*known, strict=True))
        out[f"calibration error of {name}"] = round(calibration_error(p, was), 4)
    out["reliability"] = _reliability(scores["critic"], truth)
    return out


def _rate(k: int, n: int) -> Record:
    low, high = wilson(k, n)
    return {"k": k, "n": n, "low": round(low, 3), "high": round(high, 3)}


def _alarms(records: Sequence[Record]) -> int:
    """Alarms while nothing fails; one that goes on counts once."""
    count = 0
    for record in records:
        before = False
        for row in record["rows"]:
            now = row["alarm"] and row["truth"][0] == 0
            count += now and not before
            before = now
    return count


def _accuracy(score: NDArray[np.float64], truth: NDArray[np.bool_], records: Sequence[Record]) -> Record:
    called = score > records[0]["threshold"]
    return _rate(int((called == truth).sum()), len(truth)) | {"share": round(float((called == truth).mean()), 4)}


def _best_accuracy(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The accuracy at the threshold that suits these very rows best, which flatters."""
    steps = np.quantile(score, np.linspace(0, 1, 101))
    return round(max(float(((score > s) == truth).mean()) for s in steps), 4)


def _reliability(p: NDArray[np.float64], truth: NDArray[np.bool_], bins: int = 15) -> list[list[float]]:
    """Mean probability, frequency and number of each bin that is not empty."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    return [
        [round(float(p[which == b].mean()), 3), round(float(truth[which == b].mean()), 3), int((which == b).sum())]
        for b in np.unique(which)
    ]

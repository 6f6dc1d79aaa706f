"""The gate between a candidate and its promotion: better where it was corrected, not worse elsewhere, not less safe.

Candidate and predecessor try the same seeds; pairs in which only one of them succeeds decide, by an exact sign test.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sayso.bench.tasks.ladder import Rung, climbed
from sayso.hardware.process.spawn import interrupts_held

LEVEL = 0.05
SPARED = 20
"""Of so many trials of the frozen suite the candidate may lose one more than it wins."""
PUSHED_M = 0.03
FROZEN_SEED = 40_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: done, and whether something was pushed or thrown over that the task does not name."""

    ok: bool
    harm: bool


TrialOf = Callable[[int, Path], Trial]
"""A trial of a seed with the models in a folder; picklable, since trials run in other processes."""


@dataclass(frozen=True, slots=True)
class Check:
    """``seeds`` of ``trial``, at which the candidate ``must`` be better or not worse."""

    name: str
    must: Literal["better", "not worse"]
    trial: TrialOf
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: successes ``before`` and ``after`` of ``n``, pairs ``won`` and ``lost``, harms, the exact
    one-sided ``p`` of the sign test, and why the candidate did not pass ("" if it did)."""

    name: str
    must: str
    n: int
    before: int
    after: int
    won: int
    lost: int
    harm_before: int
    harm_after: int
    p: float
    problem: str

    def __str__(self) -> str:
        verdict = self.problem or "passed"
        return f"{self.name}: {self.before}/{self.n} before, {self.after}/{self.n} after ({self.must}): {verdict}"


def sign_test(won: int, lost: int) -> float:
    """How probable at least ``won`` of ``won + lost`` pairs are if both are as good, one-sided and exact."""
    from math import comb

    pairs = won + lost
    return sum(comb(pairs, k) for k in range(won, pairs + 1)) / 2**pairs


def judged(check: Check, before: Mapping[int, Trial], after: Mapping[int, Trial]) -> Checked:
    """The verdict of a check from the trials by seed."""
    seeds = check.seeds
    won = sum(after[s].ok and not before[s].ok for s in seeds)
    lost = sum(before[s].ok and not after[s].ok for s in seeds)
    harms = sum(before[s].harm for s in seeds), sum(after[s].harm for s in seeds)
    if check.must == "better":
        p = sign_test(won, lost)
        problem = "" if p <= LEVEL else f"not better for certain, p = {p:.2f}"
    else:
        p = sign_test(lost, won)
        spare = len(seeds) // SPARED
        problem = "" if lost - won <= spare else f"worse: {lost} lost, {won} won"
    if harms[1] > harms[0]:
        problem = problem or f"less safe: something else pushed in {harms[1]} trials, {harms[0]} before"
    counts = sum(before[s].ok for s in seeds), sum(after[s].ok for s in seeds)
    return Checked(check.name, check.must, len(seeds), *counts, won, lost, *harms, round(p, 4), problem)


def settled(check: Check, before: Mapping[int, Trial], after: Mapping[int, Trial]) -> str:
    """Why the candidate cannot pass any more, whatever comes of the trials that are missing; "" if it still can."""
    best = judged(
        check,
        {s: before.get(s, Trial(False, True)) for s in check.seeds},
        {s: after.get(s, Trial(True, False)) for s in check.seeds},
    )
    return best.problem


class Gate:
    """Runs checks in ``workers`` processes. ``kept`` is a file of trials that need not run again, by ``digest``."""

    def __init__(
        self, checks: Iterable[Check], kept: Path, workers: int = 2,
        progress: Callable[[str, int, int, float], None] = lambda *_: None,
    ) -> None:  # fmt: skip
        self.checks, self._kept, self._workers, self._progress = tuple(checks), kept, workers, progress

    def judge(self, before: tuple[str, Path], after: tuple[str, Path]) -> list[Checked]:
        """Check candidate ``after`` against ``before``, each by digest and folder of models; stops at the first
        failure, and within a check as soon as no further trial could change that."""
        out: list[Checked] = []
        for check in self.checks:
            out.append(self._checked(check, before, after))
            if out[-1].problem:
                break
        return out

    def _checked(self, check: Check, before: tuple[str, Path], after: tuple[str, Path]) -> Checked:
        known = self._known()
        done = {
            digest: {s: known[key] for s in check.seeds if (key := (check.name, digest, s)) in known}
            for digest, _ in (before, after)
        }
        old, new = done[before[0]], done[after[0]]
        left = [(*models, s) for s in check.seeds for models in (after, before) if s not in done[models[0]]]
        left.reverse()
        with ExitStack() as stack:
            if left and not settled(check, old, new):
                with interrupts_held():
                    pool = ProcessPoolExecutor(min(self._workers, len(left)), multiprocessing.get_context("spawn"))
                stack.enter_context(pool)
                file = stack.enter_context(self._open())
            running: dict[Future[Trial], tuple[str, int]] = {}
            while running or (left and not settled(check, old, new)):
                while left and len(running) < self._workers and not settled(check, old, new):
                    digest, models, seed = left.pop()
                    running[pool.submit(check.trial, seed, models)] = digest, seed
                for trial in wait(running, return_when=FIRST_COMPLETED).done:
                    digest, seed = running.pop(trial)
                    done[digest][seed] = trial.result()
                    row = {"check": check.name, "digest": digest, "seed": seed, **asdict(done[digest][seed])}
                    file.write(json.dumps(row) + "\n")
                    file.flush()
                    good = sum(t.ok for t in new.values()) / max(len(new), 1)
                    self._progress(f"gate: {check.name}", len(old) + len(new), 2 * len(check.seeds), good)
        tried = tuple(s for s in check.seeds if s in old and s in new)
        found = judged(replace(check, seeds=tried), old, new)
        if len(tried) == len(check.seeds):
            return found
        return replace(found, problem=f"{settled(check, old, new)} at best; {len(check.seeds)} trials were planned")

    def _open(self) -> Any:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        return self._kept.open("a", encoding="utf-8")

    def _known(self) -> dict[tuple[str, str, int], Trial]:
        try:
            lines = self._kept.read_text(encoding="utf-8").splitlines()
        except OSError:
            return {}
        rows = []
        for line in lines:
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue  # a kill cut it off
        return {(r["check"], r["digest"], r["seed"]): Trial(r["ok"], r["harm"]) for r in rows}


def ladder_trial(disturbed: bool, arm: str, seed: int, models: Path) -> Trial:
    """One trial of the ladder's rung with the motion planner of ``models``."""
    from sayso.demonstrations.disturbance import CLEAN, DISTURBED
    from sayso.sim.arms.own_arm import name_of

    policy, motion = (str(models / f"{part}-{name_of(arm)}.onnx") for part in ("policy", "motion"))
    done = climbed(Rung("gate", policy, motion, DISTURBED if disturbed else CLEAN, arm), seed)
    return Trial(done.ok, not disturbed and done.pushed > PUSHED_M)


def frozen_suite(arm: str, n: int = 20) -> list[Check]:
    """The fixed checks of everything that was not corrected: put in and put on, clean and disturbed, on true scenes.

    The policy is frozen, so that it obeys spoken directions as before.
    """
    clean = Check("ladder", "not worse", partial(ladder_trial, False, arm), tuple(range(FROZEN_SEED, FROZEN_SEED + n)))
    rough = Check(
        "ladder, disturbed", "not worse", partial(ladder_trial, True, arm),
        tuple(range(FROZEN_SEED, FROZEN_SEED + n // 2)),
    )  # fmt: skip
    return [clean, rough]

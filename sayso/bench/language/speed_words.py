"""Tasks with speed words: the speed may change, the success rate must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.tasks.tabletop import put_one
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.judge import judge

SEED_BASE = 740_000_000
PHRASES = (
    "faster", "slower", "careful", "hurry up", "take it easy", "twice as fast", "a bit faster", "much slower",
    "not so fast", "you're too slow", "as fast as you can", "very slowly", "normal speed", "half speed", "gently",
)  # fmt: skip
LONGEST_S = 7.0


def words_for(rng: np.random.Generator) -> list[tuple[float, str]]:
    """One to three speed words at random moments of an errand; one in four errands has them during a stop."""
    times = sorted(float(t) for t in rng.uniform(0.0, LONGEST_S, int(rng.integers(1, 4))))
    words = [(t, str(rng.choice(PHRASES))) for t in times]
    if rng.random() < 0.25:
        first = times[0]
        words = [(first, "stop"), *((t + 0.3, text) for t, text in words), (times[-1] + 0.8, "go on")]
    return words


def errand(models: Path | None, arm: str, seed: int, sees: str = "truth", base: int = SEED_BASE) -> dict[str, Any]:
    """One errand on true scenes; ok: done in truth, believed done, and every word read as a speed."""
    rng, number, options = np.random.default_rng(base + seed), base + seed, Options(sees=sees)
    task, words = put_one(rng, arm_model(arm).spec.reach), words_for(rng)
    with Session(f"sim:{arm}", task.scene, number, models=models, options=options) as session:
        before = session.truth
        result = session.run(task.said, say=words)
        ok = bool(judge(task.plain, before, session.truth)) and result.outcome == "done"
    read = all(c.level in ("stop", "resume", "motion") for c in result.corrections)
    return {
        "ok": ok and read,
        "seconds": round(result.duration_s, 2),
        "outcome": result.outcome,
        "words": [f"{t:.2f}: {text}" for t, text in words],
    }

"""Reaction: delay from a sentence's arrival to the first changed joint target, with everything on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sayso.bench.tasks.tabletop import put_one
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model

SEED_BASE = 730_000_000
PHRASES = (
    "left a bit", "right", "a bit higher", "forward", "back a little", "move up", "further left", "go right slowly",
    "hold still", "a bit to the right", "forward and slightly left", "up",
)  # fmt: skip
EVERY_S = 0.9


@dataclass(frozen=True, slots=True)
class Reactions:
    """Latencies in ms of motions and of stops in one run, and the longest pause (s) of the policy while listening."""

    motions: tuple[float, ...]
    stops: tuple[float, ...]
    unread: int


def react(seed: int, models: Path | None = None, sees: str = "pixels", arm: str = "panda") -> Reactions:
    """One run of 14 simulated seconds full of words at random moments: motions, stops and "go on"."""
    rng = np.random.default_rng(SEED_BASE + seed)
    errand = put_one(rng, arm_model(arm).spec.reach)
    words: list[tuple[float, str]] = []
    t = 0.8
    while t < 13.0:
        t += float(rng.uniform(0.6, 1.2)) * EVERY_S
        if rng.random() < 0.35:
            words += [(t, "stop"), (t + 0.5, "go on")]
            t += 0.5
        else:
            words.append((t, str(rng.choice(PHRASES))))
    options = Options(sees=sees, limit_s=14.0, listen=False)
    with Session(f"sim:{arm}", errand.scene, SEED_BASE + seed, models=models, options=options) as session:
        result = session.run(errand.said, say=words)
    heard = {level: [c.latency_ms for c in result.corrections if c.level == level] for level in ("motion", "stop")}
    motions = tuple(v for v in heard["motion"] if v is not None)
    stops = tuple(v for v in heard["stop"] if v is not None)
    return Reactions(motions, stops, sum(c.level == "unknown" for c in result.corrections))

"""Two cells of the tabletop suite: the thing asked for is exchanged or replaced before the arm has taken it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.bench.disturbed.errand import Record, errand, judged
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model

SEED_BASE = 725_000_000
MOMENT_S = (0.1, 2.8)  # from the start of the run to the grasp
CELLS = {"exchanged before the grasp": "exchanged", "replaced before the grasp": "replaced"}


def attempt(cell: str, seed: int, models: Path | None = None, arm: str = "panda") -> Record:
    """One put while the thing changes places with another block, or a look-alike of another color takes its place.

    "ok": the right thing was put where it was to go, or the robot asked.
    """
    kind, number = CELLS[cell], SEED_BASE + seed
    case = errand(number, 1, arm_model(arm).spec.reach)
    moment = np.random.default_rng([number, 1]).uniform(*MOMENT_S)
    options = Options(listen=False, disturb=(f"{kind}@{moment:.3f}",))
    with Session(f"sim:{arm}", case.scene, number, models=models, options=options) as session:
        before = session.truth
        result = session.run(case.said)
        record = judged(kind, case, result, before, session.truth)
    return record | {"ok": record["end"] in ("right", "asked"), "said": case.said}

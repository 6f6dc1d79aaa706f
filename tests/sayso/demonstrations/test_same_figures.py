"""The same seeds give the same figures: the ladder's rungs and the obedience to motions, as they were in November 2026.

A change of the runtime, of the oracle or of the teacher that is meant to change nothing has to leave them as they are.
"""

import pytest

from sayso.bench.tasks.ladder import climb, rungs
from sayso.bench.tasks.obedience import obey
from sayso.model_store import PACKAGED

POLICY, MOTION = (str(PACKAGED / f"{part}-panda.onnx") for part in ("policy", "motion"))
# By rung and seed: how long it took (s), and the task.
LADDER = {
    (0, 0): (6.564, "b1 in w2"), (1, 1): (7.384, "b3 in w2"), (2, 2): (6.584, "b1 in w1"),
    (3, 1): (5.764, "b3 in w2"), (3, 3): (7.964, "b2 in w2"), (4, 1): (6.764, "b3 in w2"),
}  # fmt: skip
# By seed: the motion, the cosine of what followed, how far (mm) it went.
OBEDIENCE = {
    0: ("move arm forward", 0.9998, 49.62), 14: ("move arm forward", 0.9885, 50.72),
    20: ("move arm right", 0.9997, 49.52), 27: ("hold still", 0.0, 0.814),
}  # fmt: skip


@pytest.mark.parametrize(("rung", "seed"), LADDER)
def test_the_ladder(rung: int, seed: int) -> None:
    seconds, task = LADDER[rung, seed]
    assert climb(rungs(POLICY, MOTION)[rung], seed) == (True, pytest.approx(seconds, abs=0.03), task)


@pytest.mark.parametrize("seed", OBEDIENCE)
def test_obedience(seed: int) -> None:
    motion, cosine, moved_mm = OBEDIENCE[seed]
    obeyed = obey(POLICY, seed)
    assert obeyed.motion == motion and obeyed.cosine == pytest.approx(cosine, abs=2e-3)
    assert 1000 * obeyed.moved == pytest.approx(moved_mm, abs=0.3)

"""Random language motions, so that the policy learns to follow the motion instead of guessing the task."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Speed, Step

ARM = (Axis.X, Axis.Y, Axis.Z)
HAND = (Axis.ROLL, Axis.TILT, Axis.ROTATE)


def cumulated(chances: Sequence[float]) -> list[float]:
    """The sums of ``chances`` up to each, the last of them 1: what `chosen` draws from."""
    sums = np.cumsum(chances)
    out: list[float] = (sums / sums[-1]).tolist()
    return out


def chosen(rng: np.random.Generator, sums: list[float]) -> int:
    """Draw an index by `cumulated` chances: what ``rng.choice`` draws with ``p``, at a tenth of its cost."""
    return bisect_right(sums, rng.random())


_HAND_AXIS, _AXES, _SPEED = cumulated((0.15, 0.15, 0.7)), cumulated((0.6, 0.3, 0.1)), cumulated((0.15, 0.7, 0.15))


def random_motion(rng: np.random.Generator) -> LanguageMotion:
    """Draw a motion: mostly one or two arm directions, sometimes a rotation, the gripper, or "hold still"."""
    draw = rng.random()
    if draw < 0.12:
        return LanguageMotion()
    if draw < 0.18:
        return LanguageMotion(gripper=GripperAction.OPEN if rng.random() < 0.5 else GripperAction.CLOSE)
    if draw < 0.30:
        axes = [HAND[chosen(rng, _HAND_AXIS)]]
    else:
        axes = [ARM[i] for i in rng.permutation(3).tolist()[: 1 + chosen(rng, _AXES)]]
    steps = [Step(a, 2 * int(rng.integers(2)) - 1, Degree(int(rng.integers(1, 4)))) for a in axes]
    gripper = GripperAction.KEEP
    if rng.random() < 0.06:
        gripper = GripperAction.OPEN if rng.random() < 0.5 else GripperAction.CLOSE
    speed = Speed(chosen(rng, _SPEED) - 1)
    return LanguageMotion(tuple(steps), gripper, speed)

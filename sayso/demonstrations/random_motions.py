"""Motions nobody would choose there: drawn at random, so that the policy learns to obey and not to guess."""

from __future__ import annotations

import numpy as np

from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Speed, Step

ARM = (Axis.X, Axis.Y, Axis.Z)
HAND = (Axis.ROLL, Axis.TILT, Axis.ROTATE)


def random_motion(rng: np.random.Generator) -> LanguageMotion:
    """Draw a motion: mostly one or two directions of the arm, sometimes the hand, the gripper, or nothing at all."""
    draw = rng.random()
    if draw < 0.12:
        return LanguageMotion()
    if draw < 0.18:
        return LanguageMotion(gripper=GripperAction.OPEN if rng.random() < 0.5 else GripperAction.CLOSE)
    if draw < 0.30:
        axes = [HAND[rng.choice(3, p=(0.15, 0.15, 0.7))]]
    else:
        axes = [ARM[i] for i in rng.permutation(3)[: rng.choice((1, 2, 3), p=(0.6, 0.3, 0.1))]]
    steps = [Step(a, int(rng.choice((-1, 1))), Degree(int(rng.integers(1, 4)))) for a in axes]
    gripper = GripperAction.KEEP
    if rng.random() < 0.06:
        gripper = GripperAction.OPEN if rng.random() < 0.5 else GripperAction.CLOSE
    speed = Speed(int(rng.choice((-1, 0, 1), p=(0.15, 0.7, 0.15))))
    return LanguageMotion(tuple(steps), gripper, speed)

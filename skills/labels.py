"""Labels recordings with language motions by rule, from proprioception alone, for any arm.

The rule is RT-H's (Belkhale et al. 2024, §4): the tool's displacement over a short window, small axes dropped, the
rest ordered by magnitude.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Pose
from sayso.skills.motion import MAX_AXES, Axis, Degree, GripperAction, LanguageMotion, Step

WINDOW_S = 0.4
RELATIVE_DROP = 0.3
SMALL = (0.004, 0.004, 0.004, 0.05, 0.05, 0.05)
SLIGHT = (0.018, 0.018, 0.018, 0.12, 0.12, 0.12)
FAR = (0.060, 0.060, 0.060, 0.30, 0.30, 0.30)
GRIPPER_CHANGE = 0.06


def label(displacement: Array, gripper_change: float = 0.0) -> LanguageMotion:
    """The motion for a tool ``displacement`` (6,) over `WINDOW_S` s: m, then rad (rotation vector, base frame).

    ``gripper_change`` is the change of the gripper's opening (a fraction) over the same window.
    """
    moved = displacement.tolist()
    size = [abs(m) for m in moved]
    least = [RELATIVE_DROP * max(size[:3])] * 3 + [RELATIVE_DROP * max(size[3:])] * 3
    keep = [i for i in range(6) if size[i] > SMALL[i] and size[i] >= least[i]]
    steps = []
    for i in sorted(keep, key=lambda i: -size[i] / FAR[i])[:MAX_AXES]:
        degree = Degree.SLIGHTLY if size[i] < SLIGHT[i] else Degree.FAR if size[i] > FAR[i] else Degree.PLAIN
        steps.append(Step(Axis(i), 1 if moved[i] > 0 else -1, degree))
    gripper = GripperAction.KEEP
    if abs(gripper_change) > GRIPPER_CHANGE:
        gripper = GripperAction.OPEN if gripper_change > 0 else GripperAction.CLOSE
    return LanguageMotion(tuple(steps), gripper)


def rotation_vector(rotation: Array) -> Array:
    """Rotation vector (3,) rad of a rotation matrix (3, 3), for angles below π."""
    cosine = np.clip((np.trace(rotation) - 1) / 2, -1.0, 1.0)
    angle = float(np.arccos(cosine))
    skew = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]])
    return skew / 2 if angle < 1e-6 else skew * (angle / (2 * np.sin(angle)))


def label_trajectory(times: Array, tools: Sequence[Pose], gripper: Array) -> list[LanguageMotion]:
    """A motion for each sample of a recording: ``times`` (T,) s, ``tools`` poses, ``gripper`` (T,) openings 0 to 1."""
    ends = np.minimum(np.searchsorted(times, times + WINDOW_S - 1e-9), len(times) - 1)
    out = []
    for i, j in enumerate(ends):
        span = max(float(times[j] - times[i]), 1e-6)
        scale = min(WINDOW_S / span, 2.0) if j > i else 0.0
        move = np.concatenate(
            [tools[j].position - tools[i].position, rotation_vector(tools[j].rotation @ tools[i].rotation.T)]
        )
        out.append(label(move * scale, float(gripper[j] - gripper[i])))
    return out

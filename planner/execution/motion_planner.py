"""The learned motion planner: proprioception and goal → the next language motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.skills.features import Observation, known_features
from sayso.skills.motion import MAX_AXES, Axis, Degree, GripperAction, LanguageMotion, Step

if TYPE_CHECKING:
    import onnxruntime as ort

AXIS_CHOICES = (-3, -2, -1, 0, 1, 2, 3)
GRIPPERS = (GripperAction.KEEP, GripperAction.OPEN, GripperAction.CLOSE)
MOTION_LOGITS = len(Axis) * len(AXIS_CHOICES) + len(GRIPPERS)


def choices_of(motion: LanguageMotion) -> NDArray[np.int64]:
    """The class index of each head (7,): six axes, then the gripper."""
    out = np.full(len(Axis) + 1, AXIS_CHOICES.index(0), dtype=np.int64)
    for step in motion.steps:
        out[step.axis] = AXIS_CHOICES.index(step.sign * int(step.degree))
    out[-1] = GRIPPERS.index(motion.gripper)
    return out


def motion_of(logits: NDArray[np.float32]) -> LanguageMotion:
    """The most probable motion for logits (O,), with the `MAX_AXES` axes of the largest margin."""
    axes = logits[: -len(GRIPPERS)].reshape(len(Axis), len(AXIS_CHOICES))
    best = axes.argmax(1)
    still = AXIS_CHOICES.index(0)
    margin = axes.max(1) - axes[:, still]
    moving = sorted(np.flatnonzero(best != still), key=lambda i: -margin[i])[:MAX_AXES]
    steps = tuple(
        Step(Axis(int(i)), int(np.sign(AXIS_CHOICES[best[i]])), Degree(abs(AXIS_CHOICES[best[i]]))) for i in moving
    )
    return LanguageMotion(steps, GRIPPERS[int(logits[-len(GRIPPERS) :].argmax())])


class MotionSource(Protocol):
    """Chooses language motions: a `MotionPlanner`, a model on a server, or a teacher."""

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """The motion for the next interval."""
        ...


class MotionPlanner:
    """A motion planner exported by `sayso.planner.training`; input ``features`` (1, F) float32."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session, self._known = session, known_features(session)

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """The motion for the next interval."""
        return motion_of(self._session.run(None, {"features": observation.features[None, self._known]})[0][0])

"""The operator's motion, which replaces the planner's for its duration, and the operator's pace."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.corrections.speed import Pace
from sayso.skills.labels import label
from sayso.skills.motion import HOLD, LanguageMotion, Speed

HOVER_M = 0.03


class MotionOverride:
    """A spoken motion, valid for its duration, and a spoken pace, valid until the next one.

    Times are s on the robot's clock. ``pace`` is a fraction of the usual speed.
    """

    def __init__(self) -> None:
        self.pace = 1.0
        self.withdraw()

    def withdraw(self) -> None:
        """Drop the motion; the pace stays."""
        self._motion: LanguageMotion | None = None
        self._until = -np.inf

    def move(self, motion: LanguageMotion, now: float, seconds: float) -> None:
        """Replace the planner's motion by ``motion``, for as far as it goes in ``seconds`` at the usual speed."""
        self._motion = motion
        self._until = now + seconds / self._pace_of(motion)

    def set_pace(self, pace: Pace, now: float) -> None:
        """Set the pace from ``now`` on; a motion in force keeps its distance."""
        before, self.pace = self.pace, pace.after(self.pace)
        motion = self.motion(now)
        if motion is not None and self._pace_of(motion) == self.pace:
            self._until = now + (self._until - now) * before / self.pace

    def motion(self, now: float) -> LanguageMotion | None:
        """The motion in force at ``now`` s, or None."""
        return self._motion if now < self._until else None

    def pace_at(self, now: float) -> float:
        """The pace at ``now`` s: 1 during a motion that names its own speed or holds still."""
        motion = self.motion(now)
        return self.pace if motion is None else self._pace_of(motion)

    def _pace_of(self, motion: LanguageMotion) -> float:
        return self.pace if motion.speed is Speed.PLAIN and not motion.is_hold else 1.0


def grounded(motion: LanguageMotion, scene: Scene, tool: Pose) -> LanguageMotion:
    """``motion`` with "toward" or "away from" an object turned into directions from the ``tool``."""
    if motion.toward is None:
        return motion
    goal = next((o for o in scene.objects if motion.toward in (o.name, o.id)), None)
    if goal is None:
        return HOLD
    way = goal.position + np.array([0, 0, goal.size[2] / 2 + HOVER_M]) - tool.position
    way = way * (-1 if motion.away else 1) * np.array([1, 1, 0 if motion.away else 1])
    plain = label(np.append(way / max(float(np.linalg.norm(way)), 1e-6) * 0.05, np.zeros(3)))
    return LanguageMotion(
        (*plain.steps, *motion.steps)[:3], motion.gripper, motion.speed if plain.steps else Speed.PLAIN
    )

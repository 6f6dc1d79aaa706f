"""What the operator ordered: a motion in place of the planner's for some time, and a pace for everything."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.corrections.speed import Pace
from sayso.skills.labels import label
from sayso.skills.motion import HOLD, LanguageMotion, Speed

HOVER_M = 0.03


class MotionOverride:
    """A spoken motion, in force until its time is over, and a spoken pace, in force until another is said.

    Times are in s on the robot's clock. ``pace`` is a fraction of the usual speed.
    """

    def __init__(self) -> None:
        self.pace = 1.0
        self.withdraw()

    def withdraw(self) -> None:
        """No motion is ordered any more; the pace stays."""
        self._motion: LanguageMotion | None = None
        self._until = -np.inf

    def move(self, motion: LanguageMotion, now: float, seconds: float) -> None:
        """Do ``motion``, whatever the planner says, as far as it goes in ``seconds`` at its own speed."""
        self._motion = motion
        self._until = now + seconds / self._pace_of(motion)

    def set_pace(self, pace: Pace, now: float) -> None:
        """Do everything at this pace from ``now`` on; a motion under way goes as far as it was to go."""
        before, self.pace = self.pace, pace.after(self.pace)
        motion = self.motion(now)
        if motion is not None and self._pace_of(motion) == self.pace:
            self._until = now + (self._until - now) * before / self.pace

    def motion(self, now: float) -> LanguageMotion | None:
        """The motion ordered, None when none is or its time is over."""
        return self._motion if now < self._until else None

    def pace_at(self, now: float) -> float:
        """The pace of what is done ``now``; a motion with a speed of its own has no other."""
        motion = self.motion(now)
        return self.pace if motion is None else self._pace_of(motion)

    def _pace_of(self, motion: LanguageMotion) -> float:
        return self.pace if motion.speed is Speed.PLAIN and not motion.is_hold else 1.0


def grounded(motion: LanguageMotion, scene: Scene, tool: Pose) -> LanguageMotion:
    """A motion toward or away from an object, as the directions that takes from where the tool is."""
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

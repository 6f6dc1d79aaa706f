"""What the operator ordered and for how long: a motion in place of the planner's, or another speed for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hardware.types import Pose
from perception.scene import Scene
from skills.labels import label
from skills.motion import HOLD, LanguageMotion, Speed

HOVER_M = 0.03


class Orders:
    """A spoken motion and a spoken speed, each in force until its time is over; times in s on the robot's clock."""

    def __init__(self) -> None:
        self.withdraw()

    def withdraw(self) -> None:
        """Nothing is ordered any more."""
        self._motion: LanguageMotion | None = None
        self._speed = Speed.PLAIN
        self._motion_until = self._speed_until = -np.inf

    def move(self, motion: LanguageMotion, until: float) -> None:
        """Do ``motion``, whatever the planner says."""
        self._motion, self._motion_until = motion, until

    def pace(self, speed: Speed, until: float) -> None:
        """Do what the planner says at this speed."""
        self._speed, self._speed_until = speed, until

    def motion(self, now: float) -> LanguageMotion | None:
        """The motion ordered, None when none is or its time is over."""
        return self._motion if now < self._motion_until else None

    def paced(self, motion: LanguageMotion, now: float) -> LanguageMotion:
        """The planner's ``motion`` at the speed ordered."""
        return replace(motion, speed=self._speed) if motion.steps and now < self._speed_until else motion


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

"""Random disturbances of a demonstration: detours, shoves, drops, noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.demonstrations.random_motions import random_motion
from sayso.hardware.types import JointState
from sayso.hardware.worlds.objects import WorldObjects
from sayso.runtime.runtime import MOTION_TICKS, MotionOverride
from sayso.runtime.subscriber import Subscriber
from sayso.skills.features import Proprioception
from sayso.skills.motion import GripperAction, LanguageMotion
from sayso.skills.policy import POLICY_HZ


@dataclass(frozen=True, slots=True)
class DisturbanceRates:
    """Rates (1/s) and strengths of the disturbances."""

    detours: float = 0.0
    shoves: float = 0.0
    drops: float = 0.0
    scene_noise: float = 0.0
    joint_noise: float = 0.0


CLEAN = DisturbanceRates()
DISTURBED = DisturbanceRates(detours=0.15, shoves=0.08, drops=0.04, joint_noise=0.1)
ROUGH = DisturbanceRates(detours=0.35, shoves=0.08, drops=0.05, scene_noise=0.002, joint_noise=0.1)


class Disturbance(MotionOverride, Subscriber):
    """Shoves the task's ``block``, opens the hand, and orders random motions.

    A world without `place` has no shoves.
    ``order`` is a motion that replaces the others while set. ``look_back`` is drawn at every tick: the age, in motions
    of the teacher, of the motion that a recording asks about, below `MOTION_TICKS`.
    """

    def __init__(self, objects: WorldObjects, rng: np.random.Generator, trouble: DisturbanceRates) -> None:
        super().__init__()
        self.trouble, self.order, self.block, self.look_back = trouble, None, None, 0
        self._objects, self._rng = objects, rng
        self._ticks = self._detour = 0
        self._detour_motion = LanguageMotion()

    order: LanguageMotion | None
    block: str | None

    def sensed(self, state: JointState, body: Proprioception, now: float) -> None:
        """Shove the block or open the hand before the scene is updated."""
        t = self.trouble
        if t.shoves and self.block and self._objects.places and self._rng.random() < t.shoves / POLICY_HZ:
            self._shove(self.block, body)
        if t.drops and body.closing and self._rng.random() < t.drops / POLICY_HZ:
            self._detour, self._detour_motion = 12, LanguageMotion(gripper=GripperAction.OPEN)

    def _shove(self, block: str, body: Proprioception) -> None:
        truth = self._objects.truth()[block]
        apart = np.linalg.norm(truth.position[:2] - body.tool.position[:2]) > 0.05 or body.tool.position[2] > 0.12
        low = truth.position[2] < 0.03
        if apart and low and not body.closing:
            spot = truth.position[:2] + self._rng.uniform(-0.04, 0.04, 2)
            others = [o.position[:2] for k, o in self._objects.truth().items() if k != block]
            if min((float(np.linalg.norm(spot - o)) for o in others), default=1.0) > 0.12:
                place = np.array([*spot, truth.position[2] + 0.001])
                self._objects.place(block, place, float(self._rng.uniform(-3, 3)))

    def motion(self, now: float) -> LanguageMotion | None:
        """The order or the detour in force; called once per policy tick."""
        said = self._said()
        # Draw at every tick, also without a recording: a seed's results depend on the order of all draws.
        known = min(self._ticks + 1, MOTION_TICKS)
        self.look_back = known - int(self._rng.integers(known))
        self._ticks += 1
        return said

    def _said(self) -> LanguageMotion | None:
        if self.order is not None:
            return self.order
        if self._detour > 0:
            self._detour -= 1
            return self._detour_motion
        if self.trouble.detours and self._rng.random() < self.trouble.detours / POLICY_HZ:
            self._detour = int(self._rng.integers(10, 45))
            self._detour_motion = random_motion(self._rng)
            return self._detour_motion
        return None

    def pace_at(self, now: float) -> float:
        """Always 1."""
        return 1.0

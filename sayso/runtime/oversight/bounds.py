"""How far the hand goes in a direction until the subtask ends, as a person said it: "no lower"."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import Scene
from sayso.planner.corrections.correction import Correction
from sayso.planner.plan import Subtask
from sayso.skills.motion import LanguageMotion, Step

SLACK_M, NEAR_M = 0.004, 0.01
"""The hand sways so far; so near a bound it does not set out for it any more."""
AHEAD_S = 0.1
"""A hand that holds comes to rest within this time."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """The hand goes no farther than ``limit`` m along ``way``."""

    way: Step
    limit: float

    def along(self, position: Array) -> float:
        return float(position[self.way.axis]) * self.way.sign


class Bounds:
    """The bounds that hold, all of one subtask."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """No bound holds."""
        self._bounds: list[_Bound] = []
        self._subtask: Subtask | None = None
        self._last: tuple[float, Array] | None = None

    def heed(self, c: Correction, tool: Array, subtask: Subtask | None) -> None:
        """Hold the bounds of ``c`` from where its motion takes the hand, now at ``tool`` (3,) m, until ``subtask``
        ends; let go of those that its motion goes beyond."""
        ways = {(step.axis, step.sign) for motion, _ in c.legs for step in motion.steps}
        self._bounds = [b for b in self._bounds if (b.way.axis, b.way.sign) not in ways]
        if not c.bound:
            return
        self._subtask, self._last = subtask, None
        end = tool + np.sum([np.zeros(3), *(m.twist()[:3] * seconds for m, seconds in c.legs)], axis=0)
        for way in c.bound:
            bound = _Bound(way, 0.0)
            self._bounds.append(replace(bound, limit=bound.along(end)))

    def passed(
        self, scene: Scene, subtask: Subtask | None, motion: LanguageMotion, spoken: LanguageMotion | None
    ) -> Step | None:
        """The way of a bound that the hand is about to go beyond with the planner's ``motion``; None if all hold.

        A ``spoken`` motion of the person is the person's own matter.
        """
        if self._bounds and subtask is not self._subtask:
            self.forget()
        if not self._bounds:
            return None
        at, last = scene.tool.position, self._last
        self._last = (scene.t, at)
        speed = np.zeros(3) if last is None or scene.t <= last[0] else (at - last[1]) / (scene.t - last[0])
        if spoken is not None and not spoken.is_hold:
            return None
        wanted = {(step.axis, step.sign) for step in motion.steps}
        for bound in self._bounds:
            over, fast = bound.along(at) - bound.limit, bound.along(speed)
            sets_out = (bound.way.axis, bound.way.sign) in wanted and over > -NEAR_M
            if sets_out or (fast > 0 and over + fast * AHEAD_S > SLACK_M):
                return bound.way
        return None

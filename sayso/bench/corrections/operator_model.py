"""A model of a person beside the arm: sees everything, can only speak, speaks late, seldom, and sometimes wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sayso.bench.corrections.phrases import SLOWLY, phrase, wrong_phrase
from sayso.demonstrations.expert import Expert
from sayso.hardware.types import Array, Pose, RobotSpec
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import GripperAction, LanguageMotion

LOOKS_S = 0.1
AHEAD_S = (0.0, 0.3, 0.6, 0.9)
"""People speak for the moment at which they will be heard: they see so far ahead."""
DIFFERENT_M = 0.003
OTHER_WAY = 0.2
"""Below this cosine of the arm's motion to the one that the person wants, the person minds."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person speaks: ``late_s`` from seeing to being heard, at least ``apart_s`` between two sentences, and
    ``wrong`` the share of sentences that say another motion than the person means.

    ``minds_s`` is how long the person looks before deciding. With ``slowly`` the first sentence asks for less speed
    where the person would take hold of the thing elsewhere than the robot: who has seen it fail speaks in time.
    """

    late_s: tuple[float, float] = (0.5, 1.5)
    apart_s: float = 1.2
    wrong: float = 0.05
    minds_s: float = 0.2
    slowly: bool = True


class OperatorModel(Subscriber):
    """Watches the truth and says through ``say`` what it would rather have the arm do, as a `Manner` tells.

    ``wants(tick)`` is the goal as the person understands it, from the truth; None where the person has no opinion.
    """

    def __init__(
        self, spec: RobotSpec, wants: Callable[[Tick], SubtaskGoal | None], say: Callable[[str], object],
        rng: np.random.Generator, manner: Manner | None = None,
    ) -> None:  # fmt: skip
        self._expert, self._wants, self._say, self._rng = Expert(spec), wants, say, rng
        self.manner = manner or Manner()
        self.said: list[tuple[float, str]] = []
        self.wrong = 0
        self._looked = self._spoke = -np.inf
        self._minds_since: float | None = None
        self._coming: tuple[float, str] | None = None
        self._before: tuple[float, Array] | None = None

    def ticked(self, tick: Tick) -> None:
        """Look at the arm, and speak when it is time."""
        if self._coming is not None and tick.t >= self._coming[0]:
            self.said.append(self._coming)
            self._say(self._coming[1])
            self._spoke, self._coming, self._minds_since = tick.t, None, None
        if tick.t - self._looked < LOOKS_S - 1e-6:
            return
        speed = self._speed(tick)
        self._looked = tick.t
        if self._coming is not None or tick.t - self._spoke < self.manner.apart_s:
            return
        if self.manner.slowly and not self.said and self._knows_better(tick):
            self._coming = tick.t + float(self._rng.uniform(*self.manner.late_s)), str(self._rng.choice(SLOWLY))
            return
        wanted = self._minds(tick, speed)
        if wanted is None:
            self._minds_since = None
            return
        self._minds_since = tick.t if self._minds_since is None else self._minds_since
        if tick.t - self._minds_since >= self.manner.minds_s - 1e-6:
            self._speak(wanted, tick.t)

    def _knows_better(self, tick: Tick) -> bool:
        """Whether the person would take hold of the thing elsewhere than the robot."""
        goal = self._wants(tick)
        if goal is None or tick.observation is None:
            return False
        return float(np.linalg.norm(goal.position - tick.observation.goal.position)) > DIFFERENT_M

    def _speed(self, tick: Tick) -> Array:
        """The hand's velocity (3,) m/s since the last look."""
        before, self._before = self._before, (tick.t, tick.body.tool.position.copy())
        if before is None:
            return np.zeros(3)
        return (tick.body.tool.position - before[1]) / max(tick.t - before[0], 1e-3)

    def _minds(self, tick: Tick, speed: Array) -> LanguageMotion | None:
        """The motion that the person would rather see now or soon; None if the arm does well."""
        goal = self._wants(tick)
        if goal is None or tick.motion is None:
            return None
        for ahead in AHEAD_S[:1] if tick.body.closing else AHEAD_S:  # what is in the hand comes along
            there = tick.body.tool.position + ahead * speed
            there[2] = max(there[2], min(tick.body.tool.position[2], goal.position[2]))  # the person sees it coming
            soon = replace(tick.body, tool=Pose(there, tick.body.tool.rotation))
            own = self._expert.motion(soon, self._expert.command(soon, goal))
            if own.gripper is not GripperAction.KEEP and self._hand_differs(own, tick):
                return LanguageMotion(gripper=own.gripper)
        own = self._expert.motion(tick.body, self._expert.command(tick.body, goal))
        wanted, moves = own.twist()[:3], tick.motion.twist()[:3]
        size = float(np.linalg.norm(wanted) * np.linalg.norm(moves))
        if not own.steps or float(np.linalg.norm(wanted)) < 0.04 or size < 1e-6:
            return None
        return own if float(wanted @ moves) < OTHER_WAY * size else None

    @staticmethod
    def _hand_differs(own: LanguageMotion, tick: Tick) -> bool:
        closes = own.gripper is GripperAction.CLOSE
        assert tick.motion is not None
        return tick.body.closing != closes and tick.motion.gripper is not own.gripper

    def _speak(self, wanted: LanguageMotion, now: float) -> None:
        is_wrong = bool(self._rng.random() < self.manner.wrong)
        words = wrong_phrase(wanted, self._rng) if is_wrong else phrase(wanted, self._rng)
        if words is not None:
            self.wrong += is_wrong
            self._coming = now + float(self._rng.uniform(*self.manner.late_s)), words

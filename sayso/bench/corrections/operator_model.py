"""A model of a person beside the arm: sees everything, can only speak, speaks late, seldom, and sometimes wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sayso.bench.corrections.phrases import SLOWLY, phrase, rather, wrong_phrase
from sayso.bench.corrections.worth import Wish
from sayso.demonstrations.expert import Expert
from sayso.hardware.types import Array, Pose, RobotSpec
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Step

LOOKS_S = 0.1
AHEAD_S = (0.0, 0.3, 0.6, 0.9)
"""People speak for the moment at which they will be heard: they see so far ahead."""
DIFFERENT_M = 0.003
OTHER_WAY = 0.2
"""Below this cosine of the arm's motion to the one that the person wants, the person minds."""
ASIDE_M, AWAY_M, STRAIGHT_M_S, SOON_S = 0.010, 0.08, 0.06, 0.7
"""The hand comes down beside a thing if it will be so far from its middle soon, at such a speed to the side at most."""
FAST_ENOUGH = 1.05
"""A pace so many times the wished one is still as wished."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person speaks: ``late_s`` from seeing to being heard, at least ``apart_s`` between two sentences, and
    ``wrong`` the share of sentences that say another motion than the person means.

    ``minds_s`` is how long the person looks before deciding. With ``slowly`` the first sentence asks for less speed
    where the person would take hold of the thing higher or lower than the robot: who has seen it fail speaks in time.
    """

    late_s: tuple[float, float] = (0.5, 1.5)
    apart_s: float = 1.2
    wrong: float = 0.05
    minds_s: float = 0.2
    slowly: bool = True


class OperatorModel(Subscriber):
    """Watches the truth and says through ``say`` what it would rather have the arm do, as a `Manner` tells.

    ``wishes(tick)`` is what the person would rather see, from the truth; ``pace()`` the arm's present speed as a
    fraction of the usual one.
    """

    def __init__(
        self, spec: RobotSpec, wishes: Callable[[Tick], Wish], say: Callable[[str], object],
        rng: np.random.Generator, manner: Manner | None = None, pace: Callable[[], float] = lambda: 1.0,
    ) -> None:  # fmt: skip
        self._expert, self._wishes, self._say, self._rng, self._pace = Expert(spec), wishes, say, rng, pace
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
        wish = self._wishes(tick)
        if (words := self._at_once(wish, tick)) is not None:
            self._coming = tick.t + float(self._rng.uniform(*self.manner.late_s)), words
            return
        aside = None if wish.goal is None else self._aside(wish.goal, tick, speed)
        wanted = wish.motion or (self._minds(wish.goal, tick, speed) if aside is None else _toward(aside))
        if wanted is None:
            self._minds_since = None
            return
        self._minds_since = tick.t if self._minds_since is None else self._minds_since
        if tick.t - self._minds_since >= self.manner.minds_s - 1e-6:
            gap = wish.gap if wish.goal is None else self._gap(wish.goal, tick)
            self._speak(wanted, tick.t, gap if aside is None else aside)

    def _at_once(self, wish: Wish, tick: Tick) -> str | None:
        """What needs no second look: another thing, less speed, and what is to be said as it is."""
        if wish.words is not None:
            return wish.words
        if wish.thing is not None:
            return rather(wish.thing, self._rng)
        too_fast = wish.pace is not None and self._pace() > FAST_ENOUGH * wish.pace
        # Who sees that the hand will come down beside says where to, and at once.
        known = wish.goal is not None and self._knows_better(wish.goal, tick) and not self._aims_beside(wish.goal, tick)
        if too_fast or (self.manner.slowly and not self.said and known):
            return str(self._rng.choice(SLOWLY))
        return None

    @staticmethod
    def _knows_better(goal: SubtaskGoal | None, tick: Tick) -> bool:
        """Whether the person would take hold of the thing, or set it down, elsewhere than the robot."""
        if goal is None or tick.observation is None:
            return False
        own = tick.observation.goal
        if goal.place is not None and own.place is not None and np.linalg.norm(goal.place - own.place) > DIFFERENT_M:
            return True
        return float(np.linalg.norm(goal.position - own.position)) > DIFFERENT_M

    def _speed(self, tick: Tick) -> Array:
        """The hand's velocity (3,) m/s since the last look."""
        before, self._before = self._before, (tick.t, tick.body.tool.position.copy())
        if before is None:
            return np.zeros(3)
        return (tick.body.tool.position - before[1]) / max(tick.t - before[0], 1e-3)

    def _minds(self, goal: SubtaskGoal | None, tick: Tick, speed: Array) -> LanguageMotion | None:
        """The motion that the person would rather see now or soon; None if the arm does well."""
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
        if self._opens_too_early(own, tick):
            return own
        wanted, moves = own.twist()[:3], tick.motion.twist()[:3]
        size = float(np.linalg.norm(wanted) * np.linalg.norm(moves))
        if not own.steps or float(np.linalg.norm(wanted)) < 0.04 or size < 1e-6:
            return None
        return own if float(wanted @ moves) < OTHER_WAY * size else None

    def _aside(self, goal: SubtaskGoal, tick: Tick, speed: Array) -> Array | None:
        """By how much (3,) m the hand, or what it carries, comes down beside where the person wants it; None: on it."""
        if (tick.body.closing and not goal.held) or not self._aims_beside(goal, tick):
            return None
        gap, least = self._gap(goal, tick), goal.tolerance if goal.held else ASIDE_M
        soon = np.array([*(gap[:2] - SOON_S * speed[:2]), 0.0])
        straight = float(np.hypot(*speed[:2])) < STRAIGHT_M_S
        return soon if straight and gap[2] < 0.0 and least < float(np.linalg.norm(soon)) < AWAY_M else None

    @staticmethod
    def _aims_beside(goal: SubtaskGoal, tick: Tick) -> bool:
        """Whether the robot means to take hold of the thing, or to set it down, beside where the person would."""
        own = None if tick.observation is None else tick.observation.goal
        if own is None:
            return False
        wants, means = (goal.place, own.place) if goal.held else (goal.position, own.position)
        if wants is None or means is None:
            return False
        return float(np.hypot(*(wants - means)[:2])) > DIFFERENT_M

    @staticmethod
    def _opens_too_early(own: LanguageMotion, tick: Tick) -> bool:
        """Whether the arm lets go where the person would still move it."""
        assert tick.motion is not None
        opens = tick.motion.gripper is GripperAction.OPEN and own.gripper is not GripperAction.OPEN
        return opens and tick.body.closing and bool(own.steps)

    @staticmethod
    def _hand_differs(own: LanguageMotion, tick: Tick) -> bool:
        closes = own.gripper is GripperAction.CLOSE
        assert tick.motion is not None
        return tick.body.closing != closes and tick.motion.gripper is not own.gripper

    @staticmethod
    def _gap(goal: SubtaskGoal, tick: Tick) -> Array:
        """How far (3,) m the hand, or what it holds, is from where the person wants it."""
        if goal.held and goal.place is not None:
            foot = goal.position - np.array([0.0, 0.0, goal.hang])
            return np.asarray(goal.place - foot)
        return np.asarray(goal.position - tick.body.tool.position)

    def _speak(self, wanted: LanguageMotion, now: float, gap: Array | None) -> None:
        is_wrong = bool(self._rng.random() < self.manner.wrong)
        words = wrong_phrase(wanted, self._rng) if is_wrong else phrase(wanted, self._rng, gap)
        if words is not None:
            self.wrong += is_wrong
            self._coming = now + float(self._rng.uniform(*self.manner.late_s)), words


def _toward(aside: Array) -> LanguageMotion:
    """A bit along the larger parts of ``aside`` (3,) m."""
    sizes = np.abs(aside)
    axes = [int(axis) for axis in np.argsort(-sizes) if sizes[axis] > 0.4 * sizes.max()]
    return LanguageMotion(tuple(Step(Axis(i), 1 if aside[i] > 0 else -1, Degree.SLIGHTLY) for i in axes))

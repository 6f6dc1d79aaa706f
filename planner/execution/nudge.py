"""Nudges: what people say of the way near its end is about the end, and lasts as long as the subtask.

"A bit to the left" while the hand comes down beside a block means that the block is farther left than it is seen. The
words shift the goal of the subtask; without that the planner would drive back after the spoken motion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.corrections.grammar import DURATION_S
from sayso.planner.execution.habits import circumstances, holds
from sayso.planner.memory.entries import Habit
from sayso.planner.plan import Subtask, Verb
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import Axis, Degree, LanguageMotion

NEAR_M = 0.15
"""Words said while the hand is farther than this from its goal, to the side, are about the way."""
BY_WORD_M = {Degree.SLIGHTLY: 0.02, Degree.PLAIN: 0.03, Degree.FAR: 0.05}
"""How far words without a number shift the goal along one axis."""
MOST_M, HIGHEST_M = 0.06, 0.12
"""How far all nudges of a subtask together shift its goal, to the side and upward."""
GRIP_M = 0.015
"""The fingers close at least so far above the foot of a thing, and below its top: they need hold of it."""
LEAST_M = 0.001
MOVED_M = 0.05
"""A nudge is over where its end has moved so far since the person spoke."""


def distance(motion: LanguageMotion, seconds: float) -> Array:
    """How far (3,) m the spoken ``motion`` of ``seconds`` shifts a goal: by the person's number, else a little."""
    way = motion.twist()[:3] * seconds
    if seconds not in DURATION_S.values():
        return way
    most = np.zeros(3)
    for step in motion.steps:
        if step.axis <= Axis.Z:
            most[step.axis] = BY_WORD_M[step.degree]
    return np.clip(way, -most, most)


@dataclass
class _Lasting:
    """A person's words about one subtask: the sum ``offset`` (3,) m, the steps to it, the newest ``motion``, and where
    the ``end`` was then."""

    end: Array
    motion: LanguageMotion
    offset: Array = field(default_factory=lambda: np.zeros(3))
    steps: list[Array] = field(default_factory=list)


class Nudges:
    """The lasting nudges of an instruction, by subtask, on top of the shifts that are a habit of ``arm``.

    ``habits()`` are those in force. A nudge of a pick moves the grasp, one of a put the place; "higher" while a thing
    is carried raises what the hand keeps clear of.
    """

    def __init__(self, habits: Callable[[], Sequence[Habit]] = tuple, arm: str = "") -> None:
        self._habits, self._arm = habits, arm
        self.forget()

    def forget(self) -> None:
        """Reset for a new instruction."""
        self._by: dict[Subtask, _Lasting] = {}
        self._newest: Subtask | None = None
        self.cut = np.zeros(3)  # m by which a bound shortened the person's last number

    def say(
        self, subtask: Subtask, goal: SubtaskGoal, tool: Array, motion: LanguageMotion, seconds: float
    ) -> Array | None:
        """Shift the goal of ``subtask`` by a spoken ``motion`` of ``seconds``; return by how much (3,) m more it is.

        ``goal`` is the one without nudges, the hand is at ``tool`` (3,) m. None: the words are about the way.
        """
        end, by, self._newest = _end(subtask, goal), distance(motion, seconds), None
        self.cut = np.zeros(3)
        if end is None:
            return None
        lasting = self._by.get(subtask) or _Lasting(end, motion)
        at = goal.position if goal.held else tool
        near = float(np.hypot(*(end + lasting.offset - at)[:2])) < NEAR_M
        if goal.held:
            by = np.array([*by[:2] * near, motion.twist()[2] * seconds])
        elif not near:
            return None
        after = _bounded(lasting.offset + by, goal)
        step = after - lasting.offset
        if seconds not in DURATION_S.values():
            self.cut = by - step
        if float(np.abs(step[by != 0.0]).max(initial=0.0)) < LEAST_M:
            return None  # no farther
        lasting.offset, lasting.motion, self._newest = after, motion, subtask
        lasting.steps.append(step)
        self._by[subtask] = lasting
        return step

    def join(self, steps: int) -> None:
        """The newest ``steps`` were said at once, and are withdrawn at once."""
        lasting = self._by.get(self._newest) if self._newest is not None else None
        if lasting is not None and steps > 1:
            lasting.steps[-steps:] = [np.sum(lasting.steps[-steps:], axis=0)]

    def motion(self, subtask: Subtask | None) -> LanguageMotion | None:
        """The newest spoken motion that lasts in ``subtask``: "a bit more" is about that."""
        lasting = None if subtask is None else self._by.get(subtask)
        return None if lasting is None else lasting.motion

    def take_back(self) -> None:
        """Withdraw the newest nudge."""
        lasting = self._by.get(self._newest) if self._newest is not None else None
        if lasting is not None and lasting.steps:
            lasting.offset = lasting.offset - lasting.steps.pop()

    def shift(self, subtask: Subtask, goal: SubtaskGoal, tool: Array) -> Array:
        """By how much (3,) m ``goal``, the one without nudges, is shifted: habit and nudges together."""
        end, lasting = _end(subtask, goal), self._by.get(subtask)
        if end is None:
            return np.zeros(3)
        if lasting is not None and float(np.hypot(*(end - lasting.end)[:2])) > MOVED_M:
            del self._by[subtask]
            lasting = None
        habit = self._habitual(goal, end, tool)
        return habit if lasting is None else habit + lasting.offset

    def _habitual(self, goal: SubtaskGoal, end: Array, tool: Array) -> Array:
        habits = [h for h in self._habits() if h.arm == self._arm and h.shift is not None]
        if not habits:
            return np.zeros(3)
        now = circumstances(goal, tool)
        mine = next((h for h in reversed(habits) if holds(h, now)), None)
        return np.zeros(3) if mine is None else np.array(mine.shift) + around(end, mine.turn or 0.0)


def around(at: Array, turn: float) -> Array:
    """The way (3,) m of the point ``at`` (3,) m when the arm turns by ``turn`` rad about its base, to the left."""
    x, y = at[:2].tolist()
    c, s = np.cos(turn) - 1.0, np.sin(turn)
    return np.array([c * x - s * y, s * x + c * y, 0.0])


def shifted(goal: SubtaskGoal, by: Array) -> SubtaskGoal:
    """``goal`` with its end shifted by (3,) m."""
    if not by.any():
        return goal
    side = np.array([*by[:2], 0.0])
    if goal.place is not None:
        return replace(goal, place=goal.place + side, clearance=goal.clearance + float(by[2]))
    up = _grip(goal, float(by[2]))
    at = goal.position + side + np.array([0.0, 0.0, up])
    return replace(goal, position=at, hang=goal.hang + up, above=goal.above - up)


def _end(subtask: Subtask, goal: SubtaskGoal) -> Array | None:
    """Where the hand, or what it holds, is to come; None where a nudge moves neither."""
    if subtask.verb is Verb.PICK:
        return None if goal.held else goal.position
    return goal.place if goal.held else None


def _bounded(offset: Array, goal: SubtaskGoal) -> Array:
    side = float(np.hypot(*offset[:2]))
    x, y = (offset[:2] * min(1.0, MOST_M / max(side, 1e-9))).tolist()
    up = float(offset[2])
    return np.array([x, y, float(np.clip(up, 0.0, HIGHEST_M)) if goal.held else _grip(goal, up)])


def _grip(goal: SubtaskGoal, up: float) -> float:
    """``up`` (m) as far as the fingers still close on the thing."""
    low, high = min(GRIP_M - goal.hang, 0.0), max(goal.above - GRIP_M, 0.0)
    return float(np.clip(up, low, high))

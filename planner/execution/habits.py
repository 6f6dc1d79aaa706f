"""Habits: what people said to the moving arm in like circumstances, heeded before any training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.execution.motion_planner import MotionSource
from sayso.planner.memory.entries import Habit, Phase
from sayso.skills.features import Observation
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion, Speed, parse


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a habit depends on, m: the thing's ``height`` and ``width``, how far the hand is ``above`` its top and
    ``off`` to the side; of a thing that is carried how far it is above its place, and off."""

    phase: Phase
    height: float
    width: float
    above: float
    off: float


def circumstances(goal: SubtaskGoal, tool: Array) -> Circumstances:
    """The circumstances of the hand at ``tool`` (3,) m with this ``goal``."""
    height, width = goal.height, goal.width
    at, to = tool, goal.position
    above = float(tool[2]) - goal.top
    phase: Phase = "lifting" if goal.held else "reaching"
    if goal.place is not None:
        phase = "carrying" if goal.held else "leaving"
    if goal.place is not None and goal.held:
        at, to = goal.position, goal.place
        above = goal.bottom - float(goal.place[2])
    return Circumstances(phase, height, width, above, float(np.hypot(*(at - to)[:2])))


def holds(habit: Habit, now: Circumstances) -> bool:
    """Whether ``habit`` is about these circumstances."""
    spans = (habit.height, now.height), (habit.width, now.width), (habit.above, now.above), (habit.off, now.off)
    return habit.phase == now.phase and all(low <= value <= high for (low, high), value in spans)


class HabitualMotions:
    """The motions of ``motions``, and those of the ``habits()`` of this arm where one holds, the newest first."""

    def __init__(self, motions: MotionSource, habits: Callable[[], Sequence[Habit]], arm: str) -> None:
        self._motions, self._habits, self._arm = motions, habits, arm

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """The motion for the next interval."""
        own = self._motions.next_motion(observation)
        habits = [habit for habit in self._habits() if habit.arm == self._arm]
        if not habits:
            return own
        now = circumstances(observation.goal, observation.body.tool.position)
        mine = [habit for habit in reversed(habits) if holds(habit, now)]
        motion = next((parse(habit.motion) for habit in mine if habit.motion is not None), own)
        if any(habit.slowly for habit in mine) and motion.steps:
            return replace(motion, speed=Speed.SLOWLY)
        return motion

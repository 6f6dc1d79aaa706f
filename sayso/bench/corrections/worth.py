"""What makes a task worth correcting: its scene, why the shipped models fail at it, what a person would rather see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.hardware.world import ObjectTruth
from sayso.planner.plan import Subtask
from sayso.runtime.subscriber import Tick
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion

Truth = Mapping[str, ObjectTruth]
Level = Literal["motion", "speed", "choice", "by words alone"]
UPRIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Moment:
    """What a person beside the arm sees at a ``tick``: the ``truth``, where the hand truly is, and what is ``staged``.

    ``tool`` (3,) m is the hand's true position, ``subtask`` what the arm is about, ``pace`` its speed as a fraction of
    the usual one.
    """

    tick: Tick
    subtask: Subtask | None
    truth: Truth
    tool: Array
    pace: float
    staged: Any = None

    @property
    def thing(self) -> ObjectTruth | None:
        """The thing that the arm is about."""
        return None if self.subtask is None else self.truth.get(self.subtask.object_id)

    @property
    def aim(self) -> SubtaskGoal | None:
        """The goal as the robot has it."""
        return None if self.tick.observation is None else self.tick.observation.goal


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person would rather see: the ``goal`` of the hand, no more than a ``pace``, another ``thing`` by its
    words, or ``motion`` at once, where no goal says it, ``gap`` (3,) m far; or to say ``words``. None: no opinion."""

    goal: SubtaskGoal | None = None
    pace: float | None = None
    thing: str | None = None
    motion: LanguageMotion | None = None
    gap: Array | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How an attempt ended: the ``truth`` ``before`` and after, the simulator's verdict, what is ``staged``, and the
    ``path`` of the things: time (s) and truth at every policy tick."""

    success: bool | None
    before: Truth
    truth: Truth
    staged: Any = None
    path: Sequence[tuple[float, Truth]] = field(default=(), repr=False)

    @property
    def stands(self) -> bool:
        """Whether every block is upright."""
        return all(o.upright > UPRIGHT for o in self.truth.values() if o.kind == "block")


@dataclass(frozen=True, slots=True)
class WorthCorrecting:
    """A task: ``scene(rng, reach)`` with its instruction; ``reason`` is why the shipped models fail, in words.

    ``stage(table, rng)`` changes the world in ways that the robot does not know, and gives what `Moment` and `End`
    hold. ``wishes(moment)`` is what a person would rather see, who sees the truth. ``done(end)`` judges the attempt.
    ``seen_off(rng)`` is by how much (3,) m everything is seen beside where it is. The run ends after ``limit_s``, later
    where a person asked for less speed.
    """

    name: str
    reason: str
    scene: Callable[[np.random.Generator, Box | None], tuple[SceneSpec, str]]
    wishes: Callable[[Moment], Wish]
    level: Level = "motion"
    done: Callable[[End], bool] = lambda end: end.success is True and end.stands
    stage: Callable[[TableWorld, np.random.Generator], Any] | None = None
    seen_off: Callable[[np.random.Generator], Array] | None = None
    limit_s: float = 12.0

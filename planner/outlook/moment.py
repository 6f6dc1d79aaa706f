"""What the critic is told: the subtask, the perceived scene and the arm, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.perception.scene import Scene
from sayso.planner.plan import Subtask
from sayso.skills.features import Proprioception


@dataclass(frozen=True, slots=True)
class Moment:
    """One review at ``t`` s: attempt number ``attempt`` at ``subtask`` began at ``began`` s; ``motion`` is in force."""

    t: float
    attempt: int
    began: float
    subtask: Subtask
    scene: Scene
    body: Proprioception
    motion: str = ""

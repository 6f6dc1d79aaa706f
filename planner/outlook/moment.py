"""What the critic is told: the subtask, the perceived scene and the arm, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.types import Array
from sayso.perception.scene import Scene
from sayso.planner.plan import Subtask
from sayso.skills.features import Proprioception


@dataclass(frozen=True, slots=True)
class Moment:
    """One review at ``t`` s: attempt number ``attempt`` at ``subtask`` began at ``began`` s; ``motion`` is in force.

    ``late`` (n,) rad is how far each joint stays behind its targets beyond what is usual for the arm
    (`sayso.planner.outlook.following`).
    """

    t: float
    attempt: int
    began: float
    subtask: Subtask
    scene: Scene
    body: Proprioception
    late: Array
    motion: str = ""

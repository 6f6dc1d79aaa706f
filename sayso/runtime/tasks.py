"""The runtime's source of goals: the executive in the product, an oracle in demonstrations."""

from __future__ import annotations

from typing import Protocol

from sayso.perception.scene import Scene
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal


class Tasks(Protocol):
    """Gives the current goal and judges its progress."""

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | None:
        """The current goal, asked once per policy tick; None if there is none."""
        ...

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation | None:
        """Judge the task before each new motion; the observation for that motion, None if there is no goal."""
        ...

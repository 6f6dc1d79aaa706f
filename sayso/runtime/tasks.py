"""What a runtime asks for its goals: the executive of the product, or an oracle in demonstrations."""

from __future__ import annotations

from typing import Protocol

from sayso.perception.scene import Scene
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal


class Tasks(Protocol):
    """Says what is to be done now, and judges how it goes."""

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | None:
        """The goal of the moment, asked once a policy tick; None while there is nothing to do."""
        ...

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation | None:
        """Judge the task, asked before each new motion; what the motion is chosen for, None while nothing is to do."""
        ...

"""The runtime's source of goals and of ways without one: the executive, or an oracle in demonstrations."""

from __future__ import annotations

from typing import Protocol

from sayso.perception.scene import Scene
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.travel import Drive


class Tasks(Protocol):
    """Gives the current goal and judges its progress."""

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | Drive | None:
        """The current goal, or what the arm does without one; asked once per policy tick. None: the arm holds."""
        ...

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation | None:
        """Judge the task before each new motion; the observation for that motion, None if there is no goal."""
        ...

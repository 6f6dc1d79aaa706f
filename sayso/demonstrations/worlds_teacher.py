"""A world's own teacher in the place of Sayso's."""

from __future__ import annotations

import numpy as np

from sayso.demonstrations.demonstrator import Teacher
from sayso.demonstrations.expert import Expert
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.robot import Robot
from sayso.hardware.world import World
from sayso.sim.teacher import Command
from sayso.skills.features import Observation
from sayso.skills.labels import rotation_vector
from sayso.skills.motion import LanguageMotion


class WorldsTeacher(Teacher):
    """`World.teach` as a twist of the tool, and that in words by the labelling rule.

    At states that the world is not in, and under other motions, Sayso's ``expert`` answers.
    """

    def __init__(self, expert: Expert, world: World, robot: Robot) -> None:
        super().__init__(expert)
        self._world, self._robot, self._kinematics = world, robot, Kinematics(robot.spec)

    def says(self, observation: Observation) -> tuple[Command, LanguageMotion]:
        """What the world's teacher would do, and that in words."""
        if self._last is None or self._last[0] is not observation:
            target = self._world.teach(self._robot.read())
            now, then = observation.body.tool, self._kinematics.forward(target.position)
            way = [then.position - now.position, rotation_vector(then.rotation @ now.rotation.T)]
            command = Command(np.concatenate(way) / self._world.step_s, target.gripper < 0.5)
            self._last = observation, command, self.expert.motion(observation.body, command)
        return self._last[1:]

"""A task in panda-gym's own idiom: its Panda, its table, its cube in red, and a blue bowl of PyBullet boxes."""

from typing import Any

import numpy as np
from panda_gym.envs.core import RobotTaskEnv
from panda_gym.envs.robots.panda import Panda
from panda_gym.envs.tasks.pick_and_place import PickAndPlace
from panda_gym.pybullet import PyBullet

RED, BLUE = np.array([0.86, 0.13, 0.13, 1.0]), (0.12, 0.28, 0.80, 1.0)
RADIUS, FLOOR, HEIGHT, WALL, PANELS = 0.075, 0.0465, 0.05, 0.005, 12  # of the bowl, m
APART = 0.15  # m between cube and bowl at the start


class PutInBowl(PickAndPlace):
    """`PickAndPlace` with a bowl at the goal, on the table, in place of a ghost."""

    def _create_scene(self) -> None:
        self.sim.create_plane(z_offset=-0.4)
        self.sim.create_table(length=1.1, width=0.7, height=0.4, x_offset=-0.3)
        self.sim.create_box("object", np.full(3, self.object_size / 2), 1.0, np.zeros(3), RED)
        self.sim._bodies_idx["target"] = self._bowl()

    def _bowl(self) -> int:
        p, lean, middle = self.sim.physics_client, np.arctan2(RADIUS - FLOOR, HEIGHT), (RADIUS + FLOOR) / 2
        half, place, turn = [[0.72 * FLOOR, 0.72 * FLOOR, WALL / 2]], [[0.0, 0.0, WALL / 2]], [[0.0, 0.0, 0.0, 1.0]]
        for angle in 2 * np.pi * np.arange(PANELS) / PANELS:
            half.append([middle * np.tan(np.pi / PANELS) + WALL, WALL / 2, np.hypot(RADIUS - FLOOR, HEIGHT) / 2])
            place.append([middle * np.cos(angle), middle * np.sin(angle), HEIGHT / 2])
            around, out = (p.getQuaternionFromEuler(e) for e in ([0, 0, angle - np.pi / 2], [-lean, 0, 0]))
            turn.append(p.multiplyTransforms([0] * 3, around, [0] * 3, out)[1])
        boxes = {"shapeTypes": [p.GEOM_BOX] * len(half), "halfExtents": half}
        solid = p.createCollisionShapeArray(**boxes, collisionFramePositions=place, collisionFrameOrientations=turn)
        seen = p.createVisualShapeArray(
            **boxes, visualFramePositions=place, visualFrameOrientations=turn, rgbaColors=[BLUE] * len(half)
        )
        return int(p.createMultiBody(0.4, solid, seen, [0.0, 0.0, 0.5]))

    def reset(self) -> None:
        """Draw where the cube and the bowl stand, and how the cube is turned."""
        while True:
            self.goal, cube = self._sample_goal(), self._sample_object()
            self.goal[2] = 0.001
            if np.hypot(*(self.goal - cube)[:2]) > APART:
                break
        yaw = self.np_random.uniform(-np.pi, np.pi)
        self.sim.set_base_pose("target", self.goal, np.array([0.0, 0.0, 0.0, 1.0]))
        self.sim.set_base_pose("object", cube, np.array([0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)]))

    def is_success(self, achieved_goal: Any, desired_goal: Any) -> Any:
        """Whether the cube is inside the bowl's rim and below it."""
        gap = np.asarray(achieved_goal) - self.sim.get_base_position("target")
        return np.array(np.hypot(gap[0], gap[1]) < RADIUS - 0.01 and 0.0 < gap[2] < HEIGHT, dtype=bool)


def make(base: tuple[float, float, float]) -> RobotTaskEnv:
    """The environment, its Panda with its base at ``base`` m in panda-gym's frame, driven by its joints."""
    sim = PyBullet(render_mode="rgb_array", renderer="Tiny")
    return RobotTaskEnv(Panda(sim, base_position=np.array(base), control_type="joints"), PutInBowl(sim))

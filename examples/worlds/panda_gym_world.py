"""panda-gym (pip install panda-gym) as a world: sayso bench world examples.worlds.panda_gym_world:PandaGym"""

import numpy as np

from examples.worlds.panda_gym_scene import HEIGHT, RADIUS, make
from sayso import worlds


class PandaGym(worlds.World):
    """Cube and bowl by panda-gym's own steps at 25 Hz, each joint at most 0.05 rad a step, and by its own check."""

    spec, cameras, base = worlds.load_arm("panda"), tuple(worlds.LENSES), (-0.6, 0.0, 0.0)

    def __init__(self) -> None:
        self.env, self.mount = make(self.base), worlds.Pose(np.array(self.base), np.eye(3))
        self.robot, self.client, self.step_s = self.env.robot, self.env.sim.physics_client, self.env.sim.dt

    def reset(self, seed: int, task: str | None = None) -> worlds.Task:
        self.env.reset(seed=seed)
        return worlds.Task("put the red block in the blue bowl")

    def read(self) -> worlds.JointState:
        at, speed = ([f(i) for i in range(7)] for f in (self.robot.get_joint_angle, self.robot.get_joint_velocity))
        return worlds.JointState(0.0, np.array(at), np.array(speed), self.robot.get_fingers_width() / 0.08)

    def step(self, target: worlds.JointTarget) -> None:
        now = self.read()
        way = np.append((target.position - now.position) / 0.05, (target.gripper - now.gripper) * 0.4)
        self.env.step(np.clip(way, -1.0, 1.0))

    def look(self, camera: str) -> worlds.Frame:
        lens, place = (
            worlds.LENSES[camera],
            worlds.place_of(worlds.LENSES[camera], self),
        )  # where the detector was trained for
        w, h, p = lens.width, lens.height, self.client
        view = p.computeViewMatrix(place.position, place.position + place.rotation[:, 2], [0, 0, 1])
        lens_matrix = p.computeProjectionMatrixFOV(lens.fov, w / h, worlds.NEAR, worlds.FAR)
        image = p.getCameraImage(w, h, view, lens_matrix, renderer=p.ER_TINY_RENDERER)
        rgb = np.asarray(image[2], np.uint8).reshape(h, w, 4)[..., :3].copy()
        f = h / 2 / np.tan(np.radians(lens.fov) / 2)
        matrix = np.array([[f, 0, w / 2], [0, f, h / 2 - 1], [0, 0, 1]])  # TinyRenderer's half pixel, measured
        return worlds.Frame(
            0.0, camera, rgb, worlds.depth_of(np.reshape(image[3], (h, w)), worlds.NEAR, worlds.FAR), matrix, place
        )

    def truth(self) -> dict[str, worlds.ObjectTruth]:
        sim, bowl, cube = self.env.sim, np.array([2 * RADIUS, 2 * RADIUS, HEIGHT]), np.full(3, 0.04)
        at, turn = ({b: f(b) for b in ("object", "target")} for f in (sim.get_base_position, sim.get_base_orientation))
        return {
            "cube": worlds.ObjectTruth("block", "red", at["object"], turn["object"], cube),
            "bowl": worlds.ObjectTruth("bowl", "blue", at["target"] + [0, 0, HEIGHT / 2], turn["target"], bowl),
        }

    def success(self) -> bool:
        return bool(self.env.task.is_success(self.env.task.get_achieved_goal(), self.env.task.get_goal()))

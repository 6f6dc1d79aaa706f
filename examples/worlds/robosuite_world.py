"""robosuite (pip install robosuite "mujoco<3.4") as a world: its Stack, at 20 Hz; the table 11 cm below the base."""

import mujoco
import numpy as np
import robosuite

from sayso import worlds

VIEWS = {"left": "frontview", "right": "sideview"}  # its own cameras, moved to where the detector was trained for
PAINT = {"cubeA_g0_vis": (0.86, 0.13, 0.13, 1), "cubeB_g0_vis": (0.16, 0.62, 0.22, 1)}  # its dark wood looks gray


class Stack(worlds.World):
    spec, step_s, cameras, table, kind = worlds.load_arm("panda"), 1 / 20, tuple(VIEWS), 0.8, "Stack"

    def __init__(self) -> None:
        motors = robosuite.load_composite_controller_config(controller="BASIC", robot="Panda")
        motors["body_parts"]["right"] |= {"type": "JOINT_POSITION", "input_type": "absolute", "kp": 300}
        how = {"controller_configs": motors, "use_camera_obs": False, "ignore_done": True, "hard_reset": False}
        self.env = robosuite.make(self.kind, robots="Panda", control_freq=1 / self.step_s, **how)
        self.robot, self.sim = self.env.robots[0], self.env.sim
        self.mount = worlds.Pose(self.robot.base_pos, self.robot.base_ori)

    def reset(self, seed: int, task: str | None = None) -> worlds.Task:
        self.env.rng = self.env.placement_initializer.rng = np.random.default_rng(seed)
        self.env.reset()
        for number, color in ((self.sim.model.geom_name2id(geom), color) for geom, color in PAINT.items()):
            self.sim.model.geom_matid[number], self.sim.model.geom_rgba[number] = -1, color
        return worlds.Task("put the red block on the green block")

    def read(self) -> worlds.JointState:
        left, right = (self.sim.data.get_joint_qpos(joint) for joint in self.robot.gripper["right"].joints)
        return worlds.JointState(0.0, self.robot._joint_positions, self.robot._joint_velocities, (left - right) / 0.08)

    def step(self, target: worlds.JointTarget) -> None:
        self.env.step(np.append(target.position, 1 - 2 * target.gripper))

    def look(self, camera: str) -> worlds.Frame:
        m, number = self.sim.model, self.sim.model.camera_name2id(VIEWS[camera])
        lens, place = worlds.LENSES[camera], worlds.place_of(worlds.LENSES[camera], self)
        m.cam_pos[number], m.cam_fovy[number] = place.position, lens.fov
        mujoco.mju_mat2Quat(m.cam_quat[number], (place.rotation * (1, -1, -1)).ravel())  # OpenGL's axes
        self.sim.forward()
        rgb, z = self.sim.render(lens.width, lens.height, camera_name=VIEWS[camera], depth=True)
        depth = worlds.depth_of(z[::-1], m.vis.map.znear * m.stat.extent, m.vis.map.zfar * m.stat.extent)
        matrix = worlds.pinhole(lens.width, lens.height, lens.fov)
        return worlds.Frame(0.0, camera, rgb[::-1].copy(), depth, matrix, place)

    def success(self) -> bool:
        return bool(self.env._check_success())

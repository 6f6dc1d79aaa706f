"""Two arms that have little in common: a Panda with seven joints, and one of two joints in a plane."""

from pathlib import Path

import numpy as np
import pybullet_data
import pytest

from hardware.types import Box, RobotSpec

PLANAR = """<robot name="planar"><link name="base"/><link name="upper"/><link name="fore"/><link name="tip"/>
<joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/><origin xyz="0 0 0.2"/>
<axis xyz="0 0 1"/><limit lower="-2" upper="2" effort="9" velocity="3"/></joint>
<joint name="elbow" type="revolute"><parent link="upper"/><child link="fore"/><origin xyz="0.3 0 0"/>
<axis xyz="0 0 1"/><limit lower="-2.5" upper="2.5" effort="9" velocity="3"/></joint>
<joint name="end" type="fixed"><parent link="fore"/><child link="tip"/><origin xyz="0.25 0 0"/></joint></robot>"""


@pytest.fixture(scope="session")
def planar(tmp_path_factory: pytest.TempPathFactory) -> RobotSpec:
    urdf = tmp_path_factory.mktemp("planar") / "planar.urdf"
    urdf.write_text(PLANAR)
    return RobotSpec(
        name="planar",
        joints=("shoulder", "elbow"),
        lower=np.array([-2.0, -2.5]),
        upper=np.array([2.0, 2.5]),
        velocity=np.array([3.0, 2.0]),
        acceleration=np.array([12.0, 20.0]),
        jerk=np.array([400.0, 1500.0]),
        home=np.array([0.3, 0.5]),
        workspace=Box(np.array([-1.0, -1.0, 0.0]), np.array([1.0, 1.0, 1.0])),
        urdf=str(urdf),
        tip="tip",
        gripper=None,
        control_hz=100.0,
    )


@pytest.fixture(scope="session")
def panda() -> RobotSpec:
    return RobotSpec(
        name="panda",
        joints=tuple(f"panda_joint{i}" for i in range(1, 8)),
        lower=np.array([-2.9, -1.8, -2.9, -3.0, -2.9, 0.0, -2.9]),
        upper=np.array([2.9, 1.8, 2.9, -0.1, 2.9, 3.7, 2.9]),
        velocity=np.full(7, 2.0),
        acceleration=np.full(7, 12.0),
        jerk=np.full(7, 3000.0),
        home=np.array([0.0, -0.5, 0.0, -2.0, 0.0, 1.6, 0.8]),
        workspace=Box(np.array([0.25, -0.4, 0.05]), np.array([0.7, 0.4, 0.7])),
        urdf=str(Path(pybullet_data.getDataPath()) / "franka_panda" / "panda.urdf"),
        tip="panda_grasptarget",
    )

"""An arm of two joints in a plane."""

import numpy as np

from sayso.hardware.types import Box, RobotSpec

PLANAR = """<robot name="planar"><link name="base"/><link name="upper"/><link name="fore"/><link name="tip"/>
<joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/><origin xyz="0 0 0.2"/>
<axis xyz="0 0 1"/><limit lower="-2" upper="2" effort="9" velocity="3"/></joint>
<joint name="elbow" type="revolute"><parent link="upper"/><child link="fore"/><origin xyz="0.3 0 0"/>
<axis xyz="0 0 1"/><limit lower="-2.5" upper="2.5" effort="9" velocity="3"/></joint>
<joint name="end" type="fixed"><parent link="fore"/><child link="tip"/><origin xyz="0.25 0 0"/></joint></robot>"""


def planar_spec(urdf: str) -> RobotSpec:
    """The arm of two joints, described by a file that holds `PLANAR`."""
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
        urdf=urdf,
        tip="tip",
        gripper=None,
        control_hz=100.0,
    )

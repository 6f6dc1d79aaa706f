"""A second arm, as unlike the Panda as an arm with two fingers can be: five joints, boxes for links, 100 Hz."""

from pathlib import Path

import numpy as np
import pytest

from sayso.hardware.types import Box, GripperSpec, RobotSpec
from sayso.sim.arms.arm_models import ArmModel

LINK = """<link name="{name}"><inertial><origin xyz="0 0 {middle}"/><mass value="{mass}"/>
<inertia ixx="0.004" iyy="0.004" izz="0.002" ixy="0" ixz="0" iyz="0"/></inertial>
<visual><origin xyz="{x} 0 {middle}"/><geometry><box size="{box}"/></geometry></visual>
<collision><origin xyz="{x} 0 {middle}"/><geometry><box size="{box}"/></geometry></collision></link>"""
JOINT = """<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/><origin xyz="{at}"/>
<axis xyz="{axis}"/><limit lower="{lower}" upper="{upper}" effort="90" velocity="3"/></joint>"""
NO_INERTIA = '<inertia ixx="1e-6" iyy="1e-6" izz="1e-6" ixy="0" ixz="0" iyz="0"/>'
# Straight up at zero; the sum of the three pitch joints is the hand's lean, π pointing down.
TURNS = {
    "yaw": ("base", "turret", "0 0 0.10", "0 0 1"),
    "shoulder": ("turret", "upper", "0 0 0.12", "0 1 0"),
    "elbow": ("upper", "fore", "0 0 0.38", "0 1 0"),
    "wrist": ("fore", "cuff", "0 0 0.34", "0 1 0"),
    "roll": ("cuff", "hand", "0 0 0.05", "0 0 1"),
}
LENGTHS = {"base": 0.10, "turret": 0.12, "upper": 0.38, "fore": 0.34, "cuff": 0.05, "hand": 0.06}


def five_joint_urdf() -> str:
    """The arm's description: a chain of boxes, a hand with two sliding fingers and a tool frame between their tips."""
    links = [
        LINK.format(name=n, middle=length / 2, mass=0.5, x=0, box=f"0.05 0.05 {0.8 * length}")
        for n, length in LENGTHS.items()
    ]
    joints = [
        JOINT.format(name=n, kind="revolute", parent=p, child=c, at=at, axis=axis, lower=-3, upper=3)
        for n, (p, c, at, axis) in TURNS.items()
    ]
    for name, side in (("finger_a", 1), ("finger_b", -1)):
        links.append(LINK.format(name=name, middle=0.04, mass=0.05, x=side * 0.008, box="0.016 0.02 0.08"))
        slide = {"kind": "prismatic", "parent": "hand", "child": name, "at": "0 0 0.06", "lower": 0, "upper": 0.045}
        joints.append(JOINT.format(name=f"{name}_slide", axis=f"{side} 0 0", **slide))
    links.append('<link name="tool"><inertial><mass value="0.001"/>' + NO_INERTIA + "</inertial></link>")
    end = '<joint name="end" type="fixed"><parent link="hand"/><child link="tool"/><origin xyz="0 0 0.132"/></joint>'
    return f'<robot name="five">{"".join(links + joints)}{end}</robot>'


@pytest.fixture(scope="session")
def five(tmp_path_factory: pytest.TempPathFactory) -> ArmModel:
    urdf = tmp_path_factory.mktemp("five") / "five.urdf"
    Path(urdf).write_text(five_joint_urdf())
    spec = RobotSpec(
        name="five",
        joints=tuple(TURNS),
        lower=np.array([-2.6, -0.4, 0.1, 0.0, -2.9]),
        upper=np.array([2.6, 1.9, 2.6, 2.7, 2.9]),
        velocity=np.full(5, 2.2),
        acceleration=np.full(5, 10.0),
        jerk=np.full(5, 1500.0),
        home=np.array([0.0, 0.46, 1.35, np.pi - 1.81, 0.0]),
        workspace=Box(np.array([0.22, -0.45, 0.005]), np.array([0.75, 0.45, 0.60])),
        urdf=str(urdf),
        tip="tool",
        gripper=GripperSpec(width=0.08, fingertip=0.008),
        control_hz=100.0,
    )
    return ArmModel(
        spec=spec,
        lite_urdf=str(urdf),
        finger_joints=("finger_a_slide", "finger_b_slide"),
        finger_open=0.04,
        finger_closed=0.0,
        forces=np.full(5, 80.0),
    )

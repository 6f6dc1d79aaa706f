"""The SO-101 and the Koch in simulation: their jaw opens as its formula says, and holds what it closes on."""

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.check import check_robot
from sayso.hardware.types import JointTarget
from sayso.sim.arms.arm_models import ARMS, ArmModel, panda
from sayso.sim.bullet import pybullet as p
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

JAWS = ("so101", "koch")
SIDE = 0.03


@pytest.fixture(params=JAWS)
def world(request: pytest.FixtureRequest) -> Iterator[Physics]:
    world = Physics(
        SceneSpec((ObjectSpec("b1", "block", "red", (0.2, 0.04), 0.0, (SIDE,) * 3),)), ARMS[request.param]()
    )
    yield world
    world.close()


def test_they_keep_the_contract(world: Physics) -> None:
    assert check_robot(SimArm(world)) == []


class Servos(SimArm):
    """An arm whose motors are as weak as the servos are that it is made of."""

    def connect(self) -> None:
        super().connect()
        self.limit_torque(np.array([1.5, 1.5, *[0.52] * (self.spec.dof - 1)]))


def test_an_arm_that_sank_onto_the_table_while_it_was_limp_is_lifted_before_its_joints_are_checked(
    world: Physics,
) -> None:
    arm, spec = Servos(world), world.arm.spec
    assert spec.rest is not None
    world.set_joints(spec.rest, 0.3)
    arm.connect()
    arm.limit_torque(np.zeros(spec.dof + 1))
    for _ in range(200):
        arm.write(JointTarget(spec.rest, np.zeros(spec.dof), 0.3, np.inf))
        arm.clock.sleep_until(arm.clock.now() + 0.01)
    assert np.abs(arm.read().position - spec.rest).max() > 0.04
    assert check_robot(arm) == []


@pytest.mark.parametrize("fraction", [0.4, 0.55])
def test_the_tips_are_as_far_apart_as_the_spec_says(world: Physics, fraction: float) -> None:
    arm, gripper = world.arm, world.arm.spec.gripper
    assert gripper is not None and gripper.jaw is not None
    world.set_joints(arm.spec.home, fraction)
    p.performCollisionDetection(physicsClientId=world.client)
    tool = Kinematics(arm.spec).forward(arm.spec.home)
    deep = tool.position + 0.006 * tool.rotation[:, 2]
    ways = [tool.rotation[:, axis] * side for axis in (0, 1) for side in (1, -1)]
    hits = [p.rayTest(deep, deep + 0.1 * way, physicsClientId=world.client)[0] for way in ways]
    free = [0.1 * hit[2] if hit[0] == world.robot else np.inf for hit in hits]
    # Along one of the tool's axes there are two fingers, along the other nothing.
    assert min(free[0] + free[1], free[2] + free[3]) == pytest.approx(fraction * gripper.width, abs=0.005)


def test_opening_and_angle_belong_together(world: Physics) -> None:
    arm, gripper = world.arm, world.arm.spec.gripper
    assert gripper is not None and gripper.jaw is not None
    jaw = gripper.jaw
    for fraction in np.linspace(0, 1, 11):
        assert jaw.opening(jaw.angle(fraction * gripper.width)) == pytest.approx(fraction * gripper.width)
        assert arm.opening_at(arm.finger_at(fraction)) == pytest.approx(fraction)
    assert jaw.opening(jaw.closed) == pytest.approx(0.0) == jaw.opening(jaw.closed - 0.1)
    assert jaw.angle(10.0) <= jaw.wide and jaw.angle(-1.0) == jaw.closed


def test_sliding_fingers_are_read_as_before() -> None:
    arm: ArmModel = panda()
    assert arm.finger_at(0.25) == pytest.approx(0.01) and arm.opening_at(0.01) == pytest.approx(0.25)
    assert arm.opening_at(-0.001) == 0.0 and arm.opening_at(0.05) == 1.0


def test_what_the_jaw_closes_on_is_lifted(world: Physics) -> None:
    """Down over the block with the fixed finger 5 mm beside it, close, up: position from the joints alone."""
    arm = SimArm(world)
    arm.connect()
    spec, ik, kinematics = arm.spec, DifferentialIK(arm.spec), Kinematics(arm.spec)
    q = spec.home.copy()

    def go(goal: np.ndarray, gripper: float, seconds: float) -> None:
        for _ in range(int(seconds * spec.control_hz)):
            tool = kinematics.forward(q)
            twist = np.array([*np.clip(4 * (goal - tool.position), -0.1, 0.1), 0, 0, 0])
            dq = ik.velocities(q, tool, twist[None])[0]
            q[:] = np.clip(q + dq / spec.control_hz, spec.lower, spec.upper)
            arm.write(JointTarget(q.copy(), dq, gripper, np.inf))
            arm.clock.sleep_until(arm.clock.now() + 1 / spec.control_hz)

    block = world.truth()["b1"].position
    assert spec.gripper is not None
    over = np.array([block[0], block[1], spec.gripper.fingertip + 0.006])
    above = over + np.array([0, 0, 0.05])
    go(above, 1.0, 2.0)
    go(over, 1.0, 2.0)
    go(over, 0.0, 1.0)
    assert arm.read().gripper * spec.gripper.width == pytest.approx(SIDE, abs=0.008)
    go(above, 0.0, 2.0)
    assert world.truth()["b1"].position[2] > block[2] + 0.035

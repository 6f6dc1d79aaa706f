"""The hand's way without a policy, on every arm: it comes to where it is sent, and home again."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Array, RobotSpec
from sayso.skills.features import Proprioception
from sayso.skills.travel import Drive, Travel

TICK_S = 0.02


class Arm:
    """An arm that follows its joint velocities, within its joints' ranges."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec, self.kinematics, self.travel, self.q = spec, Kinematics(spec), Travel(spec), spec.home.copy()

    @property
    def body(self) -> Proprioception:
        return Proprioception(self.q, self.q, self.kinematics.forward(self.q), 0.05, 0.0, False)

    def move(self, drive: Drive) -> None:
        assert (np.abs(drive.velocity) <= self.spec.velocity).all()
        self.q = np.clip(self.q + TICK_S * drive.velocity, self.spec.lower, self.spec.upper)


def corners(spec: RobotSpec) -> list[Array]:
    low, high = (np.array([0.35, -0.3]), np.array([0.65, 0.3])) if spec.reach is None else (
        spec.reach.lower[:2], spec.reach.upper[:2])  # fmt: skip
    height = 0.14 if spec.reach is None else 0.10
    return [np.array([x, y, height]) for x in (low[0], high[0]) for y in (low[1], 0.0, high[1])]


@pytest.mark.parametrize("name", ["panda", "so101", "ur5e", "piper"])
def test_the_hand_comes_to_every_part_of_its_table_and_home(name: str) -> None:
    arm = Arm(load_arm(name))
    home = arm.body.tool.position
    for end in corners(arm.spec):
        for _ in range(400):
            arm.move(arm.travel.to_point(arm.body, end, 0.0))
        assert np.linalg.norm(arm.body.tool.position - end) < 0.01, end
        for _ in range(500):
            arm.move(arm.travel.to_posture(arm.body, arm.spec.home, home, 0.0))
        assert np.abs(arm.q - arm.spec.home).max() < 0.02


def test_the_hand_rises_before_it_crosses() -> None:
    arm = Arm(load_arm("panda"))
    for _ in range(300):
        arm.move(arm.travel.to_point(arm.body, np.array([0.5, 0.25, 0.1]), 0.0))
    over, low = [], []
    for _ in range(500):
        arm.move(arm.travel.to_point(arm.body, np.array([0.5, -0.25, 0.1]), 0.3))
        _, y, z = arm.body.tool.position
        (over if abs(y) < 0.2 else low).append(z)
    assert min(over) > 0.28 and low[-1] < 0.11


def test_a_drive_that_holds_moves_no_joint() -> None:
    arm = Arm(load_arm("so101"))
    drive = arm.travel.hold(closed=True)
    assert drive.closed and not drive.velocity.any() and not drive.twist.any()

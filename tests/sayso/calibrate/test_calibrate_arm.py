"""`sayso calibrate arm` on emulated servo buses: what the hand shows is what servos and LeRobot's file hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.calibrate.servos import calibrate_servos, motor_names
from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo.calibration import read_calibration
from sayso.hardware.emulated.servo.bus import ServoBus
from sayso.hardware.emulated.servo.dynamixel import DynamixelBus
from sayso.hardware.emulated.servo.sts import StsBus
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointState, RobotSpec

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


class Limp:
    """An arm without torque that stays where the hand puts it; ``position`` counts the jaw too, rad."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec = spec
        self.ranges = np.array([joint_ranges(spec.urdf)[n] for n in motor_names(spec)])
        self.position = self.ranges.mean(1)

    def read(self) -> JointState:
        return JointState(0.0, self.position[: self.spec.dof].copy(), np.zeros(self.spec.dof), 0.5)

    def effort(self) -> Array:
        return np.zeros(self.spec.dof + 1)

    def follow(self, position: Array, velocity: Array, gripper: float) -> None: ...

    def power(self, motors: object) -> None: ...


class Hand:
    """Somebody who moves ``body`` as asked: to the middle, then each joint from end to end, ``share`` of the way."""

    def __init__(self, body: Limp, shares: dict[int, float] | None = None) -> None:
        self.body, self.shares, self.asked = body, shares or {}, 0

    def ask(self, text: str) -> None:
        assert "middle" in text
        self.body.position = self.body.ranges.mean(1)

    def until(self, text: str) -> Callable[[], bool]:
        steps = [(k, end) for k in range(len(self.body.ranges)) for end in (-0.5, -1.0, 0.0, 0.5, 1.0, 0.0)]

        def done() -> bool:
            if self.asked >= len(steps):
                return True
            k, end = steps[self.asked]
            self.asked += 1
            low, high = self.body.ranges[k]
            self.body.position[k] = (low + high) / 2 + end * self.shares.get(k, 1.0) * (high - low) / 2
            return False

        return done


def bus_of(name: str, body: Limp) -> ServoBus:
    kind = DynamixelBus if name == "koch" else StsBus
    emulated = kind(body)  # type: ignore[arg-type]
    # By hand the jaw goes to its mechanical ends, which no opening of the gripper stands for.
    emulated.motors.angles = lambda: body.position.tolist()  # type: ignore[method-assign]
    return emulated


@pytest.mark.parametrize("name", ["so101", "koch"])
def test_what_the_hand_shows_is_kept_and_read_by_the_driver(name: str, tmp_path: Path) -> None:
    body = Limp(load_arm(name))
    emulated, file = bus_of(name, body), tmp_path / "arm.json"
    try:
        names = motor_names(body.spec)
        true = emulated.calibration
        found = calibrate_servos(
            name, emulated.address, file, tmp_path / "report", Hand(body), FakeClock(), lambda _: None
        )
        assert read_calibration(file, names) == found
        for joint in names:
            assert abs(found[joint].homing_offset - true[joint].homing_offset) <= 2, joint
            assert abs(found[joint].range_min - true[joint].range_min) <= 4
            assert abs(found[joint].range_max - true[joint].range_max) <= 4
        body.position = body.ranges.mean(1) + 0.2 * (np.arange(len(names)) - 2)
        with open_driver(name, Connection(emulated.address, Mode.READ_ONLY, file)) as arm:
            assert np.allclose(arm.read().position, body.position[: body.spec.dof], atol=0.01)
        picture = cv2.imread(str(tmp_path / "report" / "joints.png"))
        assert picture is not None and picture.std() > 5
        assert len(json.loads((tmp_path / "report" / "report.json").read_text())) == len(names)
    finally:
        emulated.close()


def test_a_joint_that_was_not_moved_far_enough_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    body = Limp(load_arm("so101"))
    emulated, file = bus_of("so101", body), tmp_path / "arm.json"
    emulated.written.clear()
    try:
        with pytest.raises(RobotError, match=r"elbow_flex was moved through \d+° of \d+°, not to both of its ends"):
            calibrate_servos(
                "so101", emulated.address, file, tmp_path / "r", Hand(body, {2: 0.6}), FakeClock(), lambda _: None
            )
        assert not file.exists() and not emulated.written
        assert (tmp_path / "r" / "joints.png").exists(), "the picture shows which joint it was"
    finally:
        emulated.close()


def test_an_arm_that_holds_itself_is_refused(tmp_path: Path) -> None:
    body = Limp(load_arm("so101"))
    emulated = bus_of("so101", body)
    try:
        arm = open_driver("so101", Connection(emulated.address, Mode.LIVE, options={"at_end": "hold"}))
        arm.connect()
        arm.disconnect()
        with pytest.raises(
            RobotError, match=r"shoulder_pan.* is switched on: lay the arm down, then switch its power off and on"
        ):
            calibrate_servos(
                "so101", emulated.address, tmp_path / "a.json", tmp_path, Hand(body), FakeClock(), lambda _: None
            )
    finally:
        emulated.close()

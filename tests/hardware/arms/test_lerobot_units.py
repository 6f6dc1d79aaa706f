"""Positions in LeRobot's units: degrees from the middle of a servo's range, the jaw from 0 to 100."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.lerobot_units import LeRobotUnits
from sayso.hardware.arms.load import load_arm


def test_a_servo_arm_counts_degrees_from_the_middle_of_its_range() -> None:
    spec = load_arm("koch")
    row = LeRobotUnits.of(spec).row(spec.home, 1.0)
    assert row[0] == pytest.approx(0.0)
    assert row[1] == pytest.approx(np.degrees(0.25 - (1.57 - 0.6) / 2), abs=0.01)
    assert LeRobotUnits.of(spec).names[-1] == "gripper.pos"
    assert LeRobotUnits.of(spec).units == ("deg",) * 5 + ("0-100",)


def test_a_jaw_is_told_by_its_angle_over_its_range() -> None:
    spec = load_arm("so101")
    units = LeRobotUnits.of(spec)
    assert spec.gripper is not None and spec.gripper.jaw is not None
    angle = spec.gripper.jaw.angle(0.5 * spec.gripper.width)
    assert units.percent(0.5) == pytest.approx(100 * (angle + 0.174533) / (1.74533 + 0.174533), abs=0.01)
    assert units.percent(0.0) == pytest.approx(0.0, abs=0.01)
    assert units.opening(100.0) == 1.0
    for opening in np.linspace(0, 1, 7):
        assert units.opening(units.percent(opening)) == pytest.approx(opening, abs=1e-6)


def test_a_jaw_that_opens_the_other_way_is_at_0_when_it_is_shut_too() -> None:
    spec = load_arm("so101")
    assert spec.gripper is not None and spec.gripper.jaw is not None
    jaw = replace(spec.gripper.jaw, closed=1.7453, wide=-0.1745)
    units = LeRobotUnits.of(replace(spec, gripper=replace(spec.gripper, jaw=jaw)))
    assert units.percent(0.0) == pytest.approx(0.0, abs=0.01)
    assert units.percent(1.0) == pytest.approx(LeRobotUnits.of(spec).percent(1.0), abs=0.01)
    assert units.opening(units.percent(0.3)) == pytest.approx(0.3, abs=1e-6)


def test_any_other_gripper_is_told_by_its_opening_and_its_joints_from_their_own_zero() -> None:
    spec = load_arm("panda")
    units = LeRobotUnits.of(spec)
    np.testing.assert_allclose(units.row(spec.home, 0.25)[:7], np.degrees(spec.home))
    assert units.percent(0.25) == 25.0 and units.opening(25.0) == 0.25

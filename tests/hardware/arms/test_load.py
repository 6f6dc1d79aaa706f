"""An arm is a URDF and a limits file; what is wrong with either is said in one line, and no limit is ever made up."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import arm_names, load_arm
from sayso.hardware.check import check_robot
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import RobotError

IIWA: dict[str, Any] = {
    "name": "iiwa",
    "urdf": "pybullet_data:kuka_iiwa/model.urdf",
    "tip": "lbr_iiwa_link_7",
    "control_hz": 100,
    "joints": [
        {"name": f"lbr_iiwa_joint_{i + 1}", "lower": -2, "upper": 2, "velocity": 1.5, "acceleration": 8, "jerk": 200,
         "home": home}
        for i, home in enumerate((0, 0.6, 0, -1.4, 0, 1.1, 0))
    ],
    "workspace": {"lower": [-0.9, -0.9, 0.05], "upper": [0.9, 0.9, 1.3]},
    "gripper": None,
}  # fmt: skip


def write(folder: Path, **changed: Any) -> Path:
    (folder / "arm.json").write_text(json.dumps(IIWA | changed))
    return folder


@pytest.mark.parametrize("name", arm_names())
def test_every_arm_that_comes_with_sayso_can_be_driven(name: str) -> None:
    spec = load_arm(name)
    assert check_robot(MockRobot(spec)) == []
    low, high = Kinematics(spec).forward(spec.lower), Kinematics(spec).forward(spec.upper)
    assert np.isfinite(low.position).all() and np.isfinite(high.position).all()


def test_an_arm_of_your_own_is_a_folder_with_two_files(tmp_path: Path) -> None:
    spec = load_arm(write(tmp_path))
    assert spec.name == "iiwa" and spec.dof == 7 and spec.gripper is None
    assert load_arm(tmp_path / "arm.json").urdf == spec.urdf
    assert check_robot(MockRobot(spec)) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"joints": []}, "joints"),
        ({"speed": 3}, "speed: Extra inputs are not permitted"),
        ({"control_hz": 0}, "control_hz: Input should be greater than or equal to 1"),
        ({"joints": [IIWA["joints"][0] | {"velocity": 0}]}, r"joints\.0\.velocity: Input should be greater than 0"),
        ({"joints": [{"name": "a"}]}, r"joints\.0\.lower: Field required"),
        ({"joints": [IIWA["joints"][0] | {"home": 3}, *IIWA["joints"][1:]]}, "home 3.0 is outside of -2.0 to 2.0"),
        ({"joints": IIWA["joints"][::-1]}, "joint order of iiwa"),
        ({"tip": "hand"}, "no frame 'hand'"),
        ({"urdf": "arm.urdf"}, "there is no URDF file"),
        ({"urdf": "no_such_package:arm.urdf"}, "'no_such_package', which is not installed"),
        ({"workspace": {"lower": [1, 1, 1], "upper": [0, 0, 0]}}, "three lower numbers below three upper ones"),
    ],
)
def test_what_is_wrong_with_an_arm_is_named(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(RobotError, match=says) as error:
        load_arm(write(tmp_path, **changed))
    assert "\n" not in str(error.value)


def test_no_flipped_bit_makes_limits_of_its_own(tmp_path: Path) -> None:
    """Every bit of the numbers' keys is flipped: the file is refused, or it says what it said before."""
    good = json.dumps(IIWA).encode()
    file = tmp_path / "arm.json"
    file.write_bytes(good)
    spec = load_arm(file)
    start = good.index(b'"velocity"')
    for at in range(start, start + len(b'"velocity"')):
        for bit in range(8):
            file.write_bytes(good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :])
            try:
                assert np.array_equal(load_arm(file).velocity, spec.velocity)
            except RobotError:
                continue


def test_an_arm_that_is_not_there_is_told_from_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RobotError, match=r"no arm 'so999'; there are: .*, or a folder with arm.json"):
        load_arm("so999")
    (tmp_path / "arm.json").write_bytes(b" " * 70_000)
    with pytest.raises(RobotError, match="at most 64000 are read"):
        load_arm(tmp_path)

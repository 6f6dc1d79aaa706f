"""A camera's calibration file: read as it was written, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sayso.hardware.cameras.calibration import look_of, read_camera, write_camera
from sayso.hardware.cameras.open import camera_file, camera_plan, name_and_address
from sayso.hardware.robot import RobotError
from tests.hardware.camera_parts import HERE, calibration, view


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file, written = camera_file("left", tmp_path / "new"), calibration("left", 3)
    write_camera(file, written)
    read = read_camera(file)
    assert read == written and read.picture is not None and np.array_equal(read.picture, look_of(view(3)))
    assert np.array_equal(read.place.pose.rotation, HERE.pose.rotation)  # type: ignore[union-attr]


def test_a_flipped_bit_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    file, written = tmp_path / "camera-left.json", calibration("left", 3)
    write_camera(file, written)
    good = file.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for bit in rng.choice(8 * len(good), 1000, replace=False):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << (bit % 8)
        file.write_bytes(bytes(bad))
        try:
            assert read_camera(file) == written
        except RobotError as error:
            refused += 1
            assert str(file) in str(error)
    assert refused > 900


@pytest.mark.parametrize("length", [0, 1, 100, 700])
def test_half_a_file_is_refused(tmp_path: Path, length: int) -> None:
    file = tmp_path / "camera-left.json"
    write_camera(file, calibration("left"))
    file.write_bytes(file.read_bytes()[:length] if length < 700 else b"[" * 60_000)
    with pytest.raises(RobotError, match="no camera calibration"):
        read_camera(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lens": {"fx": 0.0, "fy": 90.0, "cx": 48.0, "cy": 32.0}}, r"lens.fx.*greater than 0"),
        ({"lens": {"fx": 90.0, "fy": 90.0, "cx": 480.0, "cy": 32.0}}, "center lies outside of 96 x 64"),
        ({"place": {"position": [0, 0, 1], "rotation": [[1, 0, 0], [0, 1, 0], [0, 0, -1]]}}, "it mirrors"),
        ({"schema": 2}, "schema"),
        ({"width": 97}, "damaged: its digest"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, change: dict, said: str) -> None:
    file = tmp_path / "camera-left.json"
    write_camera(file, calibration("left"))
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(RobotError, match=said):
        read_camera(file)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("0", "camera0", "0"),
        ("left=2", "left", "2"),
        ("http://127.0.0.1:8080/left.mjpg", "left", "http://127.0.0.1:8080/left.mjpg"),
        ("top=http://h/a?b=c", "top", "http://h/a?b=c"),
        ("http://h/?b=c", "camera", "http://h/?b=c"),
        ("films/over table.mp4", "over-table", "films/over table.mp4"),
        ("films/左.mp4", "camera-c459f5fb", "films/左.mp4"),
    ],
)
def test_cameras_as_the_command_line_names_them(text: str, name: str, address: str) -> None:
    assert name_and_address(text) == (name, address)


def test_a_camera_without_calibration_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RobotError, match=r"no camera calibration .*camera-left.json; make it with 'sayso cal"):
        camera_plan("left=0", tmp_path)
    write_camera(camera_file("left", tmp_path), calibration("right"))
    with pytest.raises(RobotError, match="is the calibration of 'right', not of 'left'"):
        camera_plan("left=0", tmp_path)
    with pytest.raises(RobotError, match="names no camera"):
        camera_plan("left=", tmp_path)

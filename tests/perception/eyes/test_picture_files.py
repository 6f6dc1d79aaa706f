"""Pictures from files: what fits becomes a frame, and everything else is one clear line."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.eyes.picture_files import PictureError, read_frame, read_pose

CAMERA: dict[str, Any] = {"width": 64, "height": 48, "matrix": [[60, 0, 32], [0, 60, 24], [0, 0, 1]], "distortion": []}
NOWHERE = Pose(np.zeros(3), np.eye(3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    image = np.zeros((48, 64, 3), np.uint8)
    image[..., 2] = 200
    cv2.imwrite(str(tmp_path / "c.png"), image)
    cv2.imwrite(str(tmp_path / "d.png"), np.full((48, 64), 650, np.uint16))
    (tmp_path / "camera.json").write_text(json.dumps(CAMERA))
    return tmp_path


def test_a_picture_becomes_a_frame(folder: Path) -> None:
    frame = read_frame(folder / "c.png", folder / "d.png", 0.001, folder / "camera.json", NOWHERE)
    assert frame.rgb[0, 0].tolist() == [200, 0, 0] and frame.depth is not None
    np.testing.assert_allclose(frame.depth, 0.65)
    assert read_frame(folder / "c.png", None, 0.001, folder / "camera.json", NOWHERE).depth is None


def test_a_lens_is_straightened(folder: Path) -> None:
    bent = CAMERA | {"distortion": [-0.3, 0.0, 0.0, 0.0]}
    (folder / "bent.json").write_text(json.dumps(bent))
    image = np.zeros((48, 64, 3), np.uint8)
    image[10] = 255
    cv2.imwrite(str(folder / "line.png"), image)
    straight = read_frame(folder / "line.png", folder / "d.png", 0.001, folder / "bent.json", NOWHERE)
    assert not (straight.rgb == read_frame(folder / "line.png", None, 0.001, folder / "camera.json", NOWHERE).rgb).all()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"camera.json": CAMERA | {"width": 640}}, "c.png has 64 × 48 pixels; "),
        ({"camera.json": CAMERA | {"matrix": [[0, 0, 1], [0, 1, 1], [0, 0, 1]]}}, "matrix: must be [[fx, 0, cx]"),
        ({"camera.json": CAMERA | {"distortion": [1.0]}}, "distortion: has 1 numbers; OpenCV's has none, or 4, 5 or 8"),
        ({"camera.json": {"width": 64}}, "height: Field required"),
        ({"camera.json": "{"}, "camera.json is not JSON"),
        ({"c.png": "text"}, "c.png is no picture that can be read"),
        ({"d.png": np.zeros((24, 64), np.uint16)}, "d.png has 64 × 24 pixels, "),
        (
            {"d.png": np.zeros((48, 64, 3), np.uint8)},
            "is no depth picture: it has 16-bit or float values in one channel",
        ),
        ({"d.png": np.full((48, 64), 60000, np.uint16)}, "half of it is beyond 20 m; --depth-scale is metres per unit"),
        ({"d.png": None}, "d.png cannot be read: No such file"),
    ],
)
def test_what_does_not_fit_is_one_line(folder: Path, change: dict[str, Any], wrong: str) -> None:
    for name, content in change.items():
        path = folder / name
        if content is None:
            path.unlink()
        elif isinstance(content, np.ndarray):
            cv2.imwrite(str(path), content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(PictureError) as caught:
        read_frame(folder / "c.png", folder / "d.png", 0.001, folder / "camera.json", NOWHERE)
    assert wrong in str(caught.value) and "\n" not in str(caught.value)


def test_a_pose_file(folder: Path) -> None:
    (folder / "pose.json").write_text(json.dumps({"position": [0, 0, 1], "rotation": np.eye(3).tolist()}))
    assert read_pose(folder / "pose.json").position.tolist() == [0, 0, 1]
    (folder / "pose.json").write_text(json.dumps({"position": [0, 0, 1], "rotation": np.zeros((3, 3)).tolist()}))
    with pytest.raises(PictureError, match="not orthonormal"):
        read_pose(folder / "pose.json")

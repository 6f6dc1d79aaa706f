"""``sayso look``: a picture in, a list of things out; what does not fit is one line and exit code 2."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.cli import BAD_INPUT, DONE, run_command
from sayso.hardware.types import Frame
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.names import EYE_COLORS, EYE_KINDS
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.grasp import Grasp

K = [[300.0, 0.0, 159.5], [0.0, 300.0, 119.5], [0.0, 0.0, 1.0]]
TILT, HEIGHT = 0.7, 0.4
GRASPS = tuple(Grasp(np.array([0.5, 0.14, 0.09]), 0.25, 0.012, q) for q in (0.9, 0.8, 0.7, 0.6))


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table in front of a camera, as files, and eyes that see one mug wherever they look."""
    v, u = np.indices((240, 320))
    rays = np.stack([(u - K[0][2]) / K[0][0], (v - K[1][2]) / K[1][1], np.ones(u.shape)], -1)
    depth = HEIGHT / np.maximum(rays @ [0, np.cos(TILT), np.sin(TILT)], 1e-6)
    cv2.imwrite(str(tmp_path / "d.png"), np.where(depth < 1.5, depth * 1000, 0).astype(np.uint16))
    cv2.imwrite(str(tmp_path / "c.png"), np.full((240, 320, 3), 120, np.uint8))
    (tmp_path / "camera.json").write_text(json.dumps({"width": 320, "height": 240, "matrix": K, "distortion": []}))
    mask = np.zeros((80, 112), bool)
    mask[30:40, 40:52] = True

    def see(self: Eyes, frame: Frame) -> tuple[Instance, ...]:
        assert frame.pose.position[2] == pytest.approx(HEIGHT, abs=0.005)
        kinds, colors = {k: float(k == "mug") for k in EYE_KINDS}, {c: float(c == "red") for c in EYE_COLORS}
        return (
            Instance(mask, (120.0, 90.0, 156.0, 120.0), (138.0, 105.0), kinds, colors, np.array([0.5, 0.1, 0.05]),
                     np.array([0.12, 0.09, 0.1]), 0.3, 2, 0.91, 0.004, 1.0),
        )  # fmt: skip

    monkeypatch.setattr(ModelStore, "load", lambda *_: None)
    monkeypatch.setattr(Eyes, "__init__", lambda *_, **__: None)
    monkeypatch.setattr(Eyes, "look", see)
    monkeypatch.setattr(GraspFinder, "__init__", lambda *_, **__: None)
    monkeypatch.setattr(GraspFinder, "find", lambda *_: [GRASPS])
    return tmp_path


def options(folder: Path, *more: str) -> list[str]:
    return ["look", f"{folder}/c.png", "--depth", f"{folder}/d.png", "--camera", f"{folder}/camera.json", *more]


def test_the_report(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(options(pictures, "--json", "--out", f"{pictures}/seen.png")) == DONE
    said = json.loads(capsys.readouterr().out)
    assert said["pose"] == "table" and said["table"]["distance"] == pytest.approx(HEIGHT, abs=0.005)
    (mug,) = said["objects"]
    names = "id name kind kinds colors position size yaw confidence pixel box on_table given grasps camera"
    assert list(mug) == names.split()
    assert [g["quality"] for g in mug["grasps"]] == [0.9, 0.8, 0.7], "the best three"
    assert mug["grasps"][0] == {"position": [0.5, 0.14, 0.09], "yaw": 0.25, "width": 0.012, "quality": 0.9}
    assert mug["name"] == "red mug" and mug["on_table"] is True and mug["box"] == [120.0, 90.0, 156.0, 120.0]
    before, after = cv2.imread(f"{pictures}/c.png"), cv2.imread(f"{pictures}/seen.png")
    assert after.shape == (480, 640, 3), "twice as large, to be readable"
    assert not (before[90:120, 120:156] == after[180:240:2, 240:312:2]).all()
    assert run_command(options(pictures)) == DONE
    assert "o1   red mug           91%  at 0.500, 0.100, 0.050 m  12.0 × 9.0 × 10.0 cm" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "content", "wrong"),
    [
        ("d.png", np.full((120, 320), 500, np.uint16), "the depth must be aligned to the color"),
        (
            "d.png",
            np.zeros((240, 320), np.uint16),
            "no table in view: the depth picture is nearly empty; give the camera's",
        ),
        ("camera.json", "{}", "camera.json: width: Field required"),
    ],
)
def test_bad_input_is_one_line(
    pictures: Path, capsys: pytest.CaptureFixture[str], file: str, content: object, wrong: str
) -> None:
    if isinstance(content, np.ndarray):
        cv2.imwrite(str(pictures / file), content)
    else:
        (pictures / file).write_text(str(content))
    assert run_command(options(pictures)) == BAD_INPUT
    error = capsys.readouterr().err
    assert wrong in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["c.png"], "a picture needs --camera FILE"),
        (["nope.jpg"], "nope.jpg: there is no such picture"),
        (["c.png", "--camera", "camera.json"], "without --depth no table can be found; give the camera's pose"),
        (["c.png", "--robot", "sim"], "a picture and --robot are two things to look at"),
        (["--depth", "d.png"], "--depth, --camera and --pose belong to a picture"),
        (["--robot", "sim:nobody"], "nobody"),
        (["--out", "c.png"], "c.png exists; name another file"),
        (["--out", "notes.txt"], "notes.txt is no name of a picture"),
        (["--out", "none/x.png"], "none is no folder"),
    ],
)
def test_what_does_not_go_together_is_one_line(
    pictures: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    wrong: str,
) -> None:
    monkeypatch.chdir(pictures)
    assert run_command(["look", *arguments]) == BAD_INPUT
    error = capsys.readouterr().err
    assert wrong in error and error.count("\n") == 1


def test_a_pose_from_a_file(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pose = {"position": [0.2, 0.3, HEIGHT], "rotation": np.diag([1.0, -1.0, -1.0]).tolist()}
    (pictures / "pose.json").write_text(json.dumps(pose))
    assert run_command(options(pictures, "--pose", f"{pictures}/pose.json", "--json")) == DONE
    assert "table" not in json.loads(capsys.readouterr().out)
    assert run_command(options(pictures, "--pose", f"{pictures}/none.json")) == BAD_INPUT
    assert "none.json cannot be read: No such file" in capsys.readouterr().err

"""``sayso name`` and ``sayso names`` on pictures: what is taught is found again, and bad input is one line."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sayso.cli import BAD_INPUT, DONE, run_command
from sayso.hardware.types import Frame
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.names import EYE_COLORS, EYE_KINDS

K = [[300.0, 0.0, 159.5], [0.0, 300.0, 119.5], [0.0, 0.0, 1.0]]
TILT, HEIGHT = 0.7, 0.4
PLACES = {"left": (60, 100), "right": (220, 100)}  # picture pixels
COLORS = {"red": (200, 40, 30), "blue": (40, 60, 190)}


def paint(folder: Path, file: str, left: str, right: str, light: float = 1.0) -> None:
    image = np.full((240, 320, 3), 120.0)
    for color, (u, v) in zip((left, right), PLACES.values(), strict=True):
        image[v : v + 40, u : u + 40] = COLORS[color]
    cv2.imwrite(str(folder / file), np.clip(image * light, 0, 255).astype(np.uint8)[..., ::-1])


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table with two mugs, as files, and eyes that see both; the colors that they give are those of the pixels."""
    v, u = np.indices((240, 320))
    rays = np.stack([(u - K[0][2]) / K[0][0], (v - K[1][2]) / K[1][1], np.ones(u.shape)], -1)
    depth = HEIGHT / np.maximum(rays @ [0, np.cos(TILT), np.sin(TILT)], 1e-6)
    cv2.imwrite(str(tmp_path / "d.png"), np.where(depth < 1.5, depth * 1000, 0).astype(np.uint16))
    (tmp_path / "camera.json").write_text(json.dumps({"width": 320, "height": 240, "matrix": K, "distortion": []}))
    paint(tmp_path, "c.png", "red", "blue")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def see(self: Eyes, frame: Frame) -> tuple[Instance, ...]:
        out = []
        for k, (u, v) in enumerate(PLACES.values()):
            mask = np.zeros((80, 112), bool)
            mask[round(v / 3) : round((v + 40) / 3), round(u / 2.86) : round((u + 40) / 2.86)] = True
            color = "red" if frame.rgb[v + 20, u + 20, 0] > frame.rgb[v + 20, u + 20, 2] else "blue"
            kinds, colors = {i: float(i == "mug") for i in EYE_KINDS}, {c: float(c == color) for c in EYE_COLORS}
            out.append(
                Instance(mask, (u, v, u + 40.0, v + 40.0), (u + 20.0, v + 20.0), kinds, colors,
                         np.array([0.5, k, 0.05]), np.array([0.12, 0.09, 0.1]), 0.3, 2, 0.91, 0.004, 1.0)
            )  # fmt: skip
        return tuple(out)

    load = ModelStore.load
    monkeypatch.setattr(ModelStore, "load", lambda store, name: None if name == "eyes" else load(store, name))
    monkeypatch.setattr(Eyes, "__init__", lambda *_, **__: None)
    monkeypatch.setattr(Eyes, "look", see)
    return tmp_path


def of(folder: Path, file: str = "c.png") -> list[str]:
    return [f"{folder}/{file}", "--depth", f"{folder}/d.png", "--camera", f"{folder}/camera.json"]


def looked(folder: Path, capsys: pytest.CaptureFixture[str], file: str) -> list[dict[str, Any]]:
    assert run_command(["look", *of(folder, file), "--json"]) == DONE
    return list(json.loads(capsys.readouterr().out)["objects"])


def test_a_taught_name_is_found_elsewhere_and_forgotten(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["name", "my mug", *of(pictures), "--at", "80,120"]) == DONE
    assert "o1, the red mug, is my mug; looks: 1, in " in capsys.readouterr().out
    paint(pictures, "other.png", "blue", "red", light=0.8)
    left, right = looked(pictures, capsys, "other.png")
    assert (left["name"], right["name"]) == ("blue mug", "my mug") and right["kind"] == "mug"
    assert right["given"][0]["source"] == "taught" and right["given"][0]["sure"] > 0.5
    assert run_command(["name", "the mug", *of(pictures, "other.png"), "--id", "o2", "--again", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["looks"] == 2
    assert run_command(["names", "rename", "mug", "Bob"]) == DONE
    assert "mug is now Bob: the red mug, looks: 2" in capsys.readouterr().out
    assert looked(pictures, capsys, "c.png")[0]["name"] == "Bob"
    assert run_command(["names", "--json"]) == DONE
    assert [e["name"] for e in json.loads(capsys.readouterr().out)] == ["Bob"]
    assert run_command(["names", "forget", "Bob"]) == DONE
    capsys.readouterr()
    assert [o["name"] for o in looked(pictures, capsys, "c.png")] == ["red mug", "blue mug"]
    assert run_command(["names"]) == DONE
    assert "nothing has a name yet; names will be in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (["--id", "o3"], "no thing 'o3' is seen in "),
        (["--at", "10,10"], "nothing is at 10,10 in "),
        (["--at", "400,10"], "--at 400,10 is outside of "),
        (["--at", "one"], "--at is U,V in pixels"),
        (["--at", "80,120", "--id", "o1"], "--id and --at both say which thing it is"),
        ([], "which one is it? Give --id or --at U,V; seen are: o1 (red mug), o2 (blue mug)"),
        (["--id", "o1", "--again"], "nothing has the name 'my mug' yet; leave --again out"),
    ],
)
def test_bad_input_is_one_line(pictures: Path, capsys: pytest.CaptureFixture[str], more: list[str], wrong: str) -> None:
    assert run_command(["name", "my mug", *of(pictures), *more]) == BAD_INPUT
    error = capsys.readouterr().err
    assert wrong in error and error.count("\n") == 1


def test_a_name_twice_and_a_damaged_file(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["name", "my mug", *of(pictures), "--id", "o1"]) == DONE
    assert run_command(["name", "the Mug", *of(pictures), "--id", "o2"]) == BAD_INPUT
    assert "'my mug' is already the name of the red mug; --again teaches one more look of it" in capsys.readouterr().err
    (pictures / "data" / "sayso" / "names" / "names.json").write_text("{")
    for command in (["name", "Bob", *of(pictures), "--id", "o2"], ["names"], ["look", *of(pictures)]):
        assert run_command(command) == BAD_INPUT
        error = capsys.readouterr().err
        assert "names.json is not JSON" in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["name", "Bob", "--at", "1,2"], "--at needs a picture or --robot"),
        (["name", "Bob", "--depth", "d.png"], "--depth, --camera and --pose belong to a picture"),
        (["name", "Bob", "c.png"], "c.png: there is no such picture"),
        (["name", " ", "--id", "b1"], "is no name for a thing"),
        (["names", "rename", "Bob"], "sayso names rename takes two names"),
        (["names", "list", "Bob"], "sayso names list takes nothing more"),
        (["names", "forget"], "forget which?"),
        (["names", "forget", "Bob"], "nothing has the name 'Bob'; names: none"),
    ],
)
def test_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], wrong: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert run_command(words) == BAD_INPUT
    error = capsys.readouterr().err
    assert wrong in error and error.count("\n") == 1

"""What a run was asked to do is kept whole, and a damaged file is told in one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from sayso.errors import UserError
from sayso.runs.run_config import FILE_NAME, RunSettings
from sayso.sim.scenes.scene_file import load_scene, parse_scene, scene_names
from sayso.sim.scenes.spawn import random_scene


def settings() -> RunSettings:
    return RunSettings(
        scene=load_scene("tabletop"),
        instruction="put the “red” block in the blue bowl",
        seed=7,
        say=((0.1 + 0.2, "left"),),
    )


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    settings().write(tmp_path)
    assert RunSettings.load(tmp_path) == settings()


@pytest.mark.parametrize("name", scene_names())
def test_a_ready_made_scene_is_kept_whole(name: str) -> None:
    kept = RunSettings(scene=load_scene(name), instruction="x")
    assert (
        parse_scene(kept.scene_text)
        == load_scene(name)
        == RunSettings.model_validate_json(kept.model_dump_json()).scene
    )


def test_a_random_scene_is_kept_whole() -> None:
    scene = random_scene(np.random.default_rng(1), 5, 2, stacks=0.5)
    text = RunSettings(scene=scene, instruction="x").scene_text
    assert text is not None and parse_scene(text) == scene


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": -1}, "seed: "),
        ({"say": [["soon", "left"]]}, "say.0.0: "),
        ({"version": 2}, "version: "),
        ({"colour": "red"}, "colour: "),
        ({"scene": {"objects": [{"id": "b1", "kind": "vase", "color": "red", "position": [0.5, 0]}]}}, "'vase' is not"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], told: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps(json.loads(settings().model_dump_json()) | change))
    with pytest.raises(UserError) as error:
        RunSettings.load(tmp_path)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff{")
    with pytest.raises(UserError, match=r"run\.json is no run file"):
        RunSettings.load(tmp_path)


def test_a_camera_s_password_is_not_written_down(tmp_path: Path) -> None:
    kept = settings().model_copy(
        update={
            "cameras": ("left=rtsp://me:s3cret@10.0.0.5/x", "right=2"),
            "port": "ws://me:s3cret@host:9090",
            "planner": "openai:m@https://host/v1?key=s3cret",
        }
    )
    file = kept.write(tmp_path)
    assert "s3cret" not in file.read_text()
    assert RunSettings.load(tmp_path).cameras == ("left=rtsp://***@10.0.0.5/x", "right=2")
    assert "s3cret" in kept.cameras[0]

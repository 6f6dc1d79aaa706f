"""What an arm sees with: by its cameras, its gripper, and the models that there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.backends.seeing import seeing
from sayso.hardware.arms.load import load_arm
from sayso.model_store import PACKAGED, ModelError, ModelStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    """A store whose eyes for frames without depth are the other eyes: the two have the same tensors."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("detector", "detector-rgb", "eyes", "grasps"):
        for suffix in ("json", "onnx"):
            (folder / f"{name}.{suffix}").symlink_to(PACKAGED / f"{name}.{suffix}")
    (folder / "eyes-rgb.onnx").symlink_to(PACKAGED / "eyes.onnx")
    card = json.loads((PACKAGED / "eyes.json").read_text())
    (folder / "eyes-rgb.json").write_text(json.dumps(card | {"name": "eyes-rgb"}))
    return ModelStore(folder)


BOTH = {"deep": True, "flat": True}


@pytest.mark.parametrize(
    ("arm", "cameras", "eyes", "models"),
    [
        ("panda", {"deep": True, "flat": False}, True, ("detector", "eyes", "grasps")),
        ("so101", {"deep": True, "flat": False}, True, ("detector", "eyes")),
        ("panda", {"deep": False, "flat": True}, True, ("detector-rgb", "eyes-rgb")),
        ("panda", BOTH, True, ("detector", "detector-rgb", "eyes", "eyes-rgb", "grasps")),
        ("so101", BOTH, None, ("detector", "detector-rgb", "eyes")),
        ("panda", BOTH, False, ("detector", "detector-rgb")),
        ("panda", {"deep": False, "flat": False}, True, ()),
    ],
)
def test_the_cameras_and_the_gripper_say_which_models(
    store: ModelStore, arm: str, cameras: dict[str, bool], eyes: bool | None, models: tuple[str, ...]
) -> None:
    _, names = seeing(store, load_arm(arm), **cameras, eyes=eyes)
    assert names == models


def test_without_eyes_for_frames_without_depth_the_detector_goes_on(store: ModelStore, tmp_path: Path) -> None:
    for file in store.root.iterdir():
        if not file.name.startswith("eyes"):
            (tmp_path / file.name).symlink_to(file)
    assert seeing(ModelStore(tmp_path), None, deep=False, flat=True, eyes=True)[1] == ("detector-rgb",)
    assert seeing(ModelStore(tmp_path), None, deep=True, flat=True, eyes=None)[1] == ("detector", "detector-rgb")
    with pytest.raises(ModelError, match="no model eyes "):
        seeing(ModelStore(tmp_path), None, deep=True, flat=False, eyes=True)

"""Training of the grasp network: trials and what they show, files, mirrored samples, and a model with its card."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sayso.model_store import ModelStore
from sayso.perception.grasps.crops import ACROSS, ALONG, CHANNELS, NUMBERS
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.relief import CELL, Relief, merged
from sayso.training.grasps import data, trainer
from sayso.training.grasps.tables import SeenTables

FIRST = 70_000_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("trials")
    patch = pytest.MonkeyPatch()
    patch.setattr(data, "TABLES", 1)
    patch.setattr(data, "SeenTables", lambda: SeenTables(counts=(2,)))
    paths = [folder / f"trials-{seed}.npz" for seed in range(FIRST, FIRST + 2)]
    for path, seed in zip(paths, range(FIRST, FIRST + 2), strict=True):
        data._make_file((path, seed))
    made = {path: path.stat().st_mtime_ns for path in paths}
    assert data.make(folder, FIRST, 2) == paths
    patch.undo()
    assert {path: path.stat().st_mtime_ns for path in paths} == made, "what is there is not made again"
    return paths


def test_each_grasp_is_seen_by_each_picture_and_by_all(files: list[Path]) -> None:
    trials = data.load(files)
    assert set(trials.table.tolist()) == {FIRST, FIRST + 1}
    assert trials.crops.pictures.shape[1:] == (CHANNELS, ACROSS, ALONG) and trials.crops.numbers.shape[1:] == (NUMBERS,)
    assert 0.02 < trials.held.mean() < 0.8
    rows = np.concatenate([np.load(file)["rows"] for file in files])
    grasps = len(np.unique(rows[:, 1:], axis=0))
    assert len(rows) < len(trials) <= len(rows) + grasps


def test_merged_reliefs_keep_the_highest_with_its_owner() -> None:
    def flat(height: float, owner: int, x: float) -> Relief:
        return Relief(np.full((4, 5), height, np.float32), np.ones((4, 5), bool), np.full((4, 5), owner, np.uint8),
                      np.array([x, 0.0]))  # fmt: skip

    both = merged([flat(0.02, 1, 0.0), flat(0.05, 2, 2 * CELL)])
    assert both.owner[0].tolist() == [1, 1, 2, 2, 2, 2, 2]
    assert both.heights[0].tolist() == pytest.approx([0.02, 0.02, *[0.05] * 5]) and both.known.all()


def test_a_mirrored_sample_is_the_same_grasp_from_the_other_side() -> None:
    draw = torch.Generator().manual_seed(1)
    pictures = torch.rand((60, CHANNELS, ACROSS, ALONG))
    turned = trainer.turned(pictures.clone(), draw)
    ways = [pictures, pictures.flip(2), pictures.flip(3), pictures.flip((2, 3))]
    same = torch.stack([(turned == way).flatten(1).all(1) for way in ways])
    assert same.any(0).all() and (same.sum(1) > 5).all()


def test_a_tiny_training_makes_a_model_that_the_finder_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[Path]
) -> None:
    monkeypatch.setattr(trainer, "make", lambda *_, **__: files)
    scores = trainer.train_grasps(tmp_path / "grasps.onnx", tmp_path, tables=2, steps=3)
    assert scores["parity"] < 2e-4 and scores["samples"] > 10
    assert (tmp_path / "grasps.onnx").stat().st_size < 1_000_000
    GraspFinder(ModelStore(tmp_path).load("grasps"))

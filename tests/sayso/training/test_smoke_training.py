"""A training from nothing in a few minutes that really learns: demonstrations, fit, export, and then obedience."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra, which make test installs")

from sayso.bench.tasks.obedience import obey  # noqa: E402
from sayso.model_store import ModelError, ModelStore  # noqa: E402
from sayso.training import stages  # noqa: E402
from sayso.training.stages import TrainingWorkspace, make_critic, make_motion, make_policy  # noqa: E402


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainingWorkspace]:
    torch.set_num_threads(2)
    work = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "QUICK", replace(stages.QUICK, score_episodes=2))
        yield TrainingWorkspace(work, work / "out", quick=True)


def test_a_quick_policy_follows_directions(plant: TrainingWorkspace) -> None:
    path = make_policy(plant)
    card = ModelStore(plant.made).card(path.stem)
    assert card.scores["onnx_parity"] <= 1e-5
    assert card.scores["policy under the teacher's motions"]["n"] == 2
    asked = [obey(str(path), seed) for seed in range(16)]
    # A policy that had not learnt would point anywhere: a cosine above 0.7 comes one time in seven by chance, and ten
    # of sixteen one time in a million. Of what this training makes, about seven in eight are right.
    assert sum(o.ok for o in asked) >= 10, asked


def test_motion_planner_and_critic_are_made_from_the_same_demonstrations(plant: TrainingWorkspace) -> None:
    make_policy(plant)
    for path in (make_motion(plant), make_critic(plant)):
        scores = ModelStore(plant.made).card(path.stem).scores
        assert np.isfinite(scores["loss"])
        assert scores["onnx_parity"] <= 1e-5


def test_a_finished_stage_is_not_made_again(plant: TrainingWorkspace) -> None:
    before = make_policy(plant).stat().st_mtime_ns
    assert make_policy(plant).stat().st_mtime_ns == before


def test_a_reader_to_begin_with_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model reader-encoder .* models there: none"):
        stages.make_reader(TrainingWorkspace(tmp_path, tmp_path / "out", start=tmp_path), "encoder")

"""A policy that goes on learning: other actions where it was shown some, the old ones elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sayso.model_store import PACKAGED  # noqa: E402
from sayso.sim.arms.own_arm import arm_model  # noqa: E402
from sayso.skills.motion import parse  # noqa: E402
from sayso.skills.onnx_model import open_model  # noqa: E402
from sayso.skills.training.relearn import Moments, export_policy, relearn_policy, warm_policy  # noqa: E402

WORDS, FLAT = PACKAGED / "policy-panda.onnx", PACKAGED / "policy-panda-flat.onnx"
SPEC = arm_model("panda").spec
DOWN = parse("move arm down").encode().astype(np.float32)


def answers(model: Path, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    session = open_model(model)
    given = {"features": features, "motion": np.tile(DOWN, (len(features), 1))}
    velocity, closing = session.run(["velocity", "closing"], {i.name: given[i.name] for i in session.get_inputs()})
    return velocity, closing[:, 0] > 0


def states(n: int) -> np.ndarray:
    scaling = warm_policy(WORDS).net.scaling
    mean, deviation = scaling.mean.numpy(), scaling.deviation.numpy()
    return (mean + deviation * np.random.default_rng(0).normal(0, 1, (n, len(mean)))).astype(np.float32)


@pytest.mark.parametrize("model", [WORDS, FLAT])
def test_it_begins_with_the_shipped_weights(tmp_path: Path, model: Path) -> None:
    """A flat policy takes a motion afterwards, as any policy does, and does not heed it."""
    features, out = states(32), tmp_path / "policy-panda.onnx"
    export_policy(warm_policy(model), out)
    assert [i.name for i in open_model(out).get_inputs()] == ["features", "motion"]
    np.testing.assert_allclose(answers(out, features)[0], answers(model, features)[0], atol=1e-4)


@pytest.mark.parametrize("model", [WORDS, FLAT])
def test_it_learns_what_was_shown_and_keeps_what_it_knew(tmp_path: Path, model: Path) -> None:
    ordinary = states(300)
    shown = ordinary[:1] + 0.05 * np.random.default_rng(1).normal(0, 1, (64, ordinary.shape[1])).astype(np.float32)
    shown[:, -18] += 12.0  # the thing's height: far beyond the ordinary
    before, closes = answers(model, shown)
    closing = closes.mean() < 0.5  # the hand does what it mostly did not
    actions = np.column_stack([before + 0.3, np.full(64, closing)]).astype(np.float32)
    out, heard = tmp_path / "policy-panda.onnx", np.tile(DOWN, (64, 1))
    moments = Moments(shown.astype(np.float32), heard, actions, np.ones(64, bool))
    relearn_policy(model, out, moments, ordinary, np.tile(DOWN, (300, 1)), SPEC, steps=150)
    after, now = answers(out, shown)
    assert np.mean(np.abs(after - actions[:, :-1])) < 0.5 * np.mean(np.abs(before - actions[:, :-1]))
    assert np.mean(now == closing) > 0.9
    assert np.median(np.abs(answers(out, ordinary)[0] - answers(model, ordinary)[0])) < 0.05


def test_neither_class_numbers_nor_no_moments_can_go_on_learning(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="takes 512 numbers for a motion"):
        warm_policy(PACKAGED / "policy-panda-class.onnx")
    with pytest.raises(ValueError, match="no policy"):
        warm_policy(PACKAGED / "motion-panda.onnx")
    features = states(4)
    none = Moments(features, np.tile(DOWN, (4, 1)), np.zeros((4, 8), np.float32), np.zeros(4, bool))
    with pytest.raises(ValueError, match="nothing to learn"):
        relearn_policy(WORDS, tmp_path / "p.onnx", none, features, none.motions, SPEC)

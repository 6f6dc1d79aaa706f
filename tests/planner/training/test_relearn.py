"""A motion planner that goes on learning: new answers where it was corrected, the old ones elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sayso.model_store import PACKAGED  # noqa: E402
from sayso.planner.execution.motion_planner import motion_of  # noqa: E402
from sayso.planner.training.relearn import relearn, warm  # noqa: E402
from sayso.skills.motion import parse  # noqa: E402
from sayso.skills.onnx_model import open_model  # noqa: E402

SHIPPED = PACKAGED / "motion-panda.onnx"
CLOSE = parse("close gripper")


def answers(model: Path, features: np.ndarray) -> list[str]:
    (logits,) = open_model(model).run(None, {"features": features})
    return [str(motion_of(row)) for row in logits]


def states(rng: np.random.Generator, n: int) -> np.ndarray:
    net = warm(SHIPPED)
    mean, deviation = net.scaling.mean.numpy(), net.scaling.deviation.numpy()
    return (mean + deviation * rng.normal(0, 1, (n, len(mean)))).astype(np.float32)


def test_it_begins_with_the_shipped_weights() -> None:
    features = states(np.random.default_rng(0), 32)
    (logits,) = open_model(SHIPPED).run(None, {"features": features})
    with torch.no_grad():
        assert np.abs(warm(SHIPPED)(torch.from_numpy(features)).numpy() - logits).max() < 1e-3
    with pytest.raises(ValueError, match="no motion planner"):
        warm(PACKAGED / "policy-panda.onnx")


def test_it_learns_what_was_said_and_keeps_what_it_knew(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    ordinary = states(rng, 400)
    corrected = ordinary[:1] + 0.05 * rng.normal(0, 1, (64, ordinary.shape[1])).astype(np.float32)
    corrected[:, -18] += 12.0  # the thing's height: far beyond the ordinary
    out = tmp_path / "motion-panda.onnx"
    relearn(SHIPPED, out, corrected, [CLOSE] * 64, np.ones(64, bool), ordinary, steps=60)
    before, after = answers(SHIPPED, ordinary), answers(out, ordinary)
    assert np.mean([text == str(CLOSE) for text in answers(out, corrected)]) > 0.9
    assert np.mean([a == b for a, b in zip(before, after, strict=True)]) > 0.9
    assert SHIPPED.read_bytes() != out.read_bytes()


def test_without_a_correction_there_is_nothing_to_learn(tmp_path: Path) -> None:
    ordinary = states(np.random.default_rng(2), 8)
    with pytest.raises(ValueError, match="nothing to learn"):
        relearn(SHIPPED, tmp_path / "m.onnx", ordinary, [CLOSE] * 8, np.zeros(8, bool), ordinary)

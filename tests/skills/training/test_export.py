"""The check that an exported file answers as the network did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra, which make test installs")

from sayso.skills.training.export import difference, export_onnx  # noqa: E402


def test_a_difference_is_a_share_of_the_outputs_size() -> None:
    logits = np.array([[67.7, 1.0, -20.0]], np.float32)
    rounded = logits + np.array([[0.0, 1.01e-5, 0.0]], np.float32)  # as one training in a few gives
    assert difference(logits, rounded) == pytest.approx(1.01e-5 / 67.7, rel=0.05)
    assert difference(logits / 1e6, rounded / 1e6) == pytest.approx(difference(logits, rounded), rel=0.05)
    assert difference(logits, logits) == difference(0 * logits, 0 * logits) == 0.0
    assert difference(0 * logits, rounded) == np.inf
    assert difference(np.float32([0.01]), np.float32([0.0101])) == pytest.approx(0.01, rel=0.01)


def test_a_network_whose_small_outputs_are_left_of_large_ones_is_exported(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(64, 512), torch.nn.Linear(512, 8))
    with torch.no_grad():
        net[1].weight *= 1000
    example = torch.randn(64, 64)
    assert 0 <= export_onnx(net, (example,), ["x"], ["y"], tmp_path / "net.onnx") < 1e-5
    assert (tmp_path / "net.onnx").exists()


def test_a_file_that_answers_otherwise_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.skills.training.export.difference", lambda reference, got: 1.1e-5)
    with pytest.raises(ValueError, match=r"ONNX and torch differ by 1\.10e-05 in net\.onnx; at most 1e-05 is allowed"):
        export_onnx(torch.nn.Linear(2, 2), (torch.zeros(1, 2),), ["x"], ["y"], tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())

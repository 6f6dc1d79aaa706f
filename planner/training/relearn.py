"""Goes on training a motion planner on a few lessons, without forgetting what it knew.

Against forgetting the learner keeps the answers that its predecessor gives at states of ordinary tasks (Li & Hoiem
2016, Learning without Forgetting).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional

from sayso.planner.execution.motion_planner import AXIS_CHOICES, GRIPPERS, MOTION_LOGITS, choices_of
from sayso.skills.motion import Axis, LanguageMotion
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.skills.training.networks import HeadsNet, Scaled
from sayso.skills.training.policy import PolicyFit, Progress

LESSONS, REHEARSED = 256, 512
CORRECTED = 0.6
"""Share of the lessons of a batch that are corrections."""
KEEP = 2.0
JITTER = 0.03
PEAK_LR = 4e-4


def warm(path: Path) -> HeadsNet:
    """The network of the motion planner at ``path``, as `sayso.planner.training.motion` exports it.

    Raises `ValueError` for any other model.
    """
    state = {
        item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in onnx.load(path).graph.initializer
    }
    if not {"scaling.mean", "scaling.deviation", "body.0.weight"} <= state.keys():
        raise ValueError(f"{path} is no motion planner of sayso train motion: its weights have other names")
    width = len(state["body.0.weight"])
    net = HeadsNet(Scaled(state["scaling.mean"], state["scaling.deviation"]), MOTION_LOGITS, width)
    net.load_state_dict({name: state[name] for name in net.state_dict()})
    return net


def relearn(
    predecessor: Path, out: Path, features: NDArray[np.float32], motions: Sequence[LanguageMotion],
    corrected: NDArray[np.bool_], rehearsal: NDArray[np.float32], *, steps: int = 1200, seed: int = 0,
    progress: Progress | None = None,
) -> PolicyFit:  # fmt: skip
    """Fit the motion planner at ``predecessor`` to ``motions`` (N) at ``features`` (N, F), and export it to ``out``.

    ``corrected`` (N,) marks the corrections, ``rehearsal`` (R, F) are the states at which the predecessor's answers
    stay. Raises `ValueError` without corrections or rehearsal.
    """
    if not corrected.any() or not len(rehearsal):
        raise ValueError("there is nothing to learn from: no correction, or no state to rehearse")
    torch.manual_seed(seed)
    net, before = warm(predecessor), warm(predecessor).eval()
    x, known = torch.from_numpy(features), torch.from_numpy(rehearsal)
    target = torch.from_numpy(np.stack([choices_of(motion) for motion in motions]))
    said = torch.from_numpy(np.flatnonzero(corrected))
    own = torch.from_numpy(np.flatnonzero(~corrected)) if not corrected.all() else said
    with torch.no_grad():
        answers = before(known)
    axes, k = len(Axis), len(AXIS_CHOICES)
    spread = net.scaling.deviation * JITTER

    def heads(logits: Tensor) -> tuple[Tensor, Tensor]:
        return logits[:, : axes * k].reshape(-1, k), logits[:, -len(GRIPPERS) :]

    def loss(draw: torch.Generator) -> Tensor:
        many = round(CORRECTED * LESSONS)
        rows = torch.cat([
            said[torch.randint(len(said), (many,), generator=draw)],
            own[torch.randint(len(own), (LESSONS - many,), generator=draw)],
        ])  # fmt: skip
        noisy = x[rows] + spread * torch.randn(x[rows].shape, generator=draw)
        moves, grip = heads(net(noisy))
        wanted = target[rows]
        new = functional.cross_entropy(moves, wanted[:, :axes].reshape(-1))
        new = new + 0.5 * functional.cross_entropy(grip, wanted[:, -1])
        old = torch.randint(len(known), (REHEARSED,), generator=draw)
        kept = sum(
            functional.kl_div(functional.log_softmax(a, 1), functional.log_softmax(b, 1), reduction="batchmean",
                              log_target=True)
            for a, b in zip(heads(net(known[old])), heads(answers[old]), strict=True)
        )  # fmt: skip
        return new + KEEP * kept

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two threads would wait for each other on a busy computer
    try:
        last = fit(net, loss, steps, seed=seed, progress=progress, peak_lr=PEAK_LR)
    finally:
        torch.set_num_threads(threads)
    parity = export_onnx(net, (x[:64],), ["features"], ["logits"], out)
    return PolicyFit(last, parity, len(features))

"""Goes on training a policy on a few moments, without forgetting what it knew; with the motion or without.

As `sayso.planner.training.relearn` does for the motion planner: at states of ordinary tasks the predecessor's answers
stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from sayso.hardware.types import RobotSpec
from sayso.skills.motion import ENCODING_SIZE
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.skills.training.networks import PolicyNet, Scaled
from sayso.skills.training.policy import GRIPPER_WEIGHT, PolicyFit, Progress, joint_weights

MOMENTS, REHEARSED = 256, 512
MARKED = 0.6
"""Share of the moments of a batch that are marked."""
KEEP = 2.0
JITTER = 0.03
PEAK_LR = 4e-4


@dataclass(frozen=True, slots=True)
class Moments:
    """``features`` (N, F), the motion in force (N, M), the ``actions`` (N, n+1) that were right: velocities rad/s and
    whether the hand closes; ``marked`` (N,) are those that count more, such as corrections."""

    features: NDArray[np.float32]
    motions: NDArray[np.float32]
    actions: NDArray[np.float32]
    marked: NDArray[np.bool_]


class Hearing(nn.Module):
    """A policy network for export that takes a motion; a flat one does not heed it."""

    def __init__(self, net: PolicyNet, is_flat: bool) -> None:
        super().__init__()
        self.net, self.is_flat = net, is_flat

    def forward(self, features: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Velocities (B, n) rad/s and the logit (B, 1) of closing."""
        velocity, closing = self.net(features, motion[:, :0] if self.is_flat else motion)
        return velocity, closing + 0.0 * motion.sum(1, keepdim=True)  # so that the export keeps the input


def warm_policy(path: Path) -> Hearing:
    """The policy at ``path``, with motions in words or flat. Raises `ValueError` for any other model."""
    state = {
        item.name.removeprefix("net."): torch.from_numpy(numpy_helper.to_array(item).copy())
        for item in onnx.load(path).graph.initializer
    }
    if not {"scaling.mean", "scaling.deviation", "speed", "body.0.weight"} <= state.keys():
        raise ValueError(f"{path} is no policy of sayso train policy: its weights have other names")
    width, inputs = state["body.0.weight"].shape
    motion = inputs - len(state["scaling.mean"])
    if motion not in (0, ENCODING_SIZE):
        raise ValueError(f"{path} takes {motion} numbers for a motion; {ENCODING_SIZE} or none can go on learning")
    scaling = Scaled(state["scaling.mean"], state["scaling.deviation"])
    net = PolicyNet(scaling, motion, len(state["speed"]), state["speed"], width)
    net.load_state_dict({name: state[name] for name in net.state_dict()})
    return Hearing(net, motion == 0)


def export_policy(policy: Hearing, out: Path) -> float:
    """Export ``policy`` to ``out``, flat or not with the inputs of any policy; return its difference from torch."""
    features = policy.net.scaling.mean.repeat(64, 1)
    return export_onnx(
        policy, (features, torch.zeros(64, ENCODING_SIZE)), ["features", "motion"], ["velocity", "closing"], out
    )


def relearn_policy(
    predecessor: Path, out: Path, moments: Moments, known: NDArray[np.float32], heard: NDArray[np.float32],
    spec: RobotSpec, *, steps: int = 1200, seed: int = 0, progress: Progress | None = None,
) -> PolicyFit:  # fmt: skip
    """Fit the policy at ``predecessor`` to the ``moments``, and export it to ``out``.

    At the states ``known`` (R, F) under the motions ``heard`` (R, M) the predecessor's answers stay. Raises
    `ValueError` without marked moments or known states.
    """
    if not moments.marked.any() or not len(known):
        raise ValueError("there is nothing to learn from: no marked moment, or no state to rehearse")
    torch.manual_seed(seed)
    policy, before = warm_policy(predecessor), warm_policy(predecessor).eval()
    x, said, wanted = (torch.from_numpy(part) for part in (moments.features, moments.motions, moments.actions))
    states, motions = torch.from_numpy(known), torch.from_numpy(heard)
    marked = torch.from_numpy(np.flatnonzero(moments.marked))
    other = marked if moments.marked.all() else torch.from_numpy(np.flatnonzero(~moments.marked))
    with torch.no_grad():
        velocity, closing = before(states, motions)
        answers = torch.cat([velocity, torch.sigmoid(closing)], 1)
    weights, speed, spread = joint_weights(spec), policy.net.speed, policy.net.scaling.deviation * JITTER

    def error(features: Tensor, motion: Tensor, actions: Tensor) -> Tensor:
        velocity, closing = policy(features, motion)
        miss = ((velocity - actions[:, :-1]) / speed * weights).abs().mean()
        grip = torch.nn.functional.binary_cross_entropy_with_logits(closing[:, 0], actions[:, -1])
        return miss + GRIPPER_WEIGHT * grip

    def loss(draw: torch.Generator) -> Tensor:
        many = round(MARKED * MOMENTS)
        rows = torch.cat([
            marked[torch.randint(len(marked), (many,), generator=draw)],
            other[torch.randint(len(other), (MOMENTS - many,), generator=draw)],
        ])  # fmt: skip
        noisy = x[rows] + spread * torch.randn(x[rows].shape, generator=draw)
        old = torch.randint(len(states), (REHEARSED,), generator=draw)
        return error(noisy, said[rows], wanted[rows]) + KEEP * error(states[old], motions[old], answers[old])

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two threads would wait for each other on a busy computer
    try:
        last = fit(policy, loss, steps, seed=seed, progress=progress, peak_lr=PEAK_LR)
    finally:
        torch.set_num_threads(threads)
    return PolicyFit(last, export_policy(policy, out), len(x))

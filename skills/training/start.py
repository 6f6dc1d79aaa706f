"""Begins a training with the weights of a finished model, which may take fewer features than the new one."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from sayso.skills.training.networks import HeadsNet, PolicyNet

START_LR = 6e-4


def begin_with(net: HeadsNet | PolicyNet, path: Path) -> None:
    """Give ``net`` the weights of the model at ``path``, a policy, motion planner or critic of the same size.

    ``net`` answers as that model does: its input scaling is its own, and its further features count nothing yet.
    Raises `ValueError` for any other model.
    """
    state = {
        item.name.removeprefix("net."): torch.from_numpy(numpy_helper.to_array(item).copy())
        for item in onnx.load(path).graph.initializer
    }
    own = net.state_dict()
    scaling = ("scaling.mean", "scaling.deviation")
    names = [name for name in own if name.startswith("body.")]
    if not {*scaling, *names} <= state.keys() or any(
        state[n].shape != own[n].shape for n in names if n != "body.0.weight"
    ):
        raise ValueError(f"{path} is no model of the same part and size")
    mean, deviation = (state[name] for name in scaling)
    known, features = len(mean), len(net.scaling.mean)
    first = state["body.0.weight"]
    rest = first[:, known:]
    if known > features or rest.shape[1] != own["body.0.weight"].shape[1] - features:
        raise ValueError(f"{path} takes {known} features and {rest.shape[1]} other numbers")
    weight = torch.zeros_like(own["body.0.weight"])
    weight[:, :known] = first[:, :known] * net.scaling.deviation[:known] / deviation
    weight[:, features:] = rest
    shift = (net.scaling.mean[:known] - mean) / deviation
    bias = state["body.0.bias"] + first[:, :known] @ shift
    net.load_state_dict(own | {n: state[n] for n in names} | {"body.0.weight": weight, "body.0.bias": bias})

"""Grasps of what the eyes see: whose each pixel is, from the instances in each frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.encoding import STRIDE
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.view import fitted
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.grasp import Grasp


def grasps_of(
    finder: GraspFinder,
    frames: Sequence[Frame],
    views: Sequence[Sequence[Instance]],
    things: Sequence[Sequence[Instance]],
) -> list[tuple[Grasp, ...]]:
    """The grasps of each of the ``things``, the best first.

    ``views`` are what the eyes see in each of the ``frames``; a thing is its instances, at most one a view. Frames
    without depth show no grasps.
    """
    number = {id(instance): k for k, thing in enumerate(things, 1) for instance in thing}
    deep = [(fitted(frame).frame, view) for frame, view in zip(frames, views, strict=True) if frame.depth is not None]
    owners = [_owners(frame, view, number) for frame, view in deep]
    return finder.find([frame for frame, _ in deep], owners, len(things))


def _owners(frame: Frame, view: Sequence[Instance], number: dict[int, int]) -> NDArray[np.uint8]:
    """The number of the thing (H, W) that each pixel of a fitted ``frame`` shows; the surest instance counts."""
    out = np.zeros(frame.rgb.shape[:2], np.uint8)
    for instance in sorted(view, key=lambda i: i.confidence):
        if id(instance) in number:
            out[instance.mask.repeat(STRIDE, 0).repeat(STRIDE, 1)] = number[id(instance)]
    return out

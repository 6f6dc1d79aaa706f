"""Notices that a fixed camera does not stand where it stood: most of what it measures has another depth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame

STRIDE = 6  # pixels between two that are compared
MOVED_M = 0.006  # median change of depth of a camera that has moved
SAME_POSE = 1e-6


class Steadiness:
    """Compares the depth of each fixed camera with its first; the arm and the things cover the smaller part of it."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[NDArray[np.float32], NDArray[np.float64]]] = {}
        self.moved: frozenset[str] = frozenset()

    def steady(self, frames: Sequence[Frame]) -> list[Frame]:
        """The ``frames`` of cameras that stand where they stood; all of them if none does."""
        moved = {frame.camera for frame in frames if self._has_moved(frame)}
        if len(moved) == len(frames):
            moved = set()
        self.moved = frozenset(moved)
        return [frame for frame in frames if frame.camera not in moved]

    def _has_moved(self, frame: Frame) -> bool:
        """Whether most pixels have another depth than at first; a camera that is carried has not moved by itself."""
        if frame.depth is None:
            return False
        depth, at = frame.depth[::STRIDE, ::STRIDE], frame.pose.position
        first = self._first.setdefault(frame.camera, (depth.copy(), at))
        if first[0].shape != depth.shape or float(np.abs(first[1] - at).max()) > SAME_POSE:
            return False
        both = (first[0] > 0) & (depth > 0)
        return bool(both.any()) and float(np.median(np.abs(first[0] - depth)[both])) > MOVED_M

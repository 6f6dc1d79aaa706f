"""Notices that a fixed camera does not stand where it stood: what it sees lies deeper, or beside where it lay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame
from sayso.perception.calibration.outlines import EVERYWHERE, Outlines, outlines, shifted

STRIDE = 6  # pixels between two whose depths are compared
MOVED_M = 0.006  # median change of depth of a camera that has moved
SAME_POSE = 1e-6


@dataclass(frozen=True, slots=True)
class _First:
    """What a camera saw first: its pose then, its depth and its outlines."""

    at: Array
    depth: NDArray[np.float32] | None
    outlines: Outlines


class Steadiness:
    """Compares the pictures of each fixed camera with its first; the arm and the things cover the smaller part of it.

    ``moved`` are the cameras left out. ``lost``: outlines have shifted all over the pictures of all cameras, so
    that none is left that measures places right.
    """

    def __init__(self) -> None:
        self._first: dict[str, _First] = {}
        self.moved: frozenset[str] = frozenset()
        self.lost = False

    def steady(self, frames: Sequence[Frame]) -> list[Frame]:
        """The ``frames`` of cameras that stand where they stood; all of them if none does."""
        aside = {frame.camera: self._aside(frame) for frame in frames}
        moved = {camera for camera, spread in aside.items() if spread} | {
            frame.camera for frame in frames if self._is_deeper(frame)
        }
        self.lost = min(aside.values(), default=0) >= EVERYWHERE
        if len(moved) == len(frames):
            moved = set()
        self.moved = frozenset(moved)
        return [frame for frame in frames if frame.camera not in moved]

    def _before(self, frame: Frame) -> _First | None:
        """What the camera saw first; None if the camera is carried, or its pictures have another size than then."""
        depth = None if frame.depth is None else frame.depth[::STRIDE, ::STRIDE]
        if (first := self._first.get(frame.camera)) is None:
            kept = None if depth is None else depth.copy()
            first = self._first[frame.camera] = _First(frame.pose.position, kept, outlines(frame))
        same = (None if first.depth is None else first.depth.shape) == (None if depth is None else depth.shape)
        return first if same and float(np.abs(first.at - frame.pose.position).max()) < SAME_POSE else None

    def _aside(self, frame: Frame) -> int:
        """How far spread outlines lie beside where they lay, as `shifted`: after a turn or a shift along the table."""
        first = self._before(frame)
        if first is None:
            return 0
        now = outlines(frame)
        return shifted(first.outlines, now) if first.outlines.shape == now.shape else 0

    def _is_deeper(self, frame: Frame) -> bool:
        """Whether most pixels have another depth than at first."""
        first = self._before(frame)
        if first is None or first.depth is None or frame.depth is None:
            return False
        depth = frame.depth[::STRIDE, ::STRIDE]
        both = (first.depth > 0) & (depth > 0)
        return bool(both.any()) and float(np.median(np.abs(first.depth - depth)[both])) > MOVED_M

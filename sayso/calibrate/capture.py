"""Selects pictures of the board for calibration: the board is still, and seen elsewhere than before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.hardware.cameras.source import Source, SourceError
from sayso.hardware.robot import NoReading, Robot
from sayso.hardware.types import JointState, Pose
from sayso.perception.calibration.board import Board, Corners, spread_out

STILL_PX = 1.5
ELSEWHERE = 0.08  # fraction of the picture's width, mean over the corners
STILL_RAD = 0.01
TURNED, MOVED_M = np.radians(10.0), 0.05
MISSED = 20
PICTURES = (".png", ".jpg", ".jpeg")


class BoardWatch:
    """Searches for ``board`` in consecutive pictures."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._last: Corners | None = None

    @property
    def last(self) -> Corners | None:
        """The corners in the last picture."""
        return self._last

    def still(self, rgb: NDArray[np.uint8]) -> Corners | None:
        """The corners, if the board has not moved since the last picture; else None."""
        found, before = self._board.find(rgb), self._last
        self._last = found
        if found is None or before is None or not spread_out(found) or (moved := _moved(found, before)) is None:
            return None
        return found if moved < STILL_PX else None


def elsewhere(found: Corners, kept: list[Corners], width: int) -> bool:
    """Whether the board's view differs from every view kept."""
    return all((gap := _moved(found, k)) is None or gap > ELSEWHERE * width for k in kept)


def another_pose(hand: Pose, kept: list[Pose]) -> bool:
    """Whether the hand is rotated or moved relative to every pose kept."""

    def differs(other: Pose) -> bool:
        turn = np.arccos(np.clip((np.trace(hand.rotation.T @ other.rotation) - 1) / 2, -1, 1))
        return bool(turn > TURNED or np.linalg.norm(hand.position - other.position) > MOVED_M)

    return all(differs(k) for k in kept)


def at_rest(before: JointState, after: JointState) -> bool:
    """Whether the arm stood still between two readings."""
    return bool(np.abs(after.position - before.position).max() < STILL_RAD)


def pictures_in(folder: Path) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a folder, (H, W, 3) RGB each, by name. Raises `UserError` if there are none or one is invalid."""
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in PICTURES)
    if not files:
        raise UserError(f"there is no picture in {folder}; PNG and JPEG are read")
    for file in files:
        bgr = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if bgr is None:
            raise UserError(f"{file} is no picture")
        yield np.ascontiguousarray(bgr[..., ::-1])


def pictures_from(source: Source) -> Iterator[NDArray[np.uint8]]:
    """A camera's pictures until it fails or its film ends. Raises `SourceError` if there was none."""
    first = True
    while True:
        try:
            rgb = source.read().rgb
        except SourceError:
            if first:
                raise
            return
        first = False
        yield rgb


def reading(arm: Robot) -> JointState:
    """The arm's joints; a missing reading is repeated, up to `MISSED` times in a row."""
    for left in range(MISSED, -1, -1):
        try:
            return arm.read()
        except NoReading:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def _moved(a: Corners, b: Corners) -> float | None:
    """Mean distance (px) of the corners visible in both pictures; None if they share fewer than 4."""
    where = {tuple(np.round(p[:2], 6)): i for i, p in enumerate(b.points)}
    shared = [(i, where[key]) for i, p in enumerate(a.points) if (key := tuple(np.round(p[:2], 6))) in where]
    if len(shared) < 4:
        return None
    mine, theirs = zip(*shared, strict=True)
    return float(np.linalg.norm(a.pixels[list(mine)] - b.pixels[list(theirs)], axis=1).mean())

"""Which pictures of the board are worth keeping: it is still, and elsewhere than before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.hardware.cameras.source import Source, SourceError
from sayso.hardware.types import JointState, Pose
from sayso.perception.calibration.board import Board, Corners, spread_out

STILL_PX = 1.5
ELSEWHERE = 0.08  # of the picture's width, in the mean over the corners
STILL_RAD = 0.01
TURNED, MOVED_M = np.radians(10.0), 0.05
PICTURES = (".png", ".jpg", ".jpeg")


class BoardWatch:
    """Looks for ``board`` in pictures that come one after another."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._last: Corners | None = None

    def still(self, rgb: NDArray[np.uint8]) -> Corners | None:
        """The corners, if the board is where it was in the picture before."""
        found, before = self._board.find(rgb), self._last
        self._last = found
        if found is None or before is None or not spread_out(found) or (moved := _moved(found, before)) is None:
            return None
        return found if moved < STILL_PX else None


def elsewhere(found: Corners, kept: list[Corners], width: int) -> bool:
    """Whether the board is not seen as it was in any picture that was kept."""
    return all((gap := _moved(found, k)) is None or gap > ELSEWHERE * width for k in kept)


def another_pose(hand: Pose, kept: list[Pose]) -> bool:
    """Whether the hand is turned or moved against every pose that was kept."""

    def differs(other: Pose) -> bool:
        turn = np.arccos(np.clip((np.trace(hand.rotation.T @ other.rotation) - 1) / 2, -1, 1))
        return bool(turn > TURNED or np.linalg.norm(hand.position - other.position) > MOVED_M)

    return all(differs(k) for k in kept)


def at_rest(before: JointState, after: JointState) -> bool:
    """Whether the arm did not move between two readings."""
    return bool(np.abs(after.position - before.position).max() < STILL_RAD)


def pictures_in(folder: Path) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a folder, (H, W, 3) RGB each, by name. Raises `UserError` if there are none or one is none."""
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in PICTURES)
    if not files:
        raise UserError(f"there is no picture in {folder}; PNG and JPEG are read")
    for file in files:
        bgr = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if bgr is None:
            raise UserError(f"{file} is no picture")
        yield np.ascontiguousarray(bgr[..., ::-1])


def pictures_from(source: Source) -> Iterator[NDArray[np.uint8]]:
    """What a camera gives, until it gives no more: a film has an end. Raises `SourceError` if there was nothing."""
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


def _moved(a: Corners, b: Corners) -> float | None:
    """How far (px, mean) the corners that both pictures show are apart; None if they share too few."""
    where = {tuple(np.round(p[:2], 6)): i for i, p in enumerate(b.points)}
    shared = [(i, where[key]) for i, p in enumerate(a.points) if (key := tuple(np.round(p[:2], 6))) in where]
    if len(shared) < 4:
        return None
    mine, theirs = zip(*shared, strict=True)
    return float(np.linalg.norm(a.pixels[list(mine)] - b.pixels[list(theirs)], axis=1).mean())

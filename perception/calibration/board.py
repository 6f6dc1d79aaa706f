"""The ChArUco board: a chessboard with markers in its white squares, so that a partial view identifies it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Pose

COLUMNS, ROWS = 7, 5
MARKER_SHARE = 0.74
LEAST_CORNERS = 8
PRINT_DPI = 300


@dataclass(frozen=True, slots=True)
class Corners:
    """The inner corners in one picture: ``pixels`` (n, 2) and their positions on the board, ``points`` (n, 3) m."""

    pixels: Array
    points: Array


@dataclass(frozen=True)
class Board:
    """`COLUMNS` x `ROWS` squares of ``square`` m; x runs along the columns, y along the rows, z into the board."""

    square: float = 0.035
    _detector: cv2.aruco.CharucoDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
        board = cv2.aruco.CharucoBoard((COLUMNS, ROWS), self.square, self.square * MARKER_SHARE, markers)
        object.__setattr__(self, "_detector", cv2.aruco.CharucoDetector(board))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, m."""
        return COLUMNS * self.square, ROWS * self.square

    def picture(self, pixels_a_square: int = round(PRINT_DPI * 35 / 25.4)) -> NDArray[np.uint8]:
        """The board (H, W) in gray without margin; the default size prints a 35 mm square at `PRINT_DPI`."""
        size = (COLUMNS * pixels_a_square, ROWS * pixels_a_square)
        return np.asarray(self._detector.getBoard().generateImage(size), np.uint8)

    def find(self, rgb: NDArray[np.uint8]) -> Corners | None:
        """The board's corners in an image (H, W, 3), None if fewer than `LEAST_CORNERS` are visible."""
        pixels, ids, _, _ = self._detector.detectBoard(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
        if ids is None or len(ids) < LEAST_CORNERS:
            return None
        points = np.asarray(self._detector.getBoard().getChessboardCorners(), np.float64)[np.asarray(ids).ravel()]
        return Corners(np.asarray(pixels, np.float64).reshape(-1, 2), points)

    def pose(self, corners: Corners, matrix: Array, distortion: Array) -> Pose | None:
        """The board's pose in camera axes, None if it is ambiguous."""
        good, turn, shift = cv2.solvePnP(
            corners.points, corners.pixels, matrix, distortion, flags=cv2.SOLVEPNP_ITERATIVE
        )
        return Pose(np.array(shift, float).ravel(), np.array(cv2.Rodrigues(turn)[0], float)) if good else None


def spread_out(corners: Corners) -> bool:
    """Whether the corners span the plane: corners in a single row do not determine a pose."""
    return bool(np.linalg.matrix_rank(corners.points[:, :2] - corners.points[0, :2], tol=1e-6) == 2)

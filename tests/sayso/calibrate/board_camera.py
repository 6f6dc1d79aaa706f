"""A camera with a distorting lens that sees nothing but the board, drawn pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.types import Array, Pose
from sayso.perception.calibration.board import Board

WIDTH, HEIGHT = 400, 300
LENS = Lens(fx=352.0, fy=350.0, cx=206.0, cy=147.0, distortion=(-0.2, 0.06, 0.001, -0.0015, 0.0))
A_SQUARE = 30  # pixels of the drawing


class BoardCamera:
    """Draws ``board`` where it is in the camera's frame, with a sensor's noise."""

    def __init__(self, board: Board | None = None, seed: int = 0) -> None:
        self.board = board or Board()
        self._drawing = self.board.picture(A_SQUARE)
        self._rng = np.random.default_rng(seed)
        pixels = np.stack(np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT)), -1).reshape(-1, 1, 2).astype(float)
        flat = cv2.undistortPoints(pixels, LENS.matrix, np.array(LENS.distortion))[:, 0]
        self._rays = np.column_stack([flat, np.ones(len(flat))])

    def shoot(self, pose: Pose) -> NDArray[np.uint8]:
        """The picture (`HEIGHT`, `WIDTH`, 3) of the board at ``pose``."""
        rays, eye = self._rays @ pose.rotation, -pose.rotation.T @ pose.position
        points = eye + rays * (-eye[2] / rays[:, 2])[:, None]
        x, y = ((points[:, i] / self.board.square * A_SQUARE - 0.5).reshape(HEIGHT, WIDTH) for i in (0, 1))
        image = cv2.remap(
            self._drawing, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=150,
        )  # fmt: skip
        noisy = cv2.GaussianBlur(image, (0, 0), 0.6) + self._rng.normal(0, 2, image.shape)
        return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, 2)


def in_view(u: float, v: float, z: float, turn: Array, board: Board) -> Pose:
    """The board's middle seen at the pixel (u, v), ``z`` m away, the board turned by the vector ``turn`` rad."""
    rotation = Rotation.from_rotvec(turn).as_matrix()
    middle = np.array([(u - LENS.cx) / LENS.fx * z, (v - LENS.cy) / LENS.fy * z, z])
    return Pose(middle - rotation @ np.array([*np.array(board.size) / 2, 0.0]), rotation)


def all_round(rng: np.random.Generator, board: Board, count: int) -> list[Pose]:
    """Poses all over the picture, near and far, tilted to all sides."""
    return [
        in_view(
            rng.uniform(60, WIDTH - 60),
            rng.uniform(50, HEIGHT - 50),
            rng.uniform(0.28, 0.5),
            rng.normal(0, 0.35, 3),
            board,
        )
        for _ in range(count)
    ]

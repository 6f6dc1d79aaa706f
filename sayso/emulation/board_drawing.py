"""The calibration board in a rendered picture, as if somebody held it up before an emulated camera."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from sayso.hardware.types import Array, Frame
from sayso.perception.calibration.board import Board

A_SQUARE, MARGIN = 40, 20  # pixels of the drawing
FINER = 3  # the board is drawn so many times finer than the picture
BACK = 120


class BoardDrawing:
    """Draws `Board` into frames, hidden by what is nearer; its back is gray."""

    def __init__(self, board: Board | None = None) -> None:
        self.board = board or Board()
        drawing = self.board.picture(A_SQUARE)
        self._drawing = cv2.copyMakeBorder(drawing, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=255)

    def before(self, frame: Frame, pose: Array) -> Frame:
        """``frame`` with the board at ``pose`` (4, 4) in the base frame."""
        assert frame.depth is not None
        seen = np.linalg.inv(frame.pose.matrix()) @ pose
        height, width = frame.depth.shape
        scale = self.board.square / A_SQUARE
        # From the drawing's pixels, whose centers are whole numbers, to meters on the board.
        to_board = np.array([[scale, 0, (0.5 - MARGIN) * scale], [0, scale, (0.5 - MARGIN) * scale], [0, 0, 1.0]])
        to_picture = frame.intrinsics @ seen[:3, [0, 1, 3]]
        finer = np.array([[FINER, 0, (FINER - 1) / 2], [0, FINER, (FINER - 1) / 2], [0, 0, 1.0]])
        size = width * FINER, height * FINER
        front = (seen[:3, :3].T @ -seen[:3, 3])[2] < 0
        image = self._drawing if front else np.full_like(self._drawing, BACK)
        both = np.stack([image, np.full_like(image, 255)], -1)
        fine = cv2.warpPerspective(both, finer @ to_picture @ to_board, size, flags=cv2.INTER_LINEAR)
        drawn = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA).astype(np.float64)
        far = self._depth(seen, frame.intrinsics, width, height)
        share = drawn[..., 1] / 255 * ((far > 0.05) & (far < frame.depth))
        gray = drawn[..., 0] * (share > 0)
        rgb = frame.rgb * (1 - share[..., None]) + gray[..., None]
        depth = np.where(share > 0.5, far, frame.depth).astype(np.float32)
        return replace(frame, rgb=np.clip(rgb.round(), 0, 255).astype(np.uint8), depth=depth)

    def _depth(self, seen: Array, matrix: Array, width: int, height: int) -> Array:
        """Distance (m) along the optical axis to the board's plane, at every pixel; 0 where there is none."""
        u, v = np.meshgrid(np.arange(width), np.arange(height))
        rays = np.stack([(u - matrix[0, 2]) / matrix[0, 0], (v - matrix[1, 2]) / matrix[1, 1], np.ones_like(u)], -1)
        along = rays @ seen[:3, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            far = float(seen[:3, 2] @ seen[:3, 3]) / along
        return np.where(np.isfinite(far) & (far > 0), far, 0.0)

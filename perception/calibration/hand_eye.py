"""A fixed camera's pose, from a board that the arm holds into its view: Park and Martin's solution of AX = XB, then
a least-squares fit of all corners.

F. C. Park, B. J. Martin: Robot sensor calibration: solving AX = XB on the Euclidean group. IEEE Transactions on
Robotics and Automation 10 (1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.types import Array, Pose
from sayso.perception.calibration.board import Board, Corners, spread_out
from sayso.perception.calibration.lens import CalibrationError

LEAST_POSES = 8
LEAST_TURN = np.radians(5.0)  # smaller rotations determine a rotation axis poorly
LEAST_SECOND_AXIS = 0.05
MOST_PX, MOST_MM = 4.0, 8.0
OUTLIER_PX = 1.0
SLIPPED = 4.0  # times the median error: above it the board slipped, or the arm was moving


@dataclass(frozen=True, slots=True)
class HandEye:
    """``camera`` pose in the base frame, ``board`` pose in the tool frame, and residuals per arm pose: ``pixels``, the
    corners' error in px (rms), and ``mm``, the distance between the board centers by arm and by camera.

    ``predicted`` are the corners (n, 2) px where the arm predicts them.
    """

    camera: Pose
    board: Pose
    pixels: Array
    mm: Array
    predicted: tuple[Array, ...]

    def problems(self) -> list[str]:
        """Residuals that are too large, and the remedy."""
        found = []
        if (px := float(np.median(self.pixels))) > MOST_PX:
            found.append(f"corners are off by {px:.1f} pixels (median), {MOST_PX} is allowed")
        if (mm := float(np.median(self.mm))) > MOST_MM:
            found.append(f"arm and camera disagree by {mm:.1f} mm (median), {MOST_MM} is allowed")
        if found:
            found.append("make sure that the board does not slip in the gripper, and that arm and lens are calibrated")
        return found


def solve_ax_xb(a: Sequence[Array], b: Sequence[Array]) -> Array:
    """X (4, 4) of A X = X B for rigid motions ``a`` and ``b``, each (4, 4), by Park and Martin.

    Raises `CalibrationError` if the motions turn about fewer than two axes.
    """
    turns = [(_log(p), _log(q)) for p, q in zip(a, b, strict=True)]
    chosen = [i for i, (alpha, _) in enumerate(turns) if LEAST_TURN < np.linalg.norm(alpha) < np.pi - LEAST_TURN]
    axes = np.array([turns[i][0] for i in chosen]).reshape(-1, 3)
    strength = np.linalg.svd(axes, compute_uv=False) if len(axes) else np.zeros(1)
    if len(strength) < 2 or strength[1] < LEAST_SECOND_AXIS * strength[0]:
        raise CalibrationError("the hand rotated about one axis at most: rotate it about two or more, by at least 30°")
    m = sum(np.outer(turns[i][1], turns[i][0]) for i in chosen)
    # (MᵀM)^(-1/2) Mᵀ is the rotation next to Mᵀ; by the singular values, so that two axes are enough.
    u, _, vt = np.linalg.svd(np.asarray(m).T)
    rotation = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
    left = np.concatenate([np.eye(3) - p[:3, :3] for p in a])
    right = np.concatenate([p[:3, 3] - rotation @ q[:3, 3] for p, q in zip(a, b, strict=True)])
    out = np.eye(4)
    out[:3, :3] = rotation
    out[:3, 3] = np.linalg.lstsq(left, right, rcond=None)[0]
    return out


@dataclass(frozen=True, slots=True)
class _Shown:
    """One view: the tool in the base frame, the board in the camera frame, each (4, 4), and the corners."""

    hand: Array
    board: Array
    corners: Corners


def place_camera(hands: Sequence[Pose], views: Sequence[Corners], board: Board, lens: Lens) -> HandEye:
    """Pose of a fixed camera, from tool poses in the base frame and the corners seen at each.

    Outlier poses are left out of the fit and keep their residuals. Raises `CalibrationError` if there are too few poses
    or the hand did not rotate enough.
    """
    shown = []
    for hand, view in zip(hands, views, strict=True):
        seen = board.pose(view, lens.matrix, np.array(lens.distortion)) if spread_out(view) else None
        if seen is None:
            raise CalibrationError(
                f"the pose of the board cannot be determined from {len(view.pixels)} corners in a row"
            )
        shown.append(_Shown(hand.matrix(), seen.matrix(), view))
    if len(shown) < LEAST_POSES:
        raise CalibrationError(f"the board was seen at {len(shown)} poses; at least {LEAST_POSES} are needed")
    camera, grip = _fit(shown, lens)
    for _ in range(2):
        pixels = _misses(shown, camera, grip, lens)
        kept = [s for s, px in zip(shown, pixels, strict=True) if px <= SLIPPED * np.median(pixels)]
        if LEAST_POSES <= len(kept) < len(shown):
            camera, grip = _fit(kept, lens)
    middle = np.array([*np.array(board.size) / 2, 0.0, 1.0])
    gaps = [camera @ s.board @ middle - s.hand @ grip @ middle for s in shown]
    return HandEye(
        Pose(camera[:3, 3], camera[:3, :3]),
        Pose(grip[:3, 3], grip[:3, :3]),
        _misses(shown, camera, grip, lens),
        np.array([1000 * float(np.linalg.norm(g[:3])) for g in gaps]),
        tuple(_project(s, camera, grip, lens) for s in shown),
    )


def _fit(shown: Sequence[_Shown], lens: Lens) -> tuple[Array, Array]:
    """The camera in the base frame and the board in the tool frame, (4, 4) each."""
    pairs = list(combinations(shown, 2))
    camera = solve_ax_xb(
        [p.hand @ np.linalg.inv(q.hand) for p, q in pairs], [p.board @ np.linalg.inv(q.board) for p, q in pairs]
    )
    held = [np.linalg.inv(s.hand) @ camera @ s.board for s in shown]
    grip = np.eye(4)
    grip[:3, :3] = Rotation.from_matrix([h[:3, :3] for h in held]).mean().as_matrix()
    grip[:3, 3] = np.median([h[:3, 3] for h in held], axis=0)

    def miss(unknown: Array) -> Array:
        eye, hand = _matrix(unknown[:6]), _matrix(unknown[6:])
        return np.concatenate([(_project(s, eye, hand, lens) - s.corners.pixels).ravel() for s in shown])

    start = np.concatenate([_vector(camera), _vector(grip)])
    best = least_squares(miss, start, x_scale="jac", loss="soft_l1", f_scale=OUTLIER_PX, ftol=1e-6, max_nfev=50).x
    return _matrix(best[:6]), _matrix(best[6:])


def _project(shown: _Shown, camera: Array, grip: Array, lens: Lens) -> Array:
    """Predicted corners (n, 2) px."""
    there = np.linalg.inv(camera) @ shown.hand @ grip
    turn = cv2.Rodrigues(there[:3, :3])[0]
    seen = cv2.projectPoints(shown.corners.points, turn, there[:3, 3], lens.matrix, np.array(lens.distortion))[0]
    return np.asarray(seen[:, 0], np.float64)


def _misses(shown: Sequence[_Shown], camera: Array, grip: Array, lens: Lens) -> Array:
    """The corners' error at each pose, px (rms)."""
    gaps = [_project(s, camera, grip, lens) - s.corners.pixels for s in shown]
    return np.array([float(np.sqrt((g**2).sum(1).mean())) for g in gaps])


def _log(motion: Array) -> Array:
    return np.asarray(Rotation.from_matrix(motion[:3, :3]).as_rotvec())


def _vector(motion: Array) -> Array:
    return np.concatenate([_log(motion), motion[:3, 3]])


def _matrix(vector: Array) -> Array:
    out = np.eye(4)
    out[:3, :3] = Rotation.from_rotvec(vector[:3]).as_matrix()
    out[:3, 3] = vector[3:]
    return out

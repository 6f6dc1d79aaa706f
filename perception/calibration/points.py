"""A fixed camera's pose from points of the arm that are known in the base frame and marked in the picture.

RANSAC over perspective-n-point solutions, then a least-squares fit. The fit's covariance gives the uncertainty on
the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation
from scipy.stats import f as fisher

from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.types import Array, Box, Pose
from sayso.perception.calibration.lens import CalibrationError

LEAST_POINTS, LEAST_WITHOUT_LENS = 4, 8
FLAT_M = 0.004
SUBSETS, OUTLIER = 60, 0.02  # of the picture's width
LEAST_AGREE = 0.8  # of the points: fewer, and the camera may have been moved between them
# What is expected of a mark before any is seen, of the picture's width, and how many residuals that is worth.
EXPECTED, WORTH = 0.003, 6
MOST_PX, MOST_MM = 0.01, 15.0  # of the picture's width; on the table
FOCAL = (0.6, 0.75, 0.95, 1.2, 1.5)  # of the picture's width, where no lens is known
USUAL_FOCAL, FOCAL_VARIES = 0.85, 0.25  # of the picture's width; standard deviation of its logarithm among webcams
FARTHEST_M = 4.0


@dataclass(frozen=True, slots=True)
class PointsFit:
    """``camera`` in the base frame, ``lens``, and for every point its residual in ``pixels`` and in ``mm``, (n,).

    ``mm`` is the distance of the point from the ray through its mark. ``used`` (n,) marks the points of the fit.
    ``table_mm`` is the largest error on the table within the reach, ``position_mm`` that of the camera's position, both
    with 95 % probability. ``checked_mm`` is the median error of points that were left out one at a time, None with too
    few. ``focal`` is the standard error of the focal length as a fraction, 0 for a given lens.
    """

    camera: Pose
    lens: Lens
    width: int
    pixels: Array
    mm: Array
    used: NDArray[np.bool_]
    table_mm: float
    position_mm: float
    checked_mm: float | None
    focal: float

    def problems(self) -> list[str]:
        """Why the place is not good enough, with the remedy; empty if it is."""
        found, most = [], MOST_PX * self.width
        if (px := float(np.median(self.pixels[self.used]))) > most:
            found.append(f"points are off by {px:.1f} pixels (median), {most:.1f} is allowed")
        if self.used.sum() < LEAST_AGREE * len(self.used):
            found.append(f"only {self.used.sum()} of {len(self.used)} points agree with each other")
        if self.table_mm > MOST_MM:
            found.append(
                f"on the table the place is known to {self.table_mm:.1f} mm, {MOST_MM:.0f} is allowed: give more "
                "points, also at the edges of the reach"
            )
        if self.checked_mm is not None and self.checked_mm > MOST_MM:
            found.append(f"a point left out is {self.checked_mm:.1f} mm off (median), {MOST_MM:.0f} is allowed")
        if found:
            found.append("make sure that the camera stands still and that the arm is calibrated")
        return found


def place_from_points(points: Array, pixels: Array, size: tuple[int, int], lens: Lens | None, reach: Box) -> PointsFit:
    """The camera that sees ``points`` (n, 3) m at ``pixels`` (n, 2), in pictures of ``size`` (width, height).

    Without a ``lens`` the focal length is found too, for a lens without distortion; that takes points that are not all
    at one distance. ``reach`` is where the error on the table counts. Raises `CalibrationError` for too few points, or
    points in one line, or from which no camera above the table follows.
    """
    least = LEAST_POINTS if lens is not None else LEAST_WITHOUT_LENS
    if len(points) < least:
        raise CalibrationError(f"there are {len(points)} points; at least {least} are needed")
    spread = np.linalg.svd(points - points.mean(0), compute_uv=False) / np.sqrt(len(points))
    if spread[1] < FLAT_M:
        raise CalibrationError("all points are in one line: give some beside it")
    lenses = [lens] if lens is not None else [_plain(f * size[0], size) for f in FOCAL]
    best: tuple[float, Array, Lens] | None = None
    for guess in lenses:
        for camera in _candidates(points, pixels, guess):
            miss = np.linalg.norm(_project(points, camera, guess) - pixels, axis=1)
            cost = float(np.minimum(miss / (OUTLIER * size[0]), 1.0).sum())
            if best is None or cost < best[0]:
                best = cost, camera, guess
    if best is None:
        raise CalibrationError("no camera above the table sees these points so: is each mark on the fingertip?")
    _, start, guess = best
    miss = np.linalg.norm(_project(points, start, guess) - pixels, axis=1)
    used = miss < max(OUTLIER * size[0], 2.5 * float(np.median(miss)))
    for _ in range(2):
        if used.sum() < least:
            used = miss <= np.sort(miss)[least - 1]
        start, guess, jacobian = _fit(points[used], pixels[used], start, guess, lens is None, size)
        miss = np.linalg.norm(_project(points, start, guess) - pixels, axis=1)
        used = miss < max(OUTLIER * size[0], 2.5 * float(np.median(miss[used])))
    start, guess, jacobian = _fit(points[used], pixels[used], start, guess, lens is None, size)
    return _judged(points, pixels, used, start, guess, jacobian, size, lens, reach)


def _judged(
    points: Array, pixels: Array, used: NDArray[np.bool_], camera: Array, lens: Lens, jacobian: Array,
    size: tuple[int, int], given: Lens | None, reach: Box,
) -> PointsFit:  # fmt: skip
    """The fit with its uncertainty."""
    off = _project(points, camera, lens) - pixels
    free = WORTH + 2 * int(used.sum()) - 6
    variance = (WORTH * (EXPECTED * size[0]) ** 2 + float((off[used] ** 2).sum())) / free
    covariance = np.asarray(variance * np.linalg.pinv(jacobian.T @ jacobian), np.float64)
    wide = float(np.sqrt(2 * fisher.ppf(0.95, 2, free)))  # 95 % of a bell in two dimensions are within
    pose = _pose(camera)
    position = _spread(lambda v: 1000 * _pose(v[:6]).position, _vector(camera, lens, given), covariance)
    table = [
        wide * _spread(partial(_on_table, pixel=at, lens=lens, size=size), _vector(camera, lens, given), covariance)
        for at in _project(reach_points(reach), camera, lens)
    ]
    focal = float(np.sqrt(covariance[6, 6])) / lens.fx if given is None else 0.0
    rays = _rays(pixels, lens) @ pose.rotation.T
    away = points - pose.position
    mm = 1000 * np.linalg.norm(away - (away * rays).sum(1, keepdims=True) * rays, axis=1)
    checked = _checked(points[used], pixels[used], camera, lens, given, size)
    if not (0 < pose.position[2] < FARTHEST_M and np.abs(pose.position).max() < FARTHEST_M):
        x, y, z = pose.position
        raise CalibrationError(f"the camera would be at {x:.2f} {y:.2f} {z:.2f} m, which cannot be: mark other points")
    return PointsFit(
        pose, lens, size[0], np.linalg.norm(off, axis=1), mm, used, max(table), wide * position, checked, focal
    )


def _checked(
    points: Array, pixels: Array, camera: Array, lens: Lens, given: Lens | None, size: tuple[int, int]
) -> float | None:
    """Median error (mm) at points that are left out one at a time, where their rays are at their heights."""
    if len(points) < (LEAST_POINTS if given is not None else LEAST_WITHOUT_LENS) + 1:
        return None
    errors = []
    for k in range(len(points)):
        rest = np.arange(len(points)) != k
        found, own, _ = _fit(points[rest], pixels[rest], camera, lens, given is None, size)
        ray = found[:3, :3] @ _rays(pixels[k : k + 1], own)[0]
        along = (points[k, 2] - found[2, 3]) / ray[2]
        errors.append(1000 * float(np.linalg.norm(found[:3, 3] + along * ray - points[k])))
    return float(np.median(errors))


# Candidates --------------------------------------------------------------------------------------------------


def _candidates(points: Array, pixels: Array, lens: Lens) -> list[Array]:
    """Cameras (4, 4) above the table, from all points and from subsets of four."""
    flat = _flat(pixels, lens)
    out = _solutions(points, flat)
    for chosen in _subsets(len(points)):
        out += _solutions(points[chosen], flat[chosen])
    return [camera for camera in out if camera[2, 3] > 0]


def _subsets(n: int) -> list[list[int]]:
    if n <= LEAST_POINTS:
        return []
    every = list(combinations(range(n), LEAST_POINTS)) if n <= 9 else []
    if every:
        return [list(c) for c in every[:: max(1, len(every) // SUBSETS)]]
    rng = np.random.default_rng(0)
    return [rng.choice(n, LEAST_POINTS, replace=False).tolist() for _ in range(SUBSETS)]


def _solutions(points: Array, flat: Array) -> list[Array]:
    """Cameras (4, 4) in the base frame, by pixels without lens."""
    middle: Array = points.mean(0)
    axes: Array = np.linalg.svd(points - middle)[2]
    planar = np.abs((points - middle) @ axes[2]).max() < FLAT_M
    if np.linalg.norm((points - middle) @ axes[1]) < 2 * FLAT_M:
        return []
    axes[2] *= np.linalg.det(axes)
    local = (points - middle) @ axes.T
    if planar:
        local[:, 2] = 0.0
    how = cv2.SOLVEPNP_IPPE if planar else cv2.SOLVEPNP_SQPNP
    try:
        _, turns, shifts, _ = cv2.solvePnPGeneric(local, flat.reshape(-1, 1, 2), np.eye(3), None, flags=how)
    except cv2.error:
        return []
    out: list[Array] = []
    for turn, shift in zip(turns, shifts, strict=True):
        seen = np.eye(4)
        seen[:3, :3], seen[:3, 3] = cv2.Rodrigues(turn)[0], np.ravel(shift)
        from_base = np.eye(4)
        from_base[:3, :3], from_base[:3, 3] = axes, -axes @ middle
        if np.isfinite(seen).all():
            out.append(np.asarray(np.linalg.inv(seen @ from_base), np.float64))
    return out


# The fit -----------------------------------------------------------------------------------------------------


def _fit(
    points: Array, pixels: Array, camera: Array, lens: Lens, free_focal: bool, size: tuple[int, int]
) -> tuple[Array, Lens, Array]:
    """Camera (4, 4) and lens of the least squares, and the Jacobian (2n, 6 or 7) there."""

    def miss(unknown: Array) -> Array:
        own = _plain(unknown[6], size) if free_focal else lens
        off = (_project(points, _matrix(unknown[:6]), own) - pixels).ravel()
        if not free_focal:
            return off
        usual = np.log(own.fx / (USUAL_FOCAL * size[0])) / FOCAL_VARIES
        return np.append(off, EXPECTED * size[0] * usual)

    start = _vector(camera, lens, None if free_focal else lens)
    found = least_squares(miss, start, x_scale="jac", loss="soft_l1", f_scale=0.005 * size[0], max_nfev=80)
    best = found.x
    step = np.maximum(np.abs(best), 1.0) * 1e-6
    jacobian = np.stack([(miss(best + d) - miss(best - d)) / (2 * s) for s, d in zip(step, np.diag(step), strict=True)])
    return _matrix(best[:6]), _plain(best[6], size) if free_focal else lens, jacobian.T


def seen_at(points: Array, camera: Pose, lens: Lens) -> Array:
    """Pixels (n, 2) of ``points`` (n, 3) m in the base frame."""
    return _project(points, camera.matrix(), lens)


def hits_table(fit: PointsFit, pixels: Array) -> Array:
    """Where the rays through ``pixels`` (n, 2) meet the table, (n, 2) m."""
    rays = _rays(pixels, fit.lens) @ fit.camera.rotation.T
    return np.asarray((fit.camera.position - fit.camera.position[2] / rays[:, 2:] * rays)[:, :2])


def _project(points: Array, camera: Array, lens: Lens) -> Array:
    there = np.linalg.inv(camera)
    local = points @ there[:3, :3].T + there[:3, 3]
    local[:, 2] = np.maximum(local[:, 2], 1e-3)  # behind the camera: far outside of the picture
    seen = cv2.projectPoints(local, np.zeros(3), np.zeros(3), lens.matrix, np.array(lens.distortion))[0]
    return np.asarray(seen[:, 0], np.float64)


def _flat(pixels: Array, lens: Lens) -> Array:
    """Pixels (n, 2) without lens: where their rays are at distance 1."""
    straight = cv2.undistortPoints(pixels.reshape(-1, 1, 2), lens.matrix, np.array(lens.distortion))
    return np.asarray(straight, np.float64).reshape(-1, 2)


def _rays(pixels: Array, lens: Lens) -> Array:
    """Unit rays (n, 3) in the camera's axes."""
    rays = np.column_stack([_flat(pixels, lens), np.ones(len(pixels))])
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


def _on_table(vector: Array, pixel: Array, lens: Lens, size: tuple[int, int]) -> Array:
    """Where the ray through ``pixel`` meets the table, (2,) mm."""
    own = lens if len(vector) == 6 else _plain(vector[6], size)
    pose = _pose(_matrix(vector[:6]))
    ray = pose.rotation @ _rays(pixel[None], own)[0]
    return np.asarray(1000 * (pose.position - pose.position[2] / ray[2] * ray)[:2])


def _spread(of: Callable[[Array], Array], at: Array, covariance: Array) -> float:
    """Standard deviation of a function's value along its widest direction, by its derivative."""
    step = np.maximum(np.abs(at), 1.0) * 1e-6
    slope = np.stack([(of(at + d) - of(at - d)) / (2 * s) for s, d in zip(step, np.diag(step), strict=True)], 1)
    return float(np.sqrt(max(np.linalg.eigvalsh(slope @ covariance @ slope.T).max(), 0.0)))


def reach_points(reach: Box) -> Array:
    """The corners of the reach on the table in a ring, then its middle, (5, 3) m."""
    (x, y), (to_x, to_y) = reach.lower[:2], reach.upper[:2]
    return np.array([[x, y, 0], [x, to_y, 0], [to_x, to_y, 0], [to_x, y, 0], [(x + to_x) / 2, (y + to_y) / 2, 0]])


def _plain(focal: float, size: tuple[int, int]) -> Lens:
    focal = float(max(focal, 1.0))
    return Lens(fx=focal, fy=focal, cx=size[0] / 2, cy=size[1] / 2)


def _vector(camera: Array, lens: Lens, given: Lens | None) -> Array:
    pose = np.concatenate([Rotation.from_matrix(camera[:3, :3]).as_rotvec(), camera[:3, 3]])
    return np.append(pose, lens.fx) if given is None else pose


def _matrix(vector: Array) -> Array:
    out = np.eye(4)
    out[:3, :3] = Rotation.from_rotvec(vector[:3]).as_matrix()
    out[:3, 3] = vector[3:6]
    return out


def _pose(camera: Array) -> Pose:
    matrix = camera if camera.ndim == 2 else _matrix(camera)
    return Pose(matrix[:3, 3], matrix[:3, :3])


def summary(fit: PointsFit) -> Sequence[str]:
    """The fit in a few lines for a person."""
    px, mm = np.median(fit.pixels[fit.used]), np.median(fit.mm[fit.used])
    lines = [
        f"{fit.used.sum()} of {len(fit.used)} points, off by {px:.1f} px and {mm:.1f} mm (median)",
        f"on the table within reach: known to {fit.table_mm:.1f} mm; the camera's position to {fit.position_mm:.0f} mm "
        "(95 %)",
    ]
    if fit.checked_mm is not None:
        lines.append(f"points left out of the fit: {fit.checked_mm:.1f} mm off (median)")
    if fit.focal:
        lines.append(f"focal length found: {fit.lens.fx:.0f} px, to {fit.focal:.1%}")
    return lines

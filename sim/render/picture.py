"""One picture of placed things, surfaces and furniture: color, depth, and whose every pixel is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Pose
from sayso.sim.render.raster import Float, rasterize, rays_of
from sayso.sim.render.surfaces import Surface
from sayso.sim.things.mesh import Mesh, corner_normals
from sayso.sim.things.paint import Paint, texture_places

NO_COLOR = 255


@dataclass(frozen=True, slots=True)
class Placed:
    """A mesh in the world: ``rotation`` (3, 3), ``position`` (3,) m, its paint, and how much it shines (0..1).

    ``normals`` (m, 3, 3) as of `sayso.sim.things.mesh.corner_normals`; None: to be found.
    """

    mesh: Mesh
    rotation: Array
    position: Array
    paint: Paint
    round_label: bool = False
    shine: float = 0.1
    normals: Array | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """``toward`` (3,) the light, unit; shares of light from everywhere and from there; color (3,)."""

    toward: Array
    ambient: float
    diffuse: float
    color: Array


@dataclass(frozen=True, slots=True)
class HeightMap:
    """Heights (rows along y, columns along x) m of what is on the table, about the world's origin, in square cells."""

    heights: Float
    cell: float

    def at(self, points: NDArray) -> Float:
        """The height at ``points`` (…, 2+) m, 0 outside."""
        half = len(self.heights) // 2
        index = np.floor(points[..., :2] / self.cell).astype(np.int64) + half
        inside = ((index >= 0) & (index < len(self.heights))).all(-1)
        index = np.clip(index, 0, len(self.heights) - 1)
        return np.where(inside, self.heights[index[..., 1], index[..., 0]], 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a perfect camera sees: ``rgb`` (H, W, 3) float32 0..1, ``depth`` (H, W) m along the axis (infinite:
    nothing), ``owner`` (H, W): the index of the placed thing, -1 - k for surface k, `NOTHING` for none; ``names`` (H,
    W) the index of the color's name, `NO_COLOR` off the things; ``gloss`` (H, W) how much of the light is a highlight,
    1 where a surface is blind.
    """

    rgb: Float
    depth: Float
    owner: NDArray[np.int32]
    names: NDArray[np.uint8]
    gloss: Float


NOTHING = -1000
SHADOW_STEPS, SHADOW_REACH = 12, 0.30


def take(
    things: Sequence[Placed], surfaces: Sequence[Surface], camera: Pose, intrinsics: NDArray, width: int, height: int,
    light: Light, shadows: HeightMap | None = None,
) -> Picture:  # fmt: skip
    """The picture of ``things`` and ``surfaces`` from ``camera``, whose axes are right, down and ahead."""
    rays = rays_of(intrinsics, width, height) @ camera.rotation.T.astype(np.float32)
    eye = camera.position.astype(np.float32)
    depth = np.full((height, width), np.inf, np.float32)
    owner = np.full((height, width), NOTHING, np.int32)
    rgb = np.full((height, width, 3), 0.5, np.float32)
    normal = -rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    names = np.full((height, width), NO_COLOR, np.uint8)
    shine = np.zeros((height, width), np.float32)
    for k, surface in enumerate(surfaces):
        _surface(surface, k, rays, eye, depth, owner, rgb, normal)
    if things:
        _things(things, camera, intrinsics, depth, owner, rgb, normal, names, shine)
    points = eye + rays * np.where(np.isfinite(depth), depth, 0)[..., None]
    lit = np.clip(normal @ light.toward.astype(np.float32), 0, 1)
    if shadows is not None:
        # Shadows are soft: half the resolution is enough, and a quarter of the time.
        dark = _shadow(points[::2, ::2], light.toward, shadows)
        lit *= 1 - cv2.resize(dark.astype(np.float32), (width, height))
    half = light.toward - rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    half /= np.maximum(np.linalg.norm(half, axis=-1, keepdims=True), 1e-6)
    gloss = (shine * (lit > 0) * np.clip((normal * half).sum(-1), 0, 1) ** 40).astype(np.float32)
    shade = light.ambient * (0.8 + 0.2 * normal[..., 2]) + light.diffuse * lit
    out = rgb * shade[..., None] * light.color + gloss[..., None]
    gloss[np.isin(owner, [-1 - k for k, surface in enumerate(surfaces) if surface.blind])] = 1
    return Picture(np.clip(out, 0, 1).astype(np.float32), depth, owner, names, gloss)


def _surface(
    surface: Surface, k: int, rays: Float, eye: Float, depth: Float, owner: NDArray[np.int32], rgb: Float, normal: Float
) -> None:
    n = surface.normal.astype(np.float32)
    against = rays @ n
    away = float((surface.center - eye) @ n)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = away / against
    reach = np.where(np.isfinite(reach) & (reach > 0.02), reach, np.inf).astype(np.float32)
    hit = reach < depth
    v, u = np.nonzero(hit)
    local = eye + rays[v, u] * reach[v, u, None] - surface.center.astype(np.float32)
    places = np.stack([local @ surface.across, local @ surface.along], -1)
    inside = (np.abs(places) < surface.half).all(-1)
    v, u, places = v[inside], u[inside], places[inside]
    depth[v, u], owner[v, u] = reach[v, u], -1 - k
    rgb[v, u] = surface.color_at(places)
    normal[v, u] = n if away < 0 else -n


def _things(
    things: Sequence[Placed], camera: Pose, intrinsics: NDArray, depth: Float, owner: NDArray[np.int32], rgb: Float,
    normal: Float, names: NDArray[np.uint8], shine: Float,
) -> None:  # fmt: skip
    local = [t.mesh.corners for t in things]
    starts = np.cumsum([0, *map(len, local)])
    world = [c @ t.rotation.T + t.position for c, t in zip(local, things, strict=True)]
    seen = (np.concatenate(world) - camera.position) @ camera.rotation
    height, width = depth.shape
    found, face, weights = rasterize(seen.astype(np.float32), intrinsics, width, height)
    nearer = found < depth
    which = np.searchsorted(starts, face, side="right") - 1
    depth[nearer] = found[nearer]
    for i, thing in enumerate(things):
        v, u = np.nonzero(nearer & (which == i))
        if not len(v):
            continue
        own, share = face[v, u] - starts[i], weights[v, u]
        normals = corner_normals(thing.mesh) if thing.normals is None else thing.normals
        turned = np.einsum("nk,nkj->nj", share, normals[own])
        turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        points = np.einsum("nk,nkj->nj", share, local[i][own])
        flat = np.cross(local[i][own, 1] - local[i][own, 0], local[i][own, 2] - local[i][own, 0])
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-15)
        places = texture_places(points, flat, thing.mesh.size, thing.round_label)
        side = len(thing.paint.names)
        index = np.clip((places * side).astype(np.int64), 0, side - 1)
        kept = thing.paint.names[index[:, 1], index[:, 0]]
        owner[v, u], names[v, u], shine[v, u] = i, kept, thing.shine
        rgb[v, u], normal[v, u] = thing.paint.shades[kept], turned @ thing.rotation.T


def _shadow(points: Float, toward: Array, shadows: HeightMap) -> NDArray[np.bool_]:
    """Whether something on the table lies between ``points`` (H, W, 3) and the light."""
    out = np.zeros(points.shape[:2], bool)
    top = float(shadows.heights.max())
    low = (points[..., 2] < top + 0.01) & (points[..., 2] > -0.01)
    v, u = np.nonzero(low)
    start = points[v, u]
    dark = np.zeros(len(v), bool)
    step = min(SHADOW_REACH, (top + 0.01) / max(float(toward[2]), 0.1)) / SHADOW_STEPS
    for k in range(1, SHADOW_STEPS + 1):
        at = start + toward.astype(np.float32) * np.float32(k * step)
        dark |= shadows.at(at) > at[:, 2] + 0.006
    out[v, u] = dark
    return out

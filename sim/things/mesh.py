"""Triangle meshes as values, and the few constructions from which all families of things are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

from sayso.hardware.types import Array

SMOOTH = np.cos(np.radians(40.0))
PLACE = 2e-6  # m, within which vertices are one


@dataclass(frozen=True, slots=True)
class Mesh:
    """``vertices`` (n, 3) m and ``faces`` (m, 3), counterclockwise as seen from outside."""

    vertices: Array
    faces: NDArray[np.int64]

    @property
    def corners(self) -> Array:
        """The corners of every face, (m, 3, 3) m."""
        return self.vertices[self.faces]

    @property
    def size(self) -> Array:
        """Full extents (3,) m."""
        return np.ptp(self.vertices, axis=0)

    @property
    def volume(self) -> float:
        """The enclosed volume, m³; for overlapping parts the sum of theirs."""
        a, b, c = self.corners.transpose(1, 0, 2)
        return abs(float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum())) / 6

    def moved(self, rotation: Array | None = None, position: Sequence[float] | Array = (0.0, 0.0, 0.0)) -> Mesh:
        """The mesh turned by ``rotation`` (3, 3) and then shifted by ``position`` (3,) m."""
        vertices = self.vertices if rotation is None else self.vertices @ rotation.T
        return Mesh(vertices + np.asarray(position), self.faces)

    def scaled(self, factors: Array | float) -> Mesh:
        """The mesh stretched about the origin by ``factors``."""
        return Mesh(self.vertices * factors, self.faces)

    def centered(self) -> Mesh:
        """The mesh with the middle of its extents at the origin."""
        return self.moved(position=-(self.vertices.min(0) + self.vertices.max(0)) / 2)


def joined(parts: Sequence[Mesh]) -> Mesh:
    """All ``parts`` as one mesh."""
    starts = np.cumsum([0, *(len(p.vertices) for p in parts)])
    faces = [p.faces + start for p, start in zip(parts, starts, strict=False)]
    return Mesh(np.concatenate([p.vertices for p in parts]), np.concatenate(faces))


def parts_of(mesh: Mesh) -> list[Array]:
    """The vertices (n, 3) m of each part of ``mesh`` that hangs together by its faces."""
    place = np.unique(np.round(mesh.vertices / PLACE).astype(np.int64), axis=0, return_inverse=True)[1].reshape(-1)
    a, b, c = place[mesh.faces].T
    ends = np.concatenate([a, b]), np.concatenate([b, c])
    count = int(place.max()) + 1
    links = coo_matrix((np.ones(len(ends[0])), ends), shape=(count, count))
    number = connected_components(links, directed=False)[1][place]
    return [mesh.vertices[number == k] for k in np.unique(number)]


def hull(points: Array) -> Mesh:
    """The convex hull of ``points`` (n, 3) m."""
    found = ConvexHull(points)
    corners = points[found.simplices]
    outward = np.einsum(
        "ij,ij->i", np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), found.equations[:, :3]
    )
    simplices = np.where(outward[:, None] > 0, found.simplices, found.simplices[:, ::-1])
    used, faces = np.unique(simplices, return_inverse=True)
    return Mesh(points[used], faces.reshape(-1, 3).astype(np.int64))


def box(size: Sequence[float] | Array, position: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
    """A cuboid of full extents ``size`` (3,) m about ``position``."""
    signs = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [(a, b, c) for a, b, c, _ in quads] + [(a, c, d) for a, _, c, d in quads]
    return Mesh(signs * np.asarray(size) + np.asarray(position), np.array(faces, dtype=np.int64))


def revolved(outline: Sequence[tuple[float, float]], segments: int = 24) -> Mesh:
    """The solid of revolution about z of an ``outline`` of (radius, height) m.

    The outline starts and ends on the axis and runs counterclockwise in the (radius, height) plane, bottom first.
    """
    turn = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], 1)
    vertices = [ring * [r, r, 0] + [0, 0, z] for r, z in outline]
    step = np.arange(segments)
    after = (step + 1) % segments
    faces = []
    for k, ((r0, _), (r1, _)) in enumerate(pairwise(outline)):
        low, high = k * segments, (k + 1) * segments
        if r0 > 0:
            faces.append(np.stack([low + step, low + after, high + after], 1))
        if r1 > 0:
            faces.append(np.stack([low + step, high + after, high + step], 1))
    return Mesh(np.concatenate(vertices), np.concatenate(faces))


def swept(path: Array, radius: float | Array, sides: int = 8, closed: bool = False) -> Mesh:
    """A tube of ``radius`` m, or one radius a point, along ``path`` (n, 3) m; ends are closed unless it is a ring."""
    ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    if not closed:
        ahead[0], ahead[-1] = path[1] - path[0], path[-1] - path[-2]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    # The direction in which the path varies least is across it all along: handles and rings are flat curves.
    flat = np.linalg.svd(path - path.mean(0))[2][2]
    side = np.cross(ahead, flat)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(side, ahead)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)[:, None, None]
    wide = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(path))[:, None]
    rings = path + wide * (np.cos(turn) * other + np.sin(turn) * side)
    vertices = rings.transpose(1, 0, 2).reshape(-1, 3)
    faces, n = [], len(path)
    for k in range(n if closed else n - 1):
        low, high = k * sides, (k + 1) % n * sides
        for i in range(sides):
            j = (i + 1) % sides
            faces += [(low + i, low + j, high + j), (low + i, high + j, high + i)]
    if not closed:
        first, last = range(sides), range((n - 1) * sides, n * sides)
        faces += [(first[0], first[i + 1], first[i]) for i in range(1, sides - 1)]
        faces += [(last[0], last[i], last[i + 1]) for i in range(1, sides - 1)]
    mesh = Mesh(vertices, np.array(faces, dtype=np.int64))
    a, b, c = mesh.corners.transpose(1, 0, 2)
    inward = np.einsum("ij,ij->", a - path.mean(0), np.cross(b - a, c - a)) < 0
    return Mesh(vertices, mesh.faces[:, ::-1]) if inward else mesh


def sphere(radius: float = 1.0, finer: int = 2) -> Mesh:
    """A sphere of 20 · 4^``finer`` faces about the origin."""
    return _unit_sphere(finer).scaled(radius)


@lru_cache(maxsize=4)
def _unit_sphere(finer: int) -> Mesh:
    """An icosahedron whose faces are quartered ``finer`` times."""
    golden = (1 + 5**0.5) / 2
    points = np.array([(0, y, z * golden) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
    mesh = hull(np.concatenate([np.roll(points, k, 1) for k in range(3)]))
    for _ in range(finer):
        a, b, c = mesh.corners.transpose(1, 0, 2)
        points = np.concatenate([a, b, c, (a + b) / 2, (b + c) / 2, (c + a) / 2])
        mesh = hull(np.unique((points / np.linalg.norm(points, axis=1, keepdims=True)).round(9), axis=0))
    return Mesh(mesh.vertices / np.linalg.norm(mesh.vertices, axis=1, keepdims=True), mesh.faces)


def corner_normals(mesh: Mesh) -> Array:
    """Unit normals (m, 3, 3) at each face's corners, averaged over neighbors that bend less than 40°."""
    a, b, c = mesh.corners.transpose(1, 0, 2)
    areas = np.cross(b - a, c - a)
    flat = areas / np.maximum(np.linalg.norm(areas, axis=1, keepdims=True), 1e-15)
    # Vertices at the same place are one, whatever part they belong to.
    x, y, z = np.round(mesh.vertices / PLACE).astype(np.int64).T
    place = np.unique((x << 42) + (y << 21) + z, return_inverse=True)[1].reshape(-1)[mesh.faces].ravel()
    face = np.repeat(np.arange(len(mesh.faces)), 3)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    counts = np.diff(np.append(starts, len(order)))
    # All pairs of corners at one place.
    group = np.repeat(np.arange(len(starts)), counts)
    repeats = counts[group]
    one = np.repeat(np.arange(len(order)), repeats)
    inside = np.arange(len(one)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    other = starts[group[one]] + inside
    one, other = order[one], order[other]
    near = np.einsum("ij,ij->i", flat[face[one]], flat[face[other]]) > SMOOTH
    out = np.zeros((len(face), 3))
    for axis in range(3):
        out[:, axis] = np.bincount(one[near], areas[face[other[near]], axis], len(face))
    length = np.linalg.norm(out, axis=1, keepdims=True)
    out = np.where(length > 1e-15, out / np.maximum(length, 1e-15), flat[face])
    return out.reshape(-1, 3, 3)

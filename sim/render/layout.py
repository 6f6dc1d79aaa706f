"""Where things come to rest: stable poses from the convex hull, and places found on a map of heights.

No physics: a thing keeps its pose and sinks until it touches what is below. Piles are therefore not quite balanced,
which a picture does not show, and thousands of tables cost seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial import ConvexHull

from sayso.hardware.types import Array
from sayso.sim.render.picture import HeightMap
from sayso.sim.things.mesh import Mesh

CELL = 0.004
SAMPLES = 2500
RESTING_TRIES = 20
MIDDLE = np.zeros(2)
PUSHED = 0.35  # m from where a thing is pushed against others


def resting_rotation(mesh: Mesh, rng: np.random.Generator) -> Array:
    """A rotation (3, 3) in which the mesh rests on a facet of its hull, drawn by the facets' areas.

    A facet carries if the center of the hull's volume is above it.
    """
    hull = ConvexHull(mesh.vertices)
    corners = mesh.vertices[hull.simplices]
    middle = corners.reshape(-1, 3).mean(0)
    spans = np.cross(corners[:, 1] - middle, corners[:, 2] - middle)
    volumes = np.abs(np.einsum("ij,ij->i", corners[:, 0] - middle, spans))
    center = volumes @ (0.75 * corners.mean(1) + 0.25 * middle) / volumes.sum()
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    for _ in range(RESTING_TRIES):
        normal = hull.equations[rng.choice(len(area), p=area / area.sum()), :3]
        flat = corners[hull.equations[:, :3] @ normal > 1 - 1e-4].reshape(-1, 3)
        side = np.linalg.svd(normal[None])[2][1:]
        outline = cv2.convexHull((flat @ side.T).astype(np.float32))
        below = center @ side.T
        if cv2.pointPolygonTest(outline, (float(below[0]), float(below[1])), False) > 0:
            turn = np.stack([side[0], np.cross(-normal, side[0]), -normal])
            return turn if np.linalg.det(turn) > 0 else turn * np.array([[-1.0], [1.0], [1.0]])
    return np.eye(3)


@dataclass(frozen=True, slots=True)
class Shadow:
    """A turned mesh over the table's cells: ``cells`` (n, 2) relative to its middle, and its ``low`` and ``high`` (n,)
    m there, above its lowest point; ``middle`` (3,) m is what has to be added to its own origin for that.
    """

    cells: Array
    low: Array
    high: Array
    middle: Array


def shadow_of(mesh: Mesh, rng: np.random.Generator) -> Shadow:
    """The shadow of a mesh that is turned already."""
    corners = mesh.corners
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chosen = rng.choice(len(corners), SAMPLES, p=area / area.sum())
    share = rng.dirichlet((1, 1, 1), SAMPLES)
    points = np.concatenate([np.einsum("nk,nkj->nj", share, corners[chosen]), mesh.vertices])
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    middle = np.array([*(low + high)[:2] / 2, low[2]])
    points = points - middle
    cells = np.floor(points[:, :2] / CELL).astype(np.int64)
    first = cells.min(0)
    wide, tall = np.ptp(cells, axis=0) + 1
    index = (cells - first) @ [1, wide]
    bottom, top = np.full(wide * tall, np.inf), np.full(wide * tall, -np.inf)
    np.minimum.at(bottom, index, points[:, 2])
    np.maximum.at(top, index, points[:, 2])
    used = np.flatnonzero(np.isfinite(top))
    return Shadow(np.stack([used % wide, used // wide], 1) + first, bottom[used], top[used], middle)


class Table:
    """The cells of a square table about the origin, with ``side`` m, and the heights of what was put on them."""

    def __init__(self, side: float) -> None:
        self.half = int(side / CELL / 2)
        self.heights = np.zeros((2 * self.half, 2 * self.half), np.float32)

    def put(
        self,
        shadow: Shadow,
        rng: np.random.Generator,
        spread: Array,
        pile: bool,
        gap: float,
        about: Array = MIDDLE,
        tries: int = 40,
    ) -> Array | None:
        """Put it down within ``spread`` (2,) m of ``about`` (2,) m, apart from others by ``gap`` m or, in a ``pile``,
        on them.

        Returns what has to be added to the origin of the turned mesh, (3,) m; None if there is no room.
        """
        ring = int(np.ceil(gap / CELL))
        steps = (
            np.array([(dx, dy) for dx in (-ring, 0, ring) for dy in (-ring, 0, ring)])
            if ring
            else np.zeros((1, 2), int)
        )
        for _ in range(tries):
            at = about + rng.uniform(-spread, spread)
            cells = shadow.cells + np.floor(at / CELL).astype(np.int64) + self.half
            if cells.min() < ring or cells.max() >= 2 * self.half - ring:
                continue
            if not pile:
                around = (cells[:, None] + steps).reshape(-1, 2)
                if self.heights[around[:, 1], around[:, 0]].any():
                    continue
            there = self.heights[cells[:, 1], cells[:, 0]]
            z = max(float((there - shadow.low).max()), 0.0)
            self.heights[cells[:, 1], cells[:, 0]] = np.maximum(there, z + shadow.high)
            origin = np.floor(at / CELL) * CELL
            return np.array([*origin, z]) - shadow.middle
        return None

    def push(self, shadow: Shadow, target: Array, way: float) -> Array | None:
        """Push it over the table from the direction ``way`` (rad) toward ``target`` (2,) m until it touches something.

        Returns like `put`; None if nothing is in its way, or no place is free to begin at.
        """
        last = None
        for far in np.arange(PUSHED, 0.0, -CELL / 2):
            at = target + far * np.array([np.cos(way), np.sin(way)])
            cells = shadow.cells + np.floor(at / CELL).astype(np.int64) + self.half
            if cells.min() < 0 or cells.max() >= 2 * self.half:
                continue
            if (self.heights[cells[:, 1], cells[:, 0]] > shadow.low).any():
                if last is None:
                    return None
                at, cells = last
                there = self.heights[cells[:, 1], cells[:, 0]]
                self.heights[cells[:, 1], cells[:, 0]] = np.maximum(there, shadow.high)
                return np.array([*np.floor(at / CELL) * CELL, 0.0]) - shadow.middle
            last = at, cells
        return None

    def cover(self, shadow: Shadow) -> None:
        """Add what already lies in its place: the ``shadow`` of a mesh in the world."""
        cells = (shadow.cells + np.floor(shadow.middle[:2] / CELL)).astype(np.int64) + self.half
        inside = ((cells >= 0) & (cells < 2 * self.half)).all(1)
        cells, high = cells[inside], shadow.high[inside] + shadow.middle[2]
        np.maximum.at(self.heights, (cells[:, 1], cells[:, 0]), high.astype(np.float32))

    def map(self) -> HeightMap:
        """The heights, for shadows."""
        return HeightMap(self.heights, CELL)

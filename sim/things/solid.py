"""A thing's shape: what is seen, what collides, and what it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.things.mesh import Mesh, joined

PANELS = 14


@dataclass(frozen=True, slots=True)
class Solid:
    """A ``mesh`` about the middle of its extents, and ``pieces`` for collisions: points (n, 3) m whose hulls fill it.

    ``round_label``: a label runs around the z axis, else it lies on the faces.
    """

    mesh: Mesh
    pieces: tuple[Array, ...]
    round_label: bool = False

    def fitted(self, size: Sequence[float] | Array) -> Solid:
        """The solid stretched to full extents ``size`` (3,) m."""
        middle = (self.mesh.vertices.min(0) + self.mesh.vertices.max(0)) / 2
        factors = np.asarray(size) / np.maximum(self.mesh.size, 1e-9)
        mesh = self.mesh.moved(position=-middle).scaled(factors)
        return Solid(mesh, tuple((points - middle) * factors for points in self.pieces), self.round_label)


def of_parts(parts: Sequence[Mesh], round_label: bool = False) -> Solid:
    """A solid of convex ``parts``."""
    return Solid(joined(parts), tuple(p.vertices for p in parts), round_label)


def ring_of(radius: float, z: float, segments: int) -> Array:
    """Points (n, 3) m on a circle."""
    turn = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), np.full(segments, z)], 1)


def turned_pieces(profile: Sequence[tuple[float, float]], segments: int = 32) -> list[Array]:
    """Convex slices of a solid of revolution, given its outer ``profile`` of (radius, height) m, bottom first."""
    return [
        np.concatenate([ring_of(max(r0, 1e-4), z0, segments), ring_of(max(r1, 1e-4), z1, segments)])
        for (r0, z0), (r1, z1) in pairwise(profile)
        if z1 - z0 > 1e-5
    ]


def hollow_pieces(profile: Sequence[tuple[float, float]], wall: float, floor: float) -> list[Array]:
    """Convex panels of a vessel's wall, ``wall`` m thick, and its ``floor`` plate, given the outer ``profile``."""
    base, z = profile[0]
    out = [np.concatenate([ring_of(base, z, 24), ring_of(base, z + floor, 24)])]
    turn = np.linspace(0, 2 * np.pi, PANELS + 1)
    for (r0, z0), (r1, z1) in pairwise(profile):
        for a, b in pairwise(turn):
            points = [
                (r * np.cos(t), r * np.sin(t), z)
                for t in (a, b)
                for r, z in ((r0, z0), (r1, z1), (max(r0 - wall, 1e-4), z0), (max(r1 - wall, 1e-4), z1))
            ]
            out.append(np.array(points))
    return out


def chain_pieces(tube: Mesh, sides: int, closed: bool = False) -> list[Array]:
    """Convex pieces between neighboring rings of a tube made by `sayso.sim.things.mesh.swept`."""
    rings = tube.vertices.reshape(-1, sides, 3)
    following = np.roll(rings, -1, 0) if closed else rings[1:]
    return [np.concatenate([a, b]) for a, b in zip(rings, following, strict=False)]

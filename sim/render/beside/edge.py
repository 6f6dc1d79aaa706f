"""One side of a table, and cuboids that are placed by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.render.beside.covers import Cover
from sayso.sim.render.surfaces import Surface

UP = np.array([0.0, 0.0, 1.0])
Place = tuple[float, float, float]  # m along the edge, out from the table, and up from it


@dataclass(frozen=True, slots=True)
class Edge:
    """The ``middle`` (3,) m of a table's edge, unit axes ``along`` it and ``out`` (3,) away from the table; ``half``
    its length and the free ``room`` between it and the things, m; ``eye`` (3,) m from where the picture is taken.
    """

    middle: Array
    along: Array
    out: Array
    half: float
    room: float
    eye: Array

    def at(self, place: Place) -> Array:
        """The point (3,) m at a place."""
        return self.middle + place[0] * self.along + place[1] * self.out + place[2] * UP

    def beyond(self) -> float:
        """How far, m, the eye is out from the table."""
        return float((self.eye - self.middle) @ self.out)

    def turned(self, angle: float, about: Place = (0.0, 0.0, 0.0)) -> Edge:
        """The axes turned by ``angle`` rad, with ``about`` as the middle: for what does not stand quite straight."""
        along = np.cos(angle) * self.along + np.sin(angle) * self.out
        out = np.cos(angle) * self.out - np.sin(angle) * self.along
        return replace(self, middle=self.at(about), along=along, out=out)

    def sheet(self, low: Place, wide: float, tall: float, cover: Cover, lean: float = 0.0) -> Surface:
        """An upright rectangle from the middle ``low`` of its foot, that leans out by ``lean`` rad."""
        up = np.cos(lean) * UP + np.sin(lean) * self.out
        return cover.on(self.at(low) + tall / 2 * up, self.along, up, np.array([wide, tall]) / 2)

    def slab(self, low: Place, high: Place, cover: Cover) -> list[Surface]:
        """The sides of a cuboid between two corners that are turned to the eye; a print stands upright on it."""
        half, center = np.subtract(high, low) / 2, self.at(tuple(np.add(low, high) / 2))
        axes = np.stack([self.along, self.out, UP])
        toward = axes @ (self.eye - center)
        return [
            cover.on(center + np.sign(toward[i]) * half[i] * axes[i], axes[a], axes[b], half[[a, b]])
            for i, a, b in ((0, 1, 2), (1, 0, 2), (2, 0, 1))
            if abs(toward[i]) > half[i]
        ]


def edges_of(top: Surface, low: Array, high: Array, eye: Array) -> list[Edge]:
    """The four edges of a table ``top``, seen from ``eye`` (3,) m, with things between ``low`` and ``high`` (2,) m from
    its center."""
    out = []
    for k, axis in enumerate((top.across, top.along)):
        for way, most in ((-axis, -low[k]), (axis, high[k])):
            middle, length = top.center + top.half[k] * way, float(top.half[1 - k])
            out.append(Edge(middle, np.cross(UP, way), way, length, float(top.half[k] - most), eye))
    return out

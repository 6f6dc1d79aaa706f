"""A scene as values, between scene files and the simulated world."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from sayso.sim.things.catalog import FAMILIES

BLOCK_SIZE = (0.04, 0.04, 0.04)
BOWL_SIZE = (0.15, 0.15, 0.055)


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One object: kind and color by name, ``position`` (x, y) or (x, y, z of the lowest point) m in the base frame.

    ``yaw`` rad about z; ``size`` full extents in m, None for the kind's default. Another ``style`` is another shape of
    the same kind, with a printed label; a block has one style. ``mesh`` is the file of a "thing".
    """

    id: str
    kind: str
    color: str
    position: tuple[float, ...]
    yaw: float = 0.0
    size: tuple[float, float, float] | None = None
    style: int = 0
    mesh: str | None = None

    @property
    def plain(self) -> bool:
        """Whether this is one of the blocks and bowls of the first table, which have bodies of their own."""
        return self.kind == "block" or (self.kind == "bowl" and self.style == 0)

    @property
    def origin_height(self) -> float:
        """Height of the body's origin above its foot, m."""
        return 0.0 if self.plain and self.kind == "bowl" else self.extents[2] / 2

    @property
    def extents(self) -> tuple[float, float, float]:
        """Full extents (x, y, z) m."""
        if self.size is not None:
            return self.size
        own = {"block": BLOCK_SIZE, "bowl": BOWL_SIZE}
        return own[self.kind] if self.kind in own else FAMILIES[self.kind].usual

    @property
    def radius(self) -> float:
        """Radius of the footprint, m."""
        half = max(self.extents[:2]) / 2
        if self.kind == "block":
            return half * 1.41
        return half if self.is_round else hypot(*self.extents[:2]) / 2

    @property
    def is_round(self) -> bool:
        """Whether the footprint is a disk."""
        return self.kind in FAMILIES and FAMILIES[self.kind].round


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """All objects of a scene; ``camera_jitter`` (0..1) scales the random displacement of the cameras."""

    objects: tuple[ObjectSpec, ...]
    camera_jitter: float = 0.0

"""A scene as values, between scene files and the simulated world."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_SIZE = (0.04, 0.04, 0.04)
BOWL_SIZE = (0.15, 0.15, 0.055)


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One object: kind and color by name, ``position`` (x, y) or (x, y, z of the lowest point) m in the base frame.

    ``yaw`` rad about z; ``size`` full extents in m, None for the kind's default.
    """

    id: str
    kind: str
    color: str
    position: tuple[float, ...]
    yaw: float = 0.0
    size: tuple[float, float, float] | None = None

    @property
    def extents(self) -> tuple[float, float, float]:
        """Full extents (x, y, z) m."""
        return self.size or (BOWL_SIZE if self.kind == "bowl" else BLOCK_SIZE)

    @property
    def radius(self) -> float:
        """Radius of the footprint, m."""
        half = max(self.extents[:2]) / 2
        return half if self.kind == "bowl" else half * 1.41


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """All objects of a scene; ``camera_jitter`` (0..1) scales the random displacement of the cameras."""

    objects: tuple[ObjectSpec, ...]
    camera_jitter: float = 0.0

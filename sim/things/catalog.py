"""All kinds of things with their usual and allowed sizes, weights and friction, and what no training may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.scenes.palette import KINDS
from sayso.sim.things import other_families as other
from sayso.sim.things import round_families as turned
from sayso.sim.things.files import MeshError, read_mesh
from sayso.sim.things.mesh import parts_of
from sayso.sim.things.solid import Solid

Size = tuple[float, float, float]
MESH_KIND = "thing"
# No training sees these: the family, and the last of the thousand random meshes.
HELD_OUT_FAMILY = "angle"
RANDOM_MESHES = 1000
HELD_OUT_MESHES = range(900, RANDOM_MESHES)
DAMAGED_MESHES = (168,)  # its vertices are no numbers
LEAST_SIZE, MOST_SIZE = 0.006, 0.40  # m, of a mesh from a file


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of thing.

    ``low`` and ``high`` (3,) m bound its full extents, ``usual`` is what a scene file gets without a size; ``density``
    kg/m³ of its material; ``friction`` against the table. A ``round`` one has equal widths.
    """

    build: Callable[[Size, np.random.Generator], Solid]
    low: Size
    high: Size
    usual: Size
    density: float
    friction: float
    round: bool = False

    def draw(self, rng: np.random.Generator) -> Size:
        """A random size (3,) m; small edges are as frequent as large ones."""
        edges = np.exp(rng.uniform(np.log(self.low), np.log(self.high)))
        if self.round:
            edges[1] = edges[0]
        return tuple(float(e) for e in edges)  # type: ignore[return-value]


FAMILIES: dict[str, Family] = {
    "box": Family(other.cuboid, (0.03, 0.03, 0.02), (0.16, 0.20, 0.24), (0.06, 0.10, 0.14), 350, 0.5),
    "can": Family(turned.can, (0.04, 0.04, 0.05), (0.10, 0.10, 0.16), (0.066, 0.066, 0.115), 700, 0.5, True),
    "bottle": Family(turned.bottle, (0.045, 0.045, 0.12), (0.09, 0.09, 0.28), (0.065, 0.065, 0.20), 600, 0.5, True),
    "cup": Family(turned.cup, (0.055, 0.055, 0.07), (0.09, 0.09, 0.14), (0.075, 0.075, 0.10), 900, 0.5, True),
    "mug": Family(turned.mug, (0.10, 0.075, 0.08), (0.14, 0.10, 0.12), (0.12, 0.085, 0.095), 2300, 0.5),
    "plate": Family(turned.plate, (0.14, 0.14, 0.012), (0.26, 0.26, 0.03), (0.20, 0.20, 0.02), 2300, 0.5, True),
    "bowl": Family(turned.bowl, (0.10, 0.10, 0.04), (0.20, 0.20, 0.09), (0.15, 0.15, 0.055), 1500, 0.5, True),
    "ball": Family(turned.ball, (0.03, 0.03, 0.03), (0.11, 0.11, 0.11), (0.065, 0.065, 0.065), 300, 0.7, True),
    "ring": Family(turned.ring, (0.05, 0.05, 0.012), (0.14, 0.14, 0.03), (0.08, 0.08, 0.02), 600, 0.6, True),
    "stick": Family(other.stick, (0.10, 0.008, 0.008), (0.22, 0.022, 0.018), (0.15, 0.012, 0.012), 800, 0.5),
    "tool": Family(other.tool, (0.12, 0.05, 0.018), (0.24, 0.12, 0.05), (0.20, 0.07, 0.03), 1500, 0.5),
    "angle": Family(other.angle, (0.05, 0.05, 0.02), (0.14, 0.12, 0.05), (0.09, 0.08, 0.03), 600, 0.6),
    "lump": Family(other.lump, (0.04, 0.04, 0.025), (0.16, 0.12, 0.09), (0.09, 0.07, 0.05), 500, 0.8),
}
# A tool whose narrow grip parts it into two for eyes that have not seen one.
DRILL = Family(other.drill, (0.14, 0.045, 0.13), (0.25, 0.08, 0.24), (0.19, 0.07, 0.19), 900, 0.5)
# Every kind that a scene file takes; the first ones are those of the table of blocks and bowls.
ALL_KINDS: tuple[str, ...] = tuple(dict.fromkeys((*KINDS, *FAMILIES, MESH_KIND)))
MESH_DENSITY, MESH_FRICTION = 500.0, 0.6
MOST_PARTS = 40


def solid_of(kind: str, size: Size, style: int = 0, mesh: str | None = None) -> Solid:
    """The shape of a thing of full extents ``size`` m; another ``style`` is another shape of the same kind.

    For the kind `MESH_KIND` the file ``mesh``. Raises `MeshError`.
    """
    if kind == MESH_KIND:
        if mesh is None:
            raise MeshError("a thing needs the file of its mesh")
        return mesh_solid(mesh).fitted(size)
    family = other.cuboid if kind == "block" else FAMILIES[kind].build
    return family(size, np.random.default_rng(style)).fitted(size)


@lru_cache(maxsize=64)
def mesh_solid(file: str) -> Solid:
    """The mesh of a file, centered, in its own units; its parts' hulls collide. Raises `MeshError`.

    A mesh of many parts, or with a flat one, collides as one hull.
    """
    mesh = read_mesh(file).centered()
    if np.linalg.matrix_rank(mesh.vertices - mesh.vertices[0], tol=1e-6 * float(mesh.size.max())) < 3:
        raise MeshError(f"mesh {file} is flat; a thing needs three dimensions")
    parts = parts_of(mesh)
    thick = len(parts) <= MOST_PARTS and all(_is_thick(points, float(mesh.size.max())) for points in parts)
    return Solid(mesh, tuple(parts) if thick else (mesh.vertices,))


def _is_thick(points: Array, across: float) -> bool:
    return bool(np.linalg.matrix_rank(points - points[0], tol=1e-3 * across) == 3)


def random_mesh(number: int) -> str:
    """The file of one of PyBullet's `RANDOM_MESHES` random meshes, whose unit is `RANDOM_UNIT` m."""
    import pybullet_data

    return str(Path(pybullet_data.getDataPath()) / "random_urdfs" / f"{number:03d}" / f"{number:03d}.obj")


RANDOM_UNIT = 0.015


def training_families() -> tuple[str, ...]:
    """The families that trainings may see."""
    return tuple(name for name in FAMILIES if name != HELD_OUT_FAMILY)


def training_meshes() -> tuple[int, ...]:
    """The random meshes that trainings may see."""
    return tuple(n for n in range(HELD_OUT_MESHES.start) if n not in DAMAGED_MESHES)

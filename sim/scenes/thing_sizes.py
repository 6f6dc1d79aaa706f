"""Sizes of things in scene files, and the files of their meshes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.sim.things.catalog import FAMILIES, LEAST_SIZE, MESH_KIND, MOST_SIZE, Size, mesh_solid
from sayso.sim.things.files import MeshError

TOLERANCE = 1e-6


def mesh_file(name: str, folder: Path) -> str:
    """The absolute path of a scene's mesh file, which a relative ``name`` has from the scene's ``folder``."""
    return str((folder / Path(name).expanduser()).absolute())


def thing_size(kind: str, size: float | Size | None, mesh: str | None) -> Size | None:
    """The full extents (3,) m of a thing; one number is its longest edge. Raises `ValueError` and `MeshError`."""
    if kind == MESH_KIND:
        if mesh is None:
            raise MeshError("a thing needs the file of its mesh")
        own: Size = tuple(float(edge) for edge in mesh_solid(mesh).mesh.size)  # type: ignore[assignment]
        full = _edges(own, size)
        if not all(LEAST_SIZE <= edge <= MOST_SIZE for edge in full):
            across = " × ".join(f"{edge:.3g}" for edge in full)
            raise ValueError(
                f"the mesh measures {across} m; each edge lies between {LEAST_SIZE:g} and {MOST_SIZE:g} m; "
                "size gives it another"
            )
        return full
    family = FAMILIES[kind]
    if size is None:
        return None
    full = _edges(family.usual, size)
    for axis, edge, low, high in zip("xyz", full, family.low, family.high, strict=True):
        if not low - TOLERANCE <= edge <= high + TOLERANCE:
            raise ValueError(f"size {axis} = {edge:.4g} m; a {kind}'s lies between {low:g} and {high:g} m")
    if family.round and full[0] != full[1]:
        raise ValueError(f"a {kind} is round, its size is [d, d, height]; got {list(full)}")
    if kind == "ball" and not np.allclose(full, full[0]):
        raise ValueError(f"a ball has one diameter, its size is [d, d, d]; got {list(full)}")
    return full


def _edges(usual: Size, size: float | Size | None) -> Size:
    """``size``, or ``usual`` with the longest edge of that length."""
    if size is None:
        return usual
    if isinstance(size, tuple):
        return size
    return tuple(edge * size / max(usual) for edge in usual)  # type: ignore[return-value]

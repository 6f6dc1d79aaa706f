"""Meshes from OBJ and STL files, and to OBJ files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from sayso.sim.things.mesh import Mesh

MAX_BYTES = 20_000_000
MAX_FACES = 50_000
SUFFIXES = (".obj", ".stl")


class MeshError(ValueError):
    """A mesh file that cannot be used; the message is one line: which file, what is wrong, what is allowed."""


def read_mesh(file: str | os.PathLike[str]) -> Mesh:
    """The mesh in an OBJ or STL file, in the file's own frame and units. Raises `MeshError`."""
    path = Path(file)
    if path.suffix.lower() not in SUFFIXES:
        raise MeshError(f"mesh {path} is no {' or '.join(s[1:].upper() for s in SUFFIXES)} file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MeshError(f"mesh {path} has {path.stat().st_size} bytes; at most {MAX_BYTES} are allowed")
        data = path.read_bytes()
    except OSError as error:
        raise MeshError(f"mesh {path} cannot be read: {error.strerror}") from None
    try:
        mesh = _obj(data) if path.suffix.lower() == ".obj" else _stl(data)
    except (ValueError, IndexError):
        raise MeshError(f"mesh {path} is damaged: its vertices or faces are no numbers") from None
    if not len(mesh.faces):
        raise MeshError(f"mesh {path} has no faces")
    if len(mesh.faces) > MAX_FACES:
        raise MeshError(f"mesh {path} has {len(mesh.faces)} faces; at most {MAX_FACES} are allowed")
    if mesh.faces.min() < 0 or mesh.faces.max() >= len(mesh.vertices) or not np.isfinite(mesh.vertices).all():
        raise MeshError(f"mesh {path} is damaged: a face names a vertex that is not there")
    used, faces = np.unique(mesh.faces, return_inverse=True)
    return Mesh(mesh.vertices[used], faces.reshape(-1, 3).astype(np.int64))


def _obj(data: bytes) -> Mesh:
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    for line in data.decode("utf-8", errors="replace").splitlines():
        word, *rest = line.split() or [""]
        if word == "v":
            vertices.append([float(v) for v in rest[:3]])
        elif word == "f":
            numbers = [int(r.partition("/")[0]) for r in rest]
            corners = [n - 1 if n > 0 else len(vertices) + n for n in numbers]
            faces += [[corners[0], b, c] for b, c in pairwise(corners[1:])]
    return Mesh(np.array(vertices, dtype=np.float64).reshape(-1, 3), np.array(faces, dtype=np.int64).reshape(-1, 3))


def _stl(data: bytes) -> Mesh:
    count = int.from_bytes(data[80:84], "little")
    if len(data) == 84 + 50 * count:
        rows = np.frombuffer(data, dtype=np.dtype([("f", "<f4", (4, 3)), ("_", "<u2")]), offset=84)
        corners = rows["f"][:, 1:].reshape(-1, 3).astype(np.float64)
    else:
        words = data.decode("ascii").split()
        corners = np.array([words[i + 1 : i + 4] for i, w in enumerate(words) if w == "vertex"], dtype=np.float64)
    vertices, faces = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    return Mesh(vertices, faces.reshape(-1, 3).astype(np.int64))


def write_obj(path: Path, parts: Sequence[Mesh]) -> None:
    """Write ``parts``, each as an object of its own, which PyBullet takes for one convex piece each."""
    lines, start = [], 1
    for number, part in enumerate(parts):
        lines.append(f"o piece{number}")
        lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in part.vertices.tolist()]
        lines += [f"f {a} {b} {c}" for a, b, c in (part.faces + start).tolist()]
        start += len(part.vertices)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

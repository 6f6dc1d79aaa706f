"""Checks meshes before PyBullet loads them: a damaged mesh crashes the process without an error."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as Xml

from sayso.hardware.robot import RobotError

MAX_BYTES = 200_000_000
LOAD_S = 60.0
_LOAD = "import sys, pybullet as p; p.connect(p.DIRECT); p.loadURDF(sys.argv[1])"
_FACES = ("triangles", "polylist", "polygons", "tristrips", "trifans")
_HEAD, _TRIANGLE = 84, 50  # bytes of a binary STL


def check_mesh(file: Path) -> None:
    """Raise `RobotError`, without the file's name, unless ``file`` is a complete OBJ, STL or COLLADA mesh."""
    try:
        state = file.stat()
        if state.st_size > MAX_BYTES:
            raise RobotError(f"it has {state.st_size} bytes; at most {MAX_BYTES} are read")
        _check(file, state.st_mtime_ns)
    except OSError as error:
        raise RobotError(f"it cannot be read: {error.strerror}") from None


@lru_cache(maxsize=64)
def check_loads(urdf: str) -> None:
    """Raise `RobotError` if PyBullet crashes on the file ``urdf``, tried in a separate process."""
    command = [sys.executable, "-c", _LOAD, urdf]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=LOAD_S, check=False).returncode
    except subprocess.TimeoutExpired:
        raise RobotError(f"the simulator does not read its meshes in {LOAD_S:g} s") from None
    if ended < 0:
        raise RobotError("one of its OBJ or COLLADA meshes crashes the simulator: export them again, or as binary STL")


@lru_cache(maxsize=256)
def _check(file: Path, changed: int) -> None:
    content = file.read_bytes()
    if not content.strip():
        raise RobotError("it is empty")
    if content.startswith(b"version https://git-lfs"):
        raise RobotError("it is a pointer of Git LFS, not the mesh: run git lfs pull")
    {".obj": _check_obj, ".stl": _check_stl, ".dae": _check_dae}[file.suffix.lower()](content)


def _check_stl(content: bytes) -> None:
    count = int.from_bytes(content[80:_HEAD], "little")
    whole = len(content) >= _HEAD and len(content) == _HEAD + count * _TRIANGLE
    if not (whole and count) and not re.match(rb"\s*solid\b[^\0]*?\bfacet\b", content):
        raise RobotError("it is no complete STL file with a triangle")


def _check_obj(content: bytes) -> None:
    counts, faces, highest = {b"v": 0, b"vt": 0, b"vn": 0}, 0, [0, 0, 0]
    for number, line in enumerate(content.splitlines(), 1):
        what, *parts = line.split() or [b""]
        if what in counts:
            counts[what] += 1
            try:
                tuple(map(float, parts[:3]))
            except ValueError:
                raise RobotError(f"line {number}: there is an invalid number") from None
            if what == b"v" and len(parts) < 3:
                raise RobotError(f"line {number}: a vertex has {len(parts)} numbers; 3 are needed")
        elif what == b"f":
            faces += len(parts) > 2  # some programs write edges as faces
            for corner in parts:
                _check_corner(number, corner, tuple(counts.values()), highest)
    for (what, count), most in zip(counts.items(), highest, strict=True):
        if most > count:
            raise RobotError(f"a face names the {what.decode()} {most}; there are {count}")
    if not faces:
        raise RobotError("it is no OBJ file with a face")


def _check_corner(number: int, corner: bytes, counts: tuple[int, ...], highest: list[int]) -> None:
    """Check a face's ``corner``, V, V/VT, V//VN or V/VT/VN; update ``highest``, the largest indices so far."""
    indices = corner.split(b"/")
    if len(indices) > 3 or not indices[0]:
        raise RobotError(f"line {number}: a face has the corner {_shown(corner)}")
    for place, index in enumerate(indices):
        if not index:
            continue
        if not re.fullmatch(rb"[+-]?\d{1,12}", index) or not (value := int(index)) or -value > counts[place]:
            raise RobotError(f"line {number}: a face has the corner {_shown(corner)}, which does not exist")
        highest[place] = max(highest[place], value)


def _shown(part: bytes) -> str:
    return part[:40].decode(errors="replace")


def _check_dae(content: bytes) -> None:
    try:
        root = Xml.fromstring(content)
    except (ValueError, LookupError, Xml.ParseError):
        raise RobotError("it is no COLLADA file") from None
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    meshes = root.findall("library_geometries/geometry/mesh")
    if root.tag != "COLLADA" or not any(
        mesh.find("source/float_array") is not None and mesh.find(f"{faces}/p") is not None
        for mesh in meshes
        for faces in _FACES
    ):
        raise RobotError("it is no COLLADA file with a mesh that has positions and triangles")
    if root.find("asset") is None:
        raise RobotError("it is a COLLADA file without <asset>")

"""Scene files: converts JSON to a checked `SceneSpec`, or raises a one-line error."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from itertools import combinations
from math import hypot
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.hardware.near_miss import suggestion
from sayso.sim.scenes.outline import touching_distance
from sayso.sim.scenes.palette import ALL_COLORS, KINDS, MIXED
from sayso.sim.scenes.scene_spec import BOWL_SIZE, ObjectSpec, SceneSpec
from sayso.sim.scenes.thing_sizes import mesh_file, thing_size
from sayso.sim.things.catalog import ALL_KINDS, MESH_KIND
from sayso.sim.things.files import MeshError

MAX_BYTES = 1_000_000
MAX_OBJECTS = 30
MAX_STYLE = 999_999
ALLOWED = {"kind": ALL_KINDS, "color": (*ALL_COLORS, MIXED)}
# rad; a larger angle is most likely in degrees.
MAX_YAW = 6.2832
READY_MADE = Path(__file__).parent
# Edges (m) that the gripper can grasp and the table can hold, by kind.
SIDE_LIMITS = {"block": (0.02, 0.07), "bowl": (0.10, 0.20)}
HEIGHT_LIMITS = {"block": (0.02, 0.07), "bowl": (0.03, 0.09)}
# Radius of a bowl's flat inside relative to the bowl's radius, and its height (m) above the foot.
BOWL_INSIDE = 0.55
BOWL_FLOOR = 0.006
# Allowed overlap (m) of blocks that stand on each other.
TOUCH = 0.001
NO_OVERLAP_M = 1e-6


class SceneError(ValueError):
    """An invalid scene; the message is one line that says what is wrong, where, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Area:
    """The reachable area: ranges of x, y and the height z of an object's lowest point, m, base frame."""

    x: tuple[float, float] = (0.30, 0.70)
    y: tuple[float, float] = (-0.33, 0.33)
    z: tuple[float, float] = (0.0, 0.30)

    def __str__(self) -> str:
        return ", ".join(f"{axis} {low:g} to {high:g} m" for axis, (low, high) in self.ranges())

    def ranges(self) -> tuple[tuple[str, tuple[float, float]], ...]:
        """The three ranges with their axis names."""
        return ("x", self.x), ("y", self.y), ("z", self.z)


REACH = Area()
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ObjectText(_Text):
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")]
    kind: Literal[*ALLOWED["kind"]]  # type: ignore[valid-type]
    color: Literal[*ALLOWED["color"]]  # type: ignore[valid-type]
    position: tuple[Number, Number] | tuple[Number, Number, Number]
    yaw: Annotated[Number, Field(ge=-MAX_YAW, le=MAX_YAW)] = 0.0
    size: Number | tuple[Number, Number, Number] | None = None
    style: Annotated[int, Field(ge=0, le=MAX_STYLE)] = 0
    mesh: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


class _SceneText(_Text):
    objects: Annotated[list[_ObjectText], Field(max_length=MAX_OBJECTS)]
    camera_jitter: Annotated[Number, Field(ge=0, le=1)] = 0.0
    description: Annotated[str, Field(max_length=500)] = ""


def scene_names() -> tuple[str, ...]:
    """Names of the ready-made scenes."""
    return tuple(sorted(path.stem for path in READY_MADE.glob("*.json")))


def describe(name: str) -> str:
    """The description in a ready-made scene."""
    return _SceneText.model_validate_json((READY_MADE / f"{name}.json").read_bytes()).description


def load_scene(source: str | os.PathLike[str], area: Area = REACH) -> SceneSpec:
    """A ready-made scene by its name, or a scene file by its path. Raises `SceneError`."""
    name = os.fspath(source)
    path = READY_MADE / f"{name}.json" if name in scene_names() else Path(name)
    if path.parent != READY_MADE and path.suffix != ".json" and not path.exists():
        there = f"{', '.join(scene_names())}; or name a FILE.json{suggestion(name, scene_names())}"
        raise SceneError(f"no scene '{name}'; ready-made: {there}")
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SceneError(f"{name} is not a file")
        if size > MAX_BYTES:
            raise SceneError(f"{name} has {size} bytes; a scene file has at most {MAX_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        raise SceneError(f"cannot read scene file {name}: {error.strerror}") from error
    return parse_scene(data, name, area, path.parent)


def parse_scene(text: str | bytes, where: str = "scene", area: Area = REACH, folder: Path | None = None) -> SceneSpec:
    """Parse JSON ``text``; ``where`` names the source in errors, ``folder`` has its meshes. Raises `SceneError`."""
    try:
        text = text if isinstance(text, str) else text.decode()
        return _fitting(_SceneText.model_validate_json(text), where, area, folder or Path())
    except UnicodeDecodeError as error:
        raise SceneError(f"{where}: not UTF-8: byte {error.start} cannot be decoded") from error
    except ValidationError as error:
        raise SceneError(f"{where}: {_explain(error)}") from error


def check_scene(scene: SceneSpec, where: str = "scene", area: Area = REACH) -> None:
    """Raise `SceneError` for a scene made in code that a scene file could not hold."""
    try:
        objects = [_ObjectText(**asdict(item)) for item in scene.objects]
        _fitting(_SceneText(objects=objects, camera_jitter=float(scene.camera_jitter)), where, area, Path())
    except ValidationError as error:
        raise SceneError(f"{where}: {_explain(error)}") from error


def _fitting(scene: _SceneText, where: str, area: Area, folder: Path) -> SceneSpec:
    """The objects as values. Raises `SceneError` if one is out of reach or two overlap."""
    objects = tuple(
        _checked(item, f"{where}: objects.{i} ('{item.id}')", area, folder) for i, item in enumerate(scene.objects)
    )
    seen: set[str] = set()
    for item in objects:
        if item.id in seen:
            raise SceneError(f"{where}: two objects have the id '{item.id}'; each needs its own")
        seen.add(item.id)
    for a, b in combinations(objects, 2):
        distance = hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])
        if distance >= a.radius + b.radius:
            continue
        needed = touching_distance(a, b)
        if (
            distance < needed - NO_OVERLAP_M
            and not above(a, b)
            and not above(b, a)
            and not inside(a, b)
            and not inside(b, a)
        ):
            raise SceneError(
                f"{where}: '{a.id}' and '{b.id}' overlap: their middles are {distance * 100:.1f} cm apart and need "
                f"{needed * 100:.1f} cm, or a height as third number to stand on each other"
            )
    return SceneSpec(objects, scene.camera_jitter)


def _explain(error: ValidationError) -> str:
    """Describe the first error, with the number of further ones."""
    problems = error.errors()
    first: Any = problems[0]
    # pydantic names every branch of a union; the user knows only the field.
    parts = (str(p)[:40] for p in first["loc"] if not str(p).startswith(("tuple[", "float", "constrained")))
    place = ".".join(p if p.isprintable() else repr(p) for p in parts)
    if first["type"] == "json_invalid":
        return f"not JSON: {first['ctx']['error']}"
    if first["type"] == "literal_error":
        names = ALLOWED[str(first["loc"][-1])]
        text = f"{str(first['input'])[:40]!r} is not a known {first['loc'][-1]}; allowed: {', '.join(names)}"
    elif first["type"] == "extra_forbidden":
        model = _ObjectText if "objects" in first["loc"] else _SceneText
        text = f"unknown; allowed: {', '.join(model.model_fields)}"
    elif "yaw" in first["loc"]:
        text = f"must be a number of radians, at most {MAX_YAW:g} either way"
    elif first["type"] == "too_long":
        text = f"at most {first['ctx']['max_length']} are allowed, there are {first['ctx']['actual_length']}"
    elif "position" in first["loc"]:
        text = "must be [x, y] or [x, y, z], numbers in metres"
    elif "size" in first["loc"]:
        text = "must be one edge length or [x, y, z], numbers in metres"
    elif "style" in first["loc"]:
        text = f"must be a whole number from 0 to {MAX_STYLE}"
    elif first["type"] == "string_pattern_mismatch":
        text = "must be 1 to 32 letters, digits, '_', '.' or '-'"
    else:
        text = first["msg"][0].lower() + first["msg"][1:]
    more = len({p["loc"][:3] for p in problems}) - 1
    return (
        (f"{place}: " if place else "")
        + text
        + (f" ({more} more fault{'s' * (more > 1)} in this file)" if more else "")
    )


def _checked(item: _ObjectText, where: str, area: Area, folder: Path) -> ObjectSpec:
    for (axis, (low, high)), value in zip(area.ranges(), item.position, strict=False):
        if not low <= value <= high:
            raise SceneError(f"{where} is out of reach: {axis} = {value:g} m; reachable: {area}")
    if (item.mesh is None) == (item.kind == MESH_KIND):
        fault = "needs the file of its mesh" if item.mesh is None else f"has no mesh; kind {MESH_KIND} has"
        raise SceneError(f"{where}: a {item.kind} {fault}")
    if item.kind not in KINDS or (item.kind == "bowl" and item.style):
        try:
            mesh = None if item.mesh is None else mesh_file(item.mesh, folder)
            size = thing_size(item.kind, item.size, mesh)
        except (MeshError, ValueError) as error:
            raise SceneError(f"{where}: {error}") from None
        return ObjectSpec(item.id, item.kind, item.color, item.position, item.yaw, size, item.style, mesh)
    return ObjectSpec(item.id, item.kind, item.color, item.position, item.yaw, _plain_size(item, where))


def _plain_size(item: _ObjectText, where: str) -> tuple[float, float, float] | None:
    """The size of a plain block or bowl."""
    if item.color == MIXED or item.style:
        raise SceneError(
            f"{where}: a {item.kind} without a style has one color, not '{MIXED}'"
            if item.color == MIXED
            else f"{where}: a block has one style; leave style out, or use the kind box"
        )
    size = item.size
    if isinstance(size, float):
        size = (size, size, BOWL_SIZE[2] if item.kind == "bowl" else size)
    if size is not None:
        limits = (SIDE_LIMITS[item.kind], SIDE_LIMITS[item.kind], HEIGHT_LIMITS[item.kind])
        for axis, value, (low, high) in zip("xyz", size, limits, strict=True):
            if not low <= value <= high:
                raise SceneError(
                    f"{where}: size {axis} = {value:g} m; a {item.kind}'s lies between {low:g} and {high:g} m"
                )
        if item.kind == "bowl" and size[0] != size[1]:
            raise SceneError(f"{where}: a bowl is round, its size is [d, d, height]; got {list(size)}")
    return size


def foot(item: ObjectSpec) -> float:
    """The height of an object's lowest point, m."""
    return item.position[2] if len(item.position) > 2 else 0.0


def above(a: ObjectSpec, b: ObjectSpec) -> bool:
    """Whether the lowest point of ``a`` is at or above the top of ``b``."""
    return foot(a) >= foot(b) + b.extents[2] - TOUCH


def inside(a: ObjectSpec, b: ObjectSpec) -> bool:
    """Whether ``a`` fits on the flat inside of bowl ``b``."""
    distance = hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])
    fits = distance + a.radius <= BOWL_INSIDE * b.radius
    return a.kind != "bowl" and b.kind == "bowl" and fits and foot(a) >= foot(b) + BOWL_FLOOR


def to_json(scene: SceneSpec) -> dict[str, Any]:
    """The JSON object of a scene file for ``scene``; `parse_scene` restores the same scene."""
    objects = []
    for item in scene.objects:
        entry = {"id": item.id, "kind": item.kind, "color": item.color, "position": list(item.position)}
        more = {"yaw": item.yaw, "size": item.size and list(item.size), "style": item.style, "mesh": item.mesh}
        objects.append(entry | {name: value for name, value in more.items() if value})
    return {"objects": objects, "camera_jitter": scene.camera_jitter}

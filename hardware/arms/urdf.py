"""Strict URDF reader: refuses files that Pinocchio, PyBullet and this reader would interpret differently."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as Xml

from sayso.hardware.robot import RobotError

MAX_BYTES = 4_000_000
LONGEST_M = 20.0  # no arm has a longer part: a larger number is in millimetres
KINDS = ("revolute", "continuous", "prismatic", "fixed", "floating", "planar")
MOVES = ("revolute", "prismatic")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# Elements and attributes that hold numbers, and how many.
_NUMBERS = {
    "origin": (("xyz", 3), ("rpy", 3)),
    "axis": (("xyz", 3),),
    "limit": (("lower", 1), ("upper", 1), ("effort", 1), ("velocity", 1)),
    "mimic": (("multiplier", 1), ("offset", 1)),
    "mass": (("value", 1),),  # kg
    "inertia": tuple((name, 1) for name in ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")),
    "box": (("size", 3),),
    "sphere": (("radius", 1),),
    "cylinder": (("radius", 1), ("length", 1)),
    "mesh": (("scale", 3),),
}
_SHAPES = {"box": ("size",), "sphere": ("radius",), "cylinder": ("radius", "length"), "mesh": ("filename",)}


@dataclass(frozen=True, slots=True)
class UrdfJoint:
    """A joint: range (rad or m), effort (Nm or N) and velocity (rad/s or m/s), None where the file gives no value.

    ``mimic`` is the joint that this joint follows, with factor and offset; None for an independent joint.
    """

    name: str
    kind: str
    parent: str
    child: str
    axis: tuple[float, ...]
    lower: float | None
    upper: float | None
    effort: float | None
    velocity: float | None
    mimic: tuple[str, float, float] | None = None

    @property
    def moves(self) -> bool:
        """Whether the joint is revolute or prismatic."""
        return self.kind in MOVES


@dataclass(frozen=True, slots=True)
class Urdf:
    """A parsed URDF: links, joints by name, and ``text``, the XML with absolute mesh paths.

    ``visuals`` maps each visual mesh, by its name in the file, to its path, or to None if the mesh was not found.
    """

    file: str
    text: str
    links: tuple[str, ...]
    joints: dict[str, UrdfJoint]
    visuals: dict[str, Path | None]

    def path(self, frame: str) -> list[UrdfJoint]:
        """Joints from the root to a link, or to a joint's child link. Raises `RobotError` for an unknown name."""
        above = {joint.child: joint for joint in self.joints.values()}
        link = self.joints[frame].child if frame in self.joints else frame
        if link not in self.links:
            raise RobotError(f"{self.file} has no frame '{frame}'; it has {', '.join(self.links)}")
        out: list[UrdfJoint] = []
        while link in above:
            out.append(above[link])
            link = above[link].parent
        return out[::-1]


def read_urdf(file: str | Path) -> Urdf:
    """Read ``file``. Raises a one-line `RobotError` that names the element and what is allowed."""
    try:
        state = Path(file).stat()
    except (OSError, ValueError) as error:
        raise RobotError(f"there is no URDF file {_printable(file)}: {_why(error)}") from None
    return _read(str(file), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _read(file: str, changed: int, size: int) -> Urdf:
    if size > MAX_BYTES:
        raise RobotError(f"{file} has {size} bytes; at most {MAX_BYTES} are read")
    try:
        root = Xml.fromstring(Path(file).read_bytes())
    except (OSError, ValueError, LookupError, Xml.ParseError) as error:
        raise RobotError(f"the URDF {file} cannot be read: {_why(error)}") from None
    if root.tag != "robot":
        raise RobotError(f"{file} is no URDF: its outermost element is <{root.tag}>; <robot> is needed")
    try:
        return _described(file, root)
    except RobotError as error:
        raise RobotError(f"{file}: {error}") from None


def _described(file: str, root: Xml.Element) -> Urdf:
    for element in root.iter():
        if element.tag.startswith("{") or "$(" in "".join(element.attrib.values()):
            raise RobotError(
                f"<{element.tag.rpartition('}')[2]}> belongs to a xacro file; run xacro on it and name the result"
            )
        _check_numbers(element)
    links = _names(root, "link")
    joints = {joint.name: joint for joint in map(_joint, _named(root, "joint"))}
    _check_tree(links, joints)
    visuals: dict[str, Path | None] = {}
    for link in root.findall("link"):
        name = link.get("name", "")
        for part in (*link.findall("collision"), *link.findall("visual")):
            _check_shape(name, part)
        for inertial in link.findall("inertial"):
            _check_inertial(name, inertial)
        for kind in ("visual", "collision"):
            for mesh in link.iterfind(f"{kind}/geometry/mesh"):
                name = mesh.get("filename", "")
                found = find_mesh(name, Path(file).parent)
                if kind == "visual":
                    visuals[name] = found
                elif found is None:
                    raise RobotError(
                        f"link {link.get('name')}: there is no mesh {name}; it is looked for beside the URDF, in the "
                        "folders above it, and in ROS_PACKAGE_PATH and AMENT_PREFIX_PATH"
                    )
                if found is not None:
                    mesh.set("filename", str(found))
    for limit in root.iterfind("joint/limit"):  # Pinocchio requires both attributes
        for key in ("effort", "velocity"):
            limit.set(key, limit.get(key, "0"))
    return Urdf(file, Xml.tostring(root, encoding="unicode"), links, joints, visuals)


def find_mesh(name: str, folder: Path) -> Path | None:
    """Find the mesh that a URDF in ``folder`` names: a path, file://, or package://PACKAGE/PATH as in ROS."""
    scheme, _, rest = name.rpartition("://")
    if scheme == "file":
        places = [Path(rest)]
    elif scheme in ("package", "model"):
        package, _, inside = rest.partition("/")
        above = [folder.absolute(), *folder.absolute().parents]
        places = [p / inside for p in above if p.name == package] + [p / rest for p in above]
        for base in os.environ.get("ROS_PACKAGE_PATH", "").split(os.pathsep):
            places += [Path(base) / rest] + ([Path(base) / inside] if Path(base).name == package else [])
        places += [Path(p) / "share" / rest for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)]
        places += [folder / inside, folder.parent / inside]  # a copy of the package under another folder name
    elif not scheme:
        places = [folder / rest, folder.parent / rest]
    else:
        places = []
    try:
        return next((place.absolute() for place in places if place.is_file()), None)
    except (OSError, ValueError):
        return None


def _joint(element: Xml.Element) -> UrdfJoint:
    name, kind = element.get("name", ""), element.get("type", "")
    if kind not in KINDS:
        raise RobotError(f"joint {name} is of the type '{kind}'; there are {', '.join(KINDS)}")
    parent, child, axis = (element.find(tag) for tag in ("parent", "child", "axis"))
    limit, mimic = element.find("limit"), element.find("mimic")
    if kind in MOVES and limit is None:
        raise RobotError(f"joint {name} is {kind} and has no <limit>; lower, upper, effort and velocity are needed")
    along = _numbers(axis, "xyz") or (1.0, 0.0, 0.0)
    if kind != "fixed" and sum(v * v for v in along) < 1e-6:
        raise RobotError(f"joint {name}: its axis is {' '.join(map(str, along))}, which is no direction")
    follows = None
    if mimic is not None:
        follows = mimic.get("joint", ""), _number(mimic, "multiplier", 1.0) or 0.0, _number(mimic, "offset", 0.0) or 0.0
    lower, upper = _number(limit, "lower", 0.0), _number(limit, "upper", 0.0)
    effort, velocity = _number(limit, "effort"), _number(limit, "velocity")
    return UrdfJoint(
        name, kind, _link_of(parent), _link_of(child), along, lower, upper, effort, velocity, follows,
    )  # fmt: skip


def _check_tree(links: tuple[str, ...], joints: dict[str, UrdfJoint]) -> None:
    children: dict[str, str] = {}
    for joint in joints.values():
        for what, link in (("parent", joint.parent), ("child", joint.child)):
            if link not in links:
                raise RobotError(f"joint {joint.name}: its {what} '{link}' is no link; there are {', '.join(links)}")
        if joint.child in children:
            raise RobotError(f"link {joint.child} is the child of two joints, {children[joint.child]} and {joint.name}")
        children[joint.child] = joint.name
        if joint.mimic is not None and joint.mimic[0] not in joints:
            raise RobotError(f"joint {joint.name} mimics '{joint.mimic[0]}', which is no joint")
    roots = [link for link in links if link not in children]
    if not roots:
        raise RobotError("every link has a parent: the joints form a loop")
    if len(roots) > 1:
        raise RobotError(f"the links {', '.join(roots)} have no parent joint; only the base may lack one")
    above = {joint.child: joint.parent for joint in joints.values()}
    for link in links:
        at, steps = link, 0
        while at in above and steps <= len(links):
            at, steps = above[at], steps + 1
        if at != roots[0]:
            raise RobotError(f"link {link} does not hang on {roots[0]}: joints form a loop")


def _check_numbers(element: Xml.Element) -> None:
    for key, count in _NUMBERS.get(element.tag, ()):
        text = element.get(key)
        if text is None:
            continue
        parts = text.split()
        if len(parts) != count or not all(_NUMBER.fullmatch(part) and abs(float(part)) < 1e9 for part in parts):
            raise RobotError(f"<{element.tag} {key}> is '{text[:60]}'; {count} finite number{'s' * (count > 1)} needed")
        if element.tag == "mass" and float(text) < 0.0:
            raise RobotError(f"<mass value> is {text} kg; 0 or more is needed")
        if element.tag == "origin" and key == "xyz" and any(abs(float(part)) > LONGEST_M for part in parts):
            raise RobotError(f"<origin xyz> is '{text}' m: is it in millimetres?")


def _check_inertial(link: str, inertial: Xml.Element) -> None:
    for tag in ("mass", "inertia"):
        found = inertial.find(tag)
        for key, _ in _NUMBERS[tag]:
            if found is None or found.get(key) is None:
                raise RobotError(f"link {link}: its <inertial> has no <{tag} {key}>")


def _check_shape(link: str, part: Xml.Element) -> None:
    shapes = list(part.iterfind("geometry/*"))
    if len(shapes) != 1 or shapes[0].tag not in _SHAPES:
        there = ", ".join(shape.tag for shape in shapes) or "nothing"
        raise RobotError(f"link {link}: a <{part.tag}> has the geometry {there}; one of {', '.join(_SHAPES)} is needed")
    shape = shapes[0]
    for key in _SHAPES[shape.tag]:
        if not shape.get(key):
            raise RobotError(f"link {link}: its <{shape.tag}> has no {key}")
    sizes = [v for key in ("size", "radius", "length") for v in _numbers(shape, key) or ()]
    if not all(0.0 < v <= LONGEST_M for v in sizes):
        said = " ".join(f"{v:g}" for v in sizes)
        raise RobotError(f"link {link}: its <{shape.tag}> measures {said} m; above 0 to {LONGEST_M:g} m needed")
    if any(v == 0.0 for v in _numbers(shape, "scale") or ()):
        raise RobotError(f"link {link}: its mesh has the scale {shape.get('scale')}; no component may be 0")


def _named(root: Xml.Element, tag: str) -> Iterator[Xml.Element]:
    seen: set[str] = set()
    for element in root.findall(tag):
        name = element.get("name", "")
        if not name or name in seen:
            raise RobotError(f"two {tag}s are called '{name}'" if name else f"a {tag} has no name")
        seen.add(name)
        yield element


def _names(root: Xml.Element, tag: str) -> tuple[str, ...]:
    found = tuple(element.get("name", "") for element in _named(root, tag))
    if not found:
        raise RobotError(f"it has no {tag}")
    return found


def _link_of(element: Xml.Element | None) -> str:
    return "" if element is None else element.get("link", "")


def _numbers(element: Xml.Element | None, key: str) -> tuple[float, ...] | None:
    text = None if element is None else element.get(key)
    return None if text is None else tuple(map(float, text.split()))


def _number(element: Xml.Element | None, key: str, default: float | None = None) -> float | None:
    found = _numbers(element, key)
    return default if found is None else found[0]


def _printable(file: str | Path) -> str:
    text = str(file)
    return text if text.isprintable() else ascii(text)


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).replace("\n", " ")

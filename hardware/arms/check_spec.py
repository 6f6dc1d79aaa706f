"""Checks of an arm's description for plausibility and against its URDF; every fault is reported by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from numbers import Real

import numpy as np

from sayso.hardware.arms.gripper import RotaryJaw
from sayso.hardware.arms.kinematics import NEEDED, Kinematics
from sayso.hardware.arms.urdf import Urdf, UrdfJoint, read_urdf
from sayso.hardware.foreign import shortened
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Box, GripperSpec, RobotSpec

ROUNDED = 1e-3  # rad, m, or a fraction of a speed: tolerance for limits that were rounded up
QUICKEST_S, JERKIEST_S = 0.01, 0.001  # shortest plausible time to top speed, and to top acceleration
HIGHEST_M = 0.6  # largest distance of a base above or below its table
WIDEST_M = 1.0
NAME, LONGEST_NAME = r"^[a-z][a-z0-9_-]*$", 64
SLOWEST_HZ, FASTEST_HZ = 1, 1000
_VECTORS = ("lower", "upper", "velocity", "acceleration", "jerk", "home", "rest")


def check_spec(spec: RobotSpec) -> list[str]:
    """Return the problems of a description: types, shapes, limits, home, kinematics, and conflicts with its URDF."""
    if wrong := [*_type_problems(spec)] or [*_spec_problems(spec)]:
        return wrong
    try:
        urdf = read_urdf(spec.urdf)
        return [*_urdf_problems(spec, urdf)] or [*_tool_problems(spec, urdf)]
    except (RobotError, ValueError) as error:
        return [str(error)]


def _type_problems(spec: RobotSpec) -> Iterator[str]:
    """Yield fields whose type differs from `RobotSpec`: a spec built by third-party code is not type-checked."""
    joints: object = spec.joints
    kinds = {
        "name": (_is_name(spec.name), f"a name of a-z, 0-9, _ and -, at most {LONGEST_NAME} long, is needed"),
        "joints": (
            isinstance(joints, tuple | list) and all(isinstance(j, str) for j in joints),
            "a tuple of names is needed",
        ),
        "urdf": (isinstance(spec.urdf, str), "the path of a file, as text, is needed"),
        "tip": (isinstance(spec.tip, str), "the name of a frame of the URDF is needed"),
        "control_hz": (
            _is_number(spec.control_hz) and SLOWEST_HZ <= spec.control_hz <= FASTEST_HZ,
            f"{SLOWEST_HZ} to {FASTEST_HZ} Hz are allowed",
        ),
        "base_height": (_is_number(spec.base_height), "a number of metres is needed"),
        "workspace": (_is_box_of_numbers(spec.workspace), "a Box of two arrays of numbers is needed"),
        "reach": (
            spec.reach is None or _is_box_of_numbers(spec.reach),
            "a Box of two arrays of numbers, or None, is needed",
        ),
        "gripper": (spec.gripper is None or _is_gripper(spec.gripper), "a GripperSpec of numbers, or None, is needed"),
    }
    for name in _VECTORS:
        fits = _is_array(getattr(spec, name)) or (name == "rest" and spec.rest is None)
        kinds[name] = (fits, "a NumPy array of numbers is needed")
    for name, (fits, needed) in kinds.items():
        if not fits:
            yield f"{name} is {shortened(repr(getattr(spec, name)), 60)}; {needed}"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME and re.fullmatch(NAME, value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiu"


def _is_box_of_numbers(value: object) -> bool:
    return isinstance(value, Box) and _is_array(value.lower) and _is_array(value.upper)


def _is_gripper(value: object) -> bool:
    if not isinstance(value, GripperSpec) or value.closing_axis not in (None, 0, 1):
        return False
    numbers: list[object] = [value.width, value.fingertip]
    jaw: object = value.jaw
    if isinstance(jaw, RotaryJaw):
        numbers += [jaw.closed, jaw.wide, jaw.radius, jaw.lean]
    return (jaw is None or isinstance(jaw, RotaryJaw)) and all(_is_number(n) for n in numbers)


def _spec_problems(spec: RobotSpec) -> Iterator[str]:
    n = spec.dof
    if n == 0 or len(set(spec.joints)) != n:
        yield f"joints are {spec.joints}; they must be at least one and have distinct names"
        return
    vectors = ("lower", "upper", "velocity", "acceleration", "jerk", "home") + ("rest",) * (spec.rest is not None)
    bad = [v for v in vectors if np.shape(getattr(spec, v)) != (n,) or not np.isfinite(getattr(spec, v)).all()]
    for name in bad:
        yield f"{name} is {getattr(spec, name)}; {n} finite numbers are needed, one for each joint"
    if bad:
        return
    for i, joint in enumerate(spec.joints):
        lower, upper = spec.lower[i], spec.upper[i]
        if not lower < upper:
            yield f"{joint}: lower limit {lower} is not below upper limit {upper}"
        else:
            for name in ("home", "rest")[: 2 if spec.rest is not None else 1]:
                if not lower <= (at := getattr(spec, name)[i]) <= upper:
                    yield f"{joint}: {name} {at} is outside of {lower} to {upper}"
        yield from _speed_problems(joint, *(float(x[i]) for x in (spec.velocity, spec.acceleration, spec.jerk)))
    gripper = spec.gripper
    if gripper is not None and not 0 < gripper.width <= WIDEST_M:
        yield f"gripper width is {gripper.width} m; above 0 to {WIDEST_M:g} m are allowed"
    if gripper is not None and not 0 <= gripper.fingertip <= WIDEST_M:
        yield f"gripper fingertip is {gripper.fingertip} m; 0 to {WIDEST_M:g} m are allowed"
    if not abs(spec.base_height) <= HIGHEST_M:
        yield f"base_height is {spec.base_height} m; {-HIGHEST_M:g} to {HIGHEST_M:g} m above the table are allowed"
    for what, box in (("workspace", spec.workspace), ("reach", spec.reach)):
        if box is not None and not _is_box(box):
            yield f"{what} goes from {box.lower} to {box.upper}; three lower numbers below three upper ones are needed"


def _speed_problems(joint: str, velocity: float, acceleration: float, jerk: float) -> Iterator[str]:
    """Yield limits that are not positive, or so high that the unit must be wrong (degrees for radians)."""
    for name, value in (("velocity", velocity), ("acceleration", acceleration), ("jerk", jerk)):
        if not value > 0:
            yield f"{joint}: {name} limit is {value}; it must be above 0"
            return
    most = velocity / QUICKEST_S
    if acceleration > most:
        yield f"{joint}: acceleration limit is {acceleration:g} rad/s²; at most {most:g}, is it in degrees?"
    elif jerk > acceleration / JERKIEST_S:
        yield f"{joint}: jerk limit is {jerk:g} rad/s³; at most {acceleration / JERKIEST_S:g}, is it in degrees?"


def _is_box(box: Box) -> bool:
    corners = box.lower, box.upper
    return all(np.shape(c) == (3,) and np.isfinite(c).all() for c in corners) and bool(np.all(box.lower < box.upper))


def _urdf_problems(spec: RobotSpec, urdf: Urdf) -> Iterator[str]:
    """Compare the spec's joints with the joints of the URDF."""
    if missing := [name for name in spec.joints if name not in urdf.joints]:
        there = [joint.name for joint in urdf.joints.values() if joint.kind != "fixed"]
        yield f"{urdf.file} has no joint {missing}; it has {there}"
        return
    way = urdf.path(spec.tip)
    order = [joint.name for joint in way if joint.name in spec.joints]
    if sorted(order) == sorted(spec.joints) and order != list(spec.joints):
        yield f"joint order of {spec.name} is {list(spec.joints)}, of its URDF {order}"
        return
    for i, name in enumerate(spec.joints):
        limits = (float(x[i]) for x in (spec.lower, spec.upper, spec.velocity))
        yield from _joint_problems(urdf.joints[name], *limits)
    if idle := [name for name in spec.joints if name not in order]:
        yield f"the tip {spec.tip} is not moved by {', '.join(idle)}"
    if locked := [joint.name for joint in way if joint.kind != "fixed" and joint.name not in spec.joints]:
        yield f"{', '.join(locked)} of {urdf.file} moves the tip {spec.tip} too: name its limits, or make it fixed"


def _joint_problems(joint: UrdfJoint, lower: float, upper: float, velocity: float) -> Iterator[str]:
    name, unit = joint.name, "m" if joint.kind == "prismatic" else "rad"
    if not joint.moves:
        yield f"{name} is {joint.kind} in the URDF: it has no limits; {NEEDED}"
        return
    if joint.mimic is not None:
        yield f"{name} mimics {joint.mimic[0]} in the URDF; only joints with motors of their own can be driven"
    low, high = joint.lower or 0.0, joint.upper or 0.0
    if not low < high:
        yield f"{name}: the URDF gives it no range, {low:g} to {high:g} {unit}"
    elif lower < low - ROUNDED or upper > high + ROUNDED:
        degrees = ": is it in degrees?" if max(-lower, upper) > 4 * max(-low, high) else ""
        yield f"{name}: {lower:g} to {upper:g} goes beyond the URDF's {low:g} to {high:g} {unit}{degrees}"
    if not joint.velocity or joint.velocity < 0:
        said = "missing" if joint.velocity is None else f"{joint.velocity:g}"
        yield f"{name}: the URDF's <limit velocity> is {said}; the maker's, in {unit}/s, is needed"
    elif velocity > joint.velocity * (1 + ROUNDED):
        degrees = ": is it in degrees?" if velocity > 10 * joint.velocity else ""
        yield f"{name}: velocity limit {velocity:g} is above the URDF's {joint.velocity:g} {unit}/s{degrees}"


def _tool_problems(spec: RobotSpec, urdf: Urdf) -> Iterator[str]:
    kinematics = Kinematics(spec)
    slides = sum(max(abs(j.lower or 0), abs(j.upper or 0)) for j in urdf.path(spec.tip) if j.kind == "prismatic")
    long = kinematics.length + slides
    for what, box in (("workspace", spec.workspace), ("reach", spec.reach)):
        if box is not None and (most := float(max(np.abs(box.lower).max(), np.abs(box.upper).max()))) > 2 * long + 1:
            yield f"{what} goes to {most:g} m; the arm is {long:.2f} m long: is it in millimetres?"
    box, tool = spec.workspace, kinematics.forward(spec.home).position
    if not box.contains(tool):
        yield f"at home the tool is at {np.round(tool, 3)}, outside of the workspace {box.lower} to {box.upper}"
    if spec.gripper is not None and (jaw := spec.gripper.jaw) is not None:
        left = sorted(j.name for j in urdf.joints.values() if j.moves and j.name not in spec.joints)
        if jaw.joint not in left:
            yield f"the gripper's jaw is on the joint '{jaw.joint}'; beside the arm's own {urdf.file} has {left}"
        else:
            yield from _jaw_problems(jaw, spec.gripper.width, urdf.joints[jaw.joint])


def _jaw_problems(jaw: RotaryJaw, width: float, joint: UrdfJoint) -> Iterator[str]:
    low, high = joint.lower or 0.0, joint.upper or 0.0
    for what, at in (("closed", jaw.closed), ("wide", jaw.wide)):
        if not low - ROUNDED <= at <= high + ROUNDED:
            yield f"the jaw is {what} at {at:g} rad; {joint.name} goes from {low:g} to {high:g} rad by the URDF"
    if abs(jaw.wide - jaw.closed) < ROUNDED:
        yield f"the jaw is closed and wide at the same {jaw.closed:g} rad"
    elif (most := jaw.opening(jaw.wide)) < width - ROUNDED:
        yield f"gripper width is {width:g} m; by its angles and radius the jaw opens to {most:.3f} m"

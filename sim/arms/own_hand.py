"""A hand with one or two sliding fingers: finds their joints in a URDF and the direction in which they open."""

from __future__ import annotations

from dataclasses import dataclass

import coal
import numpy as np
import pinocchio as pin

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.urdf import Urdf, UrdfJoint
from sayso.hardware.control.clearance import collision_bodies
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, RobotSpec

ROUNDED_M = 1e-3
AGAINST = 0.9  # smallest cosine between one finger's motion and the reverse of the other's


@dataclass(frozen=True, slots=True)
class Hand:
    """The fingers' ``joints``; the first moves from ``closed`` to ``opened`` (m), an ``opposite`` second from -closed.

    ``effort`` N and ``speed`` m/s are those of the weaker finger.
    """

    joints: tuple[str, ...]
    closed: float
    opened: float
    effort: float
    speed: float
    opposite: bool


def sliding_hand(spec: RobotSpec, urdf: Urdf) -> Hand:
    """The hand of an arm that has a gripper without a jaw.

    Two fingers move toward each other, independently or coupled by <mimic>; the hand is open where they are farther
    from the tip. Raises `RobotError` if the URDF's fingers cannot hold an object or do not open together.
    """
    assert spec.gripper is not None
    fingers, width = _fingers(spec, urdf), spec.gripper.width
    opposite = len(fingers) == 2 and _are_opposite(urdf, *fingers)
    effort, speed = (min(each) for each in zip(*(strength(urdf, finger) for finger in fingers), strict=True))
    names = tuple(finger.name for finger in fingers)
    low, high = _range(urdf, fingers[0])
    most = len(fingers) * (high - low)
    if width > most + ROUNDED_M:
        raise RobotError(
            f"{spec.name}: gripper width is {width:g} m; by {urdf.file} {', '.join(names)} open to {most:g} m"
        )
    away, ways = zip(*(_opens_upwards(spec, urdf, finger) for finger in fingers), strict=True)
    if len(fingers) == 2 and ((away[0] == away[1]) == opposite or ways[0] @ ways[1] > -AGAINST):
        raise RobotError(
            f"{urdf.file}: {', '.join(names)} do not open together; two fingers move against each other, from equal "
            "ranges to equal ranges or from mirrored ones to mirrored ones"
        )
    stroke = min(width / len(fingers), high - low)
    closed, opened = (low, low + stroke) if away[0] else (high, high - stroke)
    return Hand(names, closed, opened, effort, speed, opposite)


def strength(urdf: Urdf, joint: UrdfJoint) -> tuple[float, float]:
    """Effort and speed of a hand's joint. Raises `RobotError` unless both are above 0."""
    for what, value in (("effort", joint.effort), ("velocity", joint.velocity)):
        if not (value or 0.0) > 0:
            raise RobotError(f"{urdf.file}: no <limit {what}>, more than 0, for {joint.name}: the hand could not close")
    assert joint.effort is not None and joint.velocity is not None
    return joint.effort, joint.velocity


def _range(urdf: Urdf, joint: UrdfJoint) -> tuple[float, float]:
    low, high = joint.lower or 0.0, joint.upper or 0.0
    if not low < high - 1e-6:
        raise RobotError(f"{urdf.file}: {joint.name} goes from {low:g} to {high:g} m; a finger needs a stroke")
    return low, high


def _fingers(spec: RobotSpec, urdf: Urdf) -> list[UrdfJoint]:
    """The one or two sliding joints of the hand; of two, the leading one comes first."""
    slides = [j for j in urdf.joints.values() if j.kind == "prismatic" and j.name not in spec.joints]
    fingers = [j for j in slides if spec.joints[-1] in {above.name for above in urdf.path(j.name)}]
    if len(fingers) not in (1, 2):
        count = f"{len(fingers)} sliding joints beside the arm's"
        raise RobotError(f"{urdf.file} has {count}; a hand has one or two, or a jaw")
    for finger in fingers:
        if finger.mimic is not None and finger.mimic[0] not in {f.name for f in fingers} - {finger.name}:
            raise RobotError(
                f"{urdf.file}: the finger {finger.name} mimics {finger.mimic[0]}, which is no other finger"
            )
    if all(f.mimic is not None for f in fingers):
        raise RobotError(f"{urdf.file}: {', '.join(f.name for f in fingers)} mimic each other; one has to lead")
    return sorted(fingers, key=lambda finger: finger.mimic is not None)


def _are_opposite(urdf: Urdf, first: UrdfJoint, second: UrdfJoint) -> bool:
    """Whether the second finger's position is the negative of the first's; otherwise it is the same."""
    one, other = _range(urdf, first), _range(urdf, second)
    factor = 1.0 if np.allclose(one, other, atol=ROUNDED_M) else -1.0
    if second.mimic is not None:
        _, factor, offset = second.mimic
        if abs(abs(factor) - 1.0) > ROUNDED_M or abs(offset) > ROUNDED_M:
            said = f"the factor {factor:g} and the offset {offset:g}"
            raise RobotError(f"{urdf.file}: {second.name} mimics with {said}; 1 or -1 and 0 are supported")
    if not np.allclose(sorted(factor * v for v in one), other, atol=ROUNDED_M):
        ways = (f"{f.name} goes from {a:g} to {b:g} m" for f, (a, b) in ((first, one), (second, other)))
        raise RobotError(f"{urdf.file}: {', '.join(ways)}; equal or mirrored ranges are supported")
    return factor < 0


def _opens_upwards(spec: RobotSpec, urdf: Urdf, finger: UrdfJoint) -> tuple[bool, Array]:
    """Whether the finger moves away from the tip with increasing position, and its opening direction (3,)."""
    model, bodies = collision_bodies(urdf.text, urdf.file)
    joint = model.getJointId(finger.name)
    own = [body for body in bodies.geometryObjects if body.parentJoint == joint]
    if not own:
        raise RobotError(f"{urdf.file}: the finger on {finger.name} has no collision geometry to hold with")
    data, q = model.createData(), pin.neutral(model)
    for name, at in zip(spec.joints, spec.home, strict=True):
        q[model.joints[model.getJointId(name)].idx_q] = at
    places = []
    for share in (0.4, 0.6):
        low, high = _range(urdf, finger)
        q[model.joints[joint].idx_q] = low + share * (high - low)
        pin.forwardKinematics(model, data, q)
        places.append(np.mean([_centre(data.oMi[joint] * body.placement, body.geometry) for body in own], axis=0))
    apart = places[0] - Kinematics(spec).forward(spec.home).position
    way = places[1] - places[0]
    upwards = bool(way @ apart > 0)
    return upwards, (way if upwards else -way) / float(np.linalg.norm(way))


def _centre(at: pin.SE3, shape: coal.CollisionGeometry) -> Array:
    shape.computeLocalAABB()
    return np.asarray(at.act(shape.aabb_local.center()))

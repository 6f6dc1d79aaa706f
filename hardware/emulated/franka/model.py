"""The robot description that a Franka control box sends to clients: seven joints as a URDF, with an FR3's limits."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from sayso.hardware.types import RobotSpec

# Deceleration limit rad/s², velocity offset rad/s (position-based velocity limits) and speed rad/s of each FR3 joint.
# Source: Franka Robotics, "Franka Control Interface documentation", limits for Franka Research 3.
_LIMITS = (
    (6.0, 0.652, 2.62), (2.585, 0.25, 2.62), (3.5, 0.2005, 2.62), (4.0, 0.3542, 2.62), (17.0, 0.5738, 5.26),
    (5.5, 0.4885, 4.18), (17.0, 0.4592, 5.26),
)  # fmt: skip
_EFFORT = (87, 87, 87, 87, 12, 12, 12)


def model_urdf(spec: RobotSpec) -> bytes:
    """A URDF of links link0 to link8 with the origins, axes and masses of ``spec``'s arm, a chain of seven joints."""
    source = Xml.parse(spec.urdf).getroot()
    joints = {joint.get("name"): joint for joint in source.iter("joint")}
    links = {link.get("name"): link for link in source.iter("link")}
    robot = Xml.Element("robot", name="fr3")
    base = joints[spec.joints[0]].find("parent")
    assert base is not None
    _add_link(robot, "link0", links[base.get("link")])
    for i, (name, limits) in enumerate(zip(spec.joints, _LIMITS, strict=True)):
        found = joints[name]
        child = found.find("child")
        assert child is not None
        _add_link(robot, f"link{i + 1}", links[child.get("link")])
        joint = _add_joint(robot, i + 1, "revolute", found.find("origin"))
        Xml.SubElement(joint, "axis", xyz="0 0 1")
        lower, upper = str(spec.lower[i]), str(spec.upper[i])
        deceleration, offset, speed = map(str, limits)
        Xml.SubElement(joint, "limit", effort=str(_EFFORT[i]), lower=lower, upper=upper, velocity=speed)
        Xml.SubElement(joint, "position_based_velocity_limits", deceleration_limit=deceleration, velocity_offset=offset)
    Xml.SubElement(robot, "link", name="link8")
    flange = _add_joint(robot, 8, "fixed", None)
    Xml.SubElement(flange, "origin", xyz="0 0 0.107", rpy="0 0 0")
    return Xml.tostring(robot)


def _add_link(robot: Xml.Element, name: str, source: Xml.Element) -> None:
    link = Xml.SubElement(robot, "link", name=name)
    if (inertial := source.find("inertial")) is not None:
        link.append(inertial)


def _add_joint(robot: Xml.Element, number: int, kind: str, origin: Xml.Element | None) -> Xml.Element:
    joint = Xml.SubElement(robot, "joint", name=f"joint{number}", type=kind)
    Xml.SubElement(joint, "parent", link=f"link{number - 1}")
    Xml.SubElement(joint, "child", link=f"link{number}")
    if origin is not None:
        joint.append(origin)
    return joint

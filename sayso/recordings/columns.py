"""Finds an arm's joints and gripper among a dataset's columns, by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sayso.errors import UserError
from sayso.hardware.types import RobotSpec
from sayso.skills.dataset.layout import Info
from sayso.skills.dataset.reader import names_of

STATE, ACTION = "observation.state", "action"
_GRIPPER = re.compile(r"gripper|finger|jaw|claw")
_CARTESIAN = re.compile(r"(ee|eef|tcp|tool|pose|pos|position)?[_. ]?(x|y|z|qx|qy|qz|qw|rx|ry|rz|roll|pitch|yaw)\d?")
_NOT_POSITION = re.compile(r"vel|velocity|effort|torque|current|force")
# Name in info.json → our arm. FR3 and Panda have the same lengths, as do SO-100 and SO-101.
_ARMS = {
    "so101": r"so[-_ ]?(arm[-_ ]?)?10[01]|so[-_ ]?follower",
    "koch": r"koch",
    "panda": r"panda|franka|fr3",
    "ur5e": r"ur5e",
    "piper": r"piper",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the numbers of one arm are in a column: ``joints``, in the arm's order, and ``gripper`` (one or two)."""

    joints: tuple[int, ...]
    gripper: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def old_calibration(self) -> bool:
        """Whether the names are those of LeRobot before its calibration of June 2025."""
        return any(name.startswith("main_") for name in self.names)


def arm_named(robot_type: str | None) -> str | None:
    """The built-in arm that a dataset's ``robot_type`` means; None for an unknown one."""
    text = (robot_type or "").lower()
    return next((arm for arm, pattern in _ARMS.items() if re.search(pattern, text)), None)


def state_column(info: Info, wanted: str | None) -> str:
    """The column of measured joint positions. Raises `UserError` without one."""
    name = wanted or STATE
    if name not in info.columns:
        found = ", ".join(info.columns) or "none"
        why = "" if wanted else "; --state names another column with joint positions"
        raise UserError(f"the dataset has no joint states: no column '{name}'; it has {found}{why}")
    return name


def place_of(info: Info, column: str, spec: RobotSpec | None) -> Place:
    """Where joints and gripper are in ``column``; all that is not a gripper is a joint if ``spec`` is None.

    Raises `UserError` for columns without joint positions, of two arms, or of another arm than ``spec``.
    """
    width = info.columns[column].shape[0]
    given = names_of(info.columns[column])
    names = tuple(_plain(name) for name in given) if given else tuple(f"joint {i + 1}" for i in range(width))
    where = f"column '{column}' ({', '.join(given) if given else f'{width} numbers without names'})"
    if sum(name.startswith(("left", "right")) for name in names) > 1:
        raise UserError(f"{where} holds two arms; a dataset of one arm is needed")
    grippers = tuple(i for i, name in enumerate(names) if _GRIPPER.search(name))
    others = tuple(i for i in range(width) if i not in grippers and not _NOT_POSITION.search(names[i]))
    if sum(bool(_CARTESIAN.fullmatch(names[i])) for i in others) >= 3:
        raise UserError(
            f"{where} holds poses of the hand, no joint states; joint positions are needed (--state COLUMN)"
        )
    if spec is None:
        return Place(others, grippers, given or names)
    if set(spec.joints) <= set(names):
        return Place(tuple(names.index(joint) for joint in spec.joints), grippers, given or names)
    if not given and width in (spec.dof + 1, spec.dof + 2):
        return Place(others[: spec.dof], tuple(range(spec.dof, width)), names)
    if len(others) == spec.dof:  # numbered joints, in order
        return Place(others, grippers, given or names)
    raise UserError(f"{where} does not hold the {spec.dof} joints of the {spec.name} ({', '.join(spec.joints)})")


def _plain(name: str) -> str:
    """``main_shoulder_pan`` and ``shoulder_pan.pos`` as ``shoulder_pan``."""
    return re.sub(r"[._](pos|position)$", "", name.lower()).removeprefix("main_")

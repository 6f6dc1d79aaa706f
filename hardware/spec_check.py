"""Whether the description of an arm can be true of any; each fault is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hardware.kinematics import Kinematics, joint_ranges
from hardware.robot import RobotError
from hardware.types import RobotSpec


def check_spec(spec: RobotSpec) -> list[str]:
    """What is wrong with a robot's description: shapes, limits, home, kinematics."""
    return list(_spec_problems(spec))


def _spec_problems(spec: RobotSpec) -> Iterator[str]:
    n = spec.dof
    if n == 0 or len(set(spec.joints)) != n:
        yield f"joints are {spec.joints}; they must be at least one and have distinct names"
        return
    vectors = ("lower", "upper", "velocity", "acceleration", "jerk", "home")
    bad = [v for v in vectors if np.shape(getattr(spec, v)) != (n,) or not np.isfinite(getattr(spec, v)).all()]
    for name in bad:
        yield f"{name} is {getattr(spec, name)}; {n} finite numbers are needed, one for each joint"
    if bad:
        return
    for i, joint in enumerate(spec.joints):
        if not spec.lower[i] < spec.upper[i]:
            yield f"{joint}: lower limit {spec.lower[i]} is not below upper limit {spec.upper[i]}"
        elif not spec.lower[i] <= spec.home[i] <= spec.upper[i]:
            yield f"{joint}: home {spec.home[i]} is outside of {spec.lower[i]} to {spec.upper[i]}"
        for name in ("velocity", "acceleration", "jerk"):
            if not getattr(spec, name)[i] > 0:
                yield f"{joint}: {name} limit is {getattr(spec, name)[i]}; it must be above 0"
    if not (np.isfinite(spec.control_hz) and spec.control_hz > 0):
        yield f"control_hz is {spec.control_hz}; it must be above 0"
    if spec.gripper is not None and not spec.gripper.width > 0:
        yield f"gripper width is {spec.gripper.width} m; it must be above 0"
    box = spec.workspace
    if np.shape(box.lower) != (3,) or np.shape(box.upper) != (3,) or not np.all(box.lower < box.upper):
        yield f"workspace goes from {box.lower} to {box.upper}; three lower numbers below three upper ones are needed"
        return
    if not Path(spec.urdf).is_file():
        yield f"there is no URDF file {spec.urdf}"
        return
    try:
        tool = Kinematics(spec).forward(spec.home).position
    except (RobotError, ValueError) as error:
        yield str(error)
        return
    if not box.contains(tool):
        yield f"at home the tool is at {np.round(tool, 3)}, outside of the workspace {box.lower} to {box.upper}"
    jaw = spec.gripper.jaw if spec.gripper else None
    left = sorted(set(joint_ranges(spec.urdf)) - set(spec.joints))
    if jaw is not None and jaw.joint not in left:
        yield f"the gripper's jaw is on the joint '{jaw.joint}'; beside the arm's own {spec.urdf} has {left}"

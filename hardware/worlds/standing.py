"""Adapts an arm's home pose to a base that stands above or below the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec

NEAR_M = 0.005


def standing(spec: RobotSpec, height: float) -> RobotSpec:
    """``spec`` with its base ``height`` m above the table; home keeps the tool at the same place above the table.

    The result has no rest pose. Raises `RobotError` if the arm cannot reach that place.
    """
    if height == spec.base_height:
        return spec
    tool, raised = Kinematics(spec).forward(spec.home), replace(spec, base_height=height, rest=None)
    kinematics = Kinematics(raised)
    home = kinematics.reach(tool, spec.home)
    off = float(np.linalg.norm(kinematics.forward(home).position - tool.position))
    if off > NEAR_M or np.any(home < spec.lower) or np.any(home > spec.upper):
        raise RobotError(
            f"{spec.name} with its base {100 * height:.1f} cm above the table does not reach the place above the table "
            "where it begins; change the height"
        )
    return replace(raised, home=home)

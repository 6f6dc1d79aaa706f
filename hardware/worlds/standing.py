"""An arm whose base stands above or below the table, and begins where it would on the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec

NEAR_M = 0.005


def standing(spec: RobotSpec, height: float) -> RobotSpec:
    """``spec`` with its base ``height`` m above the table and its tool at home where it was: as far above the table.

    There is no rest pose then. Raises `RobotError` where the arm cannot get its tool there.
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

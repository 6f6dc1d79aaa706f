"""Judges written targets by finite differences; shares only the spec with the guard."""

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, RobotSpec

RELATIVE = 1e-6
WALL = 1e-3


def violations(spec: RobotSpec, start: Array, written: list[Array], period_s: float) -> list[str]:
    """Every limit that the positions break, from rest at ``start``; the workspace is allowed 1 mm."""
    path = np.array([start, start, start, *written])
    if not np.isfinite(path).all():
        return ["not finite"]
    velocity = np.diff(path, axis=0) / period_s
    acceleration = np.diff(velocity, axis=0) / period_s
    jerk = np.diff(acceleration, axis=0) / period_s
    found = []
    if (path < spec.lower - 1e-9).any() or (path > spec.upper + 1e-9).any():
        found.append("range")
    for name, values in (("velocity", velocity), ("acceleration", acceleration), ("jerk", jerk)):
        if (np.abs(values) > getattr(spec, name) * (1 + RELATIVE) + 1e-9 / period_s).any():
            found.append(f"{name}: {np.abs(values).max(axis=0)} against {getattr(spec, name)}")
    kinematics = Kinematics(spec)
    tool = np.array([kinematics.forward(q).position for q in path])
    if (tool < spec.workspace.lower - WALL).any() or (tool > spec.workspace.upper + WALL).any():
        found.append(f"workspace: tool from {tool.min(axis=0)} to {tool.max(axis=0)}")
    return found

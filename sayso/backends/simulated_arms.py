"""Recognizes simulated robots by name, without importing the simulator."""

from __future__ import annotations

from sayso.hardware.arms.load import arm_names
from sayso.hardware.worlds.open import world_name

DEFAULT = "panda"


def is_simulated(robot: str) -> bool:
    """Whether ``robot`` names an arm of the built-in table or of a world; other robots are real."""
    return simulated_arm(robot) is not None or world_name(robot) is not None


def simulated_arm(robot: str) -> str | None:
    """The arm named by "sim" or "sim:ARM"; None for a real robot and for "world:NAME"."""
    kind, _, arm = robot.partition(":")
    return (arm or DEFAULT) if kind == "sim" else None


def simulated_robots() -> list[str]:
    """Names of all robots of the built-in simulator, the default first."""
    return ["sim", f"sim:{DEFAULT}", *(f"sim:{arm}" for arm in arm_names() if arm != DEFAULT)]

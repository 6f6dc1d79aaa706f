"""Which robots are simulated, by their names alone: asking loads no simulator."""

from __future__ import annotations

from sayso.hardware.arms.load import arm_names
from sayso.hardware.worlds.open import world_name

DEFAULT = "panda"


def is_simulated(robot: str) -> bool:
    """Whether ``robot`` names an arm of the project's own table or one in somebody's world; else it is real."""
    return simulated_arm(robot) is not None or world_name(robot) is not None


def simulated_arm(robot: str) -> str | None:
    """The arm that "sim" and "sim:ARM" name; None for a real robot and for one in somebody's world."""
    kind, _, arm = robot.partition(":")
    return (arm or DEFAULT) if kind == "sim" else None


def simulated_robots() -> list[str]:
    """The names of all robots that come with the simulator, the default first."""
    return ["sim", f"sim:{DEFAULT}", *(f"sim:{arm}" for arm in arm_names() if arm != DEFAULT)]

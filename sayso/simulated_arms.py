"""Which robots are simulated, by their names alone: asking loads no simulator."""

from __future__ import annotations

from hardware.arms.load import arm_names

DEFAULT = "panda"


def simulated_arm(robot: str) -> str | None:
    """The arm that "sim" and "sim:ARM" name; None for a real robot."""
    kind, _, arm = robot.partition(":")
    return (arm or DEFAULT) if kind == "sim" else None


def simulated_robots() -> list[str]:
    """The names of all robots that come with the simulator, the default first."""
    return ["sim", f"sim:{DEFAULT}", *(f"sim:{arm}" for arm in arm_names() if arm != DEFAULT)]

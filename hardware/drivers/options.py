"""Options of each driver, checked before a device is opened, so that a typo is an error and not a default."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError

ANY, MILLISECONDS = "text", "milliseconds"
AT_END = ("hold", "rest")
Allowed = str | tuple[str, ...]  # `ANY`, `MILLISECONDS`, or the allowed values

ARM: Mapping[str, Allowed] = {"arm": ANY}
SERVOS: Mapping[str, Allowed] = {"at_end": AT_END, "answer_ms": MILLISECONDS}
OPTIONS: Mapping[str, Mapping[str, Allowed]] = {
    "so101": SERVOS,
    "so100": SERVOS,
    "koch": SERVOS,
    "ur5e": {},
    "panda": {"realtime": ("ignore",)},
    "piper": {},
    "lerobot": {**dict.fromkeys(("id", "names", "zeros", "signs"), ANY), "at_end": AT_END},
    "rosbridge": {**dict.fromkeys(("states", "command", "gripper", "gripper_joint"), ANY), "stale_ms": MILLISECONDS},
}


def check_options(driver: str, allowed: Mapping[str, Allowed], options: Mapping[str, str]) -> None:
    """Raise `RobotError` for an option that ``driver`` does not have, or a value that it does not take."""
    allowed = {**ARM, **allowed}
    for key, value in options.items():
        if key not in allowed:
            there = f"{', '.join(sorted(allowed))}{suggestion(key, allowed)}"
            raise RobotError(f"{driver} has no option '{key}'; there are: {there}")
        values = allowed[key]
        if not value.strip():
            raise RobotError(f"option {key} is empty; leave it out, or give it a value")
        if values == MILLISECONDS:
            milliseconds(key, value)
        elif isinstance(values, tuple) and value not in values:
            raise RobotError(f"option {key} is '{value}'; there are: {', '.join(values)}{suggestion(value, values)}")


def milliseconds(option: str, text: str) -> float:
    """Parse an ``option`` in ms. Raises `RobotError` outside 1 to 1000 ms."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1.0 <= value <= 1000.0:
        raise RobotError(f"option {option} is '{text}'; from 1 to 1000 ms are allowed")
    return value

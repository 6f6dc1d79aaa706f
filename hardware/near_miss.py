"""Suggests the known name nearest to a mistyped one, for error texts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Names that people use for an arm or the simulator, lower case with hyphens.
OTHER_NAMES = {
    "franka": "panda",
    "franka-panda": "panda",
    "franka-emika": "panda",
    "franka-emika-panda": "panda",
    "fr3": "panda",
    "ur": "ur5e",
    "universal-robots": "ur5e",
    "agilex": "piper",
    "agilex-piper": "piper",
    "feetech": "so101",
    "lerobot": "so101",
    "dynamixel": "koch",
    "simulation": "sim",
    "simulator": "sim",
    "pybullet": "sim",
}


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of an error, "; did you mean NAME?", for the one of ``known`` nearest to ``name``; "" if none is near."""
    names = {each.lower(): each for each in known}
    lower = name.strip().lower()
    prefix, colon, last = lower.rpartition(":")
    other = f"{prefix}{colon}{OTHER_NAMES.get(last.replace('_', '-').replace(' ', '-'), last)}"
    near = [other] if other in names else get_close_matches(lower, names, 1)
    return f"; did you mean {names[near[0]]}?" if near else ""

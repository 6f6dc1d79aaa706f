"""Axes of the arm and parts of a turn in plain words: "2 cm in minus y" → "2 cm right"."""

from __future__ import annotations

import math
import re

_AXIS = re.compile(
    r"(?P<before>\b(?:in|along|on|into) )?(?:the )?"
    r"(?:(?P<sign>\b(?:minus|negative|neg|plus|positive|pos)\b|(?<![\w.])[-+−]) ?(?:the )?)?"
    r"\b(?P<axis>[xyz])\b(?P<after>[- ]?(?:axis|direction))?",
    re.I,
)
_WAYS = {"x": ("forward", "left", "back", "right"), "y": ("left", "back", "right", "forward")}
"""The ways of an axis to a person who is turned by 0, 1, 2 or 3 right angles to the right of the arm."""
_OPPOSITE = {"forward": "back", "back": "forward", "left": "right", "right": "left", "up": "down", "down": "up"}
_SQUARE = math.radians(10)
_TURN = re.compile(r"\b(?:turn|rotate|twist|spin|swivel|roll)\b", re.I)
_QUARTER = re.compile(r"\b(?:by )?(?:a )?quarter(?: of)?(?: an?)?(?: (?:turn|round|circle|rotation))?\b", re.I)
_HALF = re.compile(r"\b(?:by )?(?:a )?half(?: of)?(?: an?)?(?: (?:turn|round|circle|rotation))\b", re.I)


def in_ways(text: str, yaw: float = 0.0) -> str:
    """``text`` with directions for the arm's axes and degrees for parts of a turn.

    ``yaw`` rad is the heading in which the speaker looks: the axes are the arm's, "left" is the speaker's. Axes stay
    where the speaker looks along none of them.
    """
    if _TURN.search(text) is not None:
        text = _HALF.sub("180 degrees", _QUARTER.sub("90 degrees", text))
    quarter = round(yaw / (math.pi / 2))
    if abs(yaw - quarter * math.pi / 2) > _SQUARE:
        return text

    def way(found: re.Match[str]) -> str:
        if not (found["before"] or found["sign"] or found["after"]):
            return found[0]
        axis, sign = found["axis"].lower(), (found["sign"] or "+").lower()
        plain = "up" if axis == "z" else _WAYS[axis][-quarter % 4]
        return _OPPOSITE[plain] if sign[0] in "-−" or sign.startswith(("minus", "neg")) else plain

    return _AXIS.sub(way, text)

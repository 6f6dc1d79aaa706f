"""``--viewpoint``: where the person who speaks looks; standard library only, for `sayso say`."""

from __future__ import annotations

import math

from sayso.errors import UserError

HELP = (
    "Whose left and right, near and far you say: behind (you look as the arm does), facing (you look at it), or the "
    "degrees from its heading to yours, counter-clockwise seen from above."
)
_NAMES = {"behind": 0.0, "facing": 180.0}


def viewpoint_yaw(text: str) -> float:
    """The heading of ``text`` in rad: behind, facing, or degrees. Raises `UserError`."""
    try:
        degrees = _NAMES[text] if text in _NAMES else float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= 360:
        raise UserError(f"--viewpoint is behind, facing, or degrees from -360 to 360; got '{text[:60]}'")
    return math.radians(degrees)

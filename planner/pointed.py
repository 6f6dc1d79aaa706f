"""A place that a person points at: its coordinates stand in brackets after the words.

So the words of a run hold all that the person meant: "put it here [0.412, -0.120]" is recorded, repeated and passed on
as it is.
"""

from __future__ import annotations

import re

Point = tuple[float, float]
MOST_M = 10.0
_MARKED = re.compile(r"\s*\[\s*(-?\d{1,2}(?:\.\d{1,6})?)\s*,\s*(-?\d{1,2}(?:\.\d{1,6})?)\s*\]\s*\Z")


def with_point(words: str, point: Point | None) -> str:
    """``words`` with the ``point`` (x, y), m in the base frame, to the millimetre; the words alone without one."""
    return words if point is None else f"{words.rstrip()} [{point[0]:.3f}, {point[1]:.3f}]"


def without_point(words: str) -> tuple[str, Point | None]:
    """The words and the point (x, y), m in the base frame, that stands behind them; None without one."""
    found = _MARKED.search(words)
    if found is None:
        return words, None
    x, y = float(found[1]), float(found[2])
    return (words[: found.start()], (x, y)) if max(abs(x), abs(y)) <= MOST_M else (words, None)

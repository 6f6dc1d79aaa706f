"""What the patterns of stop words have in common."""

from __future__ import annotations

STOP = r"e?s+t+o+p+|h+a+l+t+e?|f+r+e+z+e+|a+b+o+r+t+|cease"
"""Words that stop the arm wherever they stand. Long drawn or doubled letters are part of how people shout."""


def any_of(text: str) -> str:
    """A pattern for any of the phrases of ``text``, which stand between semicolons."""
    return "(?:" + "|".join(" ".join(p.split()) for p in text.split(";")) + ")"

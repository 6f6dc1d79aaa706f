"""Texts from the command line, checked before anything moves."""

from __future__ import annotations

import unicodedata

from sayso.errors import UserError

MAX_CHARS = 10_000


def clean_text(text: str, what: str, most: int = MAX_CHARS) -> str:
    """``text`` without blanks at its ends. Raises `UserError` if it is blank, too long or holds control characters."""
    if len(text) > most:
        raise UserError(f"{what} has {len(text)} characters; at most {most} are allowed")
    text = text.strip()
    if not text:
        raise UserError(f"{what} is empty; give a sentence, for example: put the red block in the blue bowl")
    for i, char in enumerate(text):
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise UserError(f"{what} has a control character, {char!a}, at place {i + 1}; only text is allowed")
    return text

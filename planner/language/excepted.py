"""A rule that a person gives with an exception or a condition: "never touch the red block unless I say so".

The robot keeps to the rule at all times, which is the safe side, and says so: it watches for no exception.
"""

from __future__ import annotations

import re

_LEAD = r"\W*(?:(?:please|and|but|so|ok|okay|robot|you|just|also|must|should|may)\b[\s,]*)*"
_FORBIDS = re.compile(
    rf"{_LEAD}(?:never\b|not ever\b|do(?:n['’]?t| not) ever\b"
    r"|(?:do(?:n['’]?t| not)|mustn['’]?t|must not|shouldn['’]?t|should not) (?:touch|go near|come near|get near)\b"
    r"|leave\b.+\balone\b|(?:keep|stay) (?:away|off|clear|out)\b|(?:keep )?(?:your )?hands off\b)",
    re.I,
)
_BUT = (
    r"(?:unless|except(?: for)?(?: if| when| while| after)|other than (?:if|when)|(?:only )?if|when(?:ever)?|while"
    r"|(?:as|so) long as)\b"
)
_AFTER = re.compile(rf"(?P<rule>.+?)[\s,;]+(?P<but>{_BUT}.+)", re.I)
_BEFORE = re.compile(rf"{_LEAD}(?P<but>{_BUT}[^,]+),\s*(?P<rule>.+)", re.I)


def excepted(sentence: str) -> tuple[str, str] | None:
    """The rule that ``sentence`` gives and its exception or condition, in its words; None for everything else."""
    said = sentence.strip().rstrip(" .!")
    found = _BEFORE.fullmatch(said) or _AFTER.fullmatch(said)
    if found is None or _FORBIDS.match(found["rule"]) is None:
        return None
    return found["rule"], found["but"].strip(" ,")


def kept_always(but: str) -> str:
    """What the robot says of the exception ``but``."""
    return f"I keep to it at all times: I do not watch for “{but}”; tell me when I need not keep to it."

"""Orders around a wait: "pick up the ball, wait till I say now, then hand it to me" picks up first.

The reader takes some for "wait till I say now, then …" and leaves out what comes before the wait. The words of waiting
are a closed class, so that they tell where it stands among the orders.
"""

from __future__ import annotations

import re

from sayso.planner.reader.orders.tails import ORDERS

_WAITS = (
    r"(?:wait|pause|hang on|hold on|stand by|hold still|stay (?:there|like that|put))\b[^,.;]*?"
    r"\b(?:until|till?|for|\d+|a (?:bit|moment|second|minute|while|few))\b"
)
_AROUND = re.compile(
    rf"^(?P<before>.*\b(?:{ORDERS})\b.*?)(?:[\s,.;:]+|\b(?:and|then)\b)*(?<!\bbut )(?<!\bnot )(?<!n't )(?<!\bor )"
    rf"\b(?P<rest>{_WAITS}.*?(?:\bthen\b|\bbefore you\b|[,.;]|\band\b).*\b(?:{ORDERS})\b.*)$",
    re.I | re.S,
)
_ORDERS_NOTHING = re.compile(r"\b(?:if|when|once|until|till|as soon as|unless|while|before|after)\W[^,]*$", re.I)
_THEN = re.compile(r"[\s,.;:]*\b(?:and )?then\b[\s,]*", re.I)


def around_wait(sentence: str) -> tuple[tuple[str, ...], ...]:
    """The parts of ``sentence`` to be read by themselves, in order: what comes before a wait, and the wait with what
    comes after it, or the two apart where "then" parts them. Each way to part it; none without such a wait."""
    found = _AROUND.match(sentence.strip())
    if found is None or _ORDERS_NOTHING.search(found["before"]):
        return ()
    before, rest = found["before"].strip(" ,.;:"), found["rest"]
    apart = [part for part in _THEN.split(rest, maxsplit=1) if part]
    return ((before, rest), (before, *apart))[: len(apart)]

"""Commands to a stopped arm: go on, go home, lie down."""

from __future__ import annotations

import re
from typing import Literal

from sayso.planner.corrections.text import is_stop, says_go_on, tokens

Wish = Literal["home", "rest"]
# Commands to a stopped arm beside "go on"; they end the run.
AFTER_STOP: dict[str, Wish] = {
    "go home": "home", "home": "home", "go back home": "home",
    "lie down": "rest", "rest": "rest", "go to rest": "rest", "go to sleep": "rest",
}  # fmt: skip
STANDS = "stopped; say go on, go home or lie down: it holds"
_IN_DOUBT = re.compile(r"\?|n['’]t\b|\bno\b|\bnot\b|\bstop\b")  # a stopped arm is started by plain words alone
_FREE = re.compile(
    r"(?:(?:(?:ok|okay|alright|all right|yes|thanks|thank you|phew|good|great|fine|right)\b\s*)+"
    r"|(?:i am|im|i'm|we are|we're|(?:it|that) is|it's|its|that's|everything is|everything's|all|(?:my|the) \w+ is"
    r"|(?:my|the) \w+'s)(?: all)? (?:free|out|fine|ok|okay|good|clear|safe|away|loose|well|ready)(?: (?:again|now))*"
    r"|all (?:good|clear|fine|right|ok|okay|safe)(?: now)?|coast is clear)",
)
"""What a person says when the danger is over; with plain words to go on after these, the arm goes on."""
_CLAUSE = re.compile(r"[\s,.;:!…–-]*(?:[,.;:!…–]+|\band\b|\bso\b|\s-\s)[\s,.;:!…–-]*")
_LEAD = re.compile(r"^(?:(?:ok|okay|alright|all right|yes|right|phew|thanks|well)\b\s*)+(?=\w)")
_POLITE = re.compile(r"\b(?:please|now|then)\b")


def wished(text: str) -> Wish | None:
    """The place that ``text`` sends a stopped arm to: "home", "rest" or None."""
    return AFTER_STOP.get(_POLITE.sub("", text.lower()).strip(" .!,"))


def in_doubt(text: str) -> bool:
    """Whether ``text`` is a question, a negation or a stop: too doubtful to start a stopped arm."""
    return _IN_DOUBT.search(text.lower()) is not None


def goes_on(text: str) -> bool:
    """Whether ``text`` plainly starts a stopped arm: "go on", "I'm free, continue"; no "not", no question."""
    if is_stop(text) or in_doubt(text):
        return False
    if says_go_on(tokens(text)):
        return True
    *before, last = [c for c in _CLAUSE.split(text.lower().replace("’", "'").strip(" .,;!")) if c] or [""]
    free = (_FREE.fullmatch(clause) or _FREE.fullmatch(_LEAD.sub("", clause)) for clause in before)
    return says_go_on(tokens(last)) and all(free)


def next_after_stop(text: str) -> Wish | Literal["on"] | None:
    """The command of ``text`` to a stopped arm: "home", "rest", "on" or None."""
    return wished(text) or ("on" if goes_on(text) else None)

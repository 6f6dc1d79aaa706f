"""Commands to a stopped arm: go on, go home, lie down."""

from __future__ import annotations

import re
from typing import Literal

from sayso.planner.corrections.speed import SPEED_ALONE, Pace, read_speed
from sayso.planner.corrections.text import is_stop, says_go_on, tokens

Wish = Literal["home", "rest"]
# Commands to a stopped arm beside "go on"; they end the run.
AFTER_STOP: dict[str, Wish] = {
    "go home": "home", "home": "home", "go back home": "home",
    "lie down": "rest", "rest": "rest", "go to rest": "rest", "go to sleep": "rest",
}  # fmt: skip
STANDS = "stopped; say go on, go home or lie down: it holds"
_IN_DOUBT = re.compile(r"\?|n['’]t\b|\bno\b|\bnot\b|\bstop\b")  # a stopped arm is started by plain words alone
_WELL = "(?:free|out|fine|ok|okay|good|clear|safe|away|loose|well|ready|gone)"
_OUT = rf"{_WELL}(?: of (?:it|there|the way|your way))?(?: (?:again|now))*"
_WHOSE = r"(?:my|our|his|her|their|the)(?: (?:left|right|little|poor))?"
_NOW = r"(?: (?:now|again|any ?more))*"
_FREE = re.compile(
    r"(?:(?:(?:ok|okay|alright|all right|yes|thanks|thank you|phew|good|great|fine|right|sorry|ready|done|then|well|now"
    r"|so)\b\s*)+"
    rf"|(?:i am|im|i'm|we are|we're|(?:it|that) is|it's|its|that's|everything is|everything's|all)(?: all)? {_OUT}"
    rf"|(?:{_WHOSE} \w+(?: (?:is|are|has|have)|'s)|(?:he|she|they)(?:'s|'re| is| are| has| have))(?: all)? {_OUT}"
    rf"|(?:i|we)(?:'ve| have)? (?:moved|pulled|taken|took|got|put) {_WHOSE} \w+ "
    rf"(?:away|out|back|aside|out of the way){_NOW}"
    r"|all (?:good|clear|fine|right|ok|okay|safe)(?: now)?|(?:the )?coast is clear|safe(?: now)?"
    rf"|(?:nobody|nothing)(?: is|'s) in (?:the|your) way{_NOW}|it was nothing|false alarm|my mistake|that's better)",
)
"""What a person says when the danger is over; with plain words to go on, the arm goes on."""
_CLAUSE = re.compile(r"[\s,.;:!…–-]*(?:[,.;:!…–]+|\band\b|\bso\b|\s-\s)[\s,.;:!…–-]*")
_LEAD = re.compile(r"^(?:(?:ok|okay|alright|all right|yes|right|phew|thanks|well|but|then)\b\s*)+(?=\w)")
_MAY = re.compile(
    r"^(?:(?:you|we) (?:may|can|could)|let us|let's|lets|(?:(?:it's|it is|its) )?(?:ok|okay|fine|safe|all right) to)\b"
)
_READY = re.compile(r" (?:when(?:ever)? you(?:'re| are) ready|if you (?:would|like|please|can)|with (?:it|that))$")
_POLITE = re.compile(r"\b(?:please|now|then)\b")


def wished(text: str) -> Wish | None:
    """The place that ``text`` sends a stopped arm to: "home", "rest" or None."""
    return AFTER_STOP.get(_POLITE.sub("", text.lower()).strip(" .!,"))


def in_doubt(text: str) -> bool:
    """Whether ``text`` is a question, a negation or a stop: too doubtful to start a stopped arm."""
    return _IN_DOUBT.search(text.lower()) is not None


def goes_on(text: str) -> bool:
    """Whether ``text`` plainly starts a stopped arm: "go on", "I'm free, continue"; no "not", no question.

    "My sleeve is out" is a cry to a moving arm, and says to a stopped one that the danger is over.
    """
    if in_doubt(text):
        return False
    if says_go_on(tokens(text)):
        return not is_stop(text)
    said = text.lower().replace("’", "'").strip(" .,;!")
    clauses = [clause for clause in _CLAUSE.split(said) if clause]
    orders = [clause for clause in clauses if _orders_on(clause)]
    return bool(orders) and all(_is_free(clause) for clause in clauses if clause not in orders)


def pace_beside(text: str) -> Pace | None:
    """The pace that ``text`` names beside the words to go on: "slowly now, go on"; None if it names none."""
    return read_speed([word for word in tokens(text) if word in SPEED_ALONE])


def _orders_on(clause: str) -> bool:
    plain = _READY.sub("", _MAY.sub("", _LEAD.sub("", clause)))
    return says_go_on([w for w in tokens(plain) if w not in SPEED_ALONE and w != "but"]) and not is_stop(plain)


def _is_free(clause: str) -> bool:
    plain = _LEAD.sub("", clause)
    return any(_FREE.fullmatch(one) or read_speed(tokens(one)) is not None for one in (clause, plain))


def next_after_stop(text: str) -> Wish | Literal["on"] | None:
    """The command of ``text`` to a stopped arm: "home", "rest", "on" or None."""
    return wished(text) or ("on" if goes_on(text) else None)

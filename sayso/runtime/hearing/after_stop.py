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
_POLITE = re.compile(r"\b(?:please|now|then)\b")


def wished(text: str) -> Wish | None:
    """The place that ``text`` sends a stopped arm to: "home", "rest" or None."""
    return AFTER_STOP.get(_POLITE.sub("", text.lower()).strip(" .!,"))


def in_doubt(text: str) -> bool:
    """Whether ``text`` is a question, a negation or a stop: too doubtful to start a stopped arm."""
    return _IN_DOUBT.search(text.lower()) is not None


def next_after_stop(text: str) -> Wish | Literal["on"] | None:
    """The command of ``text`` to a stopped arm: "home", "rest", "on" or None."""
    plain = not is_stop(text) and not in_doubt(text) and says_go_on(tokens(text))
    return wished(text) or ("on" if plain else None)

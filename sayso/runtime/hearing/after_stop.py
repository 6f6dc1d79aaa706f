"""Commands to a stopped arm: go on, go home, lie down."""

from __future__ import annotations

import re
from typing import Literal

from sayso.planner.corrections.speed import Pace, read_speed
from sayso.planner.corrections.spelling import in_plain_words
from sayso.planner.corrections.stops.mashed import distance
from sayso.planner.corrections.text import is_stop, says_go_on, tokens

Wish = Literal["home", "rest"]
# Commands to a stopped arm beside "go on"; they end the run.
AFTER_STOP: dict[str, Wish] = {
    "go home": "home", "home": "home", "go back home": "home",
    "lie down": "rest", "rest": "rest", "go to rest": "rest", "go to sleep": "rest",
}  # fmt: skip
STANDS = "stopped; say go on, go home or lie down: it holds"
_NO_HARM = re.compile(r"\bno (?:problem|worries|harm done)\b|\bif you don['’]?t mind\b")
# A stopped arm is started by plain words alone; "never mind" leaves a question, or what was said last.
_IN_DOUBT = re.compile(r"\?|n['’]t\b|\b(?:no|not|dont|never\w*|stop)\b")
_WELL = "(?:free|out|fine|ok|okay|good|clear|safe|away|loose|well|ready|gone|in order)"
_OUT = rf"{_WELL}(?: of (?:it|there|the way|your way))?(?: (?:again|now))*"
_WHOSE = r"(?:my|our|his|her|their|the)(?: (?:left|right|little|poor))?"
_NOW = r"(?: (?:now|again|any ?more))*"
_FREE = re.compile(
    r"(?:(?:(?:ok|okay|alright|all right|yes|thanks|thank you|phew|good|great|fine|right|sorry|ready|done|then|well|now"
    r"|so)\b\s*)+"
    rf"|(?:i am|im|i'm|we are|we're|you are|you're|(?:it|that) is|it's|its|that's|everything is|everything's"
    rf"|all(?: is)?)(?: all)? {_OUT}"
    rf"|(?:{_WHOSE} \w+(?: (?:is|are|has|have)|'s)|(?:he|she|they)(?:'s|'re| is| are| has| have))(?: all)? {_OUT}"
    rf"|(?:i|we)(?:'ve| have)? (?:moved|pulled|taken|took|got|put) {_WHOSE} \w+ "
    rf"(?:away|out|back|aside|out of the way){_NOW}"
    r"|all (?:good|clear|fine|right|ok|okay|safe)(?: now)?|(?:the )?coast is clear|safe(?: now)?"
    rf"|(?:nobody|nothing)(?: is|'s) in (?:the|your) way{_NOW}|it was nothing|false alarm|my mistake|that's better)",
)
"""What a person says when the danger is over; with plain words to go on, the arm goes on."""
_CLAUSE = re.compile(r"[\s,.;:!…–-]*(?:[,.;:!…–]+|\band\b|\bso\b|\bbut\b|\s-\s)[\s,.;:!…–-]*")
_LEAD = re.compile(r"^(?:(?:ok|okay|alright|all right|yes|right|phew|thanks|well)\b\s*)+(?=\w)")
_POLITE = re.compile(r"\b(?:please|now|then)\b")
_OF_SLOWNESS = r"(?:(?:very|more|nice and|a bit more) )?(?:slowly|slow|slower|gently|carefully|with care|cautiously)"
_SLOWLY = re.compile(
    rf"(?:(?:do it|just|please|now|go|very|take it) )*(?P<how>{_OF_SLOWNESS})(?: (?:now|please|this time))*"
)
_AGREES = (
    r"(?:ok|okay|k|alright|all right|yes|yep|yeah|yup|aye|sure|fine|good|great|lovely|perfect|right|well|now|then|so"
    r"|and|very well|thanks|thank you|cheers|ta|please|kindly|just|robot|sayso|arm|hey|oh|sorry|go on then|come on)"
)
_MAY = (
    r"(?:(?:you|we) (?:may|can|could|should)(?: to)?|you(?: are|['’]?re) (?:free|allowed|ok|okay|clear|good|welcome) to"
    r"|(?:let us|let['’]?s)|(?:(?:it['’]?s|it is) )?(?:ok|okay|fine|safe|all right|time) to|feel free to"
    r"|be so kind as to|(?:i|we)(?:['’]d| would)? (?:want|like) you to|please do|do|make"
    r"|(?:would|could|will) you (?:please|kindly))"
)
_WORK = (
    r"(?:it|that|things|(?:(?:the|your|my|this) )?(?:program|programme|task|job|work|run|motion|movement|operation|plan"
    r"|sequence|routine)|what you (?:were doing|started|had begun))"
)
_ORDER = (
    r"(?:(?:go on|carry on|keep on|continue|crack on|press on|proceed|resume)"
    rf"(?: (?:working|moving|going|doing {_WORK}))?(?: (?:with )?{_WORK})?"
    rf"|go ahead(?: with {_WORK})?|keep (?:going|moving|working|at it)|move on|go again|start again"
    rf"|(?:get|start) (?:going|moving|working)(?: again)?|get on with {_WORK}"
    r"|(?:get )?back to (?:work|it|what you were doing)"
    r"|(?:on|off|away) (?:you|ye|ya|we) go|as you were|go|go for it|pick up where you left off"
    r"|finish (?:what you (?:started|were doing)|(?:the|your) (?:job|work|task)))"
)
_AFTERWARDS = (
    r"(?:please|now|then|again|robot|sayso|thanks|thank you|dear|my dear|love|mate|buddy|at once|right away|as before"
    r"|from there|(?:from )?where you (?:were|stopped|left off)|for me|would you please"
    r"|if you (?:please|like|would|will|don['’]?t mind)"
    r"|when(?:ever)? you(?: are|['’]?re) (?:ready|good)|when(?:ever)? (?:ready|you like|you want)"
    r"|in your own time|will you please|at your own pace)"
)
_ORDERS = re.compile(rf"(?:{_AGREES} )*(?:{_MAY} (?:(?:please|now|just) )*)?{_ORDER}(?: {_AFTERWARDS})*")
_COURTESY = re.compile(rf"{_AGREES}(?: {_AGREES})*(?: {_AFTERWARDS})*|{_AFTERWARDS}|no (?:problem|worries|harm done)")
"""Consent in many forms, every word of which is known: what is left could be a report, a condition or a question."""


_ASKS = re.compile(
    r"^\W*(?:(?:ok|okay|well|so|and|but|robot) )*(?:can|could|would|will|shall|should|may|must|do|did|are) "
    r"(?:you|it|we|i|he|she|they)\b(?!.*\b(?:please|kindly)\b)|\byou would\b"
)
"""A question that speech recognition writes without its mark."""


_VERBS = ("continue", "proceed", "resume", "carry", "going", "moving", "working", "please", "ahead")


def _respelt(text: str) -> str:
    """``text`` in plain words, with the words of consent that it misspells by a letter put right."""
    return re.sub(r"[^\W\d_]{5,}", lambda found: _verb(found[0].lower()) or found[0], in_plain_words(text))


def _verb(word: str) -> str | None:
    near = (v for v in _VERBS if v[0] == word[0] and not word.startswith(v) and distance(word, v) == 1)
    return next(near, None)


def wished(text: str) -> Wish | None:
    """The place that ``text`` sends a stopped arm to: "home", "rest" or None."""
    return AFTER_STOP.get(_POLITE.sub("", text.lower()).strip(" .!,"))


def in_doubt(text: str) -> bool:
    """Whether ``text`` is a question, a negation or a stop: too doubtful to start a stopped arm."""
    return _IN_DOUBT.search(_NO_HARM.sub("", _respelt(text).lower())) is not None


def goes_on(text: str) -> bool:
    """Whether ``text`` plainly starts a stopped arm: "go on", "I'm free, continue"; no "not", no question.

    "My sleeve is out" is a cry to a moving arm, and says to a stopped one that the danger is over. Every word must be
    known: a word too many may tell of another person, another time or a danger.
    """
    text = _respelt(text)
    if in_doubt(text) or _ASKS.search(text.lower()):
        return False
    if says_go_on(tokens(text)):
        return not is_stop(text)
    clauses = _clauses(text)
    orders = [clause for clause in clauses if _orders_on(clause)]
    others = [clause for clause in clauses if clause not in orders]
    return bool(orders) and all(map(_is_harmless, others))


def pace_beside(text: str) -> Pace | None:
    """The lower speed that words to go on ask for: "go on, but slowly"; None if they name none."""
    found = [m for clause in _clauses(_respelt(text)) for m in re.finditer(rf"\b{_OF_SLOWNESS}\b", clause)]
    return read_speed(tokens(found[-1][0])) if found else None


def _clauses(text: str) -> list[str]:
    said = " ".join(text.lower().replace("’", "'").split()).strip(" .,;!…")
    return [clause for clause in _CLAUSE.split(said) if clause]


def _orders_on(clause: str) -> bool:
    plain = re.sub(rf" {_OF_SLOWNESS}(?= |$)", "", clause)
    return _ORDERS.fullmatch(plain) is not None and not is_stop(plain)


def _is_harmless(clause: str) -> bool:
    """Whether ``clause`` is a courtesy, says that the danger is over, or asks for less speed."""
    plain = _LEAD.sub("", clause)
    pattern = (_COURTESY, _FREE, _SLOWLY)
    return any(p.fullmatch(said) for p in pattern for said in (clause, plain))


def next_after_stop(text: str) -> Wish | Literal["on"] | None:
    """The command of ``text`` to a stopped arm: "home", "rest", "on" or None."""
    return wished(text) or ("on" if goes_on(text) else None)

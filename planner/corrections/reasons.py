"""The one order among the parts of a sentence: "slower, love, the soup is hot", "that's right, pet, carry on"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections import words as W
from sayso.planner.corrections.speed import Pace, read_speed
from sayso.planner.corrections.text import says_go_on

_ORDERING = (
    frozenset(w for table in (W.DIRECTION, W.GRIPPER, W.SPEED, W.AWAY) for w in table)
    | W.TASK_VERBS
    | W.NEGATIONS
    | W.CORRECTING
    | frozenset(W.COLORS)
    | W.words(
        """not or if unless when until till once before after but only stop other opposite says said say block bowl
        wants want thinks
        think told tells tell reckons prefers would yesterday later tomorrow might should could must"""
    )
) - W.words("a in it to")
"""Words that a part without an order does not hold."""
_ADDRESSING = W.AROUND_A_COMMAND | W.words(
    """love pet dear darling sweetie sweetheart honey hun hen duck lad lass lassie mate pal son boss sir madam maam
    buddy
    bro dude man friend angel lamb poppet kiddo kid baby babe boy girl bird chick petal flower treasure champ cobber
    chief old young my little wee aye yes yep yup ja ta cheers good lovely nice great perfect brilliant fine super well
    done excellent wonderful beautiful bravo smashing grand braw magic ace exactly correct spot bang on job thats it
    clever sorry false alarm ah oh och ach ooh arre achha na yaar bhai beta"""
)
"""Words of a part that only calls, praises or sighs."""
_PRAISES = (
    W.PRAISING
    | W.words(
        """wonderful beautiful smashing grand braw magic ace correct exactly clever yay hooray hurrah woohoo yippee
    yeehaw fantastic gorgeous splendid legend champion class sound slick smooth sweet epic magnifique sugoi shabash
    ole"""
    )
) - {"well"}
_IN_PRAISE = W.words(
    """it is its that thats this you youre are so very too really looks a an the what how now i love like way work job
    grip touch do did one girl yourself"""
)
"""Words that may stand beside praise: "that's a braw job"."""
_NO = W.words("no nope nah nay but oh so")
_COURSE = re.compile(
    r"(?:(?:maintain|keep|hold|stay on|stay the)(?: (?:your|the|this|present|current))* (?:course|heading|track)"
    r"|steady as (?:she|you) goe?s?)$"
)
_UNFINISHED = W.words("to not and or you just no but the should dont never must")
_CONTRADICTING = W.CORRECTING | W.words(
    "or but unless when until faster quicker fast quick speed up hurry said says phone telly"
)
_REASONING = W.words(
    """youre youll youve you ye its it thats there theres theyre we were weve ive i im my the this these those our
    nobody
    because cause so no all everything mine ill what dont"""
)
"""Words with which a part begins that gives the reason of the order before it."""
_MEANT = W.phrases(
    """as you were; as you are; as planned; like that; like this; just like that; as before; on you go; jist like that;
    keep at it; dont be shy; keep doing what youre doing; keep doing what you are doing; keep it coming; away you go;
    carry on like that; carry on like this; carry on as you were; carry on as you are; carry on as planned; go further
    like this; continue like this; continue like that; keep going like that; dont stop now; do not stop now; you keep
    going; you carry on; you go on; go on though; on ye go; pay no heed; ignore it; ignore that; ignore him;
    ignore her; ignore me; ignore them; carry on then; just carry on; please continue; keep gaun; carry on please"""
)


def order_among(words: Sequence[str]) -> list[str] | None:
    """The part of ``words`` that may be an order, if all the others only call, praise or give its reason; else None.

    Before "go on" a "no" may stand, and "not …" before what says how to: "not astern, maintain your heading".
    """
    parts = W.parts_of(words)
    said = [part for part in parts if not _calls(part)]
    on = next((i for i, part in enumerate(said) if says_to_go_on(part)), None)
    if on is not None and len(parts) > 1:
        before = [p for p in said[:on] if not (_NO.issuperset(p) or (_refuses(p) and not says_go_on(said[on])))]
        others = [p for p in (*before, *said[on:]) if not (says_to_go_on(p) or _reasons(p))]
        return None if others else ["go", "on"]
    if len(parts) < 2:
        return ["go", "on"] if _goes_on_at_last(words) else None
    said = [part for i, part in enumerate(said) if i == 0 or not _reasons(part)]
    return said[0] if len(said) == 1 else None


def only_praises(words: Sequence[str]) -> bool:
    """Whether every word calls or praises, and one praises."""
    return bool(_PRAISES.intersection(words)) and all(_calls(part) for part in W.parts_of(words))


def slowing(words: Sequence[str]) -> Pace | None:
    """The slower speed that the first part asks for, whatever reason the others give; None if they may contradict."""
    parts = W.parts_of(words)
    said = [part for part in parts if not _ADDRESSING.issuperset(part)]
    pace = read_speed(said[0]) if len(parts) > 1 and said else None
    if pace is None or pace.after(1.0) >= 1.0 or _CONTRADICTING.intersection(w for part in said[1:] for w in part):
        return None
    return pace


def says_to_go_on(part: Sequence[str]) -> bool:
    """Whether the part only tells the arm to go on as it does."""
    said = " ".join(part)
    return says_go_on(list(part)) or said in _MEANT or _COURSE.fullmatch(said) is not None


def _goes_on_at_last(words: Sequence[str]) -> bool:
    """Whether words without marks end in "go on" after praise or a "not …": "not astern maintain your heading"."""
    known = _ADDRESSING | _NO | _IN_PRAISE
    lead = next((i for i, word in enumerate(words) if word not in known), len(words))
    if (_PRAISES | {"ok", "okay"}).intersection(words[:lead]) and says_to_go_on(words[lead:]):
        return True
    course = _COURSE.search(" ".join(words))
    before = " ".join(words)[: course.start()].split() if course else []
    return _refuses(before) and before[-1] not in _UNFINISHED


def _refuses(part: Sequence[str]) -> bool:
    return part[:1] == ["not"] or (bool(part) and _NO.issuperset(part))


def _calls(part: Sequence[str]) -> bool:
    """Whether the part only calls, praises or sighs."""
    return _ADDRESSING.issuperset(part) or _praises(part)


def _praises(part: Sequence[str]) -> bool:
    if _PRAISES.intersection(part) and (_ADDRESSING | _PRAISES | _IN_PRAISE).issuperset(part):
        return True
    said = " ".join(w for w in part if w not in _ADDRESSING or w in ("on", "it", "thats"))
    return " ".join(part) in W.IDIOMS or said in W.IDIOMS or said in ("right", "too right")


def _reasons(part: Sequence[str]) -> bool:
    return part[0] in _REASONING and not _ORDERING.intersection(part)

"""The one order among the parts of a sentence: "slower, love, the soup is hot", "that's right, pet, carry on"."""

from __future__ import annotations

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
    """The part of ``words`` that may be an order, if all the others only call, praise or give its reason; else None."""
    parts = [part.split("\n") for part in "\n".join(words).split("\n,\n")]
    if len(parts) < 2:
        return None
    orders = [i for i, part in enumerate(parts) if not _ADDRESSING.issuperset(part) and not _praises(part)]
    orders = [i for i in orders if i == orders[0] or says_to_go_on(parts[i]) or not _reasons(parts[i])]
    if not orders:
        return None
    if all(says_to_go_on(parts[i]) for i in orders):
        return ["go", "on"]
    told = [i for i in orders if says_to_go_on(parts[i])]
    if told and all(i in told or _reasons(parts[i]) for i in orders):
        return ["go", "on"]
    return parts[orders[0]] if len(orders) == 1 and not told else None


def slowing(words: Sequence[str]) -> Pace | None:
    """The slower speed that the first part asks for, whatever reason the others give; None if they may contradict."""
    parts = [part.split("\n") for part in "\n".join(words).split("\n,\n")]
    said = [part for part in parts if not _ADDRESSING.issuperset(part)]
    pace = read_speed(said[0]) if len(parts) > 1 and said else None
    if pace is None or pace.after(1.0) >= 1.0 or _CONTRADICTING.intersection(w for part in said[1:] for w in part):
        return None
    return pace


def says_to_go_on(part: Sequence[str]) -> bool:
    """Whether the part only tells the arm to go on as it does."""
    return says_go_on(list(part)) or " ".join(part) in _MEANT


def _praises(part: Sequence[str]) -> bool:
    said = " ".join(w for w in part if w not in _ADDRESSING or w in ("on", "it", "thats"))
    return " ".join(part) in W.IDIOMS or said in W.IDIOMS or said in ("right", "too right")


def _reasons(part: Sequence[str]) -> bool:
    return part[0] in _REASONING and not _ORDERING.intersection(part)

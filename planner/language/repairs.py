"""Orders that a person mends while saying them: "put it on the box .. actually nah put it on the plate".

What comes after the words of mending takes the place of the same part before them: an order that of the last order, a
thing that of the last thing. Words of mending are a closed class. The reader carries out the part that was taken back,
or both.
"""

from __future__ import annotations

import re

from sayso.planner.corrections.words import TASK_VERBS
from sayso.planner.task.things import ANY, KIND_OF

_WORD = r"(?:no|nah|nope|actually|sorry|scratch that|on second thoughts?|correction)"
_FILLER = (
    r"(?:um+|uh+|er+|oh|well|wait|hang on|hold on|finally|make (?:it|that)|i mean(?:t)?|let['’]?s|just|better|instead"
    r"|rather)"
)
_MEND = rf"[\s,.;:…–—-]+(?:{_FILLER}[\s,.…]+)*{_WORD}(?:[\s,.;:…–—-]+(?:{_WORD}|{_FILLER}))*[\s,.;:…–—-]+"
_VERB = "|".join(sorted(TASK_VERBS, key=len, reverse=True))
_ORDER = re.compile(
    rf"(?P<kept>.*?)(?P<back>\b(?:{_VERB})\b(?:(?!\b(?:{_VERB})\b).)*?){_MEND}(?P<anew>(?:{_VERB})\b.+)", re.I | re.S
)
_MENDS = re.compile(rf"{_MEND}(?:{_VERB})\b", re.I)
_REFERS = re.compile(r"\b(?:it|that|them|those)\b", re.I)
_PLACE = re.compile(
    r"\b(?:in|into|inside|on|onto|on top of|beside|next to|behind|between|under|in front of|(?:to the )?(?:left|right)"
    r" of|at|near|over)\b.*$",
    re.I | re.S,
)
_NOUN = "|".join(sorted((n for n, kind in KIND_OF.items() if kind != ANY), key=len, reverse=True))
_NOUNS = re.compile(rf"\b(?:{_NOUN})s?\b", re.I)
_THING = re.compile(
    rf"(?P<kept>.*\b)(?P<det>the|that|this|a|an|my) (?P<old>(?:[\w-]+ ){{0,2}}?)(?P<noun>{_NOUN}){_MEND}"
    r"(?:the|that|this|a|an|my) (?P<anew>[\w-]+(?: [\w-]+)?) one\b,?(?P<rest>.*)",
    re.I | re.S,
)


def mended(text: str) -> str:
    """``text`` with what is said anew in place of what it takes back; ``text`` itself without such words."""
    thing = _THING.fullmatch(text)
    if thing is not None and not _NOUNS.search(thing["kept"]):  # of several things another may be meant
        return f"{thing['kept']}{thing['det']} {thing['anew']} {thing['noun']}{thing['rest']}"
    order = _ORDER.fullmatch(text)
    if order is None or _MENDS.search(order["anew"]):
        return text
    back, anew = order["back"], order["anew"]
    if not _REFERS.search(anew.split(",")[0]):
        return text  # another order, not the same one again
    if not order["kept"].strip() and not _REFERS.search(back):  # "put the red ring on the box, no, put it on the plate"
        there, then = _PLACE.search(back), _PLACE.search(anew)
        return text if there is None or then is None else f"{back[: there.start()]}{then[0]}"
    return f"{order['kept']}{anew}" if _REFERS.search(back) else text

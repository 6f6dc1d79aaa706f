"""Orders in roundabout grammar, in plainer grammar of the same meaning: "don't you dare not put …" is "put …".

The reader hears two denials as one, the clause of an exception not at all, and the middle of a thing as that of the
table.
"""

from __future__ import annotations

import re

from sayso.planner.language.constructions import plainer
from sayso.planner.language.repairs import mended
from sayso.planner.task.things import ANY, KIND_OF

_NOT = r"(?: not|n['’]?t)"
_NO = rf"(?:do{_NOT}|never|you (?:must|should|shall|may|can){_NOT}|(?:can|could|must|should){_NOT})"
_DOUBLE = (
    (
        re.compile(
            rf"\b{_NO} (?:you |even |ever |we )*(?:dare(?: to)? |think (?:of|about) )?not(?: to)? (?=\w)",
            re.I,
        ),
        "",
    ),
    (
        re.compile(
            rf"\bit(?:(?: is|['’]?s) not| isn['’]?t) (?:(?:the case|true|so|right|correct) )?that (?P<who>[^,.;:!?]*?) "
            rf"(?P<must>should|must|may|shall|can|is|are|ought){_NOT}(?: to)? (?=\w)",
            re.I,
        ),
        r"\g<who> \g<must> ",
    ),
    (
        re.compile(rf"\b(?P<must>should|must|may|shall|can){_NOT} (?:fail|omit|neglect|forget) to (?=\w)", re.I),
        r"\g<must> ",
    ),
)
_EXCEPTED = re.compile(
    r"[,;]?\s*(?:except(?:ing)?(?: for)?|apart from|other than|but not) (?P<thing>(?:the|that|my) [\w\s-]{2,30}?),? "
    r"(?:which|that) (?:goes|belongs|(?:should|must|shall|has to|is to) (?:go|be put))"
    r" (?P<where>(?:in|into|inside|on|onto|beside|next to|behind|under|between|to) [^.;!?]+)",
    re.I,
)
_HAND = re.compile(r"\b(?:about |around |roughly |some )?(?:a|one) hand(?:['’]?s)?[- ](?:width|breadth)\b", re.I)
_HELD_HIGH = re.compile(
    r"^(?P<take>\W*(?:please )?(?:pick up|pick|grab|take|lift|get)\b[^.;!?]*?),? (?:and|then|and then) "
    r"(?:hold|keep|lift|raise) (?:it|that)(?: up)?(?: really| very| so| nice and| way)* high(?: up)?"
    r"(?:,? (?:like )?as high as (?:you can|possible))?(?=\W*$)",
    re.I,
)
_REST_STAYS = re.compile(
    r"(?<=[.;,!?] )(?:and )?(?:the )?(?:rest|others?|remainder) (?:stays?|remains?|is to stay|can stay)"
    r"(?: (?:put|there|still|(?:just )?(?:as|where|how) (?:it |they )?(?:is|are)))(?=\W*$)",
    re.I,
)
"""What is left alone, in the end of a sentence."""
_SHOULD_THERE = re.compile(r"^(?P<before>\W*|.*[.;!?]\s+)should there be (?=\w)", re.I)
_FAILING = re.compile(
    r"\b(?:failing (?:that|which)|if (?:that is|that['’]?s|it is|it['’]?s) not (?:so|the case))\b", re.I
)
_LEAVE = re.compile(
    r"[,;.]?\s*(?:\band )?\b(?:otherwise|if not),?\s+(?:(?:just|then|please) )*"
    r"(?:do nothing|do(?: not|n['’]?t) do anything|leave (?:it|them)(?: alone| be)?|nothing)(?=\W*$)",
    re.I,
)
_SO_NOT = re.compile(
    r",?\s+so (?:that )?(?:nothing|(?:it|they) (?:does|do|will|would|wo)(?: not|n['’]?t)) "
    r"(?:tips?|falls?|rolls?|spills?|breaks?|topples?|cracks?)(?: (?:over|off|away|down|out))?(?=\W*$)"
    r"|[,;.]?\s+(?:(?:and|but|mind|careful)\b,? ?)*(?:because |since |for |as )?"
    r"(?:i|we)(?: (?:do|would)(?: not|n['’]?t)|['’]?(?:m| am) (?:not?|nae)) "
    r"want(?:ing)? (?:it|them|that|this) (?:to (?:be )?)?"
    r"(?:tip|fall|roll|spill|break|broken|toppl|crack|end|land|slip|drop)(?:e|ing|p?ed|t)?"
    r"(?: (?:up|over|off|away|down|out|onto|on|the (?:floor|table|edge|ground)))*(?=\W*$)",
    re.I,
)
_NOT_THERE = re.compile(
    r"(?P<there>\b(?:beside|next to|near|close to|behind|between|in front of|side of|(?:left|right) of)\b[^.;!?]*?)"
    r"[,;]?\s+(?:but |and )?not (?:right |directly )?(?:in|inside|into|on|onto)(?: it| them)?(?=\W*(?:please\W*)?$)",
    re.I,
)
"""What a thing is not in, beside the place where it goes."""
_NOUN = "|".join(noun for noun, kind in KIND_OF.items() if kind != ANY)
_MIDDLE = re.compile(
    r"(?:\b(?:right|exactly|directly) )?\b(?:in|into|at|on|onto) the (?:exact |very |dead )?(?:middle|cent(?:er|re)) "
    rf"of (?P<thing>(?:the|that|this|my|a) (?:[\w-]+ ){{0,2}}?(?:{_NOUN}))\b(?! (?:and|or)\b)",
    re.I,
)
"""The middle of a thing, not of the table or of several."""


def on_its_middle(text: str) -> str:
    """``text`` with "on the plate" for "in the middle of the plate"."""
    return _MIDDLE.sub(r"on \g<thing>", text)


_SIDES = "left|right|back|front|far|near|middle|center|centre|side|edge|corner|home|rest|start|top|bottom|other"
_GOING = re.compile(
    r"\b(?:go|come|drive|travel|head|get)(?: (?:back|over|across|right|straight|on))* (?:to|above|over to)"
    rf" (?=(?:the|that|this|my|a|an) (?!(?:{_SIDES})\b))",
    re.I,
)


def led_over(text: str) -> str:
    """``text`` in which the hand moves over to the thing that it goes to; "" if it goes to none."""
    plain = _GOING.sub("move over to ", text)
    return "" if plain == text else plain


def reworded(text: str) -> tuple[str, ...]:
    """``text`` in plainer grammar, in one sentence or in several to carry out one after the other."""
    text = plainer(mended(text))
    for form, plain in _DOUBLE:
        text = form.sub(plain, text)
    text = _FAILING.sub("otherwise", _SHOULD_THERE.sub(r"\g<before>if there is ", text))
    text = _NOT_THERE.sub(r"\g<there>", on_its_middle(_SO_NOT.sub("", _LEAVE.sub("", text)))).strip()
    text = _HELD_HIGH.sub(r"\g<take> and then move up a lot", _HAND.sub("10 cm", text))
    text = _REST_STAYS.sub("Leave the rest alone", text)
    excepted = _EXCEPTED.search(text)
    if excepted is None:
        return (text,)
    kept = f"{text[: excepted.start()]} except {excepted['thing']}{text[excepted.end() :]}"
    return kept, f"put {excepted['thing']} {excepted['where']}"

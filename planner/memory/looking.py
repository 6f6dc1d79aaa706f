"""Plain questions that one look answers: "is the cup left of the bowl?", "how far is it from the can?"."""

from __future__ import annotations

import re

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.corrections.text import cries_out, is_stop, tokens
from sayso.planner.corrections.words import TASK_VERBS
from sayso.planner.interpreter.answers import told, unfound
from sayso.planner.interpreter.grounding import ALIKE, Grounding
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Answer, Reply
from sayso.planner.reader.doubt import covering
from sayso.planner.reader.understanding import SURE
from sayso.planner.task.things import THING
from sayso.planner.task.values import (
    A,
    All,
    At,
    Empty,
    Exists,
    Full,
    It,
    Not,
    Nth,
    Pick,
    Put,
    Rank,
    The,
    Thing,
    Utterance,
)

_LEAD = re.compile(
    r"^\W*(?:(?:please|and|so|hey|hi|ok(?:ay)?|well|now|robot|tell me|sorry|excuse me|oh|right|listen|dear|love|mate)\b"
    r"[\s,:.!]*)+",
    re.I,
)
_TAIL = re.compile(
    r"(?:[\s,]*\b(?:please|dear|love|mate|robot|darling|pal|or not|now|right now|currently|then|here)|[\s,.?!])+$", re.I
)
_ASIDE = re.compile(
    r",?\s*\bor (?:is|are|isn['’]?t|aren['’]?t) (?:it|they)(?: not)?\s*,?"
    r"|\b(?:in )?the (?:hell|heck|devil)\b|\bon earth\b",
    re.I,
)
_IS = r"(?:is|are|isn['’]?t|aren['’]?t)"
_PLACE = (
    r"(?:(?:to )?(?:the )?(?:left|right) of|on the (?:left|right) of|in front of|behind|beside|next to|near"
    r"|close to|between|inside|in|on top of|on|under|underneath)"
)
_THERE = re.compile(rf"{_IS} there (?P<thing>.+)", re.I)
_ANYTHING = re.compile(rf"{_IS} (?:there )?(?:anything|something) (?P<place>{_PLACE} .+)", re.I)
_WHERE = re.compile(rf"{_IS} (?P<thing>(?:the|my|all|both|that|this|any|a|an) .+?),? (?P<place>{_PLACE} .+)", re.I)
_STATE = re.compile(rf"{_IS} (?P<thing>(?:the|my) .+?) (?P<state>empty|full|occupied)", re.I)
_FAR = re.compile(
    r"(?:what(?:['’]?s| is) the (?:distance|gap)|how (?:far|much space|much room)(?: away)?(?: apart)?"
    r"(?: is there| is it| is| are)?(?: apart)?)(?: between| from)? (?P<one>.+?) (?:and|from|to) (?P<other>.+)",
    re.I,
)
_WHICH = re.compile(
    r"(?:which|what)(?: one)?(?: (?:of the )?(?P<noun>(?:[a-z]+ )?[a-z]+?)s?)? (?:is|are|one is)(?: the)? "
    r"(?P<rank>biggest|largest|smallest|tallest|shortest|highest|leftmost|rightmost|nearest|closest|farthest|furthest)"
    r"(?: one)?(?P<rest> .+)?",
    re.I,
)
_THAN = re.compile(rf"{_IS} (?P<one>.+?) (?P<way>bigger|larger|smaller|taller|higher|shorter) than (?P<other>.+)", re.I)
_ORDERS = TASK_VERBS | {"point", "show", "hand", "pass", "hold"}
_SIZES = (Rank.BIG, Rank.SMALL, Rank.TALL, Rank.SHORT)


class Looking:
    """Answers such questions in a scene; ``words`` reads what they name."""

    def __init__(self, words: LocalPlanner) -> None:
        self.words = words

    def answer(self, sentence: str, scene: Scene) -> Answer | None:
        """What the ``scene`` says to the question ``sentence``; None for any other sentence, an order and a cry."""
        plain = asked(sentence)
        if plain is None or is_stop(sentence) or cries_out(sentence):
            return None
        ground = self.words.grounding(scene)
        try:
            return self._answered(plain, ground)
        except Unresolved as unresolved:
            return unfound(unresolved)

    def _answered(self, plain: str, ground: Grounding) -> Answer | None:
        if found := _ANYTHING.fullmatch(plain):
            put = self._read(f"put it {found['place']}")
            return told(Exists(A(THING, (put.place,))), ground) if isinstance(put, Put) else None
        if found := _THERE.fullmatch(plain):
            thing = self._thing(found["thing"])
            return None if thing is None else told(Exists(thing), ground)
        if found := _STATE.fullmatch(plain):
            thing = self._thing(found["thing"])
            if thing is None:
                return None
            states = {"empty": Empty(thing), "full": Full(thing), "occupied": Not(Empty(thing))}
            return told(states[found["state"].casefold()], ground)
        if found := _FAR.fullmatch(plain):
            return self._apart(found["one"], found["other"], ground)
        if found := _WHICH.fullmatch(plain):
            return self._first(f"the {found['rank']} {found['noun'] or 'thing'}{found['rest'] or ''}", ground)
        if found := _THAN.fullmatch(plain):
            return self._compared(found["one"], found["way"].casefold(), found["other"], ground)
        if found := _WHERE.fullmatch(plain):
            put = self._read(f"put {found['thing']} {found['place']}")
            if isinstance(put, Put) and not isinstance(put.thing, It):
                ground.several(put.thing if not isinstance(put.thing, A) else All(put.thing.noun, put.thing.modifiers))
                return told(At(put.thing, put.place), ground)
        return None

    def _read(self, order: str) -> Utterance | None:
        """What the ``order`` means; None if the reader is not sure of it."""
        try:
            found = covering(order, self.words.reader.read(order))
        except ValueError:
            return None
        best = max(found, key=lambda m: m.probability, default=None)
        return best.value if best is not None and best.probability >= SURE else None

    def _thing(self, words: str) -> Thing | None:
        pick = self._read(f"pick up {words}")
        return pick.thing if isinstance(pick, Pick) else None

    def _apart(self, one: str, other: str, ground: Grounding) -> Answer | None:
        things = [self._thing(words) for words in (one, other)]
        if None in things:
            return None
        a, b = (ground.one(thing) for thing in things if thing is not None)
        far = float(np.hypot(*(a.position - b.position)[:2]))
        gap = far - float(a.size[:2].max() + b.size[:2].max()) / 2
        rims = f"about {100 * gap:.0f} cm from rim to rim" if gap > 0.005 else "and they touch, or nearly so"
        return Reply(f"{the([a, b]).capitalize()} are {100 * far:.0f} cm apart from middle to middle, {rims}.")

    def _first(self, words: str, ground: Grounding) -> Answer | None:
        thing = self._thing(words)
        rank = next((m.rank for m in getattr(thing, "modifiers", ()) if isinstance(m, Nth)), None)
        if not isinstance(thing, The) or rank not in (None, *_SIZES, Rank.LEFT, Rank.RIGHT, Rank.NEAR, Rank.FAR):
            return None
        found = ground.several(thing)
        others = ground.matching(All(thing.noun, tuple(m for m in thing.modifiers if not isinstance(m, Nth))))
        if rank in _SIZES and len(others) > 1:
            first, second = (_size(o, rank) for o in ground.ordered(others, rank)[:2])
            if max(first, second) < ALIKE * min(first, second):
                return Reply(f"I see no clear difference in size: {the(others)}.")
        if len(found) != 1:
            return None
        seen = ground.around.scene.objects
        return Reply(f"The {dict(zip((o.id for o in seen), names(seen), strict=True))[found[0].id]}.")

    def _compared(self, one: str, way: str, other: str, ground: Grounding) -> Answer | None:
        things = [self._thing(words) for words in (one, other)]
        if None in things:
            return None
        a, b = (ground.one(thing) for thing in things if thing is not None)
        rank = Rank.TALL if way in ("taller", "higher", "shorter") else Rank.BIG
        first, second = _size(a, rank), _size(b, rank)
        if max(first, second) < ALIKE * min(first, second):
            return Reply(f"No: to me {the([a, b])} are about the same size.")
        true = (first > second) is (way not in ("smaller", "shorter"))
        return Reply(f"{'Yes' if true else 'No'}, {the([a])} is {'' if true else 'not '}{way} than {the([b])}.")


def asked(sentence: str) -> str | None:
    """The question that ``sentence`` begins with, without what stands around it; None if an order follows it."""
    first, mark, rest = " ".join(sentence.split()).partition("?")
    if mark and _ORDERS.intersection(tokens(rest)):
        return None
    return " ".join(_ASIDE.sub(" ", _TAIL.sub("", _LEAD.sub("", first))).split())


def _size(thing: SceneObject, rank: Rank) -> float:
    return float(thing.size[2]) if rank in (Rank.TALL, Rank.SHORT) else float(np.prod(thing.size))

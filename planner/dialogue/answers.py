"""Answers in any wording: the learned reader reads them after the question, and the scene says what they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from sayso.perception.scene import Scene
from sayso.planner.checks.threats import threatens
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.speed import Pace, read_speed
from sayso.planner.corrections.spelling import in_plain_words
from sayso.planner.corrections.stops.refusals import begins_as_a_refusal
from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import TASK_VERBS, words
from sayso.planner.dialogue.filling import Filling, proposed
from sayso.planner.dialogue.options import offered
from sayso.planner.dialogue.words import (
    Answered,
    Declined,
    Made,
    Unsure,
    affirmed,
    bare,
    by_choice,
    by_option,
    by_words,
    chosen,
    is_yes_or_no,
    told,
)
from sayso.planner.language.grounding import Unresolved, the
from sayso.planner.language.spelling import respelt
from sayso.planner.plan import Question
from sayso.planner.pointed import with_point, without_point
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import unread
from sayso.planner.reader.model import Reader
from sayso.planner.reader.source import Context
from sayso.planner.reader.understanding import BASELESS, CERTAIN, SURE
from sayso.planner.task import values as v
from sayso.planner.task.english import said
from sayso.planner.task.text import NotATask, parse, write
from sayso.planner.task.things import OTHER, THING, colors_meant, kind_named
from sayso.planner.viewpoint import Viewpoint

WHICH, WHERE, WHETHER = "Which one do you mean?", "Where shall I put it?", "Shall I go on?"
"""What the reader is told that the robot asked, in the words of its training."""
CHOOSES = 0.75
"""From this probability on the robot takes it that the choice is left to it, or that a "yes" was said."""
GUESSED = 0.25
"""From this probability on there is something that the person may have meant."""
CLEARLY = 2.0
"""An answer is at least so many times as probable as the next one."""
STOPS = 0.1
"""From this probability of a stop on nothing is taken for a "no" to the question."""
WAITS = "Take your time."
_ORDERS = (
    v.Arrange, v.ForEach, v.Go, v.Hand, v.Hold, v.If, v.Once, v.Pick, v.PointAt, v.Push, v.Put, v.Seq, v.Sort, v.Stack,
    v.Swap, v.Until, v.With,
)  # fmt: skip
_VERBS = TASK_VERBS | words("hand hold pass line point show go swap exchange switch wait use")
_SPOKEN_OF = (v.It, v.Them, v.Held)
_NO_ANSWERS = (v.Ask, v.Whether, v.Speed, v.Move, v.Gripper, v.Rule, v.GoOn, v.Name)
_OPENS_A_NAME = re.compile(r"\W*(?:the|a|an|that|this|those|these|any|either)\b", re.I)
_OPENS_A_PLACE = re.compile(
    r"\W*(?:(?:to|on|at) (?:the|your|my) )?(?:left|right)(?:[- ]hand side)? of\b"
    r"|\W*(?:in|into|inside|on|onto|next to|beside|near|by|behind|under|between|at)\b",
    re.I,
)
_OPENS_A_MOVE = re.compile(r"\W*(?:move|go|come)\b", re.I)
_SEVERAL = re.compile(r"\b(?:both|all|every\w*|each|two|three|four|\d|others?|rest|ones|them|lot)\b", re.I)
_NOT_THIS = re.compile(
    r"(?:no[\s,]+)?(?:not|(?:any|anything|either) but) (?P<out>[^,;.]+?)(?:[\s,;.]+(?:but )?(?:the )?other(?: one)?)?"
    r"|no (?P<refused>[^,;.]+?)[\s,;.]+(?:but )?the other(?: one)?",
    re.I,
)
_ECHO = re.compile(
    r"\W*(?:(?:oh|ah|ok|okay|right|really|hm+)\W+)*"
    r"(?:there(?:['’]s| is| are)? (?:no|not|isn['’]?t|aren['’]?t)(?: \w+){0,3}(?:,? (?:is|are) there)?"
    r"|no (?!the\b)\w+(?: \w+)?)"
    r"\s*[.,;!?]+\s*(?=\w)",
    re.I,
)
"""What somebody says again of an "I see no …"."""
_REASON = re.compile(
    r"(?:the )?(?:same|like|because|cause|since|so (?:it|that|he|she|they|we)|it|he|she|they|we"
    r"|i (?:like|love|prefer|think)|that['’]s|which|to match|matching|matches)\b",
    re.I,
)
"""What begins a reason for a choice."""
_STAYS_EMPTY = re.compile(
    r"[\s,.;!]+(?:(?:and|as|because|since|for) )?(?:the|that) (?:[\w-]+ ){1,3}"
    r"(?:(?:must|should|has to|needs to|ought to|is to) (?:stay|remain|be kept|be left|be|keep)|stays|remains) "
    r"(?:empty|free|clear|clean|as it is|where it is)(?=\W*$)",
    re.I,
)
"""A last clause about what is not chosen: "…, the left one must stay empty"."""
_TWO_SIDES = re.compile(
    r"\W*(?:(?:please|the|that|at|in|on|one|um+|uh+)\W+)*"
    r"(?:(?P<ahead>back|far|rear|front|near)[\s-]+(?P<aside>left|right)"
    r"|(?P<aside2>left|right)[\s-]+(?P<ahead2>back|far|rear|front|near))"
    r"(?: (?:one|corner|side))?(?:\W+(?:please|thanks))?\W*",
    re.I,
)
_CLEAR_M = 0.01
"""A thing is on a side of the others if it is at least so far from their middle."""
_PARTS = re.compile(r"[\s,;.]*[,;.][\s,;.]*(?:and\s+)?|\s+and\s+")
_PARTS_OF_PACE = re.compile(r"\s*[,.;]+\s*(?:but |and )?|\s+but\s+|\s+and\s+(?=(?:go|do|be|move|take)\b)", re.I)
_CLAUSES = re.compile(r"\s*[,.;:!?]+\s*|\s+then\s+")
_HUMS = re.compile(r"(?:(?:h+m+|u+h*m+|u+h+|e+r+m*|well|let me (?:see|think)|[\s,.…?!])+)", re.I)


class AnswerReader:
    """Reads answers with a learned ``reader``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(
        self, answer: str, question: Question, instruction: str, scene: Scene, yaw: float = 0.0
    ) -> Answered | None:
        """What ``answer`` to a ``question`` about ``instruction`` comes to; None if it is about something else.

        ``yaw`` rad is the heading in which the person looks. A point that the person marked stays with the words.
        """
        (words, before), (text, point) = without_point(instruction), without_point(answer)
        found = by_words(text, question, words)
        if found is None:
            text = _STAYS_EMPTY.sub("", text)
            text = _ECHO.sub("", text, count=1) if question.text.startswith("I see no") else text
            text, pace = _paced(text)
            plain = respelt(in_plain_words(" ".join(text.split())), self._reader.is_word)
            found = by_words(text, question, words) if pace is not None else None
            found = found or _Answer(plain, question, words, scene, yaw, self._reader).read()
            found = _at_pace(found, pace) if pace is not None and _is_made(found) else found
        return replace(found, instruction=with_point(found.instruction, point or before)) if _is_made(found) else found


class _Answer:
    """One ``text`` as an answer to a ``question`` about an ``instruction``."""

    def __init__(
        self, text: str, question: Question, instruction: str, scene: Scene, yaw: float, reader: Reader
    ) -> None:
        self._text, self._question, self._instruction = text, question, instruction
        self._reader, self._yaw = reader, yaw
        self._offered = offered(question, Viewpoint(yaw).quarter.seen(scene))
        self._filling = Filling(question.gap or proposed(question), list(self._offered.values()), scene, yaw)
        self._told_why = False  # whether the answer explains why sure words mean nothing here

    def read(self) -> Answered | None:
        """What the text comes to."""
        if (one := self._by_two_sides()) is not None:
            return one
        refuses = begins_as_a_refusal(tokens(self._text))
        if self._is_motion() or (refuses and "!" in self._text):
            return None
        if _HUMS.fullmatch(self._text):
            return Unsure(WAITS)
        try:
            asked = self._asked(self._text)
        except ValueError:  # without words, or too long
            return None
        if (order := self._ordered()) is not None:
            return order
        asks = self._text.rstrip().endswith("?") and self._alone(v.Ask, v.Whether) >= CERTAIN
        if _share(asked, v.Stop) >= STOPS or asks:
            return None
        found = self._put_in_full(asked) or self._in_parts() or self._of_the_others() or self._single(asked)
        if found is None or isinstance(found, Unsure):
            found = self._before_a_reason() or found
        if isinstance(found, Unsure) and (refuses or (not self._told_why and self._alone(*_NO_ANSWERS) >= SURE)):
            return None
        calm = not (refuses or "!" in self._text or self._text.isupper() or threatens(self._text))
        return Unsure() if found is None and calm and self._alone(v.Remark, v.Name) >= CERTAIN else found

    def _by_two_sides(self) -> Answered | None:
        """The one option whose thing is on both sides that are all of the text: "back right"."""
        said = _TWO_SIDES.fullmatch(self._text)
        if said is None or self._filling.asks_where or len(self._offered) < 2:
            return None
        ahead = 1 if (said["ahead"] or said["ahead2"]).casefold() in ("back", "far", "rear") else -1
        aside = 1 if (said["aside"] or said["aside2"]).casefold() == "left" else -1
        places = np.array([thing.position[:2] for thing in self._offered.values()]) * (ahead, aside)
        middle = (places.min(axis=0) + places.max(axis=0)) / 2
        there = [o for o, place in zip(self._offered, places, strict=True) if (place - middle >= _CLEAR_M).all()]
        return by_option(there[0], self._question, self._instruction) if len(there) == 1 else None

    def _single(self, asked: Sequence[Meaning]) -> Answered | None:
        """What all of the text comes to, unless its last clause by itself comes to something else: "the left one, then
        the right one"."""
        found = self._likeliest(self._text, asked)
        clauses = [clause for clause in _CLAUSES.split(bare(self._text)) if clause]
        whole = asked[0].value if asked else None
        names_one = isinstance(whole, v.AnswerThing) and isinstance(whole.thing, v.The | v.A)
        if not _is_made(found) or len(clauses) < 2 or not names_one:
            return found
        last = self._likeliest(clauses[-1], self._asked(clauses[-1]))
        return Unsure(self._quoting) if _is_made(last) and last.instruction != found.instruction else found

    def _before_a_reason(self) -> Answered | None:
        """What the first clause by itself comes to, if all after it may be its reason: "the gray one, same as mine"."""
        first, *others = [clause for clause in _CLAUSES.split(bare(self._text)) if clause] or [""]
        if not others or not all(map(_REASON.match, others)) or _VERBS.intersection(tokens(" ".join(others))):
            return None
        asked = self._asked(first)
        chooses = bool(asked) and isinstance(asked[0].value, v.AnswerThing | v.AnswerPlace)
        found = self._likeliest(first, asked) if chooses and asked[0].probability >= CERTAIN else None
        return found if _is_made(found) else None

    def _alone(self, *kinds: type[v.Utterance]) -> float:
        """How probably the text is one of these ``kinds`` without the question."""
        return _share(self._reader.read(self._text), *kinds)

    def _is_motion(self) -> bool:
        """Whether the text plainly is a motion of the arm, and no place where something goes."""
        plainly = read_plainly(self._text, None, self._yaw)
        moves = plainly is not None and plainly.motion is not None
        return moves and (not self._filling.asks_where or _OPENS_A_MOVE.match(self._text) is not None)

    def _asked(self, text: str) -> tuple[Meaning, ...]:
        """The meanings of ``text``, said after the question."""
        where = self._filling.asks_where or _OPENS_A_PLACE.match(text) is not None
        asks = WHETHER if is_yes_or_no(self._question) else WHERE if where else WHICH
        return self._reader.read(text, Context(asked=asks))

    def _ordered(self) -> Answered | None:
        """The whole instruction that the text is by itself; None if it is none, or only says which thing, or where."""
        if threatens(self._text) or _OPENS_A_NAME.match(self._text) or _VERBS.isdisjoint(tokens(self._text)):
            return None  # "the one next to the bowl" is an answer, which the reader by itself takes for a task
        alone = self._reader.read(self._text)
        if alone and tokens(self._text)[0] in _VERBS and _is_in_full(alone[0].value) and alone[0].probability >= SURE:
            return Made(self._text)  # whatever was asked
        if not alone or not isinstance(alone[0].value, _ORDERS) or _share(alone, *_ORDERS) < CERTAIN:
            return None
        match alone[0].value:
            case v.Go() if "home" in tokens(self._text):
                return Made("go home")
            case v.Put(v.It() | v.Them() | v.Held()):
                return None
            case v.Put(v.The(noun) | v.A(noun)) as put if noun == THING and not self._filling.asks_where:
                return self._meant_or_none(put) or Made(self._text)
            case v.Pick() | v.Hold() | v.Hand() | v.PointAt() if not self._filling.asks_where:
                return None
        return Made(self._text)

    def _put_in_full(self, asked: Sequence[Meaning]) -> Answered | None:
        """What "left block into the left bowl" says of both."""
        thing = next((m.value.thing for m in asked[:1] if isinstance(m.value, v.AnswerThing)), None)
        if getattr(thing, "noun", THING) == THING:
            return None
        put = next(iter(self._reader.read(self._text)), None)
        if put is None or put.probability < CERTAIN or not isinstance(put.value, v.Put) or put.value.thing != thing:
            return None
        inside = getattr(put.value.place, "thing", None)
        return self._meant_or_none(put.value) if getattr(inside, "noun", THING) != THING else None

    def _likeliest(self, text: str, meanings: Sequence[Meaning]) -> Answered | None:
        """What the ``meanings`` of ``text`` come to most probably; those with the same effect add up.

        Meanings that fit nothing in the scene count less: people speak of what they see.
        """
        effects: dict[object, tuple[float, Answered, v.Utterance]] = {}
        baseless, why = 0.0, ""
        for value, probability in ((m.value, m.probability) for m in meanings):
            try:
                effect = self._meant(value)
            except Unresolved as unresolved:
                baseless += probability
                why = why or (_why(unresolved) if probability >= SURE else "")
                continue
            if effect is not None:
                key = effect.instruction if _is_made(effect) else effect
                before, first, known = effects.get(key, (0.0, effect, value))
                effects[key] = before + probability, first, known
        likely = sorted(effects.values(), key=lambda one: -one[0])
        if likely:
            scale = 1.0 - (1.0 - BASELESS) * baseless
            (best, effect, value), second = likely[0], next((p for p, *_ in likely[1:]), 0.0)
            if best / scale >= self._needed(text, value) and best >= CLEARLY * second:
                return effect
            if not why and best >= GUESSED:
                return Unsure(self._quoting)
        self._told_why = bool(why)
        return Unsure(why) if why else None

    @property
    def _quoting(self) -> str:
        return f"I am not sure what you mean by “{self._text}”."

    @staticmethod
    def _needed(text: str, value: v.Utterance) -> float:
        """The probability from which an answer is taken."""
        if unread(text, value):
            return CERTAIN
        leaves = isinstance(getattr(value, "thing", None), v.A) or value == v.Answer(v.Reply.ANY)
        return CHOOSES if leaves or value == v.Answer(v.Reply.YES) else SURE

    def _meant(self, value: v.Utterance) -> Answered | None:
        """What a meaning comes to; None if it is no answer. Raises `Unresolved` if it means nothing certain here."""
        match value:
            case v.Answer(v.Reply.YES):
                option = affirmed(self._question)
                return None if option is None else by_option(option, self._question, self._instruction)
            case v.Answer(v.Reply.NO | v.Reply.NONE):
                return Declined()
            case v.Answer(v.Reply.ANY):
                return by_choice(self._question, self._instruction) or self._anywhere()
            case v.Answer():
                return Unsure(WAITS)
            case v.AnswerThing(thing) | v.Instead(thing):
                return self._thing(thing)
            case v.PointAt(v.Them()):
                return None  # nobody asked whether to point
            case v.Pick(thing) | v.Hold(thing) | v.Hand(thing) | v.PointAt(thing):
                return self._thing(thing)
            case v.AnswerPlace(place) | v.InsteadAt(place):
                return self._place(place)
            case v.Put(thing, place) if isinstance(thing, _SPOKEN_OF):
                return self._place(place)
            case v.Put(thing, place) if not self._filling.asks_where:
                return self._both(thing, place)
        return None

    def _meant_or_none(self, value: v.Utterance) -> Answered | None:
        """The same without a reason why it means nothing certain."""
        with suppress(Unresolved):
            return self._meant(value)
        return None

    def _thing(self, thing: v.Thing) -> Answered | None:
        if isinstance(thing, v.It | v.Held | v.Each | v.Me | v.Robot | v.Table):
            return None
        if thing == v.A(THING):
            return by_choice(self._question, self._instruction)
        if isinstance(thing, v.The | v.A) and v.Color(thing.noun) not in thing.modifiers and _is_color(thing.noun):
            return self._thing(replace(thing, noun=THING, modifiers=(v.Color(thing.noun), *thing.modifiers)))
        if isinstance(thing, v.All | v.Rest | v.Them) and _SEVERAL.search(self._text) is None:
            return None  # "these blocks were a present"
        things = self._filling.found(thing)
        option = next((option for option, o in self._offered.items() if [o.id] == [t.id for t in things]), None)
        if option is None:
            return self._made(self._filling.with_things(things))
        found = by_option(option, self._question, self._instruction)
        return told(found, option) if isinstance(thing, v.A | v.Either) else found

    def _place(self, place: v.Place) -> Answered | None:
        option = chosen(self._question.options, said(place))
        if option is not None:
            return by_option(option, self._question, self._instruction)
        if self._filling.task is not None:
            return self._made(self._filling.with_place(place))
        return self._thing(place.thing) if isinstance(place, v.In | v.On) else None

    def _anywhere(self) -> Answered | None:
        return self._made(self._filling.with_place(v.Aside()) if self._filling.asks_where else None)

    def _both(self, thing: v.Thing, place: v.Place) -> Answered | None:
        """The thing in the gap, and another place for it."""
        return self._made(self._filling.put(self._filling.found(thing), place))

    def _made(self, task: v.Task | None) -> Made | None:
        return None if task is None else Made(write(task))

    def _of_the_others(self) -> Answered | None:
        """Of two options the one that the text leaves: "not the left one"."""
        refused = _NOT_THIS.fullmatch(bare(self._text))
        if refused is None or len(self._offered) != 2:
            return None
        try:
            named = refused["out"] or refused["refused"]
            out = [t.id for thing in self._things_in([named]) for t in self._filling.found(thing)]
        except Unresolved:
            return None
        left = [option for option, o in self._offered.items() if o.id not in out]
        return by_option(left[0], self._question, self._instruction) if len(left) == 1 else None

    def _things_in(self, parts: Sequence[str]) -> list[v.Thing]:
        """The things that those of ``parts`` name which surely name one."""
        read = [next(iter(self._asked(part)), None) for part in parts]
        return [m.value.thing for m in read if m and isinstance(m.value, v.AnswerThing) and m.probability >= SURE]

    def _in_parts(self) -> Answered | None:
        """Two answers at once, of which one fills the gap and one says another thing more closely."""
        parts = [part for part in _PARTS.split(bare(self._text)) if part]
        other = self._filling.other if self._filling.task is not None and not self._filling.asks_where else None
        if len(parts) != 2 or other is None:
            return None
        things = self._things_in(parts)
        if len(things) != 2 or THING in (getattr(t, "noun", THING) for t in things):
            return None
        try:
            return self._made(self._filling.with_two(*things))
        except Unresolved:
            return None


def _paced(text: str) -> tuple[str, Pace | None]:
    """``text`` without the clause that says how fast, and what that says: "the right one, but go slow"."""
    parts = [part for part in _PARTS_OF_PACE.split(text) if part.strip(" .!")]
    paces = [
        read_speed(tokens(part)) if len(tokens(part)) > 1 or part.strip(" .!").endswith("ly") else None
        for part in parts
    ]
    told = next((pace for pace in paces if pace is not None), None)
    rest = [part for part, pace in zip(parts, paces, strict=True) if pace is None]
    return (", ".join(rest), told) if told is not None and rest else (text, None)


def _at_pace(made: Made, pace: Pace) -> Made:
    """``made`` at a ``pace``; one that nobody can order for a task changes nothing."""
    factor = pace.after(1.0)
    if factor == 1.0:
        return made
    try:
        task = parse(made.instruction, v.Task)
    except NotATask:
        return replace(made, instruction=f"{'slowly' if factor < 1.0 else 'quickly'} {made.instruction}")
    return replace(made, instruction=write(v.With(task, (v.AtPace(v.Pace.SLOW if factor < 1.0 else v.Pace.FAST),))))


def _is_made(answered: Answered | None) -> TypeGuard[Made]:
    return isinstance(answered, Made)


def _is_in_full(value: v.Utterance) -> bool:
    """Whether ``value`` is to put a thing of a named kind in or on another: "put the red block in the blue bowl"."""
    things = (value.thing, getattr(value.place, "thing", None)) if isinstance(value, v.Put) else (None, None)
    return all(isinstance(t, v.The | v.A) and t.noun != THING for t in things)


def _share(meanings: Sequence[Meaning], *kinds: type[v.Utterance]) -> float:
    """The share of the probability that meanings of these ``kinds`` have."""
    whole = sum(m.probability for m in meanings)
    return sum(m.probability for m in meanings if isinstance(m.value, kinds)) / whole if whole else 0.0


def _is_color(noun: str) -> bool:
    """Whether ``noun`` is no kind of thing but a color: "orange, please"."""
    return kind_named(noun) is None and OTHER not in colors_meant(noun)


def _why(unresolved: Unresolved) -> str:
    """Why a description means nothing certain here."""
    text = str(getattr(unresolved.answer, "text", getattr(unresolved.answer, "reason", "")))
    if text.startswith("Which"):
        return f"That fits {the(unresolved.things)}."
    return re.split(r"[;:]|\.(?:\s|$)", text)[0] + "."

"""What a person said while the arm moves, by two readers together: the grammar of corrections and the learned reader.

Each effect gets the learned reader's probability, and a share more if the grammar reads the same. The arm obeys the
best effect if it is probable enough, else it asks; it stops sooner than it does anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from sayso.perception.scene import Scene
from sayso.planner.corrections.heard import NOT_UNDERSTOOD, Heard, Hearing, doing
from sayso.planner.corrections.reader import URGENT, Correction
from sayso.planner.corrections.text import is_stop
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Subtask
from sayso.planner.reader.doubt import unread, values_in
from sayso.planner.reader.model import Reader
from sayso.planner.reader.questions import asked_in
from sayso.planner.reader.source import Context
from sayso.planner.reader.words import Words
from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.values import (
    About,
    Again,
    Arrange,
    Ask,
    ForEach,
    Hand,
    Hold,
    If,
    It,
    Once,
    Other,
    Pick,
    Push,
    Put,
    Rest,
    Seq,
    Sort,
    Stack,
    Stop,
    Swap,
    Task,
    Them,
    Undo,
    Until,
    With,
)
from sayso.skills.motion import LanguageMotion

BEAM = 3
STOPS, STOPS_AN_ACT = 0.4, 0.7
"""The arm stops from these probabilities on; the second where the grammar has read an order."""
STILL_A_STOP, CERTAIN = 0.1, 0.75
"""Less than this speaks for a stop, and at least so much for something else, where the arm does not stop although the
grammar hears one that is no plain word to stop."""
ACTS, DOUBTED = 0.5, 0.75
"""The arm obeys from these probabilities on; the second where a "not", "if" or "or" is answered by nothing."""
AGREED = 0.35
"""What the grammar's reading adds to the probability of its effect."""
HEARD_AS_STOP = "a stop, as far as I understand; say go on if nothing is wrong"
_OWN = (Arrange, ForEach, Hand, Hold, If, Once, Pick, Push, Put, Seq, Sort, Stack, Swap, Until, With)
_LOOKS = (About.SEE, About.COUNT, About.WHERE, About.WHAT)
_OPENS_A_NAME = re.compile(r"\W*(?:the|a|an|that|this|those|these|any|either)\b", re.I)
_EARLIER = (It, Them, Other, Rest, Again, Undo)
OPEN = ("unknown", "ask")
"""Levels of a correction that could not be read."""
GOES_ON = ("resume", "remark")


class SecondOpinion:
    """Asks ``reader`` about every correction; ``words`` tells what nouns and colors mean."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self._reader, self._words = reader, words
        self._task = lru_cache(maxsize=16)(self._task_of)

    def warm_up(self) -> None:
        """Read one sentence, so that the first correction is as fast as the others."""
        self._reader.read("a bit to the left")

    def instructs(self, text: str) -> bool:
        """Whether ``text`` is surely a whole instruction or a question to the robot, whatever was said before."""
        if _OPENS_A_NAME.match(text):
            return False  # "the one next to the bowl" is an answer, which the reader by itself takes for a task
        try:
            meanings = self._reader.read(text, beam=BEAM)
        except ValueError:
            return False
        whole = [(with_condition_things(m.value), m.probability) for m in meanings]
        own = (
            probability
            for value, probability in whole
            if (isinstance(value, _OWN) or (isinstance(value, Ask) and value.about in _LOOKS))
            and not any(isinstance(v, _EARLIER) for v in values_in(value))
        )
        return sum(own) >= CERTAIN * sum(m.probability for m in meanings) > 0

    def on(
        self, found: Correction, scene: Scene, steps: Sequence[Subtask] = (), yaw: float = 0.0,
        current: LanguageMotion | None = None, asked: str = "", instruction: str = "", spoken: bool = True,
    ) -> Correction:  # fmt: skip
        """``found`` by the grammar, or what the reader makes of the same words in its place.

        ``steps`` are the subtasks being done, the first of them now, ``instruction`` what they carry out; ``yaw`` rad
        is the heading in which the speaker looks, ``current`` the motion under way, ``spoken`` whether a person asked
        for it, ``asked`` the question that the robot has asked. A plain question is no stop.
        """
        stopped = found.level == "stop"
        if stopped and is_stop(found.text):  # stop words and cries come before every model
            return found
        try:
            task = (self._task(instruction) if instruction else None) or doing(steps, scene, yaw=yaw)
            meanings = self._reader.read(found.text, Context(task, None, asked), BEAM)
        except ValueError:
            return found
        urgent = stopped and found.read_as == URGENT
        heard = any(isinstance(m.value, Stop) for m in meanings)
        if (urgent or (heard and not stopped)) and asked_in(found.text, self._reader) is not None:
            meanings = tuple(m for m in meanings if not isinstance(m.value, Stop))
            found = Correction(found.text, "unknown", NOT_UNDERSTOOD) if urgent else found
            stopped = False
        stops = sum(m.probability for m in meanings if isinstance(m.value, Stop))
        if stopped and (stops >= STILL_A_STOP or not meanings or meanings[0].probability < CERTAIN):
            return found
        if stops >= (STOPS if found.level in (*OPEN, "remark") else STOPS_AN_ACT):
            return Correction(found.text, "stop", HEARD_AS_STOP)
        words = self._words
        hearing = Hearing(found.text, scene, tuple(steps), current, yaw, words.kinds, words.colors, spoken)
        likely = hearing.likely(meanings)
        if not stopped:
            return weighed(found, likely)
        best = likely[0].correction
        return found if unread(found.text, likely[0].meaning) or best.level in OPEN else best

    def about(self, instruction: str) -> None:
        """Read ``instruction`` before it is carried out, so that the first correction of it need not."""
        self._task(instruction)

    def _task_of(self, instruction: str) -> Task | None:
        """What an instruction (a sentence or the text of a task) means; None where that is not certain."""
        try:
            return without_ids(parse(instruction, Task))
        except NotATask:
            pass
        try:
            best = self._reader.read(instruction)[0]
        except (ValueError, IndexError):
            return None
        return best.value if isinstance(best.value, Task) and best.probability >= ACTS else None


def weighed(by_grammar: Correction, likely: Sequence[Heard]) -> Correction:
    """The correction that the grammar and the learned reader make together; ``likely`` has the most probable first."""
    best, weight, agreed, needed = by_grammar, 0.0, False, ACTS
    doubted = by_grammar.level == "ask" and bool(doubts(by_grammar.text, at_once=True))
    for one in likely:
        same = same_effect(one.correction, by_grammar)
        total = one.probability + AGREED * same
        if total > weight:
            best, weight = by_grammar if same else one.correction, total
            harmless = one.correction.level in (*GOES_ON, *OPEN)
            needed = DOUBTED if unread(by_grammar.text, one.meaning) or (doubted and not harmless) else ACTS
        agreed |= same
    if not agreed and by_grammar.level not in OPEN and weight < AGREED:
        return by_grammar  # the learned reader knows no better
    if not likely:
        return by_grammar
    if weight >= needed:
        return best if best.level not in OPEN or by_grammar.level not in OPEN else by_grammar
    if by_grammar.level in OPEN:
        return by_grammar
    options = tuple(dict.fromkeys(said(without_ids(one.meaning)) for one in likely[:3]))
    return Correction(by_grammar.text, "ask", "do you mean: " + ", or ".join(options) + "?", options=options)


def same_effect(one: Correction, other: Correction) -> bool:
    """Whether two corrections do the same, if perhaps by another amount."""
    if one.level in GOES_ON or other.level in GOES_ON:
        return one.level in GOES_ON and other.level in GOES_ON
    if one.level != other.level or one.level in OPEN:
        return False
    if one.level == "motion":
        return _direction(one) == _direction(other)
    if one.level == "subtask":
        return (one.target, one.replaces) == (other.target, other.replaces)
    return one.level != "goal"  # the grammar's goal is a sentence, the reader's a task


def _direction(c: Correction) -> object:
    if c.pace is not None or c.motion is None:
        return c.pace is not None and c.pace.after(1.0) > 1.0
    m = c.motion
    return frozenset((s.axis, s.sign) for s in m.steps), m.toward, m.away, m.gripper, m.is_hold

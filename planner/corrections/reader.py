"""What a person said while the arm moves: plain words first, then the learned reader.

The arm obeys an effect if it is probable enough, else it asks; it stops sooner than it does anything else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from sayso.perception.scene import Scene
from sayso.planner.as_task import doing
from sayso.planner.checks.threats import HAZARDS, threatens
from sayso.planner.corrections import words as W
from sayso.planner.corrections.changes.round_about import read_round_about
from sayso.planner.corrections.changes.set_phrases import read_change
from sayso.planner.corrections.correction import NOT_UNDERSTOOD, REMARKED, URGENT, Correction
from sayso.planner.corrections.grammar import Spoken, Unreadable, bound_of, read_motion
from sayso.planner.corrections.heard import Heard, Hearing
from sayso.planner.corrections.measures import in_ways
from sayso.planner.corrections.plainly import WHOLLY, of_amount, read_plainly
from sayso.planner.corrections.sequence import read_in_turn
from sayso.planner.corrections.spelling import CLOSED, in_plain_words
from sayso.planner.corrections.stops.cries import holds_a_saying
from sayso.planner.corrections.stops.mashed import STOPLIKE, is_mashed
from sayso.planner.corrections.stops.refusals import begins_as_a_refusal, refuses
from sayso.planner.corrections.stops.spared_stops import SPARED, spare
from sayso.planner.corrections.stops.urgency import is_raised, is_repeated
from sayso.planner.corrections.text import forbidding, is_stop, normalise, plain_color, tokens
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.language.excepted import excepted, kept_always
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.planner.language.rewording import on_its_middle, reworded
from sayso.planner.plan import Subtask
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.counted import counted
from sayso.planner.reader.deciding import LIMITED
from sayso.planner.reader.doubt import COLORS, UNFOUNDED, covering, unread
from sayso.planner.reader.model import Reader
from sayso.planner.reader.questions import asked_in
from sayso.planner.reader.source import Context
from sayso.planner.reader.unless import sided
from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import (
    About,
    Again,
    Also,
    Arrange,
    Ask,
    Color,
    Drop,
    First,
    ForEach,
    Hand,
    Hold,
    If,
    It,
    KeepAway,
    Once,
    Other,
    Pick,
    Push,
    Put,
    Remark,
    Rest,
    Rule,
    Seq,
    Sort,
    Stack,
    Stop,
    Swap,
    Task,
    Them,
    Unable,
    Undo,
    Until,
    Untouched,
    Utterance,
    Whether,
    With,
)
from sayso.skills.motion import LanguageMotion

BEAM = 3
MOST_CHARS = 600
"""A longer text is left to plain words."""
STOPS, STOPS_AN_ACT = 0.4, 0.7
"""The arm stops from these probabilities on, the second where plain words say something else, and for a saying ("hold
your horses"); never for a stop word that is spared ("no need to stop")."""
STOPS_FOR_ASKING = 0.25
"""From this probability of a stop on the arm stops rather than that it asks."""
STILL_A_STOP, CERTAIN = 0.1, 0.75
"""Less than this speaks for a stop, and at least so much for something else, where a cry that may be none does not stop
the arm."""
RAISED = 0.1
"""What a raised voice says and nobody understands is a stop from this probability of one on."""
ACTS, DOUBTED, SURELY = 0.5, 0.75, 0.85
"""The arm obeys from these probabilities on; the second where a "not", "if" or "or" is answered by nothing, the third
where somebody tells of another's wish."""
UNSURE = "was that an order? Say stop, go on, or what to do"
AGREED = 0.35
"""What the grammar of motions, which knows every word of "open gripper", adds to the probability of its motion."""
GUESSED = 0.2
"""What is less probable is no guess to ask about."""
HEARD_AS_STOP = "a stop, as far as I understand; say go on if nothing is wrong"
OPEN = ("unknown", "ask")
"""Levels of a correction that could not be read."""
_AXES = {
    "left": "1+", "right": "1-", "forward": "0+", "back": "0-", "up": "2+", "down": "2-",
}  # fmt: skip
_OF_MOTION = frozenset(W.DIRECTION) | frozenset(W.GRIPPER)
GOES_ON = ("resume", "remark")
_OWN = (Arrange, ForEach, Hand, Hold, If, Once, Pick, Push, Put, Seq, Sort, Stack, Swap, Until, With)
_LOOKS = (About.SEE, About.COUNT, About.WHERE, About.WHAT)
_OPENS_A_NAME = re.compile(r"\W*(?:the|a|an|that|this|those|these|any|either)\b", re.I)
_EARLIER = (It, Them, Other, Rest, Again, Undo)
_MANNER = re.compile(
    r"(?:please |and |but |no |just )*(?:in|with|along|by|through) (?:a|an|one|the|more|less|much|bigger|smaller|wider)"
    r"(?: \w+){1,4}"
)
"""A phrase of how to move, without a verb: "in a wider sweep"."""
_ROUND = re.compile(
    r"\b(?:(?:go|move|pass|steer|drive|swing|get)(?: (?:well|right|all the way))?"
    r"|(?:take|make|find) (?:a|the) (?:way|detour|path)) a?round "
    r"(?=(?:the|that|this|my|it|them)\b(?! (?:other|\w+ side)\b))",
    re.I,
)
"""A way round a thing, which the reader takes for one toward it."""
_ASIDES = (
    re.compile(r"\b(?:and )?only (?=then\b)", re.I),
    re.compile(r"^\W*(?:(?:right|ok|okay|so|now|well|ah|yes)\W+)*where were we\b\W*(?=\w)", re.I),
    re.compile(r"\b(?:swap|switch|exchange|reverse|change) (?:the|their) order\b\W+(?=\w)(?!please)", re.I),
    re.compile(r"(?<=\w)[\s,]+of course\b(?=\W*\w)", re.I),
    re.compile(r"(?<=\w)[,.;]\s*(?:or )?(?:he|she|they|it|we)\b[^,.;!?]*\botherwise[\s.!]*$", re.I),
)
"""Words that change nothing, and which the reader takes for a part of the meaning."""
_BEFORE_RELEASE = re.compile(
    r"\bbefore (?:you |it )?"
    r"(?:lets? (?:it |that |her )?go|letting (?:it )?go|releas\w+|drop\w*|open\w*|(?:put|set)\w* (?:it|that) down)\b",
    re.I,
)
_COLOR_ONES = re.compile(rf"\b(?P<color>{'|'.join(sorted(W.COLORS.keys() - {'other'}))}|grey|white|black)s\b", re.I)
"""Things by their color alone: "both browns"."""
_REFUSED = re.compile(
    r"\b(?:scratch|cancel|scrap|ditch|forget|skip|never ?mind|lose) (?:about )?(?:the |that )?"
    rf"(?P<color>{COLORS.pattern})(?: (?:one|block|bowl))?\b",
    re.I,
)
"""What gives up the thing of a color."""
_WAITS = re.compile(
    r"\W*(?:(?:no|oh|hey|ok|okay|um+|uh)\W+)*(?:wait|hold on|hang on|hold up)(?: (?:a|one) \w+)?"
    r"(?:\s*[,.;:!?]|\s+(?:what|where|why|who|how|which)\b)",
    re.I,
)
"""Who begins so means the arm, though a question or a remark follows."""
LEAST_BESIDE = 3
"""So many words beside it are another order."""
_WISHES = re.compile(r"\b(?:wants?|needs?|prefers?|would (?:like|rather|prefer)|asked for)\b", re.I)
HOW = "I cannot change in that way how I move; say slower, faster or a direction"


class CorrectionReader:
    """Reads corrections: plain words, then with the ``reader``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._task = lru_cache(maxsize=16)(self._task_of)

    def warm_up(self) -> None:
        """Read one sentence, so that the first correction is as fast as the others."""
        self._reader.read("a bit to the left")

    def asks(self, text: str, still: bool) -> Ask | Whether | None:
        """The question that ``text`` is by itself, to an arm that stands ``still`` or moves; None for all others."""
        return asked_in(text, self._reader, still)

    def read(
        self, text: str, scene: Scene, steps: Sequence[Subtask] = (), yaw: float = 0.0,
        current: LanguageMotion | None = None, asked: str = "", instruction: str = "", spoken: bool = True,
    ) -> Correction:  # fmt: skip
        """What ``text`` means; a plain question is no stop.

        ``steps`` are the subtasks being done, the first of them now, ``instruction`` what they carry out; ``yaw`` rad
        is the heading in which the speaker looks, ``current`` the motion under way, ``spoken`` whether a person asked
        for it, ``asked`` the question that the robot has asked.
        """
        spelt = text if len(text) > MOST_CHARS or is_stop(text) else self._spelt(text, yaw)
        found = self._read(spelt, scene, steps, yaw, current, asked, instruction, spoken)
        return found if spelt == text else replace(found, text=text)

    def _spelt(self, text: str, yaw: float) -> str:
        """``text`` in plain words, without slips; words that may be misspelt stops or hazards stay."""
        plain = _ROUND.sub("keep away from ", on_its_middle(in_ways(in_plain_words(text), yaw)))
        for aside in _ASIDES:
            plain = aside.sub("", plain)
        plain = _COLOR_ONES.sub(lambda found: f"{found['color']} ones", plain)
        if self._reader.respelt(plain, HAZARDS | STOPLIKE - CLOSED) != plain:
            return plain
        return self._reader.respelt(plain, CLOSED)

    def _read(
        self, text: str, scene: Scene, steps: Sequence[Subtask], yaw: float, current: LanguageMotion | None,
        asked: str, instruction: str, spoken: bool,
    ) -> Correction:  # fmt: skip
        plain = read_plainly(text, current, yaw)
        if plain is not None and plain.level == "stop":
            return plain
        hearing = Hearing(text, scene, tuple(steps), current, yaw, kinds_meant, colors_meant, spoken)
        if (exchange := read_round_about(hearing)) is not None:
            return exchange
        cries = is_stop(text)
        unknown = Correction(text, "stop", "stop") if cries else Correction(text, "unknown", NOT_UNDERSTOOD)
        if len(text) > MOST_CHARS or not any(map(str.isalpha, text)):  # "12 34" names no way
            return plain or unknown
        if plain is None and not cries:

            def part_read(part: str) -> Correction:
                return self.read(part, scene, steps, yaw, current, asked, instruction, spoken)

            if (in_turn := read_in_turn(text, part_read)) is not None:
                return in_turn
            if (change := read_change(hearing)) is not None and change.level not in OPEN:
                return change
        spelt = self._reader.respelt(text, HAZARDS)
        words, threat = tokens(text), spelt != text and threatens(spelt)
        if spelt != text and (is_stop(spelt) or (threat and is_raised(text, words))):
            return Correction(text, "stop", HEARD_AS_STOP)
        try:
            task = (self._task(instruction) if instruction else None) or doing(steps, scene, yaw=yaw)
            found_in = self._reader.read(text, Context(task, None, asked), BEAM)
            sides = (replace(m, value=sided(text, m.value)) for m in found_in)
            meanings = tuple(replace(m, value=counted(text, with_condition_things(m.value))) for m in sides)
        except ValueError:
            return plain or unknown
        if any(isinstance(m.value, Stop) for m in meanings) and asked_in(text, self._reader) is not None:
            meanings = tuple(m for m in meanings if not isinstance(m.value, Stop))
        stops = sum(m.probability for m in meanings if isinstance(m.value, Stop))
        if plain is not None and plain.level not in OPEN:
            return _unless_otherwise(plain, meanings, stops)
        spared = SPARED in spare(normalise(text))
        mashed = is_mashed(words)
        stops *= not spared and not mashed and (stops >= STOPS_AN_ACT or not holds_a_saying(words))
        if cries and (stops >= STILL_A_STOP or not meanings or meanings[0].probability < CERTAIN):
            return unknown
        if stops >= STOPS:
            return Correction(text, "stop", HEARD_AS_STOP)
        if threat:
            return Correction(text, "unknown", UNSAFE)
        if (parts := excepted(text)) is not None and not cries and not spared:
            rule = self.read(parts[0], scene, steps, yaw, current, asked, instruction, spoken)
            if rule.rule is not None:
                return replace(rule, text=text, beside=kept_always(parts[1]))
        others = [m for m in meanings if not isinstance(m.value, Stop)]
        likely = _with_grammar(words, hearing.likely(covering(*_less_refused(text, others))))
        if begins_as_a_refusal(words) or _REFUSED.search(text):
            likely = _changing(likely, hearing.as_it_is)
        if cries and (not likely or unread(text, likely[0].meaning) or likely[0].correction.level in OPEN):
            return unknown
        news = _news(text, steps, scene)
        found = weighed(text, likely, news) if likely and self._reader.knows_any(text) else unknown
        if found.hesitates and begins_as_a_refusal(words):  # of what the arm does now, which it does not go on with
            asks = f"{found.read_as[:1].upper()}{found.read_as[1:]}"
            found = replace(found, holds=hearing.choice(asks, acts_of(likely)))
        uncertain = stops >= STILL_A_STOP or not likely or likely[0].probability < CERTAIN
        if plain is not None and (found.level in OPEN or found.motion is not None):
            found = plain  # its question says what is missing
        if found.motion is not None and not found.bound:
            found = replace(found, bound=bound_of(forbidding(words), found.motion.steps))
        forbids = found.pace is None and not spared and refuses(text, words, steps, scene)  # "not so fast with the red"
        drops = found.level == "goal" and isinstance(likely[0].meaning, Drop)
        if forbids and (uncertain or unread(news, likely[0].meaning)) and not drops:
            return Correction(text, "stop", HEARD_AS_STOP)
        if found.level == "unknown" and asked and words[:1] and words[0] in W.TASK_VERBS:  # no answer, but an order
            return self.read(text, scene, steps, yaw, current, "", instruction, spoken)
        if spared and found.level not in (*GOES_ON, *OPEN):  # "if it wobbles, stop"
            doubt = next(iter(doubts(text, at_once=True)), None)
            found = replace(unknown, level="ask", read_as=doubt.question if doubt else UNSURE)
        lost = found.level == "unknown" and not is_repeated(words)
        lost |= found.level in OPEN and stops >= RAISED
        lost |= found.level == "goal" and uncertain and W.TASK_VERBS.isdisjoint(words)
        lost |= found.level in (*OPEN, "remark") and not self._reader.knows(text)
        if lost and is_raised(text, () if mashed else words) and asked_in(text, self._reader) is None:
            return replace(unknown, level="stop", read_as=URGENT)
        if found.level in OPEN and stops >= STOPS_FOR_ASKING and self._reader.knows(text):
            return Correction(text, "stop", HEARD_AS_STOP)
        if found.level in GOES_ON and _WAITS.match(text):
            return Correction(text, "stop", "stop")  # "wait, where are you going?"
        if found.level == "unknown" and begins_as_a_refusal(words):
            return replace(unknown, level="stop", read_as="stop")  # whatever it was, the arm does the wrong thing
        return found

    def without(self, rule: str, scene: Scene, steps: Sequence[Subtask], yaw: float = 0.0) -> Correction | None:
        """The correction that leaves out of ``steps`` what a ``rule`` forbids to touch; None where it is in none."""
        hearing = Hearing("", scene, tuple(steps), None, yaw, kinds_meant, colors_meant)
        things = (c.thing for c in parse(rule, Rule).constraints if isinstance(c, Untouched | KeepAway))
        found = (hearing.read(Drop(thing)) for thing in things)
        return next((one for one in found if one.level not in OPEN), None)

    def order(self, text: str) -> bool | None:
        """Whether ``text`` by itself is an order: True for one to carry out, None for one that is beyond the arm."""
        words = tokens(text)
        if is_stop(text) or "?" in text or _OPENS_A_NAME.match(text) or len(words) < 2:
            return False
        try:
            read = [m for part in reworded(text) for m in self._reader.read(part)]
        except ValueError:
            return False
        own = sum(m.probability for m in read if isinstance(m.value, _OWN) and not isinstance(m.value, Pick | Hold))
        beyond = sum(m.probability for m in read if isinstance(m.value, Unable))
        return True if own >= CERTAIN else None if beyond >= CERTAIN else False

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


def _unless_otherwise(plain: Correction, meanings: Sequence[Meaning], stops: float) -> Correction:
    """``plain``, unless the reader is sure of a stop ("hold position"), or a motion is a saying ("way to go")."""
    if stops >= STOPS_AN_ACT:
        return Correction(plain.text, "stop", HEARD_AS_STOP)
    remark = sum(m.probability for m in meanings if isinstance(m.value, Remark))
    orders = AGREED + sum(m.probability for m in meanings if not isinstance(m.value, Remark))
    measured = not W.METRES.keys().isdisjoint(tokens(plain.text))  # no saying names a length
    if plain.motion is None or plain.beside or measured or remark < ACTS:
        return plain
    return Correction(plain.text, "remark", REMARKED) if remark > orders else Correction(plain.text, "ask", UNSURE)


def _with_grammar(words: Sequence[str], likely: Sequence[Heard]) -> list[Heard]:
    """``likely``, weighed with the grammar of motions where that reads the gripper, or a thing to go to."""
    try:
        spoken = read_motion(forbidding(words))
    except Unreadable:
        spoken = None
    if spoken is None or not (spoken.gripper or spoken.place) or spoken.steps:
        return list(likely)
    weighed = [
        replace(one, probability=one.probability + AGREED) if _is_read_by(spoken, one.correction.motion) else one
        for one in likely
    ]
    return sorted(weighed, key=lambda one: -one.probability)


def _less_refused(text: str, meanings: Sequence[Meaning]) -> tuple[str, Sequence[Meaning]]:
    """``text`` without the color that it gives up ("scratch the pink one, …"), and the ``meanings``, less probable
    where they are about that color and do not give it up."""
    refused = {plain_color(found["color"]) for found in _REFUSED.finditer(text)}
    drops = any(isinstance(m.value, Drop) and m.probability >= GUESSED for m in meanings)
    rest = _REFUSED.sub(" ", text)
    if not refused or drops or len(tokens(rest)) < LEAST_BESIDE:
        return text, meanings

    def aims(value: Utterance) -> bool:
        return not isinstance(value, Drop) and any(v.name in refused for v in values_in(value) if isinstance(v, Color))

    less = [replace(m, probability=m.probability * (UNFOUNDED if aims(m.value) else 1.0)) for m in meanings]
    whole = sum(m.probability for m in less) or 1.0
    scale = sum(m.probability for m in meanings) / whole
    kept = sorted((replace(m, probability=m.probability * scale) for m in less), key=lambda m: -m.probability)
    return rest, kept


def _changing(likely: Sequence[Heard], as_it_is: str | None) -> list[Heard]:
    """Those of ``likely`` that change something, where somebody says "no"; all if hardly any does."""
    changing = [
        one
        for one in likely
        if not (one.correction.level == "resume" and one.correction.target) and one.correction.instruction != as_it_is
    ]
    return changing if sum(one.probability for one in changing) >= GUESSED else list(likely)


def _is_read_by(spoken: Spoken, motion: LanguageMotion | None) -> bool:
    if motion is None:
        return False
    if spoken.gripper:
        return motion.gripper == spoken.gripper
    return motion.toward is not None and motion.away == spoken.away


def _news(text: str, steps: Sequence[Subtask], scene: Scene) -> str:
    """``text`` without the colors of what the arm does: "not red, the green bowl" need not speak of the red one."""
    things = (scene.find(i) for s in steps for i in (s.object_id, s.reference_id))
    known = {o.color for o in things if o is not None}
    return COLORS.sub(lambda found: "" if plain_color(found[0]) in known else found[0], text)


def weighed(text: str, likely: Sequence[Heard], news: str | None = None) -> Correction:
    """The correction of the most probable effect of ``text``, or the question; ``likely`` has the most probable first.

    ``news`` is what the meaning has to speak of, None: all of ``text``.
    """
    best = likely[0].correction
    words = tokens(text)
    if likely[0].probability < GUESSED:
        return Correction(text, "unknown", NOT_UNDERSTOOD)
    if best.level in OPEN:
        return best
    if best.level == "remark" and _MANNER.fullmatch(" ".join(words)):
        return Correction(text, "unknown", HOW)
    if words[0] == "not" and (best.level == "resume" or (best.level == "goal" and "," not in words)):
        return Correction(text, "ask", UNSURE)
    if best.level in ("motion", "subtask", "goal"):
        doubt = _open_doubt(text, words, likely[0])
        if doubt is not None:
            return Correction(text, "ask", doubt.question)
    if best.motion is not None and best.motion.toward and "too" in words:  # "too far from the bowl"
        motion = replace(best.motion, away=not {"far", "distant"}.intersection(words))
        best = replace(best, motion=motion, read_as=str(motion))
    if best.motion is not None and any(a == "any" and b in W.COMPARATIVES for a, b in pairwise(words)):
        return Correction(text, "stop", HEARD_AS_STOP)  # "any lower and we are in the soup"
    if best.motion is not None and "other" in words and not _OF_MOTION.isdisjoint(words) and not _turns(words, best):
        return Correction(text, "ask", f"which way? Did you mean: {best.read_as}?")
    if best.motion is not None and best.motion.gripper and not best.motion.steps and not best.then and of_amount(text):
        return Correction(text, "ask", WHOLLY)
    needed = DOUBTED if unread(text if news is None else news, likely[0].meaning) else ACTS
    if likely[0].probability >= needed:
        return best
    acts = acts_of(likely)
    if not acts:
        return Correction(text, "unknown", NOT_UNDERSTOOD)
    paces = [one.correction.pace for one in acts]
    if all(pace is not None and pace.after(1.0) < 1.0 for pace in paces):
        return acts[0].correction  # which kind of slow is no question
    ways = [_ways(one.correction) if len(one.correction.legs) == 1 else set() for one in acts]
    if ways[0] and all(way == ways[0] for way in ways) and sum(one.probability for one in acts) >= needed:
        return acts[0].correction  # and neither is how far
    options = tuple(dict.fromkeys(said(without_ids(one.meaning)) for one in acts))
    other = any(one.correction.level in ("subtask", "goal") for one in acts)
    return Correction(text, "ask", "do you mean: " + ", or ".join(options) + "?", options=options, hesitates=other)


def acts_of(likely: Sequence[Heard]) -> list[Heard]:
    """Those of ``likely`` that a question offers, most probable first."""
    return [one for one in likely[:3] if one.correction.level not in (*GOES_ON, *OPEN)]


def _open_doubt(text: str, words: Sequence[str], heard: Heard) -> Doubt | None:
    """The clause of ``text`` that is no plain order, or forbids what would be done, and was not read as such."""
    best = heard.correction
    waits = any(isinstance(v, (*LIMITED, Also, First)) for v in values_in(heard.meaning))
    slower = best.pace is not None and best.pace.after(1.0) <= 1.0
    for doubt in doubts(text, at_once=True):
        match doubt.modality:
            case Modality.NEGATED:
                if doubt.cue not in ("no", "nope", "nah") and _forbids(tokens(text[doubt.start : doubt.reach]), best):
                    return doubt
            case Modality.REPORTED:
                wished = (
                    begins_as_a_refusal(words) and best.level in ("subtask", "goal") and heard.probability >= SURELY
                )
                if wished and _WISHES.search(doubt.clause):
                    continue  # "not that one, she wants the brown one"
                orders = best.motion is None or not _OF_MOTION.isdisjoint(tokens(text[doubt.start : doubt.reach]))
                if orders and not waits and not slower and "i" not in words:  # "the green one, I should have said"
                    return doubt
            case Modality.IMAGINED:
                if (doubt.cue == "pretend" or doubt.cue.endswith("ll")) and best.motion is not None:
                    return doubt
            case Modality.CONDITIONAL if best.motion is not None and _BEFORE_RELEASE.search(doubt.clause):
                continue  # the arm lets go later in any case
            case _:
                if not waits and not slower and (best.level != "goal" or doubt.modality is Modality.ASKED):
                    return doubt
    return None


def _turns(words: Sequence[str], found: Correction) -> bool:
    """Whether ``words`` name the ways of ``found``, and only after an "other way": "the other way, go left"."""
    at = words.index("other")
    return not _named_ways(words[:at]) and _named_ways(words[at + 2 :]) == _ways(found) != set()


def _ways(found: Correction) -> set[str]:
    steps = found.motion.steps if found.motion is not None else ()
    return {str(s.axis) + ("+" if s.sign > 0 else "-") for s in steps}


def _named_ways(words: Sequence[str]) -> set[str]:
    return {_AXES[W.DIRECTION[w]] for w in words if W.DIRECTION.get(w) in _AXES}


def _forbids(clause: Sequence[str], found: Correction) -> bool:
    """Whether a negated ``clause`` names the direction or the thing of what was ``found``."""
    if {"too", "enough", "so", "far"}.intersection(clause):  # "not so far left"
        return False
    if found.motion is not None:
        ways = _ways(found)
        jaw = {str(found.motion.gripper).split()[0]} if found.motion.gripper else set()
        named = _named_ways(clause)
        return bool(named & ways) or bool(jaw & {W.GRIPPER[w] for w in clause if w in W.GRIPPER})
    denied = list(clause)[: clause.index("one") + 1] if "one" in clause else clause  # "not that one the green one"
    return found.level == "subtask" and found.target is not None and found.read_as.split()[1] in denied

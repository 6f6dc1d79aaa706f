"""What a person says while the arm moves, read at its level: stop, go on, a motion, another object, another goal.

Stop words first, then a grammar; what the grammar cannot read may be compared by meaning with a closed list of phrases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sayso.perception.scene import Scene
from sayso.planner.corrections import words as W
from sayso.planner.corrections.choice import instruction_in, names_a_task, read_choice, resolve
from sayso.planner.corrections.grammar import Spoken, Unreadable, motion_of, read_motion, states
from sayso.planner.corrections.objects import matching, names, unseen
from sayso.planner.corrections.reasons import only_praises, order_among, says_to_go_on, slowing
from sayso.planner.corrections.speed import Pace, read_speed
from sayso.planner.corrections.stops.cries import holds_a_saying
from sayso.planner.corrections.stops.spared_stops import SPARED, spare, tells_to_go_on
from sayso.planner.corrections.stops.urgency import is_raised
from sayso.planner.corrections.text import (
    MAX_CHARS,
    MAX_WORDS,
    begins_with_stop,
    forbidding,
    is_stop,
    normalise,
    says_go_on,
    says_stop,
    tokens,
)
from sayso.planner.corrections.tone import ALARM, CALM, FEWEST, RAISED, REMARK, REMARK_ON_ORDERS, Tone, tone
from sayso.planner.language.modality import Doubt, Modality, doubts, without_politeness
from sayso.planner.plan import Subtask, Verb
from sayso.skills.motion import LanguageMotion, Step

Level = Literal["stop", "resume", "motion", "subtask", "goal", "remark", "ask", "unknown"]
Embed = Callable[[Sequence[str]], NDArray[np.floating]]
SIMILAR, MARGIN = 0.6, 0.05
MAX_EMBEDDED_WORDS, MAX_ALARM_WORDS, FEWEST_AROUND_ORDERS = 16, 60, 6
_QUOTED = (Modality.NEGATED, Modality.CONDITIONAL, Modality.ALTERNATIVE)
"""What is quoted and asked about also where nothing in it was understood."""
URGENT = "a stop, for that sounded urgent and I did not understand it; say go on if nothing is wrong"
REMARKED = "a remark: nothing to do"
_OF_ORDERS = frozenset().union(W.DIRECTION, W.LEAD, W.GRIPPER, W.SPEED, W.DEGREE, W.COLORS, W.TASK_VERBS) - {"turn"}
_ANSWERED_NO = re.compile(r"\?\s*(?:no|nope|nah|never|not)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Correction:
    """One spoken correction and how it was read; ``read_as`` says it in one line, or why it could not be read.

    stop: hold now. resume: carry on, any motion that was spoken before is withdrawn. motion: do ``motion`` for
    ``duration_s`` seconds; with only ``pace`` set, do everything at that speed until a person names another. subtask:
    ``target`` (an id of the scene) takes the place of ``replaces`` (None: an object that the plan had not named
    yet). goal: a new ``instruction``. remark: praise or small talk; the arm goes on, and a stopped arm stays
    stopped. ask: something is missing, or more than one thing or none fits; ``options`` name some. unknown: not
    understood. ``rule`` is the text of the person's standing rule, in the task language. A remark
    ``answers`` if it says what the person asked, or what the robot keeps in mind.
    """

    text: str
    level: Level
    read_as: str
    motion: LanguageMotion | None = None
    pace: Pace | None = None
    target: str | None = None
    replaces: str | None = None
    instruction: str | None = None
    options: tuple[str, ...] = ()
    duration_s: float = 0.0
    rule: str | None = None
    answers: bool = False


def read_correction(
    text: str,
    scene: Scene,
    subtask: Subtask | None,
    viewpoint_yaw: float = 0.0,
    *,
    current: LanguageMotion | None = None,
    rest: Sequence[Subtask] = (),
    embed: Embed | None = None,
) -> Correction:
    """What ``text`` means while ``subtask`` is done; raises nothing of its own and waits for nothing but ``embed``.

    ``viewpoint_yaw`` rad is the heading in which the speaker looks, about base z. ``current`` is the motion under way
    ("slower", "a bit more", "the other way" refer to it), ``rest`` the subtasks that follow. ``embed`` maps sentences
    to unit vectors (n, d); it must be hashable, as functions are (see `warm_up`). A text longer than `MAX_CHARS` is
    only looked at for a stop, and a "no" or "wait" that cannot be read any further is one.
    """
    kept = text[:MAX_CHARS].encode("utf-8", "replace").decode()
    calm = False
    sound = cache(lambda: tone(kept, embed) if embed is not None else Tone())
    if is_stop(text):
        calm = not is_stop(text, sure=True) and sound().alarm < CALM
        if not calm:
            return Correction(kept, "stop", "stop")
    if len(text) > MAX_CHARS:
        return Correction(kept, "unknown", f"{len(text)} characters are too many; at most {MAX_CHARS} are read")
    words = forbidding(tokens(text))
    spared = spare(normalise(text))
    if says_stop(forbidding(tokens(spared)), sure=calm):
        return Correction(kept, "stop", "stop")
    if SPARED in spared:
        if tells_to_go_on(spared) or (says_on(spared) and not _no_order(kept)):
            return Correction(kept, "resume", "go on")
        doubt = next(iter(doubts(kept, at_once=True)), None)
        return Correction(kept, "ask", doubt.question if doubt else "was that an order? Say stop, go on, or what to do")
    if " ".join(w for w in words if w != ",") in W.IDIOMS:
        return Correction(kept, "remark", REMARKED)
    reader = _Reader(kept, scene, subtask, viewpoint_yaw, current, tuple(rest))
    found = reader.read(words)
    if found.level == "unknown" and (plain := without_politeness(kept)) != kept:
        found = reader.read(forbidding(tokens(plain)))
    told = None
    if found.level == "unknown" and (led := order_among(words)) and not _no_order(kept):
        told = next((c for c in (reader.read(led),) if c.level in ("motion", "resume")), None)
    if found.level == "unknown" and told is None and only_praises(words):
        return Correction(kept, "remark", REMARKED)
    settled = found.level not in ("unknown", "ask", "goal") or calm or holds_a_saying(words) or "stop" in words
    if not settled and len(words) <= MAX_ALARM_WORDS:
        raised = found.level == "unknown" and told is None and is_raised(kept, words)
        if (raised or (embed is not None and len(words) >= FEWEST)) and sound().alarm > (RAISED if raised else ALARM):
            return Correction(kept, "stop", URGENT)
    if told is not None:
        return told
    if found.level == "unknown" and (pace := slowing(words)) and not _no_order(kept):
        return Correction(kept, "motion", pace.words, pace=pace)
    if found.pace is not None and _ANSWERED_NO.search(kept):
        return Correction(kept, "unknown", "not understood as an order: nothing to do")
    if found.level in ("resume", "ask") or found.pace is not None:
        return found
    unsure = doubts(kept, at_once=found.level != "goal")
    if found.level != "unknown":
        whole = found.level == "goal" and found.instruction == instruction_in(kept, subtask)
        return _checked(found, unsure, whole, reader.under_way(words))
    if holds_a_saying(words):
        return found
    if unsure and unsure[0].cue in W.FORBIDDING and reader.under_way([w for w in words if w not in W.EVERYTHING]):
        return Correction(kept, "stop", "stop")  # what is being done is not to be done
    stops = words[:1] == ["not"] or begins_with_stop(words, cries=False)
    if not _is_mild(words) and (stops or (begins_with_stop(words) and sound().alarm > CALM)):
        return Correction(kept, "stop", "stop")  # whatever it was, the arm is doing the wrong thing
    if embed is not None and 0 < len(words) <= MAX_EMBEDDED_WORDS and not (unsure or _tells(words)):
        command = nearest(kept, embed)
        if command is not None:
            found = read_correction(command, scene, subtask, viewpoint_yaw, current=current, rest=rest)
            return replace(found, text=kept, read_as=f"{found.read_as} (as in “{command}”)")
    if not _no_order(kept) and not _begins_with_an_order(words) and _is_remark(words, sound):
        return Correction(kept, "remark", REMARKED)
    doubt = next((d for d in unsure if d.modality in _QUOTED), None)
    return found if doubt is None else Correction(kept, "ask", doubt.question)


def _checked(found: Correction, unsure: Sequence[Doubt], whole: bool, under_way: bool) -> Correction:
    """``found``, unless a clause of it is no plain order and the grammar has not read it as such.

    The grammar reads "not" with directions and things. A ``whole`` new instruction is read by no grammar: a doubtful
    one is asked about, and if it forbids what is ``under_way``, that is stopped.
    """
    doubt = next((d for d in unsure if whole or not _is_read(found.text, d)), None)
    if doubt is None:
        return found
    if whole and doubt.cue in W.FORBIDDING and under_way:
        return replace(found, level="stop", read_as="stop", instruction=None)
    return Correction(found.text, "ask", doubt.question)


def _no_order(text: str) -> bool:
    """Whether ``text`` asks, or a clause of it makes a condition or leaves a choice."""
    unsure = (Modality.CONDITIONAL, Modality.ALTERNATIVE)
    return "?" in text or any(d.modality in unsure for d in doubts(text, at_once=True))


def says_on(spared: str) -> bool:
    """Whether the last part of a text is "carry on" or the like."""
    return any(says_to_go_on(part) for part in W.parts_of(tokens(spared))[-1:])


def _tells(words: Sequence[str]) -> bool:
    """Whether the words praise or tell how things are; a comparison by meaning is blind to that."""
    return states(words) or bool(W.PRAISING.intersection(words)) or bool(W.NEGATIONS.intersection(words))


def _begins_with_an_order(words: Sequence[str]) -> bool:
    """Whether a part of the words begins with a direction, a movement, a speed or a thing."""
    begins = (next((w for w in part if w not in W.AROUND_A_COMMAND), "") for part in W.parts_of(words))
    return not _OF_ORDERS.isdisjoint(begins)


def _is_remark(words: Sequence[str], sound: Callable[[], Tone]) -> bool:
    """Whether the sentence sounds like a remark, one with words of orders in it the more plainly so and at length."""
    plain = _OF_ORDERS.isdisjoint(words)
    if not (FEWEST if plain else FEWEST_AROUND_ORDERS) <= len(words) <= MAX_ALARM_WORDS:
        return False
    return sound().remark > (REMARK if plain else REMARK_ON_ORDERS)


def _is_mild(words: Sequence[str]) -> bool:
    """Whether the "no" or "not" that the words begin with forbids nothing: "no need to …", "no worries", "not bad"."""
    after = next((w for w in words[1:] if w not in W.BEFORE_A_NEED | {"you", "ye"}), "")
    useless = (words[1:2] == ["use"] and words[2:3] != ["the"]) or " ".join(words[:2]) in W.IDIOMS
    if words[:1] in (["dont"], ["dinnae"], ["never"]):
        return after in W.NOT_FORBIDDEN
    return words[:1] in (["no"], ["not"], ["nae"], ["aint"]) and (after in W.NEEDS or useless)


def _is_read(text: str, doubt: Doubt) -> bool:
    """Whether the grammar of motions and choices reads the cue itself."""
    before, after = text[: doubt.start].rstrip(), text[doubt.end :].lstrip()
    if doubt.cue in ("no", "nope", "nah"):  # "left, no, right" corrects, "there is no need" does not
        return not before or before[-1] in ",.;:!?" or after[:1] in (",", ".", ";", "!")
    if doubt.cue == "wrong":  # "the wrong block", not "the green one is wrong"
        return bool(after)
    return doubt.modality is Modality.NEGATED and doubt.cue in W.READ_NEGATIONS


def nearest(text: str, embed: Embed) -> str | None:
    """The command of `correction_words.MEANINGS` nearest in meaning, if it is `SIMILAR` and `MARGIN` ahead."""
    vectors, commands = _meanings(embed)
    cosines = vectors @ np.asarray(embed([text]))[0]
    best = int(np.argmax(cosines))
    others = [c for c, command in zip(cosines, commands, strict=True) if command != commands[best]]
    return commands[best] if cosines[best] >= max(SIMILAR, max(others) + MARGIN) else None


def warm_up(embed: Embed) -> None:
    """Embed the commands now, once for each ``embed``, so that the first correction need not wait for it."""
    _meanings(embed)


@lru_cache(maxsize=1)
def _meanings(embed: Embed) -> tuple[NDArray[np.floating], tuple[str, ...]]:
    commands = [(command, phrase) for command, ways in W.MEANINGS.items() for phrase in ways]
    return np.asarray(embed([phrase for _, phrase in commands])), tuple(command for command, _ in commands)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The grammar with everything that words may refer to."""

    text: str
    scene: Scene
    subtask: Subtask | None
    yaw: float
    current: LanguageMotion | None
    rest: tuple[Subtask, ...]

    def read(self, words: list[str]) -> Correction:
        if says_go_on(words):
            return Correction(self.text, "resume", "go on")
        meant = _meant(words)
        pace = read_speed(words) or read_speed(meant)
        if pace is not None:
            return Correction(self.text, "motion", pace.words, pace=pace)
        try:
            spoken = read_motion(words) or read_motion(meant)
            if spoken is not None and spoken.reverse:
                spoken = _turned_round(words) or spoken
            if spoken is not None:
                return self._motion(spoken)
        except Unreadable as error:
            return Correction(self.text, "ask", str(error))
        choice = read_choice(meant) if len(meant) <= MAX_WORDS else None
        if choice is not None and not (choice.takes and meant == words):
            chosen = resolve(choice, self.scene, self.subtask, self.rest, self.yaw)
            if chosen.instruction is not None:
                return Correction(self.text, "goal", chosen.instruction, instruction=chosen.instruction)
            if chosen.target is None:
                return Correction(self.text, "ask", chosen.problem, options=chosen.options)
            if chosen.target.id == chosen.replaces:
                return Correction(self.text, "resume", f"the {chosen.target.name}, as it is", target=chosen.target.id)
            old = self.scene.find(chosen.replaces)
            read_as = f"the {chosen.target.name}" + (f" instead of the {old.name}" if old else "")
            return Correction(self.text, "subtask", read_as, target=chosen.target.id, replaces=chosen.replaces)
        if names_a_task(meant):
            instruction = instruction_in(self.text, self.subtask)
            return Correction(self.text, "goal", instruction, instruction=instruction)
        return Correction(self.text, "unknown", f"not understood; say for example: {'; '.join(W.EXAMPLES)}")

    def under_way(self, words: Sequence[str]) -> bool:
        """Whether ``words`` name what is being done or is to be done next, and nothing else; "it" names it too."""
        steps = [s for s in (self.subtask, *self.rest) if s is not None]
        mine = {name.split()[0] for s in steps for name in (s.object_name, s.reference_name) if name}
        named = {o.color for o in self.scene.objects}.intersection(words)
        return bool(steps) and named <= mine and bool(named or {"it", "that", "this", "them"}.intersection(words))

    def _motion(self, spoken: Spoken) -> Correction:
        if spoken.again or spoken.reverse:
            return self._change(spoken)
        name = target = None
        if spoken.place is not None:
            wanted = None
            if spoken.place.pronoun or spoken.place.is_bare:
                wanted = self._at_hand()
                if wanted is None:
                    return Correction(self.text, "ask", f"near what? There are: {names(self.scene.objects)}")
                name, target = wanted
            else:
                found = matching(spoken.place, self.scene, viewpoint_yaw=self.yaw)
                mine = [
                    o for o in found if self.subtask and o.id in (self.subtask.reference_id, self.subtask.object_id)
                ]
                found = mine[:1] if len(found) > 1 and mine else found
                if len(found) != 1:
                    options = tuple(o.name for o in found or self.scene.objects)
                    problem = f"which one: {names(found)}?" if found else unseen(spoken.place, self.scene)
                    return Correction(self.text, "ask", problem, options=options)
                name, target = found[0].name, found[0].id
        motion = motion_of(spoken, name, self.yaw)
        return Correction(self.text, "motion", str(motion), motion, target=target, duration_s=spoken.duration_s)

    def _change(self, spoken: Spoken) -> Correction:
        """The motion under way, changed."""
        now = self.current
        if now is None or not (now.steps or now.toward):
            return Correction(
                self.text,
                "ask",
                "no motion that this could change; say a direction, for example: a bit to the left",
            )
        if spoken.reverse:
            steps = tuple(Step(s.axis, -s.sign, s.degree) for s in now.steps)
            motion = replace(now, steps=steps, away=now.toward is not None and not now.away)
        else:
            degree = spoken.degree
            motion = replace(now, steps=tuple(Step(s.axis, s.sign, degree or s.degree) for s in now.steps))
        return Correction(self.text, "motion", str(motion), motion, duration_s=spoken.duration_s)

    def _at_hand(self) -> tuple[str, str] | None:
        """Name and id of what the arm is at: the object until it is held, then the place it goes to."""
        if self.subtask is None:
            return None
        reference = self.scene.find(self.subtask.reference_id) if self.subtask.verb is Verb.PLACE else None
        item = reference or self.scene.find(self.subtask.object_id)
        return (item.name, item.id) if item else None


def _turned_round(words: Sequence[str]) -> Spoken | None:
    """The opposite of the one direction that ``words`` hold, which they then take back; None if they hold none.

    Raises `Unreadable` for more than one.
    """
    said = {W.DIRECTION[w] for w in words if w in W.DIRECTION}
    if len(said) > 1:
        raise Unreadable("which way? Say for example: to the left")
    return read_motion([W.OPPOSITE[said.pop()]]) if said else None


def _meant(words: list[str]) -> list[str]:
    """What is left after the last "no", "I mean", "sorry" and the like; before it, if nothing comes after."""
    parts: list[list[str]] = [[]]
    for before, word in zip(["", *words], words, strict=False):
        if word in W.CORRECTING and not (word in ("mean", "meant") and before in W.NOT_MEANT):
            parts.append([])
        else:
            parts[-1].append(word)
    for part in reversed(parts):
        while part and part[0] == ",":
            part = part[1:]
        while part and part[-1] == ",":
            part = part[:-1]
        if not W.AROUND_A_COMMAND.union((",",)).issuperset(part):
            return part
    return []


def amended(subtasks: Sequence[Subtask], correction: Correction, scene: Scene) -> tuple[Subtask, ...]:
    """``subtasks`` with the correction's object in the place of the one that it replaces.

    Without ``replaces`` it takes the place of the first reference of its own kind.
    """
    target = scene.find(correction.target)
    if correction.level != "subtask" or target is None:
        return tuple(subtasks)
    old = correction.replaces
    if old is None:
        kinds = ((s.reference_id, scene.find(s.reference_id)) for s in subtasks)
        old = next((i for i, o in kinds if o is not None and o.kind == target.kind), None)
    out = []
    for step in subtasks:
        if step.object_id == old:
            step = replace(step, object_id=target.id, object_name=target.name)
        if step.reference_id == old and old is not None:
            step = replace(step, reference_id=target.id, reference_name=target.name)
        out.append(step)
    return tuple(out)

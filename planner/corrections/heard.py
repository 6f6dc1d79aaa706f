"""What a person says while the arm moves, as the learned reader reads it → a `Correction`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.as_task import described, doing, str_of
from sayso.planner.corrections.changes.motions import extent_of, in_a_row, motion_for, moved, turned
from sayso.planner.corrections.correction import NOT_UNDERSTOOD, NOTHING_LEFT, REMARKED, Correction, amended
from sayso.planner.corrections.grammar import DURATION_S, LONGEST_S
from sayso.planner.corrections.plainly import NO_CHANGE, turned_round
from sayso.planner.corrections.speed import FAST, SLOW, Pace, clearer
from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import TASK_VERBS, words
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.interpreter.grounding import Grounding, Likelihoods
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.plan import Question, Relation, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import COLORS
from sayso.planner.reader.understanding import PLAUSIBLE
from sayso.planner.task.english import plainly, said, without_ids
from sayso.planner.task.inside import values_in
from sayso.planner.task.nouns import singular
from sayso.planner.task.text import write
from sayso.planner.task.things import THING, kind_named
from sayso.planner.task.values import (
    Again,
    All,
    Also,
    Approach,
    Ask,
    Behind,
    Beside,
    By,
    Called,
    Choose,
    Color,
    Direction,
    Drop,
    First,
    GoOn,
    Gripper,
    Harm,
    Held,
    Hold,
    If,
    In,
    InFrontOf,
    Instead,
    InsteadAt,
    It,
    Jaw,
    LeftOf,
    Me,
    Move,
    Name,
    Nth,
    On,
    Once,
    Other,
    Pick,
    Place,
    Put,
    Rank,
    Release,
    Remark,
    Repeat,
    Retreat,
    RightOf,
    Rule,
    Seq,
    Skip,
    Some,
    Speed,
    Stop,
    Task,
    The,
    Them,
    Thing,
    Together,
    Turn,
    Unable,
    Unclear,
    Undo,
    Until,
    Utterance,
    Value,
    Wait,
    Way,
    WhereItWas,
    With,
)  # fmt: skip
from sayso.skills import motion as m
from sayso.skills.motion import HOLD, GripperAction, LanguageMotion

_AROUND = (If, Once, Until, With, Choose, Repeat, Seq)
_PUTS = TASK_VERBS - {"move", "pull", "push", "take", "lift", "drag"}
"""What things are put back with; the others may be about the arm's motion, too."""
_INTO = words("in into inside")
_OLD = re.compile(
    r"\bwhere (?:it|he|she|they|you|we|i) \w+|\b(?:initial|original|starting|start|previous|former|old) "
    r"(?:state|place|position|spot|location)\b",
    re.I,
)
"""What says that a thing, and not the arm, is to be where it was."""
_GENERIC = words("bin container basket bucket tub pot vessel receptacle dish tray crate hopper")
"""Nouns for anything that holds others."""
_NEXT_TO = (Beside, LeftOf, RightOf, InFrontOf, Behind)
_ALL_OF_THEM = words("both all each every")
_REFUSED = re.compile(rf"\bnot (?:in |into |on )?(?:the |that )?({COLORS.pattern})\b", re.I)
_GIVEN_UP = re.compile(
    rf"\b(?:not|i said|instead of) (?:in |into |on |onto )?(?:the |that |a )?(?:{COLORS.pattern} )?(?P<noun>[a-z]+)\b",
    re.I,
)
"""A noun that the person takes back: "not the can, the mug", "I said cup but I meant plate"."""
_NEXT_TO_IT = re.compile(r"\b(?:next to|beside|alongside) (?:it|that)\b", re.I)
_NEAR_THE_OTHER = re.compile(
    r"\b(?:in front|behind|next|beside|near|by|left|right|side|between|close|ahead|before|after)\b"
    r"[^,;.!?]*\bother\b",
    re.I,
)
_COLOR_IN_COLOR = re.compile(
    rf"\b(?P<color>{COLORS.pattern})(?: one)? (?:in|into|inside) the (?P<there>{COLORS.pattern})(?: one)?\b"
    r"(?! (?!after|afterwards|then|too|also|as|next|later|please)\w)",
    re.I,
)
_SAME = re.compile(r"\b(?:the|that) same \w+", re.I)
_ANOTHER = words("second other next another")
NUMBERED = words("first second third fourth fifth last next other others rest")
_PACES = {
    "slower": Pace(1 / 1.5, True, "slower"), "faster": Pace(1.5, True, "faster"), "slow": Pace(SLOW, False, "slowly"),
    "fast": Pace(FAST, False, "quickly"), "normal": Pace(1.0, False, "at the usual speed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """A correction that the words may make, its most probable meaning and the probability of its effect."""

    probability: float
    meaning: Utterance
    correction: Correction


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything that words said during a motion may refer to.

    ``steps`` are the current subtask and those after it, ``current`` the motion under way, ``spoken`` whether a person
    asked for that motion, ``yaw`` (rad, base frame) where the speaker looks.
    """

    text: str
    scene: Scene
    steps: tuple[Subtask, ...]
    current: LanguageMotion | None
    yaw: float
    kinds: Likelihoods
    colors: Likelihoods
    spoken: bool = True

    def likely(self, meanings: Sequence[Meaning]) -> list[Heard]:
        """The corrections that ``meanings`` make, most probable first; meanings with the same effect add up."""
        found: dict[object, Heard] = {}
        for meaning in self._possible(meanings):
            if found and meaning.probability < PLAUSIBLE:
                continue
            read = self.read(meaning.value)
            motions = tuple(motion for motion, _ in read.legs)
            effect = self._task_left(read) or (read.level, motions, read.pace, read.target, read.replaces)
            before = found.get(effect, Heard(0.0, meaning.value, read))
            found[effect] = replace(before, probability=before.probability + meaning.probability)
        return sorted(found.values(), key=lambda one: -one.probability)

    def _possible(self, meanings: Sequence[Meaning]) -> Sequence[Meaning]:
        """The ``meanings`` that words may have where the arm handles nothing, such as on its way home.

        They are no other place for a thing; what begins as an order is no remark and no other thing either. The rest
        share the probability, if one of them is an order.
        """
        if not self.steps or any(step.handles for step in self.steps):
            return meanings
        no = (InsteadAt, Instead, Remark) if TASK_VERBS.intersection(tokens(self.text)[:1]) else (InsteadAt,)
        others = [m for m in meanings if not isinstance(m.value, no)]
        if len(others) == len(meanings) or not any(isinstance(m.value, Task) for m in others):
            return meanings
        scale = sum(m.probability for m in meanings) / sum(m.probability for m in others)
        return [replace(m, probability=m.probability * scale) for m in others]

    def reversed(self) -> Correction | None:
        """What is left to do, in the opposite order; None where that is one thing."""
        tasks = self._tasks()
        return self._goal(Seq(tasks[::-1])) if len(tasks) > 1 else None

    def choice(self, asks: str, acts: Sequence[Heard]) -> Question | None:
        """The question which of ``acts`` is meant, each with what is then left to do; None where one changes nothing of
        the plan."""
        left: dict[str, str] = {}
        for one in acts:
            steps = amended(self.steps, one.correction, self.scene) if one.correction.level == "subtask" else ()
            task = doing(steps, self.scene, True, self.yaw)
            left.setdefault(
                said(without_ids(one.meaning)), one.correction.instruction or (str_of(task) if task else "")
            )
        if not all(left.values()):
            return None
        if len(left) == 1:
            return Question(asks, ("yes", "no"), (*left.values(), ""))
        return Question(asks, tuple(left), tuple(left.values()))

    @property
    def as_it_is(self) -> str | None:
        """What is left to do, as an instruction."""
        left = self._left()
        return None if left is None else str_of(left)

    def _task_left(self, read: Correction) -> str | None:
        """What is left to do after a correction of the plan, as a task; None for any other correction."""
        if read.level == "subtask":
            left = doing(amended(self.steps, read, self.scene), self.scene, True, self.yaw)
            return None if left is None else plainly(write(left))
        return None if read.instruction is None else plainly(read.instruction)

    def read(self, value: Utterance) -> Correction:  # one case for each kind of utterance
        """The correction that ``value`` makes."""
        try:
            match value:
                case Stop():
                    return Correction(self.text, "stop", "stop")
                case GoOn():
                    return Correction(self.text, "resume", "go on")
                case Speed(pace):
                    told = clearer(tokens(self.text), _PACES[pace])
                    return Correction(self.text, "motion", told.words, pace=told)
                case Move(ways):
                    return moved(self.text, ways, self.yaw)
                case Seq(tasks) if all(isinstance(task, Move | Gripper | Approach | Retreat) for task in tasks):
                    return in_a_row(self.text, [self.read(task) for task in tasks])
                case Approach(thing, by) | Retreat(thing, by):
                    return self._toward(thing, by, away=isinstance(value, Retreat))
                case Gripper(jaw):
                    action = GripperAction.OPEN if jaw is Jaw.OPEN else GripperAction.CLOSE
                    return motion_for(self.text, LanguageMotion(gripper=action), 1.0)
                case Turn(It() | Held(), degrees):
                    return turned(self.text, degrees)
                case Hold(It() | Held() | Them()) | Wait():
                    return motion_for(self.text, HOLD, LONGEST_S)
                case Undo() if not self.spoken or not _PUTS.isdisjoint(tokens(self.text)) or _OLD.search(self.text):
                    return self._goal(value)  # what was moved goes back: the arm's own motion is nobody's wish
                case Put(thing, WhereItWas()) if self._is_all(thing):
                    return self._goal(Undo())
                case Again(None) | Undo():
                    return self._changed(reverse=isinstance(value, Undo))
                case Instead(thing):
                    return self._instead(thing)
                case InsteadAt(place):
                    return self._instead_at(place)
                case Skip() if numbered := NUMBERED.intersection(tokens(self.text)):
                    raise ValueError(self._which_to_skip(min(numbered)))
                case Skip():
                    return self._goal(self._left(without_current=True))
                case Also(task):
                    return self._goal(Seq((*self._tasks(), self._resolved(self._besides(task)))))
                case First(Again(The() | All() as thing)) if planned := self._planned(thing):
                    return self._goal(self._left(first=planned))
                case First(task):
                    return self._goal(Seq((self._resolved(task), *self._tasks())))
                case Drop(thing):
                    return self._without(thing)
                case Rule(constraints):
                    left = self._left()
                    now = self._goal(With(left, constraints)) if left is not None else self._remark(value)
                    return replace(now, rule=write(value))
                case Release():
                    return self._goal(value)
                case Remark() | Ask() | Name():
                    return self._remark(value)
                case Unable() | Harm():
                    return Correction(self.text, "unknown", f"I cannot do that while I move: {said(value)}")
                case Unclear():
                    return self._not_understood()
                case Again(thing):
                    return self._goal(self._resolved(value))
                case If() | Once() | Until() | With() | Choose() | Repeat() if _only_moves(value):
                    raise ValueError("I cannot heed that in a motion beside what I do; say the motion alone")
                case Task():
                    return self._goal(self._resolved(value))
        except Unresolved as unresolved:
            answer = unresolved.answer
            options = answer.options if isinstance(answer, Question) else ()
            return Correction(
                self.text, "ask", str(getattr(answer, "text", getattr(answer, "reason", answer))), options=options,
                holds=self._which_instead(value, unresolved),
            )  # fmt: skip
        except ValueError as error:
            return Correction(self.text, "ask", str(error))
        return self._not_understood()

    # Motions ----------------------------------------------------------------------------------------------------

    def _toward(self, thing: Thing, by: By | None, away: bool) -> Correction:
        if isinstance(thing, Me):
            return moved(self.text, (Way(Direction.FORWARD if away else Direction.BACK, by),), self.yaw)
        target = self._at_hand() if isinstance(thing, It | Held) else self._ground().one(thing)
        if target is None:
            raise ValueError("near what?")
        seconds = extent_of(by)[1]
        return motion_for(self.text, LanguageMotion(toward=target.name, away=away), seconds, target.id)

    def _changed(self, reverse: bool) -> Correction:
        """The motion under way once more, or the other way."""
        now = self.current
        if now is None or not (now.steps or now.toward):
            raise ValueError(NO_CHANGE)
        motion = turned_round(now) if reverse else now
        return motion_for(self.text, motion, DURATION_S[m.Degree.PLAIN])

    def found(self, thing: Thing) -> list[SceneObject]:
        """The things of the scene that ``thing`` may mean."""
        return self._ground().matching(thing)

    # Things and tasks -------------------------------------------------------------------------------------------

    def _ground(self) -> Grounding:
        talk = Discourse()
        if self.steps:
            talk.groups.append((_about(self.steps[0]),))
            talk.places += [i for i in (self.steps[0].reference_id,) if i is not None]
        return Grounding(Surroundings(self.scene), talk, self.kinds, self.colors, self.yaw)

    def _at_hand(self) -> SceneObject | None:
        """What the arm is at: the thing until it is held, then the place where it goes."""
        step = self.steps[0] if self.steps else None
        if step is None:
            return None
        reference = None if step.verb is Verb.PICK else self.scene.find(step.reference_id)
        return reference or self.scene.find(step.object_id)

    def _instead(self, thing: Thing) -> Correction:
        """Another thing in the place of the one that the arm is at, or of the first of its kind in the plan."""
        ground = self._ground()
        roles = [
            i
            for s in self.steps
            for i in ((s.object_id,) if s.verb is Verb.PICK else (s.reference_id, s.object_id))
            if i
        ]
        roles = list(dict.fromkeys(roles))
        seen = [o for o in (self.scene.find(i) for i in roles) if o is not None]
        unused = [o for o in self.scene.objects if o.id not in roles]
        refused = {color.casefold().replace("grey", "gray") for color in _REFUSED.findall(self.text)}
        if len(given_up := [o for o in seen if o.color in refused]) == 1:  # "the purple, not the yellow"
            seen = given_up + [o for o in seen if o not in given_up]
        elif (taken_back := self._taken_back(thing, seen)) is not None:
            return self._exchanged(thing, taken_back, seen, unused)
        alike = [o for o in unused if seen and is_container(o) == is_container(seen[0])]
        alike = unused if len(seen) == 1 else alike
        if isinstance(thing, All | Together | Some):  # "both, not only this one"
            alike = [o for o in self.scene.objects if seen and is_container(o) == is_container(seen[0])]
        if any(isinstance(m, Nth) for m in getattr(thing, "modifiers", ())):  # "the left one" of all
            alike = [o for o in self.scene.objects if seen and is_container(o) == is_container(seen[0])]
        fits = {o.id for o in ground.matching(_bare(thing))}  # a mug, and not a can that looks a little like one
        alike, unused = ([o for o in pool if o.id in fits] for pool in (alike, unused))
        found = self._first_that_fits(ground, thing, (alike, unused, list(self.scene.objects)))
        kinds = {o.kind for o in found}
        if len(found) > 1 and isinstance(thing, All | Together | Some):
            return self._each_instead(found)
        if len(found) != 1:
            raise ground._which(thing, found)
        target = found[0]
        same = (o for o in seen if is_container(o) == is_container(target))
        replaced = seen[0] if len(seen) == 1 else next(same, None)
        if target.id in roles:
            return Correction(self.text, "resume", f"the {target.name}, as it is", target=target.id)
        if replaced is None:
            return Correction(self.text, "ask", f"the {target.name} instead of what?", options=tuple(kinds))
        read_as = f"the {target.name} instead of the {replaced.name}"
        return Correction(self.text, "subtask", read_as, target=target.id, replaces=replaced.id)

    def _taken_back(self, thing: Thing, seen: Sequence[SceneObject]) -> SceneObject | None:
        """The one of the things of the plan that the person takes back; None where the words do not tell."""
        if not isinstance(thing, The):
            return None
        ground = self._ground()
        if Other() in thing.modifiers:  # "the other gray one": than the gray one of the plan
            if not any(isinstance(m, Color) for m in thing.modifiers):
                return None
            plain = replace(thing, modifiers=tuple(m for m in thing.modifiers if m != Other()))
            named = ground.matching(plain)
            found = [o for o in seen if o in named]
            return (
                found[0] if len(found) == 1 and any(o not in seen and o.kind == found[0].kind for o in named) else None
            )
        nouns = {singular(found["noun"].casefold()) for found in _GIVEN_UP.finditer(self.text)}
        refused = [o for noun in nouns if kind_named(noun) is not None for o in ground.matching(The(noun))]
        given_up = [o for o in seen if o in refused]
        return given_up[0] if len(given_up) == 1 and given_up[0] not in ground.matching(thing) else None

    def _exchanged(
        self, thing: Thing, old: SceneObject, seen: Sequence[SceneObject], unused: Sequence[SceneObject]
    ) -> Correction:
        """``thing`` in the place of ``old``, one of the things ``seen`` in the plan. Raises `Unresolved`."""
        ground, others = self._ground(), list(unused)
        if isinstance(thing, The) and Other() in thing.modifiers:
            thing = replace(thing, modifiers=tuple(m for m in thing.modifiers if m != Other()))
            others = [o for o in unused if o.kind == old.kind]
        found = self._first_that_fits(ground, thing, (others,))
        if len(found) != 1:
            raise ground._which(thing, found)
        new = found[0]
        put = next((s for s in self.steps if s.verb is Verb.PLACE), None)
        inside = put is not None and old.id == put.reference_id and put.relation in (Relation.IN, Relation.ON)
        if inside and is_container(old) != is_container(new):
            there = described(new, exactly=True)
            return self._instead_at(In(there) if is_container(new) else On(there))
        read_as = f"the {new.name} instead of the {old.name}"
        return Correction(self.text, "subtask", read_as, target=new.id, replaces=old.id)

    def _each_instead(self, things: Sequence[SceneObject]) -> Correction:
        """What is done now with each of ``things``, first with the one at hand if it is among them."""
        now, *rest = self._tasks()
        if not isinstance(now, Put | Pick):
            raise ValueError("do what with them? Say the whole instruction")
        ids = [o.id for o in things]
        later = [t for t in rest if _called(getattr(t, "thing", None)) not in ids]
        first = sorted(things, key=lambda o: o.id != self.steps[0].object_id)
        each = [replace(now, thing=described(o, exactly=True)) for o in first]
        return self._goal(Seq((*each, *later)) if len(each) + len(later) > 1 else each[0])

    def _which_instead(self, value: Utterance, unresolved: Unresolved) -> Question | None:
        """The question which of several things takes the place of the one that the person refuses; None for others.

        Each option's answer is what is then left to do.
        """
        asks = unresolved.answer
        if not isinstance(asks, Question) or len(unresolved.things) < 2 or not isinstance(value, Instead | InsteadAt):
            return None
        answers = []
        for thing in unresolved.things:
            one = described(thing, exactly=True)
            place = replace(value.place, thing=one) if isinstance(value, InsteadAt) else None  # type: ignore[call-arg]
            found = self.read(Instead(one) if place is None else InsteadAt(place))
            left = doing(amended(self.steps, found, self.scene), self.scene, exactly=True, yaw=self.yaw)
            subtask = write(left) if found.level == "subtask" and left is not None else ""
            answers.append(found.instruction or subtask)
        return Question(asks.text, asks.options, tuple(answers)) if all(answers) else None

    def _which_to_skip(self, numbered: str) -> str:
        """The question which step "the second one" is: steps may be done, and new ones have come."""
        things = dict.fromkeys(step.object_name for step in self.steps if step.object_name)
        told = " or ".join(f"the {name}" for name in things)
        return f"which is the {numbered} one: {told}? Say for example: leave out the {next(iter(things), 'block')}"

    @staticmethod
    def _first_that_fits(ground: Grounding, thing: Thing, pools: Sequence[Sequence[SceneObject]]) -> list[SceneObject]:
        """What ``thing`` means among the first of ``pools`` that has it. Raises `Unresolved`."""
        absent: Unresolved | None = None
        for pool in pools:
            try:
                return ground.several(thing, pool)
            except Unresolved as unresolved:
                if str(getattr(unresolved.answer, "text", "")).startswith("Which"):
                    raise
                absent = unresolved
        assert absent is not None
        raise absent

    def _instead_at(self, place: Place) -> Correction:
        """Another place for the thing that the arm handles."""
        put = next((s for s in self.steps if s.verb is Verb.PLACE), None) or (self.steps[0] if self.steps else None)
        thing = self.scene.find(put.object_id) if put is not None else None
        if put is None or thing is None:
            raise ValueError("put what there? Say the whole instruction")
        inner = getattr(place, "thing", None)
        there = self.scene.find(put.reference_id)
        if isinstance(inner, It) and there is not None:  # nothing is put beside itself
            place = replace(place, thing=described(there, exactly=True))  # type: ignore[call-arg]
        if isinstance(place, In) and not _INTO.intersection(tokens(self.text)) and self._are_solid(place.thing):
            return self._instead(place.thing)
        if isinstance(inner, The) and isinstance(place, _NEXT_TO):
            if Other() in inner.modifiers and not _NEAR_THE_OTHER.search(self.text):
                return self._instead(inner)  # "the other one, in front of you" says where that is
            side = next((m for m in inner.modifiers if isinstance(m, Nth)), None)
            sides = {Rank.LEFT: LeftOf, Rank.RIGHT: RightOf}
            is_side = isinstance(place, Beside) and inner.noun == THING and side is not None and side.rank in sides
            if is_side and there is not None and _NEXT_TO_IT.search(self.text):  # "next to it, on the left"
                place = sides[side.rank](described(there, exactly=True), place.by)  # type: ignore
                inner = place.thing  # type: ignore[attr-defined]
        if isinstance(inner, The) and Other() in inner.modifiers:
            place = replace(place, thing=described(self._other(inner, isinstance(place, In)), exactly=True))  # type: ignore
        elif isinstance(place, In) and isinstance(place.thing, The):
            place = In(self._container(place.thing, there))
        elif isinstance(place, _NEXT_TO) and there is not None and self._is_bare_name(inner, there):
            place = replace(place, thing=described(there, exactly=True))  # "next to the cup, not in it"
        several = list(dict.fromkeys(s.object_id for s in self.steps if s.verb is Verb.PLACE and s.object_id))
        if len(several) > 1 and not _ALL_OF_THEM.isdisjoint(tokens(self.text)):  # "both in the brown bowl"
            moved = [o for o in (self.scene.find(i) for i in several) if o is not None]
            return self._goal(Seq(tuple(Put(described(o, exactly=True), place) for o in moved)))
        rest = [s for s in self.steps if s.object_id != put.object_id]
        later = doing(rest, self.scene, True, self.yaw)
        new: Task = Put(described(thing, exactly=True), place)
        return self._goal(Seq((new, later)) if later is not None else new)

    def _container(self, thing: The, there: SceneObject | None) -> Thing:
        """``thing``, in which something is to be put instead of ``there``: "the cyan one" is a cup where only a cup is
        cyan, and a "bin" whatever holds others."""
        ground = self._ground()
        bare = replace(thing, noun=THING) if self._is_generic(thing) else thing
        holders = [o for o in self.scene.objects if is_container(o)]
        alike = [o for o in holders if there is not None and o.kind == there.kind]
        for pool in (alike, holders) if bare.noun == THING else (list(self.scene.objects),):
            try:
                found = ground.several(bare, pool)
            except Unresolved:
                continue
            if len(found) == 1:
                return described(found[0], exactly=True)
        return replace(bare, noun="bowl") if bare.noun == THING else bare

    def _is_bare_name(self, thing: Thing | None, there: SceneObject) -> bool:
        """Whether ``thing`` is a noun alone, which ``there`` may be called by."""
        return isinstance(thing, The) and not thing.modifiers and there in self._ground().matching(thing)

    def _is_generic(self, thing: The) -> bool:
        """Whether the noun of ``thing`` is one for whatever holds others, and nothing here is that by itself."""
        return thing.noun in _GENERIC and not self._ground().matching(The(thing.noun))

    def _besides(self, task: Task) -> Task:
        """``task``, which is to be done too, with "the second one" for the one other of its kind and color, and "the
        same plate" for the one of the plan."""
        step = self.steps[0] if self.steps else None
        now = self.scene.find(step.object_id) if step is not None else None
        pair = _COLOR_IN_COLOR.search(self.text)
        there = next((self.scene.find(s.reference_id) for s in self.steps if s.verb is Verb.PLACE), None)
        match task:
            case Again(The() as thing) if pair is not None and there is not None and is_container(there):
                color = pair["there"].casefold().replace("grey", "gray")
                if color != there.color:  # "the yellow one in the yellow"
                    return Put(thing, In(self._container(The(THING, (Color(color),)), there)))
            case Again(The(noun, modifiers)) if now is not None and noun == THING:
                if any(isinstance(m, Color) for m in modifiers) or _ANOTHER.isdisjoint(tokens(self.text)):
                    return task
                used = {s.object_id for s in self.steps}
                twins = [o for o in self.scene.objects if o.name == now.name and o.id not in used]
                return Again(described(twins[0], exactly=True)) if len(twins) == 1 else task
            case Put(_, In(The(_, ()) as inner) | On(The(_, ()) as inner)) if _SAME.search(self.text):
                there = next((self.scene.find(s.reference_id) for s in self.steps if s.verb is Verb.PLACE), None)
                if there is not None and there in self._ground().matching(inner):
                    return replace(task, place=replace(task.place, thing=described(there, exactly=True)))  # type: ignore
        return task

    def _is_all(self, thing: Thing) -> bool:
        """Whether ``thing`` is the only one that the steps move."""
        moved = {s.object_id for s in self.steps if s.handles}
        return len(moved) == 1 and (isinstance(thing, It | Held) or self._planned(thing) == moved)

    def _are_solid(self, thing: Thing) -> bool:
        """Whether nothing that fits ``thing`` holds others, and something does."""
        found = self._ground().matching(thing)
        return bool(found) and not any(map(is_container, found))

    def _other(self, thing: The, holds: bool) -> SceneObject:
        """The thing that ``thing`` calls the other, one that ``holds`` others or any: none that the steps handle.

        Raises `Unresolved`.
        """
        plain = replace(thing, modifiers=tuple(m for m in thing.modifiers if m != Other()))
        if holds and self._is_generic(thing):
            plain = replace(plain, noun=THING)
        used = {i for step in self.steps for i in (step.object_id, step.reference_id)}
        ground = self._ground()
        found = [o for o in ground.matching(plain) if o.id not in used and (is_container(o) or not holds)]
        if not found:
            raise ground._absent(thing, [o for o in self.scene.objects if o.id not in used])
        if len(found) > 1:
            raise ground._which(thing, found)
        return found[0]

    def _tasks(self) -> tuple[Task, ...]:
        left = self._left()
        return left.tasks if isinstance(left, Seq) else (left,) if left is not None else ()

    def _left(self, without_current: bool = False, first: Collection[str] = ()) -> Task | None:
        """What is left to do, beginning with the things ``first``."""
        steps = self.steps
        if without_current and steps:
            steps = tuple(s for s in steps[1:] if not s.handles or s.object_id != steps[0].object_id)
        return doing(sorted(steps, key=lambda s: s.object_id not in first), self.scene, True, self.yaw)

    def _planned(self, thing: Thing) -> set[str]:
        """What ``thing`` means of the things that are yet to be moved; empty if it is none of them."""
        handled = [o for o in (self.scene.find(i) for i in dict.fromkeys(s.object_id for s in self.steps)) if o]
        try:
            return {o.id for o in self._ground().several(thing, handled)}
        except Unresolved:
            return set()

    def _without(self, thing: Thing) -> Correction:
        out = self._planned(thing) or {o.id for o in self._ground().several(thing)}
        if not any({step.object_id, step.reference_id} & out for step in self.steps):
            raise ValueError(f"{said(without_ids(thing))} is in nothing that I am about to do")
        left = doing([s for s in self.steps if _about(s) not in out], self.scene, True, self.yaw)
        return self._goal(left)

    def _resolved(self, task: Task) -> Task:
        """``task`` with "the same with …" and "it" put in full."""
        if isinstance(task, Again) and task.thing is not None:
            now = next((t for t in self._tasks() if isinstance(t, Put | Pick)), None)
            if now is None:
                raise ValueError("do what with it? Say the whole instruction")
            return replace(now, thing=task.thing)
        step = self.steps[0] if self.steps else None
        thing = self.scene.find(step.object_id) if step is not None else None
        return _in_full(task, described(thing, exactly=True)) if thing is not None else task

    def _goal(self, task: Task | None) -> Correction:
        if task is None:
            return Correction(self.text, "stop", NOTHING_LEFT, empties=True)
        return Correction(self.text, "goal", said(without_ids(task)), instruction=str_of(task))

    def _remark(self, value: Utterance) -> Correction:
        if isinstance(value, Ask):
            now = f"I {self.steps[0]}" if self.steps else "I do nothing"
            return Correction(self.text, "remark", f"{now}; I go on")
        return Correction(self.text, "remark", REMARKED)

    def _not_understood(self) -> Correction:
        return Correction(self.text, "unknown", NOT_UNDERSTOOD)


def _only_moves(value: Value) -> bool:
    """Whether all that is to be done in ``value`` are motions of the arm."""
    done = [one for one in values_in(value) if isinstance(one, Task) and not isinstance(one, _AROUND)]
    return all(isinstance(one, Move | Gripper | Approach | Retreat) for one in done)


def _about(step: Subtask) -> str:
    """The id of the thing that ``step`` is about; "" if it is about none."""
    return step.object_id or step.reference_id or ""


def _called(thing: Thing | None) -> str:
    """The id by which ``thing`` is called; "" without one."""
    return next((m.name for m in getattr(thing, "modifiers", ()) if isinstance(m, Called)), "")


def _bare(thing: Thing) -> Thing:
    """``thing`` by its noun and colors alone."""
    if not isinstance(thing, The):
        return thing
    return The(thing.noun, tuple(m for m in thing.modifiers if isinstance(m, Color)))


def _in_full(value: Any, thing: Thing) -> Any:
    """``value`` with ``thing`` for its first "it" outside of a sequence that names one before."""
    if isinstance(value, It | Held):
        return thing
    if isinstance(value, Seq):
        return replace(value, tasks=(_in_full(value.tasks[0], thing), *value.tasks[1:]))
    if isinstance(value, Value) and fields(value):
        return replace(value, **{f.name: _in_full(getattr(value, f.name), thing) for f in fields(value)})
    return value

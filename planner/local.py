"""The offline planner: a small learned model reads the words, and an interpreter matches them to the scene."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sayso.perception.scene import Scene
from sayso.planner.checks.heeding import STILL, refused_at_once
from sayso.planner.checks.screening import harm_in, screened
from sayso.planner.checks.threats import HAZARDS
from sayso.planner.interpreter.answers import NO_TASK, UNCLEAR, answer_to
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Discourse, Interpretation, Recalled
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.interpreter.in_scene import in_scene
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.language.exclusions import keeps, order_beside, without_exclusions
from sayso.planner.language.foreign import ENGLISH_ONLY, is_foreign
from sayso.planner.language.held_to import held_to
from sayso.planner.language.instruction_pace import without_pace
from sayso.planner.language.modality import without_politeness
from sayso.planner.language.rewording import led_over, reworded
from sayso.planner.language.spelling import respelt
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.language.unfinished import unfinished
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Reply, Subtask
from sayso.planner.reader.asking import Asking
from sayso.planner.reader.beam import SPREAD, WIDE, Meaning, in_sequence
from sayso.planner.reader.counted import as_counted
from sayso.planner.reader.deciding import as_instruction, decided
from sayso.planner.reader.doubt import covering
from sayso.planner.reader.model import Reader
from sayso.planner.reader.orders.halves import halves_of
from sayso.planner.reader.orders.in_a_row import MOST, lets_go, lifts, orders_in, refers_back, way_of
from sayso.planner.reader.orders.lost import IN_DOUBT, limited, limits_in, lost_in, parts_of
from sayso.planner.reader.orders.others import leaving_others, with_others_left
from sayso.planner.reader.orders.set_down import set_down
from sayso.planner.reader.orders.tails import homeward, tail_of
from sayso.planner.reader.orders.waits import around_wait
from sayso.planner.reader.source import Context
from sayso.planner.reader.understanding import CERTAIN, PLAUSIBLE, SURE, Option, options
from sayso.planner.reader.unless import sided
from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import (
    Also,
    Approach,
    First,
    Go,
    GoTo,
    Gripper,
    If,
    Move,
    Once,
    Pick,
    PointAt,
    Rule,
    Seq,
    Task,
    Unable,
    Utterance,
    Wait,
)
from sayso.planner.viewpoint import Viewpoint

OF_ARM = (Approach, Go, GoTo, Gripper, Move, PointAt)


class LocalPlanner(Planner):
    """Plans with a `Reader`, loaded from ``model_dir`` unless given, in some 20 milliseconds.

    ``asking`` is how much it asks before it acts.
    Raises ValueError if the model cannot be loaded.
    """

    name = "local"

    def __init__(self, model_dir: Path, reader: Reader | None = None, asking: Asking | None = None) -> None:
        self.reader = reader or Reader(model_dir)
        self.asking = asking or Asking()
        self._interpreter = Interpreter(kinds_meant, colors_meant)
        self._talk = threading.local()
        self._instruction = ""
        self._under_way: dict[Task, Interpretation] = {}
        self._here: dict[tuple[str, Utterance], Utterance] = {}  # what readings of a sentence mean in the first scene

    @property
    def recalled(self) -> Recalled:
        """What a memory knows of earlier instructions, in this thread."""
        return getattr(self._talk, "recalled", NOTHING_RECALLED)

    @recalled.setter
    def recalled(self, recalled: Recalled) -> None:
        self._talk.recalled = recalled

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """A plan for the rest of ``instruction``, a question or a refusal; ``deadline_s`` is not used.

        ``instruction`` may be the text of a task, too. A cry of pain, a warning and an instruction without a task are
        refused. What is no plain order and was not understood as such becomes a question
        (`sayso.planner.language.modality`).
        """
        if instruction != self._instruction or not done:
            self._instruction, self._under_way, self._here = instruction, {}, {}
        try:
            return self._carried_out(parse(instruction, Task), scene, done)
        except NotATask:
            pass  # a sentence, not the text of a task
        words = respelt(instruction, self.reader.is_word)
        try:
            meanings = self.meanings(words)
        except ValueError as error:  # without words, or too long for the reader
            return refused_at_once(instruction) or Refusal(f"I cannot read that: {error}.")
        refusal = refused_at_once(instruction) or refused_at_once(self.reader.respelt(instruction, HAZARDS))
        if refusal is not None and not (refusal.reason == STILL and _is_order(meanings)):
            return refusal
        if not self.reader.knows_any(instruction):
            lead = f"{ENGLISH_ONLY} " if is_foreign(instruction, 0.0) else ""
            return Question(f"{lead}I do not understand “{instruction.strip()}”. What shall I do?")
        words = ". ".join(reworded(words))
        found = self._options(words, meanings, scene, done)
        answer = decided(words, found) if found else Question(UNCLEAR)
        understood = isinstance(answer, Reply) and answer.reason != NO_TASK  # a question to the robot, a speed
        if not isinstance(answer, Plan) and not understood:
            plainer = self._in_plainer_words(words, scene, done, forbids=_is_rule(found))
            answer = plainer or unfinished(words, scene) or answer
        if not (isinstance(answer, Plan) and answer.constraints):  # the reader's say what the words do
            answer = held_to(answer, words, scene)
        answer = self.asking.applied(words, answer, found, scene)
        answer = screened(answer, harm_in(meanings), found, scene)
        if isinstance(answer, Plan) or not is_foreign(instruction, meanings[0].probability if meanings else 0.0):
            return answer
        if isinstance(answer, Question):
            return replace(answer, text=f"{ENGLISH_ONLY} {answer.text}")
        return Refusal(ENGLISH_ONLY)

    def meanings(self, sentence: str, context: Context | None = None) -> tuple[Meaning, ...]:
        """The meanings of a ``sentence`` by all of its words, most probable first; misspelt ones are put right.

        Of a sentence that is read in parts, the meanings of the parts one after the other. Raises ValueError for a
        sentence without words or with too many.
        """
        parts = [self._in_order(part, context) for part in reworded(respelt(sentence, self.reader.is_word))]
        return parts[0] if len(parts) == 1 else in_sequence(parts)

    def _in_order(self, sentence: str, context: Context | None) -> tuple[Meaning, ...]:
        """The meanings of a sentence; what it orders before a wait is done before it, and its last step last."""
        order = leaving_others(sentence)
        if order is not None and (left := with_others_left(self._in_order(order, context))):
            return left
        whole = self._read(sentence, context)
        waits_first = any(isinstance(m.value, Once | Wait) and m.probability >= PLAUSIBLE for m in whole)
        if waits_first and (ways := around_wait(sentence)):
            return _surer([in_sequence([self._read(part, context) for part in parts]) for parts in ways]) or whole
        if not whole or whole[0].probability < SURE:
            whole = self._in_halves(sentence, context) or whole
        if (row := self._in_a_row(sentence, context, whole)) is not None:
            return row
        whole = self._heard_whole(sentence, context, self._confirmed(sentence, context, whole))
        if (tail := tail_of(sentence)) is None:
            return whole
        parted = in_sequence([self._in_order(tail[0], context), [Meaning(tail[1], 1.0)]])
        has_it = any(tail[1] in values_in(m.value) for m in whole[:1])
        return _surer([whole, parted]) if has_it else parted or whole

    def _confirmed(self, sentence: str, context: Context | None, whole: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """``whole``, or where it is not sure its sentences by themselves if they come to the same."""
        parts = parts_of(sentence) if whole and whole[0].probability < SURE else ()
        if not 2 <= len(parts) <= MOST:
            return whole
        apart = in_sequence([self._read(part, context) for part in parts])
        same = bool(apart) and apart[0].value == whole[0].value
        return _surer([whole, apart]) if same else whole

    def _heard_whole(self, sentence: str, context: Context | None, whole: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """``whole`` under the rules that those of its sentences may set of which its best meaning has nothing, in doubt
        if they may be orders."""
        lost = lost_in(sentence, whole[0].value) if whole else ()
        told = [limits_in(self._read(part, context)) for part in lost]
        share = IN_DOUBT if None in told else 1.0
        limits = tuple(limit for one in told if one is not None for limit in one)
        bound = (limited(m, limits) for m in whole)
        return tuple(replace(m, probability=m.probability * share) for m in bound) if lost else whole

    def _in_halves(self, sentence: str, context: Context | None) -> tuple[Meaning, ...]:
        """The meanings of a condition whose halves are read by themselves, one of the arm alone; empty for others."""
        if (halves := halves_of(sentence)) is None:
            return ()
        first, other = (self._read(half, context) for half in halves)
        found = tuple(
            Meaning(with_condition_things(replace(m.value, otherwise=o.value)), m.probability * o.probability)
            for m in first[:3]
            for o in other[:3]
            if isinstance(m.value, If) and m.value.otherwise is None and isinstance(o.value, Task)
            if isinstance(o.value, OF_ARM) or isinstance(m.value.task, OF_ARM)
        )
        return tuple(sorted(found, key=lambda one: -one.probability))

    def _in_a_row(
        self, sentence: str, context: Context | None, whole: tuple[Meaning, ...]
    ) -> tuple[Meaning, ...] | None:
        """The meanings of orders in a row, each read by itself, where some are of the arm alone or none that it can
        carry out; None where ``whole`` tells more of them, or a last step alone."""
        parts: list[tuple[Meaning, ...]] = []
        known = goes = holds = lost = False
        for order in orders_in(sentence):
            known |= goes  # what comes after is done there
            alone = way_of(order) or (lets_go(order) if goes else None) or (lifts(order) if holds else None)
            parts.append(self._in_order(order, context) if alone is None else (Meaning(alone, 1.0),))
            sure = sum(m.probability for m in parts[-1] if isinstance(m.value, GoTo | Approach)) >= SURE
            unable = any(isinstance(m.value, Unable) and m.probability >= CERTAIN for m in parts[-1])
            known |= alone is not None
            lost |= unable and not refers_back(order)
            goes = sure or isinstance(alone, Move)
            holds = (holds and goes) or any(isinstance(m.value, Pick) for m in parts[-1][:1])
        if not known and not lost:
            return None
        row = tuple(replace(m, value=set_down(sentence, m.value)) for m in in_sequence(parts))
        tells = _steps_of(whole)
        # "Ring in the bowl" by itself is nothing that the arm can do; in the whole sentence it is an order.
        return row if row and tells <= _steps_of(row) and (known or tells < len(parts)) else None

    def _read(self, sentence: str, context: Context | None) -> tuple[Meaning, ...]:
        read = self.reader.read(sentence, context)
        if sum(m.probability for m in read) < SPREAD:
            read = self.reader.read(sentence, context, WIDE)
        sides = (replace(m, value=sided(sentence, m.value)) for m in read)
        counted = (replace(m, value=as_counted(sentence, m.value)) for m in sides)
        same: dict[Utterance, float] = {}
        for m in counted:
            value = with_condition_things(set_down(sentence, homeward(sentence, m.value)))
            same[value] = same.get(value, 0.0) + m.probability
        meanings = (Meaning(value, p) for value, p in sorted(same.items(), key=lambda one: -one[1]))
        return covering(sentence, tuple(meanings))

    def _in_plainer_words(
        self, instruction: str, scene: Scene, done: tuple[Subtask, ...], forbids: bool = False
    ) -> Plan | None:
        """The plan for ``instruction`` without its politeness, its words of pace, with plainer words of going, or
        without what it forbids and the plan keeps to; None without one.

        An instruction that ``forbids`` keeps all of its words but for what it forbids beside an order: a "no" that
        begins it may be the "not" of a learner.
        """
        exclusions = without_exclusions(instruction)[1]
        order = order_beside(instruction)
        bare = () if forbids else (without_politeness(instruction), without_pace(instruction), led_over(instruction))
        for plain in dict.fromkeys((*bare, order)):
            if plain in ("", instruction):
                continue
            try:
                found = self._options(plain, self.meanings(plain), scene, done)
            except ValueError:
                continue
            answer = decided(plain, found) if found else None
            if isinstance(answer, Plan) and keeps(answer.subtasks, exclusions, scene):
                return answer
        return None

    def _options(
        self, instruction: str, meanings: Sequence[Meaning], scene: Scene, done: tuple[Subtask, ...]
    ) -> list[Option]:
        ground = self.grounding(scene)
        for meaning in meanings:
            key = instruction, meaning.value
            if key not in self._here:
                self._here[key] = in_scene(instruction, meaning.value, ground)
        here = [replace(m, value=self._here[instruction, m.value]) for m in meanings]
        return options(as_instruction(instruction, here), partial(self._carried_out, scene=scene, done=done))

    def grounding(self, scene: Scene, done: Sequence[Subtask] = ()) -> Grounding:
        """Finds things in ``scene``, as the person who speaks sees it, by what is recalled."""
        view, talk = Viewpoint(self.viewpoint_yaw).quarter, Discourse(earlier=self.recalled)
        around, yaw = Surroundings(view.seen(scene), view.told(done)), self.viewpoint_yaw - view.yaw
        return Grounding(around, talk, kinds_meant, colors_meant, yaw, view.reach(None), view.yaw)

    def _carried_out(self, meaning: Utterance, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        task = with_condition_things(meaning.task if isinstance(meaning, Also | First) else meaning)
        if not isinstance(task, Task):
            return answer_to(task, self.grounding(scene, done))
        if not scene.objects and not _needs_no_thing(task):
            return Question("I see nothing on the table. What shall I move?")
        meant = self._under_way.setdefault(task, Interpretation(task))
        self._interpreter.yaw = self.viewpoint_yaw
        return self._in_mind(meant, scene, done)

    def _in_mind(self, meant: Interpretation, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        """The answer with what is recalled; rules that stand in the way of all of it are left to who recalls them."""
        bound = dict(meant.bound)
        recalled = replace(self.recalled, here=self.here)
        answer = self._interpreter.answer(meant, scene, done, recalled)
        if isinstance(answer, Plan) or not recalled.standing:
            return answer
        meant.bound = bound
        return self._interpreter.answer(meant, scene, done, replace(recalled, standing=()))


def _surer(readings: Sequence[tuple[Meaning, ...]]) -> tuple[Meaning, ...]:
    """Of several ways to read a sentence the one whose best meaning is most probable; empty if none has any."""
    return max((one for one in readings if one), key=lambda one: one[0].probability, default=())


def _steps_of(meanings: Sequence[Meaning]) -> int:
    """How many tasks one after the other the most probable of the ``meanings`` has."""
    best = meanings[0].value if meanings else None
    return len(best.tasks) if isinstance(best, Seq) else 1


def _needs_no_thing(task: Task) -> bool:
    """Whether the arm can carry out ``task`` on an empty table."""
    alone = Go | GoTo | Move | Gripper | Wait
    return all(isinstance(one, alone) for one in (task.tasks if isinstance(task, Seq) else (task,)))


def _is_rule(found: Sequence[Option]) -> bool:
    """Whether the most probable of the options ``found`` surely forbids something and orders nothing."""
    return bool(found) and isinstance(found[0].meaning, Rule) and found[0].probability >= SURE


def _is_order(meanings: Sequence[Meaning]) -> bool:
    """Whether words like a cry's order an idle arm to do something: "put the block beside my hand in the bowl"."""
    does = [m for m in meanings if isinstance(m.value, Task | Rule) and not isinstance(m.value, Unable)]
    orders = sum(m.probability for m in does if not hazardous(m.value))
    return orders >= CERTAIN * sum(m.probability for m in meanings) > 0

"""The offline planner: two small learned models read the words, and rules match them to the scene."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sayso.perception.scene import Scene
from sayso.planner.checks.heeding import STILL, refused_at_once
from sayso.planner.checks.screening import harm_in, screened
from sayso.planner.interpreter.answers import UNSAFE, answer_to
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Recalled
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.interpreter.interpreter import Interpretation, Interpreter
from sayso.planner.language.encoder import WordsModel
from sayso.planner.language.exclusions import keeps, without_exclusions
from sayso.planner.language.held_to import held_to
from sayso.planner.language.instruction_pace import without_pace
from sayso.planner.language.modality import without_politeness
from sayso.planner.language.plan_builder import compose
from sayso.planner.language.reading import Intent
from sayso.planner.language.understood import names_a_thing, not_understood
from sayso.planner.language.waits import waited
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask
from sayso.planner.reader.asking import Asking
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import values_in
from sayso.planner.reader.model import Reader
from sayso.planner.reader.second_opinion import weighed
from sayso.planner.reader.understanding import CERTAIN, SURE, options
from sayso.planner.reader.words import Words
from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.values import Also, First, Here, Rule, Task, Unable, Utterance
from sayso.planner.viewpoint import Viewpoint


class LocalPlanner(Planner):
    """Plans with a `WordsModel` and a `Reader`, loaded from ``model_dir`` unless given, in some 20 milliseconds.

    ``asking`` is how much it asks before it acts.
    Raises ValueError if a model cannot be loaded.
    """

    name = "local"

    def __init__(
        self, model_dir: Path, model: WordsModel | None = None, reader: Reader | None = None,
        asking: Asking | None = None,
    ) -> None:  # fmt: skip
        self.model = model or WordsModel(model_dir)
        self.reader = reader or Reader(model_dir)
        self.words = Words(self.model)
        self.asking = asking or Asking()
        self._interpreter = Interpreter(self.words.kinds, self.words.colors)
        self._talk = threading.local()
        self._instruction = ""
        self._under_way: dict[Task, Interpretation] = {}

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
        refused. A clause that is neither a plain order nor an understood prohibition becomes a question
        (`sayso.planner.language.modality`).
        """
        if instruction != self._instruction or not done:
            self._instruction, self._under_way = instruction, {}
        try:
            return self._carried_out(parse(instruction, Task), scene, done)
        except NotATask:
            pass  # a sentence, not the text of a task
        meanings = self._meanings(instruction)
        refusal = refused_at_once(instruction)
        if refusal is not None and not (refusal.reason == STILL and self._is_order(instruction, meanings)):
            return refusal
        try:
            answer = self._answer(instruction, scene, done)
            if not isinstance(answer, Plan) and (plain := without_pace(instruction)):
                again = self._answer(plain, scene, done)
                answer = again if isinstance(again, Plan) else answer
            if not isinstance(answer, Plan) and (plain := without_politeness(instruction)) not in (instruction, ""):
                again = self._answer(plain, scene, done)
                answer = again if isinstance(again, Plan) else answer
            rest, exclusions = without_exclusions(instruction)
            if not isinstance(answer, Plan) or not keeps(answer.subtasks, exclusions, scene):
                kept = self._answer(rest, scene, done) if rest else None
                answer = kept if isinstance(kept, Plan) and keeps(kept.subtasks, exclusions, scene) else answer
            waits = None
            if not isinstance(answer, Plan):
                waits = waited(instruction, done, partial(self._answer, scene=scene, done=done))
        except ValueError as error:
            return Refusal(f"I cannot read that: {error}.")
        answer = held_to(waits or answer, instruction, scene)
        return self._weighed(instruction, answer, meanings, scene, done, weigh=not isinstance(waits, Plan))

    def _is_order(self, cry: str, meanings: Sequence[Meaning]) -> bool:
        """Whether words like a cry's order an idle arm to do something: "put the block beside my hand in the bowl"."""
        does = [m for m in meanings if isinstance(m.value, Task | Rule) and not isinstance(m.value, Unable)]
        orders = sum(m.probability for m in does if not hazardous(m.value))
        needed = CERTAIN if self.model.read(cry).intent is Intent.UNSAFE else SURE
        return orders >= needed * sum(m.probability for m in meanings) > 0

    def _meanings(self, instruction: str) -> tuple[Meaning, ...]:
        try:
            read = self.reader.read(instruction)
        except ValueError:
            return ()  # without words, or too long for the reader
        return tuple(replace(m, value=with_condition_things(m.value)) for m in read)

    def _weighed(
        self, instruction: str, answer: Answer, meanings: Sequence[Meaning], scene: Scene, done: tuple[Subtask, ...],
        weigh: bool,
    ) -> Answer:  # fmt: skip
        """``answer``, weighed against the ``meanings`` by the learned reader if ``weigh``, and screened."""
        alarmed = self.model.read(instruction).intent is Intent.UNSAFE
        if not meanings:
            return Refusal(UNSAFE) if alarmed else answer
        found = options(meanings, partial(self._carried_out, scene=scene, done=done))
        answer = weighed(instruction, answer, found) if found and weigh else answer
        if self.here is not None and isinstance(answer, Refusal) and found:
            asks, sure = found[0].answer, found[0].probability >= SURE
            if sure and isinstance(asks, Question) and any(isinstance(v, Here) for v in values_in(found[0].meaning)):
                answer = asks  # the rules refuse what they cannot do: put something where a person points
        answer = self.asking.applied(instruction, answer, found, scene)
        return screened(answer, harm_in(meanings), alarmed, found, scene)

    def _carried_out(self, meaning: Utterance, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        task = with_condition_things(meaning.task if isinstance(meaning, Also | First) else meaning)
        if not isinstance(task, Task):
            return answer_to(task, Viewpoint(self.viewpoint_yaw).seen(scene))
        if not scene.objects:
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

    def _answer(self, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        reading = self.model.read(instruction)
        if reading.intent is Intent.UNSAFE:  # which the whole answer is screened for
            reading = replace(reading, intents={Intent.TASK: 1.0})
        if reading.intent is not Intent.TASK and names_a_thing(reading, scene):  # a noun that the model never learned
            reading = replace(reading, intents={Intent.TASK: 1.0})
        view = Viewpoint(self.viewpoint_yaw)
        answer = view.answer(compose(reading, view.seen(scene), view.told(done)))
        doubt = not_understood(reading, scene) if isinstance(answer, Plan) else None
        return Question(doubt.question) if doubt is not None else answer

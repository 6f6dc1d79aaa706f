"""The offline planner: a small learned model reads the words, and rules match them to the scene."""

from __future__ import annotations

from pathlib import Path

from sayso.perception.scene import Scene
from sayso.planner.heeding import refused_at_once
from sayso.planner.language.encoder import WordsModel
from sayso.planner.language.exclusions import keeps, without_exclusions
from sayso.planner.language.instruction_pace import without_pace
from sayso.planner.language.modality import without_politeness
from sayso.planner.language.plan_builder import compose, unsafe
from sayso.planner.language.understood import not_understood
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask


class LocalPlanner(Planner):
    """Plans with a `WordsModel`, loaded from ``model_dir`` unless ``model`` is given, in a few milliseconds.

    Raises ValueError if the model cannot be loaded.
    """

    name = "local"

    def __init__(self, model_dir: Path, model: WordsModel | None = None) -> None:
        self.model = model or WordsModel(model_dir)

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """A plan for the rest of ``instruction``, a question or a refusal; ``deadline_s`` is not used.

        A cry of pain, a warning and an instruction without a task are refused. A clause that is neither a plain order
        nor an understood prohibition becomes a question (`sayso.planner.language.modality`).
        """
        refusal = refused_at_once(instruction)
        if refusal is not None:
            return refusal
        try:
            answer = self._answer(instruction, scene, done)
            if not isinstance(answer, Plan) and (plain := without_pace(instruction)):
                again = self._answer(plain, scene, done)
                answer = again if isinstance(again, Plan) else answer
            if not isinstance(answer, Plan) and (plain := without_politeness(instruction)) not in (instruction, ""):
                again = self._answer(plain, scene, done)
                answer = again if isinstance(again, Plan) and not unsafe(answer) else answer
            if isinstance(answer, Question | Refusal) and not unsafe(answer):
                rest, exclusions = without_exclusions(instruction)
                kept = self._answer(rest, scene, done) if rest else None
                answer = kept if isinstance(kept, Plan) and keeps(kept.subtasks, exclusions, scene) else answer
        except ValueError as error:
            return Refusal(f"I cannot read that: {error}.")
        return answer

    def _answer(self, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        reading = self.model.read(instruction)
        answer = compose(reading, scene, done)
        doubt = not_understood(reading, scene) if isinstance(answer, Plan) else None
        return Question(doubt.question) if doubt is not None else answer

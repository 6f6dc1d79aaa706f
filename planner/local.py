"""The planner that needs no network: a small learned model reads the words, arithmetic finds them in the scene."""

from __future__ import annotations

from pathlib import Path

from perception.scene import Scene
from planner.language.composing import compose
from planner.language.encoder import WordsModel
from planner.plan import Answer, Planner, Refusal, Subtask


class LocalPlanner(Planner):
    """Plans with `WordsModel`, which it loads from ``model_dir`` unless ``model`` is given; takes a few milliseconds.

    Raises ValueError when the model cannot be loaded.
    """

    name = "local"

    def __init__(self, model_dir: Path, model: WordsModel | None = None) -> None:
        self.model = model or WordsModel(model_dir)

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """A plan for what is left of ``instruction``, a question or a refusal; the deadline is never near."""
        try:
            reading = self.model.read(instruction)
        except ValueError as error:
            return Refusal(f"I cannot read that: {error}.")
        return compose(reading, scene, done)

"""What a noun or a color word means in the scene's terms: probabilities of its kinds and colors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sayso.planner.language.encoder import WordsModel
from sayso.planner.language.reading import ANY, OTHER
from sayso.planner.task.things import colors_meant, kinds_meant

THING = "thing"


class Words:
    """Asks the words model about a word in a plain sentence, once for each word."""

    def __init__(self, model: WordsModel) -> None:
        self._model = model
        self.kinds = lru_cache(maxsize=512)(self._kinds)
        self.colors = lru_cache(maxsize=512)(self._colors)

    def _kinds(self, noun: str) -> Mapping[str, float]:
        """Kinds of the scene for a noun; "any" leaves the kind open, "other" is none of them."""
        return {ANY: 1.0} if noun == THING else kinds_meant(noun, self._read(f"pick up the {noun}", "kinds"))

    def _colors(self, color: str) -> Mapping[str, float]:
        """Colors of the scene for the word of a color."""
        return colors_meant(color, self._read(f"pick up the {color} block", "colors"))

    def _read(self, sentence: str, what: str) -> Mapping[str, float]:
        try:
            reading = self._model.read(sentence)
        except ValueError:
            return {OTHER: 1.0}
        mention = next((m for clause in reading.clauses for m in clause.mentions), None)
        return dict(getattr(mention, what)) if mention is not None else {OTHER: 1.0}

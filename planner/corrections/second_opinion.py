"""The learned reader as a second opinion on a correction: it may stop the arm, and read what the grammar cannot."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.corrections.heard import Hearing, doing
from sayso.planner.corrections.reader import Correction
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Subtask
from sayso.planner.reader.model import Reader
from sayso.planner.reader.source import Context
from sayso.planner.reader.understanding import PLAUSIBLE
from sayso.planner.reader.words import Words
from sayso.planner.task.values import Stop
from sayso.skills.motion import LanguageMotion

BEAM = 3
STOPS, STOPS_AN_ACT = 0.5, 0.8
"""The arm stops from these probabilities on; the second where the grammar has read an order."""
HEARD_AS_STOP = "a stop, as far as I understand; say go on if nothing is wrong"
OPEN = ("unknown", "ask")
"""Levels of a correction that the grammar could not read."""


class SecondOpinion:
    """Asks ``reader`` about every correction; ``words`` tells what nouns and colors mean."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self._reader, self._words = reader, words

    def warm_up(self) -> None:
        """Read one sentence, so that the first correction is as fast as the others."""
        self._reader.read("a bit to the left")

    def on(
        self, found: Correction, scene: Scene, steps: Sequence[Subtask] = (), yaw: float = 0.0,
        current: LanguageMotion | None = None, asked: str = "",
    ) -> Correction:  # fmt: skip
        """``found``, a stop in its place, or what the reader makes of words that were not understood.

        ``steps`` are the subtasks being done, the first of them now; ``yaw`` rad is the heading in which the speaker
        looks, ``current`` the motion under way, ``asked`` the question that the robot has asked.
        """
        if found.level == "stop":
            return found
        try:
            meanings = self._reader.read(found.text, Context(doing(steps, scene, yaw=yaw), None, asked), BEAM)
        except ValueError:
            return found
        stops = sum(m.probability for m in meanings if isinstance(m.value, Stop))
        if stops >= (STOPS if found.level in (*OPEN, "remark") else STOPS_AN_ACT):
            return Correction(found.text, "stop", HEARD_AS_STOP)
        if found.level not in OPEN or not meanings or meanings[0].probability < PLAUSIBLE:
            return found
        if found.level == "ask" and doubts(found.text, at_once=True):
            return found  # the rules doubt that this is a plain order
        words = self._words
        read = Hearing(found.text, scene, tuple(steps), current, yaw, words.kinds, words.colors).correction(meanings)
        return found if read.level in OPEN else read

"""Corrections as the product reads them, on a table with an arm that picks the red block up."""

from __future__ import annotations

from functools import cache

from sayso.model_store import PACKAGED
from sayso.perception.scene import Scene
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.reader.model import Reader
from sayso.skills.motion import LanguageMotion, parse
from tests.planner.remote_server import table

SCENE = table()
PICK = Subtask(Verb.PICK, "b1", "red block")
PUT = Subtask(Verb.PLACE, "b1", "red block", Relation.IN, "w1", "blue bowl")
FORWARD = parse("move arm forward")


_READER = cache(Reader)


@cache
def reader() -> CorrectionReader:
    return CorrectionReader(_READER(PACKAGED))


@cache
def answers() -> AnswerReader:
    return AnswerReader(_READER(PACKAGED))


def read(
    text: str, subtask: Subtask | None = PICK, scene: Scene = SCENE, yaw: float = 0.0,
    current: LanguageMotion | None = FORWARD,
) -> Correction:  # fmt: skip
    """What ``text`` means while ``subtask`` is done, before the red block is put in the blue bowl."""
    steps = (PICK, PUT) if subtask is PICK else () if subtask is None else (subtask,)
    return reader().read(text, scene, steps, yaw, current)

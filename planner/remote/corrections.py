"""What a person says while the arm moves and nobody here understands, read by a model in the background."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sayso.perception.scene import Scene
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.heard import Hearing
from sayso.planner.interpreter.grounding import Likelihoods
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Subtask
from sayso.planner.remote.answer import Reader
from sayso.planner.remote.chat import Chat, Prompt
from sayso.planner.remote.http import Call, one_line
from sayso.planner.remote.pointing import convention_of
from sayso.planner.remote.prompt import interpretation
from sayso.planner.remote.schema import LEFT_OUT_OF_CORRECTIONS, describe, find_json, meaning_schema
from sayso.planner.remote.sight import Sight
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.values import Utterance
from sayso.planner.viewpoint import Viewpoint
from sayso.skills.motion import LanguageMotion

MAX_TEXT = 1000
ASKING = "I do not understand that; I ask the model"
HARMLESS = ("stop", "remark", "unknown", "ask")
"""Levels of a correction that move nothing: they need no plain order."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What words may refer to: the instruction, the scene, the subtasks left, the motion, and the speaker's heading."""

    instruction: str
    scene: Scene
    steps: tuple[Subtask, ...]
    motion: LanguageMotion | None
    yaw: float


class RemoteCorrections:
    """Asks a model what a sentence means, for at most ``deadline_s`` s, one sentence at a time; a new one replaces it.

    ``kinds`` and ``colors`` tell what a word means in the scene's terms. Words of a forbidding, a condition or a report
    are never carried out by the model's word alone: they become a question.
    """

    def __init__(
        self, chat: Chat, kinds: Likelihoods, colors: Likelihoods, image: Callable[[], Any] | None = None,
        deadline_s: float = 10.0,
    ) -> None:  # fmt: skip
        self._chat, self._kinds, self._colors, self._image = chat, kinds, colors, image
        self._deadline_s, self._convention = deadline_s, convention_of(chat.model)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="remote-corrections")
        self._call: Call | None = None
        self._job: Future[Utterance] | None = None
        self._text = ""

    @property
    def is_busy(self) -> bool:
        """Whether a sentence is being read."""
        return self._job is not None and not self._job.done()

    def ask(self, text: str, situation: Situation) -> None:
        """Begin to read ``text``."""
        self.drop()
        self._text, self._call = text, Call(self._deadline_s)
        self._job = self._pool.submit(self._read, self._call, text[:MAX_TEXT], situation)

    def drop(self) -> None:
        """Give up the sentence that is being read."""
        if self._call is not None:
            self._call.cancel()
        self._job = None

    def close(self) -> None:
        """End the thread."""
        self.drop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def poll(self, now: Situation) -> Correction | None:
        """What the sentence means in the situation that is ``now``, once; None while nobody knows."""
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        try:
            value = job.result()
        except Exception as error:  # whatever a model does ends no run
            why = one_line(str(error), 200)
            return Correction(self._text, "unknown", f"not understood, by the model neither: {why}")
        hearing = Hearing(self._text, now.scene, now.steps, now.motion, now.yaw, self._kinds, self._colors)
        read = hearing.read(value)
        if read.level not in HARMLESS and doubts(self._text, at_once=True):
            meant = said(without_ids(value))
            return Correction(self._text, "ask", f"do you mean: {meant}? Say so in plain words", options=(meant,))
        return read

    def _read(self, call: Call, text: str, situation: Situation) -> Utterance:
        sight = Sight(situation.scene, self._image() if self._image is not None else None)
        view = Viewpoint(situation.yaw)
        steps = "; ".join(map(str, view.told(situation.steps))) or "nothing"
        told = (
            f"{describe(view.seen(situation.scene))}\nInstruction: {situation.instruction}\nBeing done: {steps}.\n"
            f"Motion: {situation.motion or 'none'}.\nThe person says: {text}"
        )
        system = interpretation(LEFT_OUT_OF_CORRECTIONS)
        prompt = Prompt(system, told, sight.picture, (), meaning_schema(sight), "correction")
        found = find_json(self._chat.complete(call, prompt))
        value: Utterance = Reader(sight, self._convention).value(found.get("meaning", found), Utterance)
        return value

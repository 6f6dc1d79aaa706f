"""A planner behind any OpenAI-compatible server: vLLM, llama.cpp, Ollama, LM Studio or a hosted model."""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.planner.heeding import objection, refused_at_once
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask
from sayso.planner.preconditions import check_plan
from sayso.planner.remote.address import Address, key_for, without_secrets
from sayso.planner.remote.chat import Chat, Prompt
from sayso.planner.remote.http import Call, one_line
from sayso.planner.remote.reply import ModelRefused
from sayso.planner.remote.schema import answer_schema, describe, read_answer

logger = logging.getLogger(__name__)

SPEC_FORM = "openai:MODEL@URL, for example openai:qwen3-vl@http://127.0.0.1:8000/v1"
MAX_IMAGE_SIDE = 768
MAX_INSTRUCTION = 10_000
_ASKS = 2  # the question, and one retry with the error

_SYSTEM = """You plan for a robot arm with a two-finger gripper at a table. Base frame: x forward, y left, z up, metres.
Answer with one JSON object and nothing else, one of:
{"answer": {"type": "plan", "subtasks": [...]}}: the steps still to do, in order; none if all is done.
{"answer": {"type": "question", "text": "...", "options": ["..."]}}: the instruction may mean several objects or places.
{"answer": {"type": "refusal", "reason": "..."}}: it is dangerous, harmful or beyond this arm.
A step is one of:
{"verb": "put", "object": ID, "relation": "in", "reference": ID of a bowl}
{"verb": "put", "object": ID, "relation": "on", "reference": ID of a block}
{"verb": "put", "object": ID, "relation": "to the left of", "to the right of", "in front of" or "behind",
 "reference": ID}
{"verb": "put", "object": ID, "direction": "left", "right", "forward" or "back", "distance": metres}
{"verb": "pick up", "object": ID}
"put" picks the object up first; "pick up" is only for what shall stay in the hand. Use only ids from the scene.
Bowls cannot be moved."""

ImageSource = Callable[[], NDArray[np.uint8] | None]


class RemotePlanner(Planner):
    """Asks a language model for a plan, with an image if the model takes one.

    ``image`` returns the newest camera picture (H, W, 3) uint8 RGB or None without waiting, in the planning thread.
    ``extra`` is added to every request's body. The planner checks ids, preconditions and prohibitions of the
    instruction; it sends a faulty plan back once, then asks or refuses. Cries and instructions without a task are
    refused without a request. `plan` raises `PlannerError` without an answer; ValueError for a bad URL or key.
    """

    remote = True

    def __init__(
        self,
        model: str,
        url: str,
        *,
        api_key: str | None = None,
        image: ImageSource | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = f"openai:{model}@{url}"
        self._chat = Chat(model, url, api_key, extra)
        self._image = image
        self._call: Call | None = None

    @classmethod
    def from_spec(cls, spec: str, *, api_key: str | None = None, image: ImageSource | None = None) -> Self:
        """The planner of ``openai:MODEL@URL``, with the server's key from the environment.

        Another server's key is withheld and logged in one line. Raises ValueError with the allowed form.
        """
        match = re.fullmatch(r"openai:(?P<model>\S+)@(?P<url>https?://[^\s@]+)", spec)
        if not match:
            raise ValueError(f"planner '{without_secrets(spec)}' is not understood; write {SPEC_FORM}")
        if api_key is None:
            api_key, withheld = key_for(Address.of(match["url"]), os.environ)
            if withheld:
                logger.warning("%s", withheld)
        return cls(match["model"], match["url"], api_key=api_key, image=image)

    def cancel(self) -> None:
        """Cancel the current question: its `plan` raises `PlannerError` at once."""
        call = self._call
        if call is not None:
            call.cancel()

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """A plan for the rest of ``instruction``, a question or a refusal, within ``deadline_s`` of real time."""
        if len(instruction) > MAX_INSTRUCTION:
            return Refusal(f"the instruction has {len(instruction)} characters; at most {MAX_INSTRUCTION} are allowed")
        refusal = refused_at_once(instruction)
        if refusal is not None:
            return refusal
        self._call = call = Call(deadline_s)
        try:
            return self._ask(call, instruction.encode("utf-8", "replace").decode(), scene, done)
        except ModelRefused as refused:
            return Refusal(str(refused))
        except PlannerError as error:
            raise PlannerError(f"planner {self.name}: {error}") from error
        finally:
            self._call = None

    def _ask(self, call: Call, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        finished = "; ".join(str(s) for s in done) or "nothing yet"
        text = f"{describe(scene)}\nAlready done: {finished}.\nInstruction: {instruction}"
        picture = _data_url(self._image()) if self._image else None
        prompt = Prompt(_SYSTEM, text, picture, (), answer_schema(scene))
        faulty: Plan | None = None
        asks: str | None = None
        problem = ""
        for _ in range(_ASKS):
            words = self._chat.complete(call, prompt)
            faulty = asks = None
            try:
                answer = read_answer(words, scene)
                if not isinstance(answer, Plan):
                    return answer
                faulty = answer
                check_plan(answer, scene)
                asks = objection(instruction, answer, scene)
                if asks is not None:
                    raise ValueError(f"the instruction may forbid it: {asks}")
                return answer
            except ValueError as error:
                problem = one_line(str(error), 400)
            complaint = f"That cannot be used: {problem}. Answer again, with one JSON object only."
            turns = (
                {"role": "assistant", "content": words[:4000] or "(no answer)"},
                {"role": "user", "content": complaint},
            )
            prompt = Prompt(_SYSTEM, text, picture, turns, prompt.schema)
        if faulty is None:
            raise PlannerError(f"the model's answer cannot be read: {problem}")
        if any(scene.find(i) is None for s in faulty.subtasks for i in (s.object_id, s.reference_id) if i is not None):
            return Question("Which object do you mean?", tuple(dict.fromkeys(o.name for o in scene.objects)))
        return Question(asks) if asks is not None else Refusal(f"the model's plan cannot be carried out: {problem}")


def _data_url(image: NDArray[np.uint8] | None) -> str | None:
    if image is None:
        return None
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise PlannerError(f"the camera image must be (H, W, 3) uint8 RGB, not {image.shape} {image.dtype}")
    scale = MAX_IMAGE_SIDE / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 90])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()

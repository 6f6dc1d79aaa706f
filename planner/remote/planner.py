"""A planner behind any OpenAI-compatible server: vLLM, llama.cpp, Ollama, LM Studio or a hosted model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.scene import Scene
from sayso.planner.checks.heeding import objection, refused_at_once
from sayso.planner.checks.preconditions import check_plan
from sayso.planner.errors import PlannerError
from sayso.planner.interpreter.discourse import Interpretation, Recalled
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.interpreter.places import Pointed
from sayso.planner.plan import Answer, Planner, Question, Refusal, Subtask
from sayso.planner.remote.address import Spec
from sayso.planner.remote.answer import Reader
from sayso.planner.remote.chat import Chat, Prompt
from sayso.planner.remote.http import Call, one_line
from sayso.planner.remote.messages import connect
from sayso.planner.remote.pointing import convention_of
from sayso.planner.remote.prompt import instructions
from sayso.planner.remote.reply import ModelRefused
from sayso.planner.remote.schema import LEFT_OUT, answer_schema, describe
from sayso.planner.remote.sight import Sight
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Task
from sayso.planner.viewpoint import Viewpoint

MAX_INSTRUCTION = 10_000
_ASKS = 2  # the question, and one retry with the error

ImageSource = Callable[[], Frame | NDArray[np.uint8] | None]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A task that says what is to do after the first ``before`` subtasks; ``pointed`` finds its points.

    ``here`` is the point (x, y) m that the person points at.
    """

    meant: Interpretation
    before: int
    pointed: Pointed | None
    here: tuple[float, float] | None = None

    def answer(self, interpreter: Interpreter, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        """What remains of the task after ``done``, or what prevents it."""
        if not scene.objects:
            return Question("I see nothing on the table. What shall I move?")
        return interpreter.answer(self.meant, scene, done[self.before :], Recalled(here=self.here), self.pointed)


class RemotePlanner(Planner):
    """Asks a language model what an instruction means in the task language, with a picture if the model takes one.

    ``image`` returns the newest camera frame, or a bare picture (H, W, 3) uint8 RGB, or None, without waiting, in the
    planning thread. ``extra`` is added to every request's body. ``interpreter`` turns the task into subtasks; None: one
    that knows the scene's own words. The planner checks marks, preconditions and prohibitions of the instruction; it
    sends a faulty answer back once, then asks or refuses. Cries and instructions without a task are refused, and the
    text of a task and what remains of one are worked out, without a request. `plan` raises `PlannerError` without an
    answer; ValueError for a bad URL or key.
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
        interpreter: Interpreter | None = None,
        chat: Chat | None = None,
    ) -> None:
        self.name = f"openai:{model}@{url}"
        self.chat = chat or Chat(model, url, api_key, extra)
        self.image = image
        self._interpreter = interpreter or Interpreter(kinds_meant, colors_meant)
        self._convention = convention_of(model)
        self.names_given: Callable[[Mapping[str, str]], None] = lambda names: None  # of the things that it named, by id
        self._instruction: tuple[str, tuple[float, float] | None] = ("", None)
        self._under_way: UnderWay | None = None
        self._call: Call | None = None

    @classmethod
    def from_spec(
        cls, name: str, *, api_key: str | None = None, image: ImageSource | None = None,
        interpreter: Interpreter | None = None,
    ) -> Self:  # fmt: skip
        """The planner of a name such as ``openai:MODEL@URL``, with the server's key from the environment.

        Another server's key is withheld and logged in one line. Raises ValueError with the allowed forms.
        """
        spec = Spec.of(name)
        made = cls(spec.model, spec.url, image=image, interpreter=interpreter, chat=connect(spec, api_key))
        made.name = name
        return made

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
        if (instruction, self.here) != self._instruction or not done:
            self._instruction, self._under_way = (instruction, self.here), None
        self._interpreter.yaw = self.viewpoint_yaw
        if self._under_way is not None:
            answer, problem = _judged(instruction, self._under_way.answer(self._interpreter, scene, done), scene)
            if not problem:
                return answer
        try:
            self._under_way = UnderWay(Interpretation(parse(instruction, Task)), 0, None, self.here)
            return self._under_way.answer(self._interpreter, scene, done)
        except NotATask:
            pass  # a sentence, not the text of a task
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
        view = Viewpoint(self.viewpoint_yaw)
        finished = "; ".join(str(s) for s in view.told(done)) or "nothing yet"
        text = f"{describe(view.seen(scene))}\nAlready done: {finished}.\nInstruction: {instruction}"
        without: tuple[str, ...] = LEFT_OUT
        if self.here is not None:
            text += "\nThe person points at a place while saying this: that place is `here`."
            without = tuple(head for head in LEFT_OUT if head != "here")
        sight = Sight(scene, self.image() if self.image else None)
        reader = Reader(sight, self._convention)
        system = instructions(sight, self._convention, without) + _standing(self.viewpoint_yaw)
        prompt = Prompt(system, text, sight.picture, (), answer_schema(sight, without))
        best: Answer | None = None
        for _ in range(_ASKS):
            words = self.chat.complete(call, prompt)
            try:
                answer: Answer | Task = reader.read(words)
                self.names_given(reader.named)
                if isinstance(answer, Question | Refusal):
                    return answer
                self._under_way = None
                if isinstance(answer, Task):
                    self._under_way = UnderWay(Interpretation(answer), len(done), sight.on_table, self.here)
                    answer = self._under_way.answer(self._interpreter, scene, done)
                best, problem = _judged(instruction, answer, scene)
                if not problem:
                    return best
            except ValueError as error:
                problem = one_line(str(error), 400)
            complaint = f"That cannot be used: {problem}. Answer again, with one JSON object only."
            turns = (
                {"role": "assistant", "content": words[:4000] or "(no answer)"},
                {"role": "user", "content": complaint},
            )
            prompt = replace(prompt, turns=turns)
        if best is None:
            raise PlannerError(f"the model's answer cannot be read: {problem}")
        return best


def _judged(instruction: str, answer: Answer, scene: Scene) -> tuple[Answer, str]:
    """What comes of ``answer``, and what is wrong with it, "" for a plan that can be carried out."""
    if isinstance(answer, Question):
        return answer, f"the robot would have to ask: {one_line(answer.text, 300)}"
    if isinstance(answer, Refusal):
        return answer, f"the robot would have to refuse: {one_line(answer.reason, 300)}"
    try:
        check_plan(answer, scene)
    except ValueError as error:
        problem = one_line(str(error), 400)
        if any(scene.find(i) is None for s in answer.subtasks for i in (s.object_id, s.reference_id) if i):
            return Question("Which object do you mean?", tuple(dict.fromkeys(o.name for o in scene.objects))), problem
        return Refusal(f"the model's plan cannot be carried out: {problem}"), problem
    asks = objection(instruction, answer, scene)
    return (answer, "") if asks is None else (Question(asks), f"the instruction may forbid it: {asks}")


def _standing(yaw: float) -> str:
    """Where the person stands whose sides these are; "" for one who looks as the robot does."""
    if not yaw:
        return ""
    return (
        f"\nThe person looks at the table {abs(np.degrees(yaw)):.0f} degrees {'left' if yaw > 0 else 'right'} of the "
        "robot's heading. Sides, in front and behind, near and far are the person's, and so are positions in the list."
    )

"""What a person said while the arm moves, as it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sayso.perception.scene import Scene
from sayso.planner.as_task import str_of
from sayso.planner.corrections.speed import Pace
from sayso.planner.plan import Question, Subtask
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.values import Task
from sayso.skills.motion import LanguageMotion, Step

Level = Literal["stop", "resume", "motion", "subtask", "goal", "remark", "ask", "unknown"]
URGENT = "a stop, for that sounded urgent and I did not understand it; say go on if nothing is wrong"
REMARKED = "a remark: nothing to do"
NOTHING_LEFT = "stop: nothing is left to do; say go on to end here, or what to do"
NOT_UNDERSTOOD = "not understood; say for example: stop; a bit to the left; slower; no, the green one"


@dataclass(frozen=True, slots=True)
class Correction:
    """One spoken correction and how it was read; ``read_as`` says it in one line, or why it could not be read.

    stop: hold now. resume: carry on, any motion that was spoken before is withdrawn. motion: do ``motion`` for
    ``duration_s`` seconds; with only ``pace`` set, do everything at that speed until a person names another. subtask:
    ``target`` (an id of the scene) takes the place of ``replaces`` (None: an object that the plan had not named
    yet). goal: a new ``instruction``. remark: praise or small talk; the arm goes on, and a stopped arm stays
    stopped. ask: something is missing, or more than one thing or none fits; ``options`` name some. unknown: not
    understood. ``rule`` is the text of the person's standing rule, in the task language. A remark
    ``answers`` if it says what the person asked, or what the robot keeps in mind. After ``motion`` come the motions of
    ``then``, each with its seconds. ``beside`` is what the robot says beside how it read the words.
    ``holds`` is the question that the arm stands still for: which thing in the place of one that the person refuses.
    ``hesitates``: the arm stands a moment for the answer, since another thing or place may be meant.
    ``empties``: the stop leaves nothing of the plan, so that "go on" ends the run.
    ``bound`` are the ways (base frame) that the hand goes no farther in this subtask, unless a person says so.
    """

    text: str
    level: Level
    read_as: str
    motion: LanguageMotion | None = None
    pace: Pace | None = None
    target: str | None = None
    replaces: str | None = None
    instruction: str | None = None
    options: tuple[str, ...] = ()
    duration_s: float = 0.0
    rule: str | None = None
    answers: bool = False
    then: tuple[tuple[LanguageMotion, float], ...] = ()
    beside: str = ""
    holds: Question | None = None
    hesitates: bool = False
    bound: tuple[Step, ...] = ()
    empties: bool = False

    @property
    def legs(self) -> tuple[tuple[LanguageMotion, float], ...]:
        """The motions to make one after the other, each with its seconds; empty without one."""
        return () if self.motion is None else ((self.motion, self.duration_s), *self.then)


def goal_of(text: str, task: Task | None) -> Correction:
    """The correction of ``text`` that leaves ``task`` to do; a stop where that is nothing."""
    if task is None:
        return Correction(text, "stop", NOTHING_LEFT, empties=True)
    return Correction(text, "goal", said(without_ids(task)), instruction=str_of(task))


def amended(subtasks: Sequence[Subtask], correction: Correction, scene: Scene) -> tuple[Subtask, ...]:
    """``subtasks`` with the correction's object in the place of the one that it replaces.

    Without ``replaces`` it takes the place of the first reference of its own kind.
    """
    target = scene.find(correction.target)
    if correction.level != "subtask" or target is None:
        return tuple(subtasks)
    old = correction.replaces
    if old is None:
        kinds = ((s.reference_id, scene.find(s.reference_id)) for s in subtasks)
        old = next((i for i, o in kinds if o is not None and o.kind == target.kind), None)
    out = []
    for step in subtasks:
        if step.object_id == old:
            step = replace(step, object_id=target.id, object_name=target.name)
        if step.reference_id == old and old is not None:
            step = replace(step, reference_id=target.id, reference_name=target.name)
        out.append(step)
    return tuple(out)

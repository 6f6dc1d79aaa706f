"""What the whole product does for a sentence, beside what its writer's meaning would make it do on the same scene.

An effect is what a person beside the arm would see: other steps, a motion, another pace, a stop, going on, a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.bench.language.negated import SCENE
from sayso.bench.language.writers_scenes import scenes
from sayso.perception.scene import Scene
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.heard import Hearing
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.execution.came_about import same_condition
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Plan, Planner, Subtask
from sayso.planner.reader.deciding import ends
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.task.canonical import canonical
from sayso.planner.task.text import write
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Answer, AnswerPlace, AnswerThing, Task
from sayso.planner.watch.formula import Formula
from sayso.skills.motion import GripperAction, parse

UNDER_WAY = parse("move arm forward and down")
"""The motion in force when a correction arrives."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What is seen: ``kind`` is steps, motion, pace, stop, on (it goes on) or ask; ``what`` says which.

    ``waits`` are the conditions waited for, the last of them of the end.
    """

    kind: str
    what: tuple[object, ...] = ()
    waits: tuple[Formula | None, ...] = ()

    def same(self, other: Effect) -> bool:
        """Whether a person sees the same; an event that the robot waits for may be worded otherwise."""
        same_waits = len(self.waits) == len(other.waits) and all(map(same_condition, self.waits, other.waits))
        return (self.kind, self.what) == (other.kind, other.what) and same_waits


def scene_of(pair: Pair) -> Scene:
    """The scene that the writer of ``pair`` saw, else the one of the negated sentences."""
    return scenes()[pair.scene] if pair.scene is not None else SCENE


def planned(pair: Pair, local: LocalPlanner) -> tuple[Effect, Effect]:
    """What an instruction should do and what the planner, with a memory of what was done before, makes of it."""
    scene = scene_of(pair)
    meant = _after(pair, local).plan(write(canonical(pair.meaning)), scene) if isinstance(pair.meaning, Task) else None
    return _of_answer(meant), _of_answer(_after(pair, local).plan(pair.said, scene))


def _after(pair: Pair, local: LocalPlanner) -> Planner:
    """The planner after what was done before the sentence of ``pair``."""
    planner = Remembering(local, local, Memory())
    if pair.context.before is not None:
        planner.plan(write(pair.context.before), scene_of(pair))
        planner.ended("done", scene_of(pair), "")
    return planner


def corrected(pair: Pair, planner: LocalPlanner, reader: CorrectionReader) -> tuple[Effect, Effect]:
    """What a correction should do and what it does while ``pair.context.doing`` is carried out.

    An answer to a question is left to the dialogue: it should be no stop, motion or other task.
    """
    scene, context = scene_of(pair), pair.context
    doing = planner.plan(write(context.doing), scene) if context.doing is not None else None
    steps = doing.subtasks if isinstance(doing, Plan) else ()
    read = reader.read(
        pair.said,
        scene,
        steps,
        current=UNDER_WAY,
        asked=context.asked,
        instruction=write(context.doing) if context.doing else "",
    )
    hearing = Hearing(pair.said, scene, steps, UNDER_WAY, 0.0, kinds_meant, colors_meant)
    given = _of_correction(read, steps, scene, planner)
    if isinstance(pair.meaning, Answer | AnswerThing | AnswerPlace):
        return Effect("ask"), given
    return _of_correction(hearing.read(pair.meaning), steps, scene, planner), given


def _of_answer(answer: object) -> Effect:
    if not isinstance(answer, Plan) or not answer.subtasks:
        return Effect("ask")
    waits = [s.wait.condition for s in answer.subtasks if s.wait is not None]
    until = answer.ends.condition if answer.ends is not None else None
    held = frozenset((c.formula, c.pace) for c in answer.constraints)
    return Effect("steps", (tuple(ends(answer.subtasks)), held), (*waits, until))


def _of_correction(c: Correction, steps: Sequence[Subtask], scene: Scene, planner: LocalPlanner) -> Effect:
    match c.level:
        case "stop":
            return Effect("stop")
        case "resume" | "remark":
            return Effect("on")
        case "motion" if c.pace is not None:
            pace = c.pace.after(1.0)
            return Effect("pace", ("slower" if pace < 1.0 else "faster" if pace > 1.0 else "normal",))
        case "motion" if c.motion is not None:
            if c.motion.is_hold:
                return Effect("motion", ("hold",))
            ways = sorted((str(s.axis), s.sign) for s in c.motion.steps)
            jaw = str(c.motion.gripper) if c.motion.gripper is not GripperAction.KEEP else ""
            return Effect("motion", (*ways, c.motion.toward, c.motion.away, jaw))
        case "subtask":
            new = amended(steps, c, scene)
            return Effect("on") if ends(new) == ends(steps) else _of_answer(Plan(new))
        case "goal" if c.instruction is not None:
            answer = _of_answer(planner.plan(c.instruction, scene))
            return Effect("on") if answer.same(_of_answer(Plan(tuple(steps)))) else answer
    return Effect("ask")

"""A task and a scene → an answer: subtasks, or the question or refusal that prevents them.

Each step is worked out on the symbolic state that the steps before it leave. Things that a plan of the same instruction
has handled already keep their meaning, so that "the leftmost block" does not change when it has been moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from sayso.hardware.types import Box
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Discourse, Interpretation, Origin, Recalled
from sayso.planner.interpreter.grounding import Grounding, Likelihoods, named
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.interpreter.places import Places, Pointed
from sayso.planner.interpreter.plan_builder import Act, Paused, PlanBuilder
from sayso.planner.interpreter.tasks import arm_alone, arranging, control_flow, putting, stacking
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.plan import Answer, Gap, Plan, Question, Refusal, Subtask
from sayso.planner.task import values as v
from sayso.planner.task.exchange import exchanged
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import write
from sayso.planner.viewpoint import Viewpoint

ACTS: dict[type[v.Task], Act] = {
    v.Pick: putting.pick_up, v.Hold: putting.pick_up, v.Hand: putting.hand, v.Put: putting.put, v.Push: putting.push,
    v.Release: putting.release, v.Swap: putting.swap, v.Undo: putting.undo, v.Stack: stacking.stack,
    v.Arrange: arranging.arrange, v.Sort: arranging.sort, v.Seq: control_flow.seq, v.ForEach: control_flow.for_each,
    v.If: control_flow.if_, v.Once: control_flow.once, v.Wait: control_flow.wait, v.Until: control_flow.until,
    v.Repeat: control_flow.repeat, v.Choose: control_flow.choose, v.With: control_flow.with_,
    v.Go: arm_alone.go, v.GoTo: arm_alone.go_to, v.PointAt: arm_alone.point_at, v.Move: arm_alone.move,
    v.Approach: arm_alone.approach, v.Retreat: arm_alone.approach, v.Gripper: arm_alone.gripper,
}  # fmt: skip
"""How the tasks that the robot can do become steps."""


class Interpreter:
    """Interprets tasks; ``kinds`` and ``colors`` tell what a word means in the scene's terms.

    ``yaw`` (rad, base frame) is where the person who speaks looks; ``reach`` bounds places, None: an arm of about 1 m.
    """

    def __init__(self, kinds: Likelihoods, colors: Likelihoods, yaw: float = 0.0, reach: Box | None = None) -> None:
        self.kinds, self.colors, self.yaw, self.reach = kinds, colors, yaw, reach

    def answer(
        self, meant: Interpretation, scene: Scene, done: Sequence[Subtask] = (), recalled: Recalled = NOTHING_RECALLED,
        pointed: Pointed | None = None,
    ) -> Answer:  # fmt: skip
        """The subtasks that remain of a task after ``done``, a question or a refusal.

        ``recalled`` is what earlier instructions left. ``pointed`` finds the points of a picture on the table.
        """
        if hazardous(meant.task):
            return Refusal(UNSAFE)
        for thing in scene.objects:
            meant.start.setdefault(thing.id, thing.position)
        view = Viewpoint(self.yaw).quarter
        run = self._begun(meant, view.seen(scene), view, done, recalled, pointed)
        try:
            with suppress(Paused):
                run.do(meant.task, ())
        except Unresolved as stopped:
            return _with_answers(stopped, meant.task)
        held = (guard.watched((*run.finished, *run.steps)) for guard in run.watched)
        constraints = tuple(dict.fromkeys(c for c in held if c is not None))
        unmet = tuple(dict.fromkeys(run.unmet))
        if run.steps or run.finished:
            return view.answer(
                Plan(tuple(run.steps), tuple(dict.fromkeys((*run.notes, *unmet))), constraints, run.ends)
            )
        idle = ". ".join(one[:1].upper() + one[1:] for one in unmet)
        return view.answer(Plan((), tuple(dict.fromkeys(run.notes)), constraints, run.ends, idle))

    def _begun(
        self, meant: Interpretation, scene: Scene, view: Viewpoint, done: Sequence[Subtask], recalled: Recalled,
        pointed: Pointed | None,
    ) -> PlanBuilder:  # fmt: skip
        """An empty plan on a ``scene`` that is seen from ``view``."""
        done, reach, yaw = view.told(done), view.reach(self.reach), self.yaw - view.yaw
        talk = Discourse(earlier=recalled)
        ground = Grounding(Surroundings(scene, done), talk, self.kinds, self.colors, yaw, reach, view.yaw)
        places = Places(
            ground,
            {name: view.position(at) for name, at in meant.start.items()},
            None if pointed is None else lambda *at: view.point(pointed(*at)),
            {name: _seen_from(view, origin) for name, origin in recalled.origins.items()},
            view.point(recalled.here),
        )
        back = [(name, _seen_from(view, origin)) for name, origin in recalled.back]
        return PlanBuilder(ACTS, meant, places, done, back)


def _with_answers(stopped: Unresolved, whole: v.Task) -> Answer:
    """The question with what it leaves open of the ``whole`` task, and the task that each of its options makes."""
    answer, about, task = stopped.answer, stopped.about, stopped.task or whole
    if not isinstance(answer, Question) or about not in values_in(task):
        return answer
    ids = tuple(o.id for o in stopped.things if isinstance(o, SceneObject))
    answer = replace(answer, gap=Gap(write(task), write(about), ids))
    if len(answer.options) != len(stopped.things):
        return answer
    meant = (o if isinstance(o, v.Place) else named(o) for o in stopped.things)
    return replace(answer, answers=tuple(write(exchanged(task, about, one)) for one in meant))


def _seen_from(view: Viewpoint, origin: Origin) -> Origin:
    """``origin`` in the frame of the person who speaks."""
    return replace(origin, point=view.point(origin.point) or origin.point)

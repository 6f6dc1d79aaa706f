"""The part of the plan that is yet to be done: as a task, and by the things that it handles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.as_task import doing, str_of
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.interpreter.grounding import Grounding, Likelihoods
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.plan import Subtask, Verb
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.values import Held, It, Seq, Task, Thing


@dataclass(frozen=True, slots=True)
class RemainingPlan:
    """The current subtask and those after it, in their scene.

    ``kinds`` and ``colors`` tell what a word means; ``yaw`` (rad, base frame) is where the speaker looks.
    """

    steps: tuple[Subtask, ...]
    scene: Scene
    yaw: float
    kinds: Likelihoods
    colors: Likelihoods

    @property
    def current(self) -> Subtask | None:
        """The subtask under way."""
        return self.steps[0] if self.steps else None

    @property
    def place(self) -> Subtask | None:
        """The next subtask that puts a thing somewhere."""
        return next((step for step in self.steps if step.verb is Verb.PLACE), None)

    @property
    def destination(self) -> SceneObject | None:
        """The thing in, on or beside which the next thing is put."""
        return self.scene.find(self.place.reference_id) if self.place is not None else None

    @property
    def moved(self) -> list[str]:
        """Ids of the things that the steps move, in order."""
        return list(dict.fromkeys(step.object_id for step in self.steps if step.handles and step.object_id))

    # As a task --------------------------------------------------------------------------------------------------

    @property
    def task(self) -> Task | None:
        """All that is left to do; None if nothing is."""
        return self.task_of(self.steps)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is left to do, one task after the other."""
        left = self.task
        return left.tasks if isinstance(left, Seq) else (left,) if left is not None else ()

    def task_of(self, steps: Sequence[Subtask]) -> Task | None:
        """``steps`` as a task that names every thing by its id."""
        return doing(steps, self.scene, exactly=True, yaw=self.yaw)

    def beginning_with(self, ids: Collection[str]) -> Task | None:
        """What is left to do, the things ``ids`` first."""
        return self.task_of(sorted(self.steps, key=lambda step: step.object_id not in ids))

    def without_current(self) -> Task | None:
        """What is left to do without the thing that the arm handles now."""
        now = self.current
        return self.task_of([s for s in self.steps[1:] if now is None or not s.handles or s.object_id != now.object_id])

    def without(self, thing: Thing) -> Task | None:
        """What is left to do without ``thing``. Raises ValueError where that is in none of it."""
        out = self.planned(thing) or {o.id for o in self.ground.several(thing)}
        if not any({step.object_id, step.reference_id} & out for step in self.steps):
            raise ValueError(f"{said(without_ids(thing))} is in nothing that I am about to do")
        return self.leaving_out(out)

    def leaving_out(self, ids: Collection[str]) -> Task | None:
        """What is left to do without the steps that are about the things ``ids``."""
        return self.task_of([step for step in self.steps if _about(step) not in ids])

    def instruction_after(self, correction: Correction) -> str:
        """What is left to do after a ``correction`` of the plan, as an instruction; "" for any other correction."""
        if correction.level != "subtask":
            return correction.instruction or ""
        left = self.task_of(amended(self.steps, correction, self.scene))
        return "" if left is None else str_of(left)

    # By its things ----------------------------------------------------------------------------------------------

    @property
    def ground(self) -> Grounding:
        """What descriptions mean to somebody who speaks of the subtask under way."""
        talk = Discourse()
        if self.current is not None:
            talk.groups.append((_about(self.current),))
            talk.places += [i for i in (self.current.reference_id,) if i is not None]
        return Grounding(Surroundings(self.scene), talk, self.kinds, self.colors, self.yaw)

    def near(self, thing: Thing) -> SceneObject:
        """What ``thing`` means to the arm; "it" is the thing until it is held, then the place where it goes."""
        if not isinstance(thing, It | Held):
            return self.ground.one(thing)
        now = self.current
        there = self.scene.find(now.reference_id) if now is not None and now.verb is not Verb.PICK else None
        found = there or (self.scene.find(now.object_id) if now is not None else None)
        if found is None:
            raise ValueError("near what?")
        return found

    def planned(self, thing: Thing) -> set[str]:
        """Ids of what ``thing`` means of the things that are yet to be handled; empty if it is none of them."""
        handled = self.objects([step.object_id for step in self.steps])
        try:
            return {o.id for o in self.ground.several(thing, handled)}
        except Unresolved:
            return set()

    def moves_only(self, thing: Thing) -> bool:
        """Whether ``thing`` is the only one that the steps move."""
        moved = {step.object_id for step in self.steps if step.handles}
        return len(moved) == 1 and (isinstance(thing, It | Held) or self.planned(thing) == moved)

    def objects(self, ids: Sequence[str | None]) -> list[SceneObject]:
        """The things with these ``ids`` that are seen, each once."""
        return [o for o in (self.scene.find(i) for i in dict.fromkeys(ids)) if o is not None]


def _about(step: Subtask) -> str:
    """The id of the thing that ``step`` is about; "" if it is about none."""
    return step.object_id or step.reference_id or ""

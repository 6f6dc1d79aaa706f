"""Standing rules, and the plans that they forbid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sayso.perception.scene import Scene
from sayso.planner.interpreter.constraints import Guard
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory, Turn
from sayso.planner.plan import Answer, Plan, Question, Subtask
from sayso.planner.task.values import Only, Untouched


class Rules:
    """Checks plans against the rules of ``memory``."""

    def __init__(self, words: LocalPlanner, memory: Memory) -> None:
        self.words, self.memory = words, memory

    def heeded(
        self, turn: Turn, plan: Plan, scene: Scene, done: Sequence[Subtask], anew: Callable[[Scene], Answer]
    ) -> Plan | Question:
        """``plan``, or a plan of fewer things, or the question that a rule makes of it.

        ``anew`` plans on a scene without the things that a rule keeps from the robot.
        """
        if turn.once:
            return plan
        ground = self.words.grounding(scene, done)
        watched = (Guard(ground, constraint).watched((*done, *plan.subtasks)) for _, constraint in self.memory.standing)
        constraints = dict.fromkeys((*plan.constraints, *(held for held in watched if held is not None)))
        plan = replace(plan, constraints=tuple(constraints))
        if (broken := self._broken(plan, scene, done)) is None:
            return plan
        rule, step = broken
        spared = self._spared(scene)
        if spared:
            other = anew(replace(scene, objects=tuple(o for o in scene.objects if o.id not in spared)))
            fewer = isinstance(other, Plan) and bool(other.subtasks) and _objects(other) < _objects(plan)
            if isinstance(other, Plan) and fewer and self._broken(other, scene, done) is None:
                return replace(other, notes=(*other.notes, f"I leave something out: you said “{rule}”"))
        again = f"just this once, {turn.text or turn.said}"
        question = f"You said “{rule}”, and I was about to {step}. Shall I, just this once?"
        return Question(question, ("yes", "never mind"), (again, ""))

    def _broken(self, plan: Plan, scene: Scene, done: Sequence[Subtask]) -> tuple[str, Subtask] | None:
        """The rule, in the speaker's words, that a step of ``plan`` would break first, and the step."""
        standing = self.memory.standing
        if not standing:
            return None
        ground = self.words.grounding(scene, done)
        guards = [(rule.said, Guard(ground, constraint)) for rule, constraint in standing]
        for step in plan.subtasks:
            for rule, guard in guards:
                if guard.objection(step) is not None:
                    return rule, step
            ground.around.apply(step)
        return None

    def _spared(self, scene: Scene) -> set[str]:
        """Ids of what the rules keep from the robot."""
        ground = self.words.grounding(scene)
        guards = [Guard(ground, c) for _, c in self.memory.standing if isinstance(c, Untouched | Only)]
        return {o.id for o in scene.objects if any(g.spares(o) for g in guards)}


def _objects(plan: Plan) -> set[str]:
    return {step.object_id for step in plan.subtasks}

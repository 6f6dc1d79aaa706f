"""A person at a table without an arm: plans are carried out on the scene that was perceived."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.model_store import PACKAGED
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS

WORDS = LocalPlanner(PACKAGED)
CARRIED_M = 0.30


class Person:
    """Says sentences to a robot whose steps all succeed."""

    def __init__(self, scene: Scene, memory: Memory | None = None) -> None:
        self.scene, self.memory = scene, memory or Memory("test")
        self.planner = Remembering(WORDS, WORDS, self.memory)
        self.answer: Answer = Plan(())
        self.asked = ""
        self._see()

    def says(self, text: str) -> str:
        """What is done or answered, in words."""
        self.asked, self.answer = text, self.planner.plan(text, self.scene)
        if isinstance(self.answer, Question):
            self.planner.ended("asked", self.scene, "")
            return f"? {self.answer.text}"
        if isinstance(self.answer, Refusal):
            self.planner.ended("done", self.scene, "")
            return f"! {self.answer.reason}"
        for step in self.answer.subtasks:
            self.carry(step)
        self.planner.ended("done", self.scene, "")
        return "; ".join(str(s) for s in self.answer.subtasks if s.verb is Verb.PLACE) or str(
            self.answer.subtasks[0] if self.answer.subtasks else self.answer.notes
        )

    def chooses(self, option: str) -> str:
        """The answer to the question that was asked."""
        assert isinstance(self.answer, Question), self.answer
        return self.says(self.answer.answers[self.answer.options.index(option)])

    def carry(self, step: Subtask) -> None:
        """Carry out a step as it should be."""
        thing = self.scene.find(step.object_id)
        assert thing is not None
        if step.verb is Verb.PICK:
            self._put(replace(thing, held=True, position=np.array([*thing.position[:2], CARRIED_M])), step.object_id)
            return
        at = self._place(step, thing)
        self._put(replace(thing, held=False, position=at), None)

    def _place(self, step: Subtask, thing: SceneObject) -> np.ndarray:
        height = float(thing.size[2]) / 2
        reference = self.scene.find(step.reference_id)
        assert reference is not None
        if step.relation is Relation.AT:
            return np.array([*(step.point or (0.0, 0.0)), height])
        if step.relation is Relation.IN:
            return np.array([*reference.position[:2], height + 0.01])
        if step.relation is Relation.ON:
            return np.array([*reference.position[:2], reference.top + height])
        assert step.relation is not None
        way = np.array(DIRECTIONS[step.relation])
        return np.array([*(reference.position[:2] + way * (step.distance or BESIDE_M)), height])

    def _put(self, thing: SceneObject, held: str | None) -> None:
        objects = tuple(thing if o.id == thing.id else o for o in self.scene.objects)
        self.scene = replace(self.scene, objects=objects, held=held, t=self.scene.t + 5)
        self._see()

    def _see(self) -> None:
        self.memory.trail.observe(self.scene)
        self.scene = replace(self.scene, t=self.scene.t + 1)
        self.memory.trail.observe(self.scene)

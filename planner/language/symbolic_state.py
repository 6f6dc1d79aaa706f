"""The symbolic state: supports and held object, now and after the subtasks planned so far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS, FIXED
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M


def is_container(thing: SceneObject) -> bool:
    """Whether ``thing`` is a container."""
    return thing.kind in CONTAINERS


def is_fixed(thing: SceneObject) -> bool:
    """Whether ``thing`` is of a kind that is too wide for the gripper."""
    return thing.kind in FIXED


class Surroundings:
    """The scene as the steps so far leave it: ``held`` is an id or None, ``under`` maps what stands on or in another to
    it.

    ``done`` are subtasks carried out before; what they placed counts as placed.
    """

    def __init__(self, scene: Scene, done: Sequence[Subtask] = ()) -> None:
        self.scene = scene
        self.held = scene.held or next((o.id for o in scene.objects if o.held), None)
        self.under: dict[str, str] = {}
        for thing in scene.objects:
            below = [
                o for o in scene.objects if self.held not in (o.id, thing.id) and o is not thing and _carries(o, thing)
            ]
            if below:
                self.under[thing.id] = max(below, key=lambda o: -1.0 if is_container(o) else o.top).id
        for step in done:
            if step.verb is Verb.PLACE and step.object_id != self.held:
                self._settle(step)

    def apply(self, step: Subtask) -> None:
        """Apply ``step`` to the state."""
        if step.verb is Verb.PICK:
            self.held = step.object_id
            self.under.pop(step.object_id, None)
        elif step.verb is Verb.PLACE:
            self.held = None
            self._settle(step)

    @property
    def movable(self) -> list[SceneObject]:
        """The objects that the gripper can pick up."""
        return [o for o in self.scene.objects if not is_fixed(o)]

    @property
    def containers(self) -> list[SceneObject]:
        """The containers."""
        return [o for o in self.scene.objects if is_container(o)]

    @property
    def in_hand(self) -> SceneObject | None:
        """The held object."""
        return self.scene.find(self.held)

    def above(self, thing: SceneObject, besides: SceneObject | None = None) -> SceneObject | None:
        """The object on ``thing`` other than ``besides``."""
        spared = besides.id if besides is not None else None
        return next((self.scene.find(a) for a, b in self.under.items() if b == thing.id and a != spared), None)

    def rests(self, thing: SceneObject, reference: SceneObject, relation: Relation) -> bool:
        """Whether ``thing`` is on or in ``reference``, directly or through a stack."""
        below = self.under.get(thing.id)
        while relation is Relation.IN and below is not None and below != reference.id:
            below = self.under.get(below)
        return relation in (Relation.IN, Relation.ON) and below == reference.id

    def freer_side(self, thing: SceneObject, reference: SceneObject) -> Relation:
        """The side of ``reference``, LEFT or RIGHT, with the farther next object; LEFT if equal."""
        others = [o.position[:2] for o in self.scene.objects if o.id not in (thing.id, reference.id)]
        room = {}
        for relation, sign in ((Relation.LEFT, 1.0), (Relation.RIGHT, -1.0)):
            spot = reference.position[:2] + np.array([0.0, sign * (BESIDE_M + reference.size[1] / 2)])
            room[relation] = min((float(np.linalg.norm(o - spot)) for o in others), default=np.inf)
        return Relation.RIGHT if room[Relation.RIGHT] > room[Relation.LEFT] + 0.01 else Relation.LEFT

    def in_order(self, things: Sequence[SceneObject]) -> list[SceneObject]:
        """Pick order of several objects: held first, stacks from the top, then by distance to the tool."""
        tool = self.scene.tool.position[:2]

        def key(thing: SceneObject) -> tuple[bool, int, float, str]:
            near = round(float(np.linalg.norm(thing.position[:2] - tool)), 2)
            return thing.id != self.held, -round(thing.top / 0.03), near, thing.id

        return sorted(things, key=key)

    def tower(self, things: Sequence[SceneObject]) -> list[SceneObject]:
        """``things`` from the bottom up for a tower: on the tallest stack, else on a central object."""
        ids = {o.id for o in things}
        best: list[SceneObject] = []
        for foot in (o for o in things if o.id != self.held and self.under.get(o.id) not in ids):
            standing = [foot]
            while higher := next((o for o in things if self.under.get(o.id) == standing[-1].id), None):
                standing.append(higher)
            if not best or (-len(standing), self._spread(foot, things)) < (-len(best), self._spread(best[0], things)):
                best = standing
        return [*best, *(o for o in self.in_order(things) if o not in best)]

    @staticmethod
    def _spread(thing: SceneObject, things: Sequence[SceneObject]) -> tuple[float, str]:
        return round(sum(float(np.linalg.norm(thing.position[:2] - o.position[:2])) for o in things), 2), thing.id

    def _settle(self, step: Subtask) -> None:
        self.under.pop(step.object_id, None)
        if step.relation in (Relation.IN, Relation.ON) and step.reference_id is not None:
            self.under[step.object_id] = step.reference_id


def _carries(lower: SceneObject, upper: SceneObject) -> bool:
    if is_fixed(upper):
        return False
    gap = upper.position - lower.position
    if is_container(lower):
        return bool(np.hypot(gap[0], gap[1]) < lower.size[0] / 2 and abs(gap[2]) < lower.size[2] / 2 + upper.size[2])
    touching = abs(gap[2] - (lower.size[2] + upper.size[2]) / 2) < upper.size[2] / 3
    return bool(touching and np.abs(gap[:2]).max() < lower.size[:2].max() * 0.6)

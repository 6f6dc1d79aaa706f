"""Rule-based checks of a subtask that the learned critic calls done, from gripper and scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import KINDS, SOMETHING, Scene, SceneObject
from sayso.planner.execution.supervisor import Step
from sayso.planner.language.grounding import a
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS, is_deep_enough, lowest_on
from sayso.planner.task.things import kinds_meant
from sayso.skills.features import Proprioception

LEAST_SHARE = 0.5  # smallest finger opening around an object, as a fraction of its width
RISEN_M = 0.05
STILL_M_S = 0.012  # fingers that close more slowly rest on an object
SAME_PLACE_M = 0.05
UNLIKE = 0.1
CLEARLY_M = 0.20  # a thing risen so far in the hand is picked up: the critic has seen none higher
LIFTED_M = 0.04  # a container stays on the table
SINK_M, RISE_M = 0.018, 0.018  # tolerance of an object's underside below and above its support's top
ASIDE_M = 0.012  # beyond the support's edge
NEAREST, FARTHEST_M, STRETCH = 0.4, 0.30, 1.7  # accepted distances; NEAREST and STRETCH are fractions of the asked one
AT_M = 0.20  # the free spot may lie so far from the asked point
TURNED = 0.5  # smallest accepted cosine to the asked side


@dataclass
class Evidence:
    """Checks subtasks against the scenes remembered from the start of the instruction and of the subtask.

    ``since`` is the number of steps that belong to earlier instructions.
    """

    since: int = 0
    _instruction: str | None = None
    _begun: frozenset[str] = frozenset()  # the things there were when the instruction was given
    _known: frozenset[str] = frozenset()
    _names: Mapping[str, str] = field(default_factory=dict)
    _places: Mapping[str, Array] = field(default_factory=dict)
    _heights: dict[str, float] = field(default_factory=dict)

    def meant(self, instruction: str, scene: Scene, steps: int) -> bool:
        """Remember the objects of a plan for ``instruction``, made on ``scene``; True for a new instruction.

        Names are those of ``scene``. Positions are those of the first plan for the instruction. ``steps`` is the number
        of steps begun before.
        """
        new = instruction != self._instruction
        if new:
            self._instruction, self.since, self._places = instruction, steps, {}
            self._begun = frozenset(o.id for o in scene.objects)
        self._names = {o.id: o.name for o in scene.objects}
        self._places = {o.id: o.position for o in scene.objects} | dict(self._places)
        return new

    @property
    def places(self) -> Mapping[str, Array]:
        """Positions (3,) m by id at the instruction's start, or at first sight after that."""
        return self._places

    def begin(self, scene: Scene) -> None:
        """Remember the objects and heights of ``scene`` at the start of a subtask."""
        self._known = frozenset(o.id for o in scene.objects)
        # An object held since the instruction's start has no height here: `_left_behind` skips it.
        self._heights |= {o.id: float(o.position[2]) for o in scene.objects if not o.held}

    def against(self, subtask: Subtask, scene: Scene, body: Proprioception) -> str | None:
        """Evidence that the current ``subtask`` is not done; None without any."""
        item = scene.find(subtask.object_id)
        if item is None:
            return f"I do not see the {subtask.object_name} any more"
        if subtask.verb is Verb.PICK:
            return self._empty(item, body) or self.exchanged(subtask, scene) or self._left_behind(item, scene)
        if item.held:
            return f"the {subtask.object_name} is still in my hand"
        return self.exchanged(subtask, scene) or self._misplaced(subtask, scene)

    def shows(self, subtask: Subtask, scene: Scene) -> bool:
        """Whether the scene alone shows that the current ``subtask`` is done: the held thing is far above its place."""
        item, height = scene.find(subtask.object_id), self._heights.get(subtask.object_id)
        if subtask.verb is not Verb.PICK or item is None or height is None:
            return False
        return item.held and float(item.position[2]) - height > CLEARLY_M

    def exchanged(self, subtask: Subtask, scene: Scene) -> str | None:
        """How the handled object differs from the planned one, by color and kind; None if it does not."""
        item = scene.find(subtask.object_id)
        meant = self._names.get(subtask.object_id)
        if item is None or meant is None or item.name == meant:
            return None
        color, _, kind = meant.partition(" ")
        if min(item.colors.get(color, 0.0), _seems(item, kind)) > UNLIKE:
            return None
        return f"it is {a(item.name)} and not the {meant}"

    def _empty(self, item: SceneObject, body: Proprioception) -> str | None:
        width = item.width
        if not body.closing:
            return "my hand is open and holds nothing"
        # Where the fingers hold any other thing, it may be narrower than it is wide: the tracker says what is held.
        if body.opening < LEAST_SHARE * width and not (item.held and item.kind not in KINDS):
            return "I closed the hand and nothing is in it"
        if not item.held:
            gap = float(np.linalg.norm(item.position - body.tool.position))
            return f"my hand does not hold it: I see it {100 * gap:.0f} cm from my fingers"
        if body.rate < -STILL_M_S:
            return "the fingers are still closing and have not got hold of it"
        return None

    def _left_behind(self, item: SceneObject, scene: Scene) -> str | None:
        height = self._heights.get(item.id)
        if height is None:
            return None
        if item.position[2] - height < RISEN_M:
            return "my fingers have closed on it, but it has not come up with them"
        alike = [
            o
            for o in scene.objects
            if o.id not in self._known
            and o.name == item.name
            and o.age < item.age
            and o.position[2] < height + SAME_PLACE_M
        ]
        return f"I still see {a(item.name)} lying there" if alike else None

    def undone(
        self, steps: Sequence[Step], scene: Scene, unasked: Sequence[Subtask] = ()
    ) -> tuple[Subtask, str] | None:
        """The first of this instruction's done ``steps`` that the scene contradicts, and how; no ``unasked`` one.

        A step is skipped if a later step handles its object or its reference, a pick also if a later step picks.
        """
        for number, step in enumerate(steps[self.since :], self.since + 1):
            subtask, later = step.subtask, {s.subtask.object_id for s in steps[number:]}
            if step.outcome != "done" or not subtask.handles or later & {subtask.object_id, subtask.reference_id}:
                continue
            if subtask in unasked:
                continue
            if subtask.verb is Verb.PICK and any(s.subtask.verb is Verb.PICK for s in steps[number:]):
                continue  # the hand has held something else since: a thing that was lost may have come back as another
            what = self._otherwise(subtask, scene)
            if what is not None:
                return subtask, what
        return None

    def unmet(self, subtasks: Sequence[Subtask], scene: Scene) -> tuple[Subtask, str] | None:
        """The first of ``subtasks``, done or not, that must hold at the end and that the scene contradicts."""
        wanted: dict[str, Subtask] = {}
        for subtask in subtasks:
            # A pick serves the put after it, or a retry of the put before it.
            if not subtask.handles:
                continue
            if subtask.verb is Verb.PLACE:
                wanted.pop(subtask.object_id, None)
            else:  # the hand holds one thing at a time: what it held before was for something else
                wanted = {k: v for k, v in wanted.items() if v.verb is not Verb.PICK or k == subtask.object_id}
            wanted.setdefault(subtask.object_id, subtask)
        moved = list(wanted)
        for number, subtask in enumerate(wanted.values(), 1):
            what = None if subtask.reference_id in moved[number:] else self._otherwise(subtask, scene)
            if what is not None:
                return subtask, what
        return None

    def _thing(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """The thing of ``subtask``; one that was lost may have come back as the only new one of its name."""
        come = [o for o in scene.objects if o.name == subtask.object_name and o.id not in self._begun]
        return scene.find(subtask.object_id) or (come[0] if len(come) == 1 else None)

    def _otherwise(self, subtask: Subtask, scene: Scene) -> str | None:
        item = self._thing(subtask, scene)
        if subtask.verb is Verb.PICK:
            return None if item is not None and item.held else "it is not in my hand"
        return "it is in my hand" if item is not None and item.held else self._misplaced(subtask, scene)

    def _misplaced(self, subtask: Subtask, scene: Scene) -> str | None:
        """How the object's place in the scene differs from the one asked by ``subtask``; None if it does not."""
        item, reference = self._thing(subtask, scene), scene.find(subtask.reference_id)
        if item is None:
            return f"I do not see the {subtask.object_name} any more"
        if reference is None or subtask.relation is None:
            return None
        moved = reference is item
        gap = item.position - (self._places.get(item.id, item.position) if moved else reference.position)
        aside = float(np.hypot(gap[0], gap[1]))
        bottom, top = float(item.position[2] - item.size[2] / 2), reference.top
        if subtask.relation is Relation.IN:
            before = self._places.get(reference.id, reference.position)
            if abs(float(reference.position[2] - before[2])) > LIFTED_M:
                return f"the {reference.name} does not stand where it stood any more"
            if aside > reference.size[0] / 2:
                return f"I see it {100 * aside:.0f} cm from the middle of the {reference.name}, not in it"
            deep = is_deep_enough(reference, bottom, float(item.size[2]))
            return None if deep else f"it is above the rim of the {reference.name}, not in it"
        if subtask.relation is Relation.ON:
            off = float(np.abs(gap[:2]).max())
            if off > reference.size[:2].max() / 2 + ASIDE_M or bottom < lowest_on(reference) - SINK_M:
                return f"I see it beside the {reference.name}, not on it"
            return f"it hangs above the {reference.name}, not on it" if bottom > top + RISE_M else None
        if subtask.relation is Relation.AT:
            off = float(np.hypot(*(item.position[:2] - np.array(subtask.point))))
            return (
                None if off < AT_M and bottom < SINK_M + RISE_M else f"I do not see it {subtask.place_name or 'there'}"
            )
        along, asked = float(gap[:2] @ DIRECTIONS[subtask.relation]), subtask.distance or BESIDE_M
        if not NEAREST * asked < aside < max(FARTHEST_M, STRETCH * asked) or along < TURNED * aside:
            return f"I do not see it {subtask.relation} {'where it was' if moved else f'the {reference.name}'}"
        return None


def _seems(item: SceneObject, kind: str) -> float:
    """How likely ``item`` may be called ``kind``: as it is looked at, a box may become something without a name."""
    if kind == SOMETHING:
        return sum(p for k, p in item.kinds.items() if k == kind or SOMETHING in kinds_meant(k))
    return max(item.kinds.get(kind, 0.0), sum(kinds_meant(kind).get(k, 0.0) * p for k, p in item.kinds.items()))

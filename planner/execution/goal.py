"""Subtask and scene → `SubtaskGoal`: the object's pose and its target place, fixed while the scene changes."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array, Box, GripperSpec
from sayso.perception.scene import KINDS, Scene, SceneObject
from sayso.planner.execution.grip import grasp_goal, led
from sayso.planner.execution.nudge import Nudges, shifted
from sayso.planner.execution.stand_in import as_block
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS, area, beside, in_vessel, inside, leeway, near, on_top
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion

ON_TOLERANCE = 0.006
IN_TOLERANCE = 0.014
BESIDE_TOLERANCE = 0.010
ANYWHERE = Box(np.array([-10.0, -10.0, 0.0]), np.array([10.0, 10.0, 1.0]))
"""The reach of an arm of which nothing is known."""


class LostObject(LookupError):
    """The scene has no object with the id that a subtask names."""


def _object(scene: Scene, object_id: str | None, name: str | None) -> SceneObject:
    found = scene.find(object_id)
    if found is None:
        raise LostObject(f"the {name or object_id} is not in the scene; it has {[o.name for o in scene.objects]}")
    return found


def subtask_goal(
    subtask: Subtask,
    scene: Scene,
    anchor: Array | None = None,
    reach: Box | None = None,
    rest: Sequence[Subtask] = (),
    spare: Mapping[str, float] | None = None,
    gripper: GripperSpec | None = None,
    last: SubtaskGoal | None = None,
) -> SubtaskGoal:
    """The goal of ``subtask`` for a hand with this ``gripper``, whose ``last`` goal was for the same object.

    ``anchor`` (3,) m is the object's old position, for a move relative to itself. Free places lie within ``reach``
    (None: an arm of about 1 m) and leave room for the subtasks of ``rest``, and ``spare`` m around objects by id.
    Raises `LostObject` if the scene lacks the object or the reference.
    """
    item, place, tolerance, clearance = _wanted(subtask, scene, anchor, reach, rest, spare)
    return grasp_goal(item, scene, gripper, place=place, tolerance=tolerance, clearance=clearance, last=last)


def _wanted(
    subtask: Subtask, scene: Scene, anchor: Array | None, reach: Box | None, rest: Sequence[Subtask],
    spare: Mapping[str, float] | None,
) -> tuple[SceneObject, Array | None, float, float]:  # fmt: skip
    """The object of ``subtask``, where the middle of its underside goes, the tolerance there, and the clearance."""
    item = _object(scene, subtask.object_id, subtask.object_name)
    clearance = max((o.top for o in _others(item, scene)), default=0.0)
    if subtask.verb is Verb.PICK:
        return item, None, ON_TOLERANCE, clearance
    place, tolerance, _ = _place(subtask, item, scene, anchor, reach, rest, spare)
    return item, place, tolerance, clearance


def no_room(
    steps: Sequence[Subtask],
    scene: Scene,
    anchor: Array | None = None,
    reach: Box | None = None,
    done: Sequence[Subtask] = (),
    known: Container[str] | None = None,
) -> str | None:
    """Why the next place of the first step's object is full, given the subtasks ``done``.

    None if there is room or no place. Only the object ids in ``known`` count; None: all.
    """
    put = next((i for i, s in enumerate(steps[:2]) if s.verb is Verb.PLACE and s.object_id == steps[0].object_id), None)
    if put is None:
        return None
    subtask, item = steps[put], scene.find(steps[put].object_id)
    vessel = scene.find(subtask.reference_id)
    if item is None or vessel is None or _place(subtask, item, scene, anchor, reach, steps[put + 1 :])[2]:
        return None
    if subtask.relation is Relation.IN:
        there = {o.id for o in inside(vessel, _others(item, scene)) if known is None or o.id in known}
        there |= {s.object_id for s in done if s.relation is Relation.IN and s.reference_id == vessel.id}
        return f"Only {len(there)} fit in the {vessel.name}"
    return lack_of_room(subtask, item, scene, anchor, reach)


def lack_of_room(
    subtask: Subtask, item: SceneObject, scene: Scene, anchor: Array | None = None, reach: Box | None = ANYWHERE
) -> str | None:
    """That the place of ``subtask`` beside things or at a point is not free, and how far off one is; None if it is."""
    if subtask.relation in (Relation.IN, Relation.ON) or _place(subtask, item, scene, anchor, reach, ())[2]:
        return None
    where = str(subtask).removeprefix(f"put the {subtask.object_name} ")
    text = f"There is no room {where}" + ("" if reach is ANYWHERE else " within my reach")
    if not subtask.edges and subtask.gap is None:
        return text
    wanted = _asked(subtask, item, scene, anchor)
    place, free = near(wanted, item, _others(item, scene), area(reach))
    off = float(np.hypot(*(place[:2] - wanted)))
    return f"{text}: the nearest free place is {100 * off:.0f} cm from there" if free and off > 0 else text


def off_by(subtask: Subtask, item: SceneObject, scene: Scene, reach: Box | None = ANYWHERE) -> float:
    """How far in m from where it was asked for the thing of ``subtask`` ends, beside things or at a point."""
    place = _place(subtask, item, scene, None, reach, ())[0]
    return float(np.hypot(*(place[:2] - _asked(subtask, item, scene, None))))


def _asked(subtask: Subtask, item: SceneObject, scene: Scene, anchor: Array | None) -> Array:
    """The point (2,) m at which ``subtask`` puts its thing if nothing is in the way."""
    if subtask.point is not None:
        return np.array(subtask.point)
    start = item.position if anchor is None else anchor
    if subtask.reference_id != subtask.object_id:
        start = _object(scene, subtask.reference_id, subtask.reference_name).position
    assert subtask.relation is not None
    return np.asarray(start[:2] + (subtask.distance or BESIDE_M) * DIRECTIONS[subtask.relation])


def _others(item: SceneObject, scene: Scene, spare: Mapping[str, float] | None = None) -> list[SceneObject]:
    """The other objects, those with ``spare`` room around them as wide as that makes them."""
    others = [o for o in scene.objects if o.id != item.id and not o.held]
    if not spare:
        return others
    return [replace(o, size=o.size + np.array([2.0, 2.0, 0.0]) * spare.get(o.id, 0.0)) for o in others]


def _place(
    subtask: Subtask,
    item: SceneObject,
    scene: Scene,
    anchor: Array | None,
    reach: Box | None,
    rest: Sequence[Subtask],
    spare: Mapping[str, float] | None = None,
) -> tuple[Array, float, bool]:
    """Target (3,) m of the underside, release tolerance in m, and whether there is room."""
    others, relation, distance = _others(item, scene, spare), subtask.relation, subtask.distance or BESIDE_M
    assert relation is not None
    if relation is Relation.AT:
        assert subtask.point is not None
        place, free = near(np.array(subtask.point), item, others, area(reach), subtask.edges)
        return place, BESIDE_TOLERANCE, free
    if subtask.reference_id == subtask.object_id:
        at = item.position if anchor is None else anchor
        place, free = beside(at, relation, distance, item, others, area(reach), subtask.gap is not None)
        return place, BESIDE_TOLERANCE, free
    reference = _object(scene, subtask.reference_id, subtask.reference_name)
    if relation is Relation.IN:
        company = any(s.relation is relation and s.reference_id == reference.id for s in rest)
        yaw = scene.tool.yaw if item.held else item.yaw
        place, free = in_vessel(reference, item, others, yaw, company)
        return place, float(np.clip(leeway(reference, item), ON_TOLERANCE, IN_TOLERANCE)), free
    if relation is Relation.ON:
        return on_top(reference, item), ON_TOLERANCE, True
    given = subtask.gap is not None
    place, free = beside(reference.position, relation, distance, item, others, area(reach), given)
    return place, BESIDE_TOLERANCE, free


class Goals:
    """Gives the goal of a subtask in each scene.

    A free place is chosen once per subtask; a place in a container moves with the container. ``anchors`` are the
    objects' positions (3,) m by id when the plan was made, ``spare`` the room (m) to leave around some objects.
    ``earlier``: the policy is from before grasps, see `sayso.planner.execution.stand_in`. A person's
    ``nudges`` shift the goal by ``shift`` (3,) m.
    """

    def __init__(
        self, reach: Box | None, gripper: GripperSpec | None = None, earlier: bool = False,
        nudges: Nudges | None = None,
    ) -> None:  # fmt: skip
        self._reach, self._gripper, self._earlier, self.nudges = reach, gripper, earlier, nudges or Nudges()
        self.forget()

    def forget(self) -> None:
        """Reset for a new instruction."""
        self.anchors: Mapping[str, Array] = {}
        self.spare: Mapping[str, float] = {}
        self._last: SubtaskGoal | None = None
        self._of: str | None = None
        self.shift = np.zeros(3)
        self.nudges.forget()
        self.begin()

    def begin(self) -> None:
        """Drop the chosen place: a new subtask begins."""
        self._place: tuple[Subtask, Array] | None = None

    def goal(self, subtask: Subtask, scene: Scene, rest: Sequence[Subtask]) -> SubtaskGoal:
        """The goal of ``subtask``; ``rest`` are the later subtasks. Raises `LostObject`."""
        anchor = self.anchors.get(subtask.object_id)
        item, place, tolerance, clearance = _wanted(subtask, scene, anchor, self._reach, rest, self.spare)
        if place is not None and subtask.relation is not Relation.ON:
            vessel = scene.find(subtask.reference_id) if subtask.relation is Relation.IN else None
            origin = vessel.position if vessel is not None else np.zeros(3)
            if self._place is None or self._place[0] != subtask:
                self._place = (subtask, place - origin)
            place = self._place[1] + origin
        before = self._last if self._of == item.id else None
        self._of, self._last = item.id, grasp_goal(
            item, scene, self._gripper, place=place, tolerance=tolerance, clearance=clearance, last=before
        )  # fmt: skip
        self.shift = self.nudges.shift(subtask, self._last, scene.tool.position)
        goal = shifted(self._last, self.shift)
        if not self._earlier or self._gripper is None:
            return led(goal, scene.tool.yaw)
        # A policy from before grasps finds the nearest edge of a block by itself.
        return goal if item.kind in KINDS else as_block(goal, scene.tool, self._gripper)

    def nudge(self, subtask: Subtask, scene: Scene, motion: LanguageMotion, seconds: float) -> Array | None:
        """Let a spoken ``motion`` of ``seconds`` last if it is about the goal; by how much (3,) m, or None."""
        item = scene.find(subtask.object_id)
        if item is None or self._last is None or self._of != item.id:
            return None
        return self.nudges.say(subtask, self._last, scene.tool.position, motion, seconds)

    def idle(self, scene: Scene) -> SubtaskGoal | None:
        """The goal of a spoken motion without a subtask: the last goal, else the object nearest to the tool."""
        if self._last is not None or not scene.objects:
            return self._last
        item = min(scene.objects, key=lambda o: float(np.linalg.norm(o.position - scene.tool.position)))
        return grasp_goal(item, scene, self._gripper)

"""Steps of the arm alone: go home, go to a place, point, move some way, nearer, away, open and close the gripper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.answers import would_drop
from sayso.planner.interpreter.places import metres
from sayso.planner.interpreter.plan_builder import PlanBuilder
from sayso.planner.interpreter.tasks.putting import release
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.plan import Question, Subtask, Verb
from sayso.planner.task.values import (
    METRES,
    Approach,
    Aside,
    By,
    Direction,
    Go,
    GoTo,
    Gripper,
    In,
    Jaw,
    Length,
    Me,
    Move,
    On,
    OutOf,
    PointAt,
    Release,
    Retreat,
    Shift,
    Spot,
    Table,
    Under,
    Way,
)

PLAIN_M, LITTLE_M, LOT_M = 0.10, 0.03, 0.25
"""How far the hand moves without a number, "a little" and "a lot"."""
_HAND = SceneObject("", {"hand": 1.0}, {"": 1.0}, np.zeros(3), np.zeros(3))
"""What goes to a place when the hand does: it takes up no room on the table."""


def go(plan: PlanBuilder, task: Go, at: tuple[int, ...]) -> None:
    """The arm goes to a posture, with what it holds."""
    _add(plan, Subtask(Verb.GO, "", "", place_name=task.spot.value))
    if plan.around.in_hand is not None:
        plan.notes.append(f"I keep hold of {the([plan.around.in_hand])}")


def go_to(plan: PlanBuilder, task: GoTo, at: tuple[int, ...]) -> None:
    """The hand goes above a thing or a place."""
    place = task.place
    match place:
        case Aside() | OutOf():  # out of the way
            go(plan, Go(Spot.HOME), at)
        case Shift(direction, by):
            move(plan, Move((Way(direction, by),)), at)
        case In(thing) | On(thing) | Under(thing) if not isinstance(thing, Table):
            found = _one(plan, plan.things(thing, (*at, 0)))
            _add(plan, Subtask(Verb.OVER, "", "", reference_id=found.id, reference_name=found.name))
        case _:
            spot = plan.places.spot(place, _HAND)
            beside = spot.reference
            step = Subtask(
                Verb.OVER, "", "", spot.relation, beside.id if beside else None, beside.name if beside else None,
                spot.distance, spot.point, spot.name or None,
            )  # fmt: skip
            _add(plan, step)


def point_at(plan: PlanBuilder, task: PointAt, at: tuple[int, ...]) -> None:
    """The hand shows each thing."""
    for thing in plan.things(task.thing, (*at, 0)):
        if thing.id == plan.around.held:
            raise Unresolved(Question(f"I hold {the([thing])}. What shall I point at?"))
        _add(plan, Subtask(Verb.POINT, "", "", reference_id=thing.id, reference_name=thing.name))


def move(plan: PlanBuilder, task: Move, at: tuple[int, ...]) -> None:
    """The hand moves; ways without different lengths at once, others one after the other."""
    ahead = np.array([np.cos(plan.ground.yaw), np.sin(plan.ground.yaw), 0.0])
    left, up = np.array([-ahead[1], ahead[0], 0.0]), np.array([0.0, 0.0, 1.0])
    axes = {
        Direction.LEFT: left, Direction.RIGHT: -left, Direction.FORWARD: ahead, Direction.BACK: -ahead,
        Direction.UP: up, Direction.DOWN: -up,
    }  # fmt: skip
    legs: list[tuple[By | None, Array]] = []
    for way in task.ways:
        far = _far(way.by)
        if isinstance(way.by, Length) and far < float(way.by.number) * METRES[type(way.by)]:  # type: ignore[attr-defined]
            plan.notes.append(f"I move no farther than {100 * far:.0f} cm at once")
        step = far * axes[way.direction]
        if legs and legs[-1][0] == way.by:
            legs[-1] = way.by, legs[-1][1] + step
        else:
            legs.append((way.by, step))
    for _, leg in legs:
        x, y, z = (round(float(v), 4) for v in leg)
        if (x, y, z) == (0.0, 0.0, 0.0):
            raise Unresolved(Question("Those are opposite directions at once. Which way shall I move?"))
        _add(plan, Subtask(Verb.MOVE, "", "", way=(x, y, z)))


def approach(plan: PlanBuilder, task: Approach | Retreat, at: tuple[int, ...]) -> None:
    """The hand moves nearer to a thing, or away from it."""
    away = isinstance(task, Retreat)
    if isinstance(task.thing, Me):
        move(plan, Move((Way(Direction.FORWARD if away else Direction.BACK, task.by),)), at)
        return
    found = _one(plan, plan.things(task.thing, (*at, 0)))
    verb = Verb.AWAY if away else Verb.NEAR
    step = Subtask(verb, "", "", reference_id=found.id, reference_name=found.name, distance=_far(task.by))
    _add(plan, step)


def gripper(plan: PlanBuilder, task: Gripper, at: tuple[int, ...]) -> None:
    """The hand opens or closes; what it holds it puts down and does not drop."""
    if task.jaw is Jaw.CLOSE and plan.around.in_hand is not None:
        return
    if plan.around.in_hand is not None and not (plan.steps or plan.finished):  # held from before
        raise Unresolved(would_drop(plan.around.in_hand))
    if plan.around.in_hand is not None:
        plan.notes.append(f"I put {the([plan.around.in_hand])} down before I open my hand")
        release(plan, Release(), at)
    _add(plan, Subtask(Verb.OPEN if task.jaw is Jaw.OPEN else Verb.CLOSE, "", ""))


def _add(plan: PlanBuilder, step: Subtask) -> None:
    if not plan.was_done(step):
        plan.add(step)


def _one(plan: PlanBuilder, found: Sequence[SceneObject]) -> SceneObject:
    if len(found) > 1:
        raise Unresolved(Question(f"I have one hand: {the(found)}? Which do you mean?", names(found)))
    return found[0]


def _far(by: By | None) -> float:
    return metres(by, PLAIN_M, LITTLE_M, LOT_M)

"""What is left of a plan as a task, in the words in which a person may refer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    Approach,
    Aside,
    Behind,
    Called,
    Cm,
    Color,
    Direction,
    Go,
    GoTo,
    Gripper,
    In,
    InFrontOf,
    Jaw,
    LeftOf,
    Move,
    On,
    Pick,
    Place,
    PointAt,
    Put,
    Retreat,
    RightOf,
    Seq,
    Shift,
    Spot,
    Task,
    The,
    Way,
)  # fmt: skip
from sayso.planner.viewpoint import Viewpoint

_PLACES: dict[Relation | None, type[Place]] = {
    Relation.IN: In, Relation.ON: On, Relation.LEFT: LeftOf, Relation.RIGHT: RightOf, Relation.FRONT: InFrontOf,
    Relation.BEHIND: Behind,
}  # fmt: skip
_DIRECTIONS = (
    (Direction.FORWARD, Direction.BACK), (Direction.LEFT, Direction.RIGHT), (Direction.UP, Direction.DOWN),
)  # fmt: skip
_SHIFTS = {
    Relation.LEFT: Direction.LEFT, Relation.RIGHT: Direction.RIGHT, Relation.FRONT: Direction.BACK,
    Relation.BEHIND: Direction.FORWARD,
}  # fmt: skip


def described(thing: SceneObject, exactly: bool = False) -> The:
    """A description of a seen thing; ``exactly`` adds its id as a name."""
    more = (Called(thing.id),) if exactly else ()
    return The(thing.kind, (Color(thing.color), *more))


def doing(steps: Sequence[Subtask], scene: Scene, exactly: bool = False, yaw: float = 0.0) -> Task | None:
    """The subtasks that are left as a task, in the words of a speaker who looks along ``yaw`` rad; None without any."""
    tasks: list[Task] = []
    for step in Viewpoint(yaw).told(steps):
        thing, reference = scene.find(step.object_id), scene.find(step.reference_id)
        if step.is_of_arm:
            tasks += _of_arm(step, reference, exactly)
        if thing is None:
            continue
        if step.verb is Verb.PICK:
            later = any(s.verb is Verb.PLACE and s.object_id == step.object_id for s in steps)
            tasks += [] if later else [Pick(described(thing, exactly))]
        elif step.relation is Relation.AT or reference is None:
            tasks.append(Put(described(thing, exactly), Aside()))
        elif reference is thing:
            tasks.append(Put(described(thing, exactly), Shift(_SHIFTS[step.relation or Relation.LEFT], _by(step))))
        else:
            place = _PLACES[step.relation](described(reference, exactly))  # type: ignore[call-arg]
            if step.gap is not None:
                place = replace(place, by=_by(step))  # type: ignore[call-arg]
            tasks.append(Put(described(thing, exactly), place))
    return (tasks[0] if len(tasks) == 1 else Seq(tuple(tasks))) if tasks else None


def _of_arm(step: Subtask, reference: SceneObject | None, exactly: bool) -> list[Task]:
    """A step of the arm alone as a task; none for a place without a name in the task language."""
    by = Cm(round(100 * (step.distance or 0.0), 1))
    thing = None if reference is None else described(reference, exactly)
    match step.verb:
        case Verb.GO:
            return [Go(Spot(step.place_name or Spot.HOME))]
        case Verb.OPEN | Verb.CLOSE:
            return [Gripper(Jaw.OPEN if step.verb is Verb.OPEN else Jaw.CLOSE)]
        case Verb.MOVE:
            ways = ((_DIRECTIONS[axis][v < 0], abs(v)) for axis, v in enumerate(step.way or ()) if v)
            return [Move(tuple(Way(direction, Cm(round(100 * far, 1))) for direction, far in ways))]
        case Verb.POINT if thing is not None:
            return [PointAt(thing)]
        case Verb.NEAR | Verb.AWAY if thing is not None:
            return [Approach(thing, by) if step.verb is Verb.NEAR else Retreat(thing, by)]
        case Verb.OVER if thing is not None:
            aside = None if step.relation in (None, Relation.IN, Relation.ON) else _PLACES.get(step.relation)
            return [GoTo(On(thing) if aside is None else aside(thing))]  # type: ignore[call-arg]
    return []


def _by(step: Subtask) -> Cm | None:
    """The distance that a person said for a step."""
    return None if step.gap is None else Cm(round(100 * step.gap, 1))


def str_of(task: Task) -> str:
    """The text of a task, which a planner reads as it is."""
    return write(task)

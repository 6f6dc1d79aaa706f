"""Tasks made of tasks: in order, for each, if, as soon as, until, several times, one of several, under constraints."""

from __future__ import annotations

from sayso.planner.interpreter import regions
from sayso.planner.interpreter.conditions import as_heard, holds
from sayso.planner.interpreter.constraints import Guard
from sayso.planner.interpreter.manner import heeded
from sayso.planner.interpreter.plan_builder import MOST_STEPS, Paused, PlanBuilder
from sayso.planner.interpreter.tasks.putting import hand
from sayso.planner.interpreter.watching import watched
from sayso.planner.language.grounding import Unresolved, the
from sayso.planner.plan import Subtask, Verb
from sayso.planner.task.english import denied, said
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import (
    All,
    Choose,
    Condition,
    Each,
    Event,
    ForEach,
    Go,
    GoTo,
    Gripper,
    Hand,
    Held,
    Hold,
    If,
    It,
    Move,
    Once,
    Pick,
    Place,
    PointAt,
    Put,
    Release,
    Repeat,
    Rest,
    Seq,
    Some,
    Task,
    Them,
    Until,
    Wait,
    With,
)
from sayso.planner.watch.atoms import Told
from sayso.planner.watch.wait import Wait as Waiting


def seq(plan: PlanBuilder, task: Seq, at: tuple[int, ...]) -> None:
    """One task after another."""
    for i, (one, following) in enumerate(zip(task.tasks, [*task.tasks[1:], None], strict=True)):
        if isinstance(one, Pick | Hold) and isinstance(following, Put) and isinstance(one.thing, All | Some | Rest):
            plan.movable(one.thing, (*at, i, 0))  # "pick up both and put them in the bowl" is a put of each
            continue
        if isinstance(one, Hand) and following is not None and not _is_of_it(following, one):
            hand(plan, one, (*at, i), more=True)
            continue
        plan.do(one, (*at, i))


def _is_of_it(task: Task, before: Hand) -> bool:
    """Whether ``task`` goes on with what the hand holds after the one ``before``, or needs no free hand."""
    spoken = any(isinstance(value, It | Them | Held) or value == before.thing for value in values_in(task))
    return spoken or isinstance(task, Wait | Once | Release | Gripper | Go | GoTo | Move | PointAt)


def for_each(plan: PlanBuilder, task: ForEach, at: tuple[int, ...]) -> None:
    """The task once for each thing."""
    put = regions.one_in_each(task, plan.ground, plan.places.center)
    if put is not None:
        plan.do(put, at)
        return
    turn = plan.talk.turn
    inner = getattr(task.task, "place", None)
    # "In each bowl a block": the bowls stay, as what the hand only points at.
    if (isinstance(task.task, Put) and task.task.thing != Each()) or isinstance(task.task, PointAt | GoTo):
        found = plan.things(task.thing, (*at, 0))
    else:
        found = plan.movable(task.thing, (*at, 0), plan.named(inner) if isinstance(inner, Place) else ())
    with plan.round():
        for i, thing in enumerate(plan.around.in_order(found)):
            plan.talk.turn = thing.id
            plan.do(task.task, (*at, 1, i))
    plan.talk.turn = turn


def if_(plan: PlanBuilder, task: If, at: tuple[int, ...]) -> None:
    """The task if its condition holds at first."""
    truth = plan.meant.bound.get((*at, 9))
    if truth is None or not plan.finished:
        truth = ("yes",) if holds(task.condition, plan.ground) else ()
        plan.meant.bound[*at, 9] = truth
    if truth:
        plan.do(task.task, (*at, 1))
    elif task.otherwise is not None:
        plan.do(task.otherwise, (*at, 2))
    elif (turn := plan.around.scene.find(plan.talk.turn)) is not None:
        plan.notes.append(f"I leave {the([turn])}")
    else:
        plan.unmet.append(f"{denied(task.condition)}, so I did nothing")


def once(plan: PlanBuilder, task: Once, at: tuple[int, ...]) -> None:
    """The task when its condition holds."""
    _hold_until(plan, task.condition)
    plan.do(task.task, (*at, 1))


def wait(plan: PlanBuilder, task: Wait, at: tuple[int, ...]) -> None:
    """Nothing until the condition holds."""
    _hold_until(plan, task.condition)


def _hold_until(plan: PlanBuilder, condition: Condition) -> None:
    """Add a step that waits until ``condition`` holds, unless it holds or was waited for."""
    try:
        part = watched(condition, plan.ground)
    except Unresolved:  # about things that are not there yet
        part = None
    if part is None:
        plan.notes.append(f"I cannot see whether {said(condition)}: tell me when it is so")
    what = as_heard(condition.words) if isinstance(condition, Event) else said(condition)
    waiting = Waiting(what, part or Told(what))
    step = Subtask(Verb.WAIT, "", "", wait=waiting)
    if plan.was_done(step) or (waiting.is_seen and holds(condition, plan.ground)):
        return
    plan.steps.append(step)
    raise Paused


def until(plan: PlanBuilder, task: Until, at: tuple[int, ...]) -> None:
    """The task until its condition holds, or nothing is left."""
    part = watched(task.condition, plan.ground)
    ends = Waiting(said(task.condition), part) if part is not None and not at else None
    shows = ends is None or ends.is_seen
    plan.ends = ends
    with plan.round():
        for i in range(MOST_STEPS):
            if shows and holds(task.condition, plan.ground):
                return
            before = len(plan.steps), len(plan.done)
            try:
                plan.do(task.task, (*at, 1, i))
            except Unresolved:
                if i == 0:
                    raise
                if ends is None:
                    plan.notes.append(f"I go on until nothing is left: I cannot see whether {said(task.condition)}")
                return
            if before == (len(plan.steps), len(plan.done)) or len(plan.steps) > MOST_STEPS:
                return


def repeat(plan: PlanBuilder, task: Repeat, at: tuple[int, ...]) -> None:
    """The task several times."""
    with plan.round():
        for i in range(min(int(task.number), MOST_STEPS)):
            plan.do(task.task, (*at, 0, i))


def choose(plan: PlanBuilder, task: Choose, at: tuple[int, ...]) -> None:
    """The first of the tasks that can be done."""
    chosen = plan.meant.bound.get((*at, 9), ())
    for i, one in enumerate(task.tasks):
        if chosen and plan.finished and chosen != (str(i),):
            continue
        with plan.undone():
            try:
                plan.do(one, (*at, i))
            except Paused:
                pass
            except Unresolved:
                if i == len(task.tasks) - 1:
                    raise
                continue
        plan.meant.bound[*at, 9] = (str(i),)
        plan.do(one, (*at, i))
        return


def with_(plan: PlanBuilder, task: With, at: tuple[int, ...]) -> None:
    """The task while its constraints are watched."""
    guards = [Guard(plan.ground, c) for c in task.constraints if not heeded(c, task.task)]
    for guard in guards:
        guard.check()
    plan.watched += guards
    plan.guards += guards
    before, plan.manner = plan.manner, task.constraints
    free, plan.talk.spared = (
        plan.talk.spared,
        {o.id for o in plan.around.scene.objects if any(guard.spares(o) for guard in plan.guards)},
    )
    try:
        plan.do(task.task, (*at, 0))
    finally:  # a plan may end with a step that waits
        plan.notes += [note for guard in guards if (note := guard.note)]
    plan.manner, plan.talk.spared = before, free
    for guard in guards:
        plan.guards.remove(guard)

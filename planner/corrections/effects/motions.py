"""Motions of the arm that a meaning names: ways, turns, toward a thing, the same once more, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.grammar import DURATION_S, LONGEST_S, extent, seen_from
from sayso.planner.corrections.plainly import NO_CHANGE, in_turn, turned_round
from sayso.planner.corrections.speed import FAST, SLOW, Pace, clearer
from sayso.planner.corrections.text import tokens
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import (
    METRES,
    Again,
    Approach,
    By,
    Choose,
    Degree,
    Direction,
    Gripper,
    Held,
    Hold,
    If,
    It,
    Jaw,
    Me,
    Move,
    Once,
    Repeat,
    Retreat,
    Seq,
    Speed,
    Task,
    Them,
    Turn,
    Undo,
    Until,
    Utterance,
    Value,
    Wait,
    Way,
    With,
)  # fmt: skip
from sayso.skills import motion as m
from sayso.skills.motion import HOLD, Axis, GripperAction, LanguageMotion, Step

_AXES = {
    Direction.LEFT: (Axis.Y, 1), Direction.RIGHT: (Axis.Y, -1), Direction.FORWARD: (Axis.X, 1),
    Direction.BACK: (Axis.X, -1), Direction.UP: (Axis.Z, 1), Direction.DOWN: (Axis.Z, -1),
}  # fmt: skip
_DEGREES = {None: m.Degree.PLAIN, Degree.LITTLE: m.Degree.SLIGHTLY, Degree.LOT: m.Degree.FAR}
_PACES = {
    "slower": Pace(1 / 1.5, True, "slower"), "faster": Pace(1.5, True, "faster"), "slow": Pace(SLOW, False, "slowly"),
    "fast": Pace(FAST, False, "quickly"), "normal": Pace(1.0, False, "at the usual speed"),
}  # fmt: skip
_ALONE = (Move, Gripper, Approach, Retreat)
_AROUND = (If, Once, Until, With, Choose, Repeat, Seq)


def motion_of(value: Utterance, plan: RemainingPlan, current: LanguageMotion | None, text: str) -> Correction | None:
    """The motion, or the pace, that ``value`` means beside the ``current`` motion; None for what is neither.

    Raises `Unresolved`, and ValueError for a motion that cannot be made.
    """
    match value:
        case Speed(pace):
            told = clearer(tokens(text), _PACES[pace])
            return Correction(text, "motion", told.words, pace=told)
        case Move(ways):
            return _moved(text, ways, plan.yaw)
        case Approach(Me(), by) | Retreat(Me(), by):
            ahead = Direction.FORWARD if isinstance(value, Retreat) else Direction.BACK
            return _moved(text, (Way(ahead, by),), plan.yaw)
        case Approach(thing, by) | Retreat(thing, by):
            near, away = plan.near(thing), isinstance(value, Retreat)
            return _motion_for(text, LanguageMotion(toward=near.name, away=away), _extent_of(by)[1], near.id)
        case Gripper(jaw):
            action = GripperAction.OPEN if jaw is Jaw.OPEN else GripperAction.CLOSE
            return _motion_for(text, LanguageMotion(gripper=action), 1.0)
        case Turn(It() | Held(), degrees):
            return _turned(text, degrees)
        case Hold(It() | Held() | Them()) | Wait():
            return _motion_for(text, HOLD, LONGEST_S)
        case Again(None) | Undo():
            if current is None or not (current.steps or current.toward):
                raise ValueError(NO_CHANGE)
            motion = turned_round(current) if isinstance(value, Undo) else current
            return _motion_for(text, motion, DURATION_S[m.Degree.PLAIN])
        case Seq(tasks) if all(isinstance(task, _ALONE) for task in tasks):
            parts = [motion_of(task, plan, current, text) for task in tasks]
            legs = [leg for part in parts if part is not None for leg in part.legs]
            return _in_turn(text, legs)
    return None


def only_moves(value: Value) -> bool:
    """Whether all that is to be done in ``value`` are motions of the arm."""
    done = [one for one in values_in(value) if isinstance(one, Task) and not isinstance(one, _AROUND)]
    return all(isinstance(one, _ALONE) for one in done)


def _motion_for(text: str, motion: LanguageMotion, seconds: float, target: str | None = None) -> Correction:
    """The ``motion`` for so many ``seconds``, said with ``text``; ``target`` is the id of the thing it goes to."""
    return Correction(text, "motion", str(motion), motion, target=target, duration_s=seconds)


def _in_turn(text: str, legs: Sequence[tuple[LanguageMotion, float]]) -> Correction:
    """Motions one after the other, each with its seconds."""
    return replace(_motion_for(text, *legs[0]), read_as=in_turn(legs), then=tuple(legs[1:]))


def _moved(text: str, ways: Sequence[Way], yaw: float) -> Correction:
    """The ``ways`` at once, as a speaker who looks along ``yaw`` rad names them; one after the other where their
    lengths differ. Raises ValueError for opposite ways at once."""
    legs: list[tuple[dict[Axis, Step], By | None, float]] = []
    for way in ways:
        (axis, sign), by = _AXES[way.direction], way.by
        degree, duration = _extent_of(by)
        lengths = {by, legs[-1][1]} if legs else {by}
        if not legs or (len(lengths) > 1 and not all(one is None or isinstance(one, Degree) for one in lengths)):
            legs.append(({}, by, duration))  # two lengths, or a length and none, go one after the other
        steps, first, longest = legs[-1]
        if axis in steps and steps[axis].sign != sign:
            raise ValueError("those are opposite directions at once; say one")
        steps[axis] = Step(axis, sign, degree)
        legs[-1] = steps, first, max(longest, duration)
    made = [(LanguageMotion(seen_from(tuple(s.values()), yaw)), min(seconds, LONGEST_S)) for s, _, seconds in legs]
    return _in_turn(text, made)


def _turned(text: str, degrees: float | None) -> Correction:
    """A turn of the hand by so many ``degrees`` clockwise; a plain one without a number."""
    sign = -1 if degrees is None or degrees > 0 else 1
    degree, seconds = m.Degree.PLAIN, DURATION_S[m.Degree.PLAIN]
    if degrees:
        degree, seconds = extent(math.radians(abs(degrees)), is_angle=True)
    return _motion_for(text, LanguageMotion((Step(Axis.ROTATE, sign, degree),)), min(seconds, LONGEST_S))


def _extent_of(by: By | None) -> tuple[m.Degree, float]:
    """How far a motion goes for the length ``by``, and its duration in s."""
    if by is None or isinstance(by, Degree):
        return _DEGREES[by], DURATION_S[_DEGREES[by]]
    metres = float(by.number) * METRES[type(by)]  # type: ignore[attr-defined]
    degree = m.Degree.SLIGHTLY if metres <= 0.03 else m.Degree.PLAIN if metres <= 0.12 else m.Degree.FAR
    return degree, metres / (m.DEGREE_SCALE[degree] * m.LINEAR_SPEED)

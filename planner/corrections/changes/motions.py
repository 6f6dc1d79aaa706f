"""Motions of the arm that a meaning names, as a correction: ways, turns, and motions one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.grammar import DURATION_S, LONGEST_S, extent, seen_from
from sayso.planner.corrections.plainly import in_turn
from sayso.planner.task.values import METRES, By, Degree, Direction, Way
from sayso.skills import motion as m
from sayso.skills.motion import Axis, LanguageMotion, Step

_AXES = {
    Direction.LEFT: (Axis.Y, 1), Direction.RIGHT: (Axis.Y, -1), Direction.FORWARD: (Axis.X, 1),
    Direction.BACK: (Axis.X, -1), Direction.UP: (Axis.Z, 1), Direction.DOWN: (Axis.Z, -1),
}  # fmt: skip
_DEGREES = {None: m.Degree.PLAIN, Degree.LITTLE: m.Degree.SLIGHTLY, Degree.LOT: m.Degree.FAR}


def motion_for(text: str, motion: LanguageMotion, seconds: float, target: str | None = None) -> Correction:
    """The ``motion`` for so many ``seconds``, said with ``text``; ``target`` is the id of the thing it goes to."""
    return Correction(text, "motion", str(motion), motion, target=target, duration_s=seconds)


def moved(text: str, ways: Sequence[Way], yaw: float) -> Correction:
    """The ``ways`` at once, as a speaker who looks along ``yaw`` rad names them; one after the other where their
    lengths differ. Raises ValueError for opposite ways at once."""
    legs: list[tuple[dict[Axis, Step], By | None, float]] = []
    for way in ways:
        (axis, sign), by = _AXES[way.direction], way.by
        degree, duration = extent_of(by)
        lengths = {by, legs[-1][1]} if legs else {by}
        if not legs or (len(lengths) > 1 and not all(one is None or isinstance(one, Degree) for one in lengths)):
            legs.append(({}, by, duration))  # two lengths, or a length and none, go one after the other
        steps, first, longest = legs[-1]
        if axis in steps and steps[axis].sign != sign:
            raise ValueError("those are opposite directions at once; say one")
        steps[axis] = Step(axis, sign, degree)
        legs[-1] = steps, first, max(longest, duration)
    made = [(LanguageMotion(seen_from(tuple(s.values()), yaw)), min(seconds, LONGEST_S)) for s, _, seconds in legs]
    return replace(motion_for(text, *made[0]), read_as=in_turn(made), then=tuple(made[1:]))


def in_a_row(text: str, parts: Sequence[Correction]) -> Correction:
    """Motions one after the other; the first of ``parts`` that is none stands for all."""
    for part in parts:
        if not part.legs:
            return part
    legs = [leg for part in parts for leg in part.legs]
    return replace(motion_for(text, *legs[0]), read_as=in_turn(legs), then=tuple(legs[1:]))


def turned(text: str, degrees: float | None) -> Correction:
    """A turn of the hand by so many ``degrees`` clockwise; a plain one without a number."""
    sign = -1 if degrees is None or degrees > 0 else 1
    degree, seconds = m.Degree.PLAIN, DURATION_S[m.Degree.PLAIN]
    if degrees:
        degree, seconds = extent(math.radians(abs(degrees)), is_angle=True)
    return motion_for(text, LanguageMotion((Step(Axis.ROTATE, sign, degree),)), min(seconds, LONGEST_S))


def extent_of(by: By | None) -> tuple[m.Degree, float]:
    """How far a motion goes for the length ``by``, and its duration in s."""
    if by is None or isinstance(by, Degree):
        return _DEGREES[by], DURATION_S[_DEGREES[by]]
    metres = float(by.number) * METRES[type(by)]  # type: ignore[attr-defined]
    degree = m.Degree.SLIGHTLY if metres <= 0.03 else m.Degree.PLAIN if metres <= 0.12 else m.Degree.FAR
    return degree, metres / (m.DEGREE_SCALE[degree] * m.LINEAR_SPEED)

"""The grammar of spoken motions: "a bit to the left", "much further right", "turn the gripper clockwise", "let go".

Every word of a sentence must be known, or it is none of ours: a word too many ("move left of the bowl") may turn the
meaning around. "Too high" goes down, "not far enough left" goes left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.planner.corrections import words as W
from sayso.planner.corrections.clause import KNOWN, Clause, clauses_of, read_clause
from sayso.planner.corrections.objects import Named
from sayso.planner.corrections.text import MAX_WORDS, squeeze
from sayso.skills.motion import (
    ANGULAR_SPEED,
    DEGREE_SCALE,
    HOLD,
    LINEAR_SPEED,
    MAX_AXES,
    SPEED_SCALE,
    Axis,
    Degree,
    GripperAction,
    LanguageMotion,
    Speed,
    Step,
)

DURATION_S = {Degree.SLIGHTLY: 0.5, Degree.PLAIN: 0.8, Degree.FAR: 1.5}
LONGEST_S = 3.0
LEAST_BARE, MOST_BARE_M = 2.0, 0.5
"""A number is a length in centimetres from the first on, up to that which would be the second in metres."""


_LINEAR = {
    "left": (Axis.Y, 1),
    "right": (Axis.Y, -1),
    "forward": (Axis.X, 1),
    "back": (Axis.X, -1),
    "up": (Axis.Z, 1),
    "down": (Axis.Z, -1),
}
_TURNED = {"left": 1, "counterclockwise": 1, "right": -1, "clockwise": -1}
_ROTATE = {d: (Axis.ROTATE, s) for d, s in _TURNED.items()}
_ROLL = {d: (Axis.ROLL, -s) for d, s in _TURNED.items()}
_TILT = {"down": (Axis.TILT, 1), "forward": (Axis.TILT, 1), "up": (Axis.TILT, -1), "back": (Axis.TILT, -1)}
_MEANING = {
    "move": _ROTATE | _LINEAR,
    "rotate": _LINEAR | _ROTATE,
    "tilt": _ROTATE | _ROLL | _TILT,
    "roll": _LINEAR | _ROLL,
}
"""What a direction means after each kind of verb."""
_BESIDE_A_PHRASE = W.words("please the go in now just it turn move rotate around to a little bit ,")


class Unreadable(ValueError):
    """The words are about a motion but say none; the message tells what is missing."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A motion in the speaker's words, in the speaker's own frame (x ahead, y left, z up).

    ``place`` is the thing that the arm shall go to, or from with ``away``. ``again`` asks for more of the present
    motion, ``reverse`` for the opposite one. ``then`` are the motions after it. ``forbids``: the arm shall not go a
    way that it may be about to go ("don't go left"). ``bound`` are the ways that it is to go no farther ("no lower").
    """

    steps: tuple[Step, ...] = ()
    gripper: GripperAction = GripperAction.KEEP
    speed: Speed | None = None
    degree: Degree | None = None
    place: Named | None = None
    away: bool = False
    again: bool = False
    reverse: bool = False
    hold: bool = False
    duration_s: float = 0.0
    then: tuple[Spoken, ...] = ()
    forbids: bool = False
    bound: tuple[Step, ...] = ()


def read_motion(words: Sequence[str]) -> Spoken | None:
    """The motion that ``words`` (plain, see `correction_text.tokens`) say, or None if they are about something else.

    Raises `Unreadable` when they are about a motion and do not say which.
    """
    if len(words) > MAX_WORDS:
        return None
    words = [squeeze(w, KNOWN) for w in words]
    said = " ".join(w for w in words if w not in _BESIDE_A_PHRASE)
    if said in W.HOLD_PHRASES:
        return Spoken(hold=True, duration_s=DURATION_S[Degree.FAR])
    if said in W.REVERSE_PHRASES:
        return Spoken(reverse=True, duration_s=DURATION_S[Degree.PLAIN])
    if states(words):
        return None
    clauses: list[Clause] = []
    joints = []
    for joint, part in clauses_of(words):
        clause = read_clause(part)
        if clause is None:
            return None
        if joint[:1] == "," and len(clauses) == 1 and clauses_of(words)[0][1] == ["right"] and clause.directions:
            raise Unreadable("is “right” a direction there? Say for example: move right and up")
        if joint == "and" and clauses and clauses[-1].negated:  # "don't go left and up"
            clause.negated = True
        clauses.append(clause)
        joints.append(joint)
    if not _with_units(clauses, words):
        return None
    clauses, joints = _without_reasons(clauses, joints)
    speed = next((c.speed for c in reversed(clauses) if c.speed is not None and not c.negated), None)
    first, *others = (_join(leg, speed) for leg in _legs(clauses, joints))
    ways = {d for c in clauses if _moves(c) for d in c.directions}
    if first is not None and any(c.negated and not c.beyond and ways.intersection(c.directions) for c in clauses):
        return replace(first, forbids=True)  # "left, don't go left"
    if not others or first is None:
        return first
    return replace(first, then=tuple(leg for leg in others if leg is not None))


def _without_reasons(clauses: list[Clause], joints: list[str]) -> tuple[list[Clause], list[str]]:
    """``clauses`` without a "too low" before the motion that mends it: "too low, up two centimetres"."""
    kept = [
        i
        for i, clause in enumerate(clauses)
        if not (
            clause.complains
            and clause.measure is None
            and any(
                _moves(other) and set(clause.directions) <= set(other.directions) and not joint.endswith("then")
                for other, joint in zip(clauses[i + 1 :], joints[i + 1 :], strict=True)
            )
        )
    ]
    return [clauses[i] for i in kept], [joints[i] for i in kept]


def _with_units(clauses: Sequence[Clause], words: Sequence[str]) -> bool:
    """Give each number without a unit one: degrees for a turn, else the only unit of length among ``words``, or
    centimetres. False where it cannot be a length."""
    said = {W.METRES[w] for w in words if w in W.METRES}
    for clause in clauses:
        if clause.bare is None:
            continue
        clause.is_angle = bool({"clockwise", "counterclockwise"}.intersection(clause.directions)) or clause.lead in (
            "rotate", "tilt", "roll",
        )  # fmt: skip
        unit = W.RADIANS["degrees"] if clause.is_angle else min(said, default=W.METRES["cm"])
        clause.measure = clause.bare * unit
        is_length = clause.bare >= LEAST_BARE or said  # not "the left one"
        if (
            not clause.directions
            or len(said) > 1
            or not is_length
            or clause.measure > (7 if clause.is_angle else MOST_BARE_M)
        ):
            return False
    return True


def _legs(clauses: Sequence[Clause], joints: Sequence[str]) -> list[list[Clause]]:
    """``clauses`` in groups to be done one after the other; what goes at once, "left and up", is one group.

    "then" begins a group, and so does a way whose length is not that of the one before, and the gripper beside a way.
    """
    legs: list[list[Clause]] = [[]]
    for clause, joint in zip(clauses, joints, strict=True):
        before = next((c for c in reversed(legs[-1]) if _moves(c)), None)
        if before is not None and _moves(clause) and (joint.endswith("then") or not _go_at_once(before, clause)):
            legs.append([])
        legs[-1].append(clause)
    return legs


def _moves(clause: Clause) -> bool:
    return not (clause.negated or clause.enough) and bool(clause.directions or clause.gripper or clause.place)


def _go_at_once(one: Clause, other: Clause) -> bool:
    return one.measure == other.measure and (one.gripper is None) == (other.gripper is None)


def states(words: Sequence[str]) -> bool:
    """Whether the words say how things are ("that's right", "it is open") and do not ask ("that's too far right")."""
    if W.CHANGING.intersection(words) and not {"not", "too"}.issubset(words):
        return False
    first = next((i for i, w in enumerate(words) if w in W.STATING), len(words))
    return any(w in W.DIRECTION or w in W.GRIPPER or w in W.SPEED or w in W.DEGREE for w in words[first:])


def _join(clauses: list[Clause], speed: Speed | None) -> Spoken | None:
    """The motion that ``clauses`` say at once, at the ``speed`` of the whole sentence."""
    if any(c.enough for c in clauses):
        far = _ways([c for c in clauses if c.enough])
        return Spoken(hold=True, duration_s=DURATION_S[Degree.FAR], bound=far)
    spoken = [c for c in clauses if not c.negated]
    moving = [c for c in spoken if c.directions or c.gripper or c.place]
    if not moving:
        return None if speed is not None else _without_direction(clauses, spoken)
    for clause in spoken:
        if clause not in moving and (clause.degree or clause.measure):  # "left, just a bit"
            i = spoken.index(clause)
            near = next((c for c in reversed(spoken[:i]) if c in moving), None) or next(
                c for c in spoken[i:] if c in moving
            )
            near.degree = near.degree or clause.degree
            if near.measure is None:
                near.measure, near.is_angle = clause.measure, clause.is_angle
    steps: dict[Axis, Step] = {}
    duration, lead = 0.0, "move"
    gripper, place, away = GripperAction.KEEP, None, False
    for clause in moving:
        lead = clause.lead or lead
        degree = clause.degree or Degree.PLAIN
        seconds = DURATION_S[degree]
        if clause.measure is not None and clause.directions:
            degree, seconds = _measured(clause, speed or Speed.PLAIN)
        for direction in clause.directions:
            axis, sign = _MEANING[lead][direction]
            if axis in steps and steps[axis].sign != sign:
                raise Unreadable(f"{direction} and {W.OPPOSITE[direction]} at once")
            steps[axis] = Step(axis, sign, degree)
        gripper = clause.gripper or gripper
        place, away = (clause.place, clause.away) if clause.place else (place, away)
        duration = max(duration, seconds)
    if len(steps) > MAX_AXES:
        raise Unreadable(f"at most {MAX_AXES} directions at once")
    if place and any(axis <= Axis.Z for axis in steps):
        raise Unreadable("either a direction or a thing to go to, not both at once")
    made = tuple(steps.values())
    bound = _bound_by(clauses, made)
    return Spoken(made, gripper, speed, None, place, away, duration_s=min(duration, LONGEST_S), bound=bound)


def bound_of(words: Sequence[str], steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of ``steps`` that ``words`` bound ("… but no lower"), whatever else they say."""
    parts = (read_clause(part) for _, part in clauses_of(words))
    return _bound_by([clause for clause in parts if clause is not None], steps)


def _bound_by(clauses: Sequence[Clause], steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of ``steps`` that a negated one of ``clauses`` names, or all with "no further"."""
    denied = [c for c in clauses if c.negated and c.beyond]
    every = any(not (c.directions or c.gripper or c.place) for c in denied)
    named = {(step.axis, step.sign) for step in _ways(denied)}
    return tuple(s for s in steps if s.axis <= Axis.Z and (every or (s.axis, s.sign) in named))


def _ways(clauses: Sequence[Clause]) -> tuple[Step, ...]:
    """The ways of the hand that ``clauses`` name, none of them a turn of it."""
    named = [_LINEAR[d] for c in clauses if c.lead in ("", "move") for d in c.directions if d in _LINEAR]
    return tuple(Step(axis, sign, Degree.PLAIN) for axis, sign in dict.fromkeys(named))


def _without_direction(clauses: list[Clause], spoken: list[Clause]) -> Spoken | None:
    degree = next((c.degree for c in spoken if c.degree), None)
    if any(c.directions or c.gripper or c.place for c in clauses):  # "don't go left"
        bound = _ways([c for c in clauses if c.negated and c.beyond])
        forbids = any((c.directions and not c.beyond) or c.place for c in clauses)
        return Spoken(hold=True, duration_s=DURATION_S[Degree.FAR], forbids=forbids, bound=bound)
    if any(c.lead in ("rotate", "tilt", "roll") for c in spoken):
        raise Unreadable("turn which way? Say clockwise or counterclockwise, or tilt up, down, left or right")
    measured = next((c for c in spoken if c.measure is not None and not c.is_angle), None)
    if measured is not None and any(c.again for c in spoken):  # "2 cm further"
        degree, seconds = _measured(measured, Speed.PLAIN)
        return Spoken(again=True, degree=degree, duration_s=min(seconds, LONGEST_S))
    if degree or any(c.again for c in spoken):
        return Spoken(again=True, degree=degree, duration_s=DURATION_S[degree or Degree.PLAIN])
    return None


def _measured(clause: Clause, speed: Speed) -> tuple[Degree, float]:
    return extent(clause.measure or 0.0, clause.is_angle, speed)


def extent(amount: float, is_angle: bool, speed: Speed = Speed.PLAIN) -> tuple[Degree, float]:
    """Degree and seconds for a distance in m or an angle in rad: short ones slowly, long ones fast."""
    short, middle, top = (0.2, 0.9, ANGULAR_SPEED) if is_angle else (0.03, 0.12, LINEAR_SPEED)
    degree = Degree.SLIGHTLY if amount <= short else Degree.PLAIN if amount <= middle else Degree.FAR
    return degree, amount / (DEGREE_SCALE[degree] * SPEED_SCALE[speed] * top)


def seen_from(steps: Sequence[Step], yaw: float) -> tuple[Step, ...]:
    """Steps in the base frame for a speaker who looks along heading ``yaw`` (rad about base z)."""
    flat = np.zeros(2)
    for step in steps:
        if step.axis <= Axis.Y:
            flat[step.axis] = step.sign * DEGREE_SCALE[step.degree]
    turned = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]]) @ flat
    out = [s for s in steps if s.axis > Axis.Y]
    for axis in (Axis.X, Axis.Y):
        size = abs(float(turned[axis]))
        if size > 0.3 * np.abs(turned).max():  # the same drop of small axes as in labels
            degree = min(DEGREE_SCALE, key=lambda d: abs(math.log(DEGREE_SCALE[d] / size)))
            out.append(Step(axis, 1 if turned[axis] > 0 else -1, degree))
    return tuple(out)


def motion_of(spoken: Spoken, toward: str | None, yaw: float) -> LanguageMotion:
    """The language motion in the base frame; ``toward`` is the name of the object at ``spoken.place``."""
    if spoken.hold:
        return HOLD
    speed = spoken.speed if spoken.speed is not None and (spoken.steps or toward) else Speed.PLAIN
    try:
        return LanguageMotion(seen_from(spoken.steps, yaw), spoken.gripper, speed, toward, spoken.away)
    except ValueError as error:
        raise Unreadable(str(error)) from error

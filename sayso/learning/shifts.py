"""Derives habits from lasting nudges: by how much the goal lies beside where the robot sees it, in run after run.

A camera or a joint that is off makes people say the same in every run. That belongs into the memory and not into the
weights of a network, which hold for cameras that are right, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import numpy as np

from sayso.hardware.types import Array
from sayso.learning.amendments import Amended, amended
from sayso.learning.attempt import Attempt
from sayso.learning.habits import LEAST, SIZE_M, spanned, things_in_words
from sayso.learning.preferences import ANYWHERE
from sayso.planner.execution.nudge import distance
from sayso.planner.memory.entries import Habit, Phase
from sayso.runtime.hearing.nudging import way_in_words
from sayso.skills.motion import parse

NEEDED, AGREE, CLEARLY = 0.5, 0.75, 0.8
"""In so many of the attempts people shifted the goal, and in so many of those to the same side; a turn explains
them if it leaves less than so much of what a shift leaves."""
SMALL_M, SURE_M = 0.003, 0.005
"""A shift to a side is more than the first; a habit is at least the second."""


@dataclass(frozen=True, slots=True)
class _Row:
    """By how much the goal ``at`` (3,) m was shifted at last in a subtask of an ``attempt``; the thing's size, m."""

    attempt: int
    at: Array
    shift: Array
    height: float
    width: float
    said: int


def shift_habits_of(attempts: Sequence[Attempt], arm: str) -> list[Habit]:
    """The shifts of the goal that people ask for again and again, one for grasps and one for places.

    Only attempts that succeeded count, and of them what was not struck out. Raises `UserError` for amendments that
    cannot be read.
    """
    found = []
    for phase in ("reaching", "carrying"):
        rows = [
            row
            for number, attempt in enumerate(attempts)
            if attempt.succeeded
            for row in _rows(number, attempt, phase)  # type: ignore[arg-type]
        ]
        if (habit := _habit(rows, phase, arm)) is not None:  # type: ignore[arg-type]
            found.append(habit)
    return found


def _rows(number: int, attempt: Attempt, phase: Phase) -> Iterator[_Row]:
    said = [row for row in amended(attempt) if row.said.nudge is not None]
    for subtask, group in groupby(attempt.moments, lambda moment: moment.subtask):
        moments = [
            m for m in group
            if (m.aim.place is None and not m.aim.held if phase == "reaching" else m.aim.place and m.aim.held)
        ]  # fmt: skip
        if not moments:
            continue
        last = moments[-1]
        mine = [row for row in said if row.said.subtask == subtask and moments[0].t - 0.2 <= row.said.t <= last.t]
        shift = np.zeros(3) if last.aim.shift is None else np.array(last.aim.shift)
        aim = last.aim.place if phase == "carrying" and last.aim.place is not None else last.aim.position
        at = np.array(aim) - shift
        shift = shift + sum((_change(row) for row in mine), np.zeros(3))
        count = sum(not row.struck for row in mine)
        yield _Row(number, at, shift, last.aim.size[2], max(last.aim.size[:2]), count)


def _change(row: Amended) -> Array:
    """What striking out or relabeling changes in the shift that was in force."""
    nudge = np.zeros(3) if row.said.nudge is None else np.array(row.said.nudge)
    if row.struck:
        return -nudge
    if row.relabelled and row.said.motion is not None:
        return distance(parse(row.said.motion), row.said.seconds) - nudge
    return np.zeros(3)


def _habit(rows: Sequence[_Row], phase: Phase, arm: str) -> Habit | None:
    shifted = [row for row in rows if float(np.abs(row.shift).max()) > SMALL_M]
    if len({row.attempt for row in shifted}) < LEAST or len(shifted) < NEEDED * len(rows):
        return None
    shifts = np.array([row.shift for row in shifted])
    usual = np.median(shifts, axis=0)
    agree = np.mean((np.sign(shifts) == np.sign(usual)) & (np.abs(shifts) > SMALL_M), axis=0)
    usual = np.where((np.abs(usual) >= SURE_M) & (agree >= AGREE), usual, 0.0)
    turn = _turn(shifted, shifts - usual)
    if turn:
        usual = np.array([0.0, 0.0, usual[2]])
    if not (turn or usual.any()):
        return None
    height, width = (spanned([getattr(row, name) for row in shifted], SIZE_M) for name in ("height", "width"))
    x, y, z = (round(float(v), 4) for v in usual)
    side = "left" if turn > 0 else "right"
    around_base = f"{abs(np.degrees(turn)):.1f}° farther {side} about the base" if turn else ""
    if phase == "carrying":  # the height is that of the way; things are put down as low as before
        aside, high = around_base or way_in_words(usual * (1, 1, 0)), way_in_words(usual * (0, 0, 1))
        does = " and ".join([*[f"put them down {aside}"] * bool(aside), *[f"carry them {high}"] * bool(high)])
    else:
        does = "take them " + " and ".join(way for way in (around_base, way_in_words(usual)) if way)
    return Habit(
        when=datetime.now().astimezone().replace(microsecond=0), shift=(x, y, z), turn=turn or None, phase=phase,
        height=height, width=width, above=ANYWHERE, off=ANYWHERE, arm=arm, corrections=sum(row.said for row in shifted),
        words=f"{things_in_words(height, width)}: {does}",
    )  # fmt: skip


def _turn(rows: Sequence[_Row], left: Array) -> float:
    """The turn (rad) about the base that explains the shifts better than what leaves ``left`` (N, 3) m of them; else 0.

    A slipped encoder of the first joint moves the hand to different sides in different places.
    """
    at, shifts = (np.array([getattr(row, name)[:2] for row in rows]) for name in ("at", "shift"))
    tangents = np.stack([-at[:, 1], at[:, 0]], axis=1)
    reach = np.maximum(np.linalg.norm(at, axis=1), 1e-6)
    turns = (shifts * tangents).sum(axis=1) / reach**2
    usual = float(np.median(turns))
    agree = np.mean((np.sign(turns) == np.sign(usual)) & (np.abs(turns) * reach > SMALL_M))
    if abs(usual) * float(np.median(reach)) < SURE_M or agree < AGREE:
        return 0.0
    without = float(np.median(np.linalg.norm(left[:, :2], axis=1)))
    remains = float(np.median(np.linalg.norm(shifts - usual * tangents, axis=1)))
    return round(usual, 4) if remains < CLEARLY * without else 0.0

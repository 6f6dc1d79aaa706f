"""Derives habits from lessons: which motion people ask for in which circumstances, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from sayso.learning.attempt import Moment
from sayso.learning.lessons import Gist, Lesson, gist
from sayso.planner.execution.habits import Circumstances, circumstances
from sayso.planner.memory.entries import Habit, Phase, Span
from sayso.runtime.hearing.understood import motion_in_words
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import Axis, LanguageMotion

LEAST = 3
"""A habit needs as many corrections, of as many attempts."""
NEEDED = 0.25
"""A person said it in so many of the attempts with such things; once in a while is a slip of the tongue."""
MIDDLE = (0.1, 0.9)
SIZE_M, ABOVE_M, OFF_M = 0.006, 0.004, 0.004
"""How much wider a habit holds than the middle of what was seen."""
TALL_M, FLAT_M, WIDE_M, THIN_M = 0.06, 0.02, 0.055, 0.025
BESIDE_M = 0.03


def habits_of(lessons: Sequence[Lesson], arm: str) -> list[Habit]:
    """The habits of ``arm`` that the corrections among ``lessons`` show, the best supported first."""
    groups: dict[tuple[Phase, Gist], list[tuple[Lesson, Circumstances]]] = {}
    all_rows = [(lesson, _circumstances(lesson.moment)) for lesson in lessons]
    for lesson, now in all_rows:
        if lesson.correction is None or lesson.correction.nudge is not None:
            continue  # what lasts is a shift of the goal, see `sayso.learning.shifts`
        groups.setdefault((now.phase, gist(lesson.motion)), []).append((lesson, now))
    found = [habit for (phase, _), rows in groups.items() if (habit := _habit(phase, rows, all_rows, arm)) is not None]
    return sorted(found, key=lambda habit: -habit.corrections)


def _circumstances(moment: Moment) -> Circumstances:
    aim = moment.aim
    place = None if aim.place is None else np.array(aim.place)
    hang = aim.size[2] / 2 if aim.hang is None else aim.hang
    goal = SubtaskGoal(
        np.array(aim.position), aim.yaw, max(aim.size[:2]), hang, aim.size[2] - hang, aim.held, place,
        aim.tolerance, aim.clearance,
    )  # fmt: skip
    return circumstances(goal, np.array(moment.tool))


Rows = Sequence[tuple[Lesson, Circumstances]]


def _habit(phase: Phase, rows: Rows, all_rows: Rows, arm: str) -> Habit | None:
    said = {(lesson.attempt, lesson.correction.number) for lesson, _ in rows if lesson.correction is not None}
    speakers = {attempt for attempt, _ in said}
    if len(speakers) < LEAST:
        return None
    height, width = (spanned([getattr(now, name) for _, now in rows], SIZE_M) for name in ("height", "width"))
    with_such = {
        lesson.attempt for lesson, now in all_rows
        if now.phase == phase and height[0] <= now.height <= height[1] and width[0] <= now.width <= width[1]
    }  # fmt: skip
    if len(speakers) < NEEDED * len(with_such | speakers):
        return None
    above, off = spanned([now.above for _, now in rows], ABOVE_M), spanned([now.off for _, now in rows], OFF_M)
    off = (0.0, off[1]) if off[1] < BESIDE_M else off
    texts = [str(lesson.motion) for lesson, _ in rows]
    usual = max(sorted(set(texts)), key=texts.count)
    motion = next(lesson.motion for lesson, _ in rows if str(lesson.motion) == usual)
    words = in_words(phase, height, width, above, off, motion)
    return Habit(
        when=datetime.now().astimezone().replace(microsecond=0), words=words,
        motion=usual, phase=phase, height=height, width=width, above=above, off=off, arm=arm, corrections=len(said),
    )  # fmt: skip


def spanned(values: Sequence[float], margin: float) -> Span:
    """The middle of ``values``, wider by ``margin``."""
    low, high = np.quantile(values, MIDDLE)
    return round(float(low) - margin, 4), round(float(high) + margin, 4)


def is_like(one: Habit, other: Habit) -> bool:
    """Whether two habits say the same about things of about the same size."""
    alike = (one.arm, one.phase, one.motion, one.slowly) == (other.arm, other.phase, other.motion, other.slowly)
    sizes = (one.height, other.height), (one.width, other.width)
    return alike and all(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in sizes)


def in_words(phase: Phase, height: Span, width: Span, above: Span, off: Span, motion: LanguageMotion) -> str:
    """A habit in a sentence: "tall things (9 to 11 cm), as the hand comes down on them: close the gripper …"."""
    if phase == "carrying":
        when = "while they are carried" if off[1] > BESIDE_M else "as they are set down"
    elif phase == "reaching":
        when = "while the hand reaches for them" if off[1] > BESIDE_M else "as the hand comes down on them"
    else:
        when = "once they are in the hand" if phase == "lifting" else "after letting go of them"
    return f"{things_in_words(height, width)}, {when}: {motion_in_words(motion)}{_where(phase, above, motion)}"


def things_in_words(height: Span, width: Span) -> str:
    """Things of this size in words."""
    if height[0] > TALL_M:
        return f"tall things ({_cm(height)})"
    if height[1] < FLAT_M:
        return f"flat things ({_cm(height)} high)"
    if width[0] > WIDE_M:
        return f"wide things ({_cm(width)})"
    if width[1] < THIN_M:
        return f"thin things ({_cm(width)})"
    return "things of the usual size"


def _where(phase: Phase, above: Span, motion: LanguageMotion) -> str:
    """How high, where that says something."""
    over = "the place" if phase == "carrying" else "their top"
    if any(step.axis is Axis.Z and step.sign > 0 for step in motion.steps):
        return f" until {max(100 * above[1], 0.0):.0f} cm above {over}"
    if above[1] < 0.01:
        return f", the fingers {_cm((max(-above[1], 0.0), -above[0]))} below {over}"
    return ""


def _cm(span: Span) -> str:
    low, high = (f"{100 * value:.0f}" for value in span)
    return f"{low} cm" if low == high else f"{low} to {high} cm"

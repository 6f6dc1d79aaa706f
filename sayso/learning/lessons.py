"""What attempts teach: the moments to imitate, each with its motion. The seconds before a correction teach nothing.

The scheme is that of YAY Robot (Shi et al. 2024, §IV-C): what led to a correction is dropped, what came of it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sayso.learning.amendments import Amended, amended
from sayso.learning.attempt import Attempt, Moment, Said
from sayso.skills.motion import GripperAction, LanguageMotion, parse

DROPPED_S = 2.0
"""How long before a correction the arm may have gone wrong already: people need up to 1.5 s to say it."""
MEANT_S = 0.3
"""How long before it takes effect a correction is what should have been done: its own effect is not seen yet."""
TAKEN_BACK_S = 4.0
NEIGHBORS, AGREE = 12, 0.5

Gist = tuple[tuple[int, int], ...] | GripperAction
"""What a spoken motion is about: its gripper action, else its directions."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """At ``moment`` the motion is ``motion``; ``correction`` is the one that said so, None where the planner's own
    motion succeeded."""

    moment: Moment
    motion: LanguageMotion
    attempt: int
    correction: Said | None = None


def gist(motion: LanguageMotion) -> Gist:
    """What ``motion`` is about."""
    if motion.gripper is not GripperAction.KEEP:
        return motion.gripper
    return tuple(sorted((int(step.axis), step.sign) for step in motion.steps))


def lessons_of(attempts: Sequence[Attempt]) -> list[Lesson]:
    """The lessons of all ``attempts`` that succeeded, in order; corrections that most others contradict are left out.

    Raises `UserError` for amendments that cannot be read.
    """
    out: list[Lesson] = []
    for number, attempt in enumerate(attempts):
        if attempt.succeeded:
            out += _of_attempt(number, attempt)
    return _agreed(out)


def _of_attempt(number: int, attempt: Attempt) -> list[Lesson]:
    rows = [row for row in amended(attempt) if row.said.level == "motion" and row.said.motion is not None]
    out: list[Lesson] = []
    for subtask, group in groupby(attempt.moments, lambda moment: moment.subtask):
        moments = list(group)
        until = moments[-1].t + 1e-3
        mine = [row for row in rows if row.said.subtask == subtask and moments[0].t - 0.2 <= row.said.t <= until]
        out += _of_subtask(number, moments, mine)
    return out


def _of_subtask(number: int, moments: Sequence[Moment], rows: Sequence[Amended]) -> list[Lesson]:
    kept = _kept(rows)
    said = [row.said.t for row in rows]
    first, good = min(said, default=np.inf), min((c.t for c in kept), default=np.inf)
    held: dict[int, bool] = {}
    out: list[Lesson] = []
    for moment in moments:
        correction = next((c for c in reversed(kept) if c.t < moment.t), None)
        coming = next((c for c in kept if moment.t <= c.t <= moment.t + MEANT_S), None)
        if coming is not None and coming.motion is not None:
            out.append(Lesson(moment, parse(coming.motion), number, coming))
        elif moment.by == "operator":
            # The words in force are those said last; they count if they are kept, until the hand holds what it did not.
            last = max((t for t in said if t < moment.t), default=None)
            if correction is None or correction.t != last or correction.motion is None:
                continue
            if held.setdefault(correction.number, moment.aim.held) == moment.aim.held:
                out.append(Lesson(moment, parse(correction.motion), number, correction))
        elif moment.t < first - DROPPED_S or (moment.t > good and not any(t - DROPPED_S < moment.t < t for t in said)):
            out.append(Lesson(moment, parse(moment.motion), number))
    return out


def _kept(rows: Sequence[Amended]) -> list[Said]:
    """The corrections of one subtask that count: not struck out, not said again, not taken back soon."""
    out: list[Said] = []
    for i, row in enumerate(rows):
        assert row.said.motion is not None
        meant, later = gist(parse(row.said.motion)), [r.said for r in rows[i + 1 :] if not r.struck]
        gists = [(s.t, gist(parse(s.motion))) for s in later if s.motion is not None]
        again = any(other == meant for _, other in gists)
        taken_back = any(t - row.said.t < TAKEN_BACK_S and _contradicts(meant, other) for t, other in gists)
        if not (row.struck or again or taken_back):
            out.append(row.said)
    return out


def _contradicts(one: Gist, other: Gist) -> bool:
    if isinstance(one, GripperAction) or isinstance(other, GripperAction):
        return isinstance(one, GripperAction) and isinstance(other, GripperAction) and one is not other
    return any((axis, -sign) in other for axis, sign in one)


def _agreed(lessons: list[Lesson]) -> list[Lesson]:
    """The lessons without the corrections that hardly any of the corrections of other attempts in like states repeat.

    Several things may be right in a state: what counts is how often the most usual one was said, not all together.
    """
    corrected = [lesson for lesson in lessons if lesson.correction is not None]
    if len({lesson.attempt for lesson in corrected}) < 3:
        return lessons
    features = np.array([lesson.moment.features for lesson in corrected])
    near = (features - features.mean(0)) / np.maximum(features.std(0), 1e-3)
    gists = [gist(lesson.motion) for lesson in corrected]
    votes: dict[tuple[int, int], list[float]] = {}
    for i, lesson in enumerate(corrected):
        others = np.array([k for k, other in enumerate(corrected) if other.attempt != lesson.attempt])
        close = others[np.argsort(np.linalg.norm(near[others] - near[i], axis=1))[:NEIGHBORS]]
        assert lesson.correction is not None
        said = Counter(gists[k] for k in close)
        votes.setdefault((lesson.attempt, lesson.correction.number), []).append(said[gists[i]] / max(said.values()))
    odd = {key for key, shares in votes.items() if np.mean(shares) < AGREE}
    return [
        lesson for lesson in lessons
        if lesson.correction is None or (lesson.attempt, lesson.correction.number) not in odd
    ]  # fmt: skip


def columns(lessons: Sequence[Lesson]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The features (N, F) float32 of ``lessons``, and (N,) which of them are corrections."""
    features = np.array([lesson.moment.features for lesson in lessons], np.float32)
    return features, np.array([lesson.correction is not None for lesson in lessons], bool)

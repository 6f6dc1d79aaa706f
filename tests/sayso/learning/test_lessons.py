"""What attempts teach: nothing before a correction, what came of it, what succeeded, and not what most contradict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sayso.learning.amendments import amend
from sayso.learning.attempt import Attempt, Moment, Said
from sayso.learning.lessons import lessons_of
from tests.sayso.learning.attempts import AIM, leave, moment, said

DOWN, UP = "move arm down", "move arm up"


def spoken(at: float, seconds: float, motion: str = UP, until: float = 8.0) -> list[Moment]:
    """Ten moments a second: the planner's until a correction at ``at``, which holds for so long, then the planner's."""
    out = []
    for k in range(round(until * 10)):
        t = k / 10
        by = "operator" if at < t <= at + seconds else "planner"
        out.append(moment(t, motion if by == "operator" else DOWN, by))
    return out


def taught(
    folder: Path, moments: Sequence[Moment], words: Sequence[Said], outcome: str = "done"
) -> list[tuple[float, str]]:
    """Time and motion of each lesson of one attempt."""
    lines = sorted([*moments, *words], key=lambda line: line.t)
    attempt = Attempt.load(leave(folder, lines, outcome))  # type: ignore[arg-type]
    return [(lesson.moment.t, str(lesson.motion)) for lesson in lessons_of([attempt])]


def test_the_seconds_before_a_correction_teach_nothing_what_came_after_does(tmp_path: Path) -> None:
    got = taught(tmp_path, spoken(4.0, 1.0), [said(1, 4.0)])
    assert [t for t, motion in got if motion == UP] == pytest.approx([3.7 + k / 10 for k in range(14)])
    own = [t for t, motion in got if motion == DOWN]
    assert max(t for t in own if t < 4.0) == pytest.approx(1.9) and min(t for t in own if t > 4.0) == pytest.approx(5.1)


def test_words_count_until_the_hand_holds_what_it_did_not(tmp_path: Path) -> None:
    held = AIM.model_copy(update={"held": True})
    moments = [m.model_copy(update={"aim": held}) if m.t > 4.45 else m for m in spoken(4.0, 1.0, "close gripper")]
    got = taught(tmp_path, moments, [said(1, 4.0, "close gripper", "grab it")])
    assert [t for t, motion in got if motion == "close gripper"] == pytest.approx([3.7 + k / 10 for k in range(8)])
    assert min(t for t, motion in got if motion == DOWN and t > 4.0) == pytest.approx(5.1)


def test_an_attempt_that_failed_teaches_nothing(tmp_path: Path) -> None:
    assert not taught(tmp_path / "a", spoken(4.0, 1.0), [said(1, 4.0)], "failed")
    assert not taught(tmp_path / "b", spoken(4.0, 1.0), [said(1, 4.0)], "timeout")


def test_an_attempt_without_a_word_teaches_what_succeeded(tmp_path: Path) -> None:
    assert len(taught(tmp_path, spoken(9.0, 1.0), [])) == 80


def test_of_what_is_said_again_only_the_last_counts(tmp_path: Path) -> None:
    moments = [*spoken(2.0, 0.5, until=4.0), *[m for m in spoken(5.0, 0.5) if m.t >= 4.0]]
    got = taught(tmp_path, moments, [said(1, 2.0), said(2, 5.0)])
    assert [t for t, motion in got if motion == UP] == pytest.approx([4.7 + k / 10 for k in range(9)])
    assert not [t for t, _ in got if 0.0 < t < 4.7]


def test_what_is_taken_back_soon_or_struck_out_does_not_count(tmp_path: Path) -> None:
    words = [said(1, 2.0, "move arm left", "left"), said(2, 3.0, "move arm right", "right"), said(3, 5.0)]
    folder = tmp_path / "run"
    moments = [
        *spoken(2.0, 0.5, "move arm left", 2.9), *[m for m in spoken(3.0, 0.5, "move arm right") if 2.9 < m.t < 4.5],
        *[m for m in spoken(5.0, 0.5) if m.t >= 4.5],
    ]  # fmt: skip
    got = taught(folder, moments, words)
    assert {motion for _, motion in got} == {DOWN, "move arm right", UP}
    amend(Attempt.load(folder), 3, lambda change: change.model_copy(update={"struck": True}))
    assert {str(lesson.motion) for lesson in lessons_of([Attempt.load(folder)])} == {DOWN, "move arm right"}


def test_a_relabelled_correction_teaches_what_was_meant(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    taught(folder, spoken(4.0, 1.0), [said(1, 4.0)])
    amend(Attempt.load(folder), 1, lambda change: change.model_copy(update={"motion": "move arm far up"}))
    assert "move arm far up" in {str(lesson.motion) for lesson in lessons_of([Attempt.load(folder)])}


def test_a_correction_that_all_others_in_like_states_contradict_is_left_out(tmp_path: Path) -> None:
    attempts = []
    for number in range(6):
        motion = "move arm far left" if number == 3 else UP
        lines = sorted([*spoken(4.0, 1.0, motion), said(1, 4.0, motion)], key=lambda line: line.t)
        attempts.append(Attempt.load(leave(tmp_path / str(number), lines)))
    corrected = {lesson.attempt for lesson in lessons_of(attempts) if lesson.correction is not None}
    assert corrected == {0, 1, 2, 4, 5}


def test_two_things_may_be_right_where_a_third_is_a_slip_of_the_tongue(tmp_path: Path) -> None:
    attempts = []
    for number, motion in enumerate([UP] * 3 + ["move arm far left"] * 3 + ["move arm right"]):
        lines = sorted([*spoken(4.0, 1.0, motion), said(1, 4.0, motion)], key=lambda line: line.t)
        attempts.append(Attempt.load(leave(tmp_path / str(number), lines)))
    corrected = {lesson.attempt for lesson in lessons_of(attempts) if lesson.correction is not None}
    assert corrected == {0, 1, 2, 3, 4, 5}

"""What people shift in run after run becomes a habit, in words; what was struck out or said seldom does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sayso.learning.amendments import amend
from sayso.learning.attempt import Attempt, Moment, Said
from sayso.learning.habits import habits_of, is_like
from sayso.learning.lessons import lessons_of
from sayso.learning.shifts import shift_habits_of
from sayso.planner.execution.nudge import around
from sayso.planner.memory.entries import Habit
from tests.sayso.learning.attempts import AIM, leave, moment, said

Shift = tuple[float, float, float]


def lines(shift: Shift | None, held: bool = False) -> list[Moment | Said]:
    """The red block is picked up, the hand told to take it so far beside."""
    place = (0.5, 0.3, 0.0) if held else None
    plain = AIM.model_copy(update={"held": held, "place": place})
    after = plain if shift is None else plain.model_copy(update={"shift": shift})
    words: list[Moment | Said] = []
    if shift is not None:
        words = [said(1, 1.05, "move arm slightly left", "a bit left").model_copy(update={"nudge": shift})]
    end = AIM.model_copy(update={"held": not held, "place": place})
    return [
        moment(1.0, tool=0.1, aim=plain), *words,
        *(moment(1.1 + k / 10, tool=0.1, aim=after, by="planner" if k > 5 else "operator") for k in range(10)),
        moment(2.2, "move arm far up", tool=0.1, aim=end),
    ]  # fmt: skip


def attempts(folder: Path, shifts: Sequence[Shift | None], held: bool = False, ok: bool = True) -> list[Attempt]:
    return [
        Attempt.load(leave(folder / f"{number}{held}{ok}", lines(shift, held), success=ok))
        for number, shift in enumerate(shifts)
    ]


LEFT: list[Shift | None] = [(0.0, 0.02, 0.0), (0.004, 0.025, 0.0), (-0.002, 0.03, 0.0), (0.0, 0.02, 0.0)]


@pytest.mark.parametrize(("held", "does"), [(False, "take them"), (True, "put them down")])
def test_what_is_said_in_run_after_run_becomes_a_habit(tmp_path: Path, held: bool, does: str) -> None:
    (habit,) = shift_habits_of(attempts(tmp_path, [*LEFT, None], held), "panda")
    assert habit.words == f"things of the usual size: {does} 2.2 cm farther left"
    assert habit.shift == pytest.approx((0.0, 0.0225, 0.0)) and habit.motion is None and habit.corrections == 4
    assert habit.height[0] < 0.04 < habit.height[1] and habit.phase == ("carrying" if held else "reaching")
    assert is_like(habit, habit) and not is_like(habit, habit.model_copy(update={"slowly": True}))


def test_what_is_carried_higher_is_not_put_down_higher(tmp_path: Path) -> None:
    (habit,) = shift_habits_of(attempts(tmp_path, [(0.0, 0.02, 0.08)] * 4, held=True), "panda")
    assert habit.words == "things of the usual size: put them down 2 cm farther left and carry them 8 cm higher"
    (habit,) = shift_habits_of(attempts(tmp_path / "up", [(0.0, 0.0, 0.08)] * 4, held=True), "panda")
    assert habit.words == "things of the usual size: carry them 8 cm higher"


def test_it_takes_the_place_of_the_motions_that_were_said(tmp_path: Path) -> None:
    kept = attempts(tmp_path, LEFT)
    assert any(lesson.correction is not None for lesson in lessons_of(kept))
    assert not habits_of(lessons_of(kept), "panda")


@pytest.mark.parametrize(
    ("shifts", "ok"),
    [
        (LEFT[:2], True),  # too few
        (LEFT, False),  # they failed
        ([*LEFT[:3], *[None] * 4], True),  # most did without
        ([(0.0, 0.02, 0.0), (0.0, -0.02, 0.0), (0.0, 0.02, 0.0), (0.0, -0.03, 0.0)], True),  # now here, now there
        ([(0.0, 0.004, 0.0)] * 4, True),  # hardly anything
    ],
)
def test_nothing_becomes_a_habit_by_chance(tmp_path: Path, shifts: list[Shift | None], ok: bool) -> None:
    assert shift_habits_of(attempts(tmp_path, shifts, ok=ok), "panda") == []


def test_a_slip_of_the_tongue_hardly_changes_it_and_what_is_struck_out_does_not_count(tmp_path: Path) -> None:
    (habit,) = shift_habits_of(attempts(tmp_path / "slip", [*LEFT, (0.0, -0.05, 0.0)]), "panda")
    assert habit.shift is not None and np.allclose(habit.shift, [0.0, 0.02, 0.0], atol=0.006)
    kept = attempts(tmp_path, LEFT)
    for attempt in kept[:2]:
        amend(attempt, 1, lambda change: change.model_copy(update={"struck": True}))
    assert shift_habits_of(kept, "panda") == []


def test_a_habit_that_is_right_stays_though_nobody_says_it_any_more(tmp_path: Path) -> None:
    silent = [[line for line in lines(shift) if isinstance(line, Moment)] for shift in LEFT]
    kept = [Attempt.load(leave(tmp_path / str(n), rows)) for n, rows in enumerate(silent)]
    (habit,) = shift_habits_of(kept, "panda")
    assert isinstance(habit, Habit) and habit.shift is not None and habit.shift[1] == pytest.approx(0.0225)


def test_shifts_to_other_sides_in_other_places_are_a_turn_about_the_base(tmp_path: Path) -> None:
    """With a slipped first joint people say right in front of the arm, and back or forward at its sides."""
    kept = []
    for number, (x, y) in enumerate([(0.6, 0.0), (0.5, 0.1), (0.4, -0.3), (0.35, 0.35), (0.5, -0.2)]):
        by = (0.04 * y, -0.04 * x, 0.0)
        rows = []
        for line in lines(by):
            if isinstance(line, Moment):
                shift = line.aim.shift or (0.0, 0.0, 0.0)
                aim = line.aim.model_copy(update={"position": (x + shift[0], y + shift[1], 0.02)})
                line = line.model_copy(update={"aim": aim})
            rows.append(line)
        kept.append(Attempt.load(leave(tmp_path / str(number), rows)))
    (habit,) = shift_habits_of(kept, "panda")
    assert habit.words == "things of the usual size: take them 2.3° farther right about the base"
    assert habit.turn == pytest.approx(-0.04) and habit.shift == (0.0, 0.0, 0.0)
    at = np.array([0.3, 0.4, 0.02])
    assert np.allclose(around(at, habit.turn), [0.016, -0.012, 0.0], atol=5e-4)

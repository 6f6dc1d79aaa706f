"""Habits come from the corrections of several attempts, and say in plain words when they hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.learning.attempt import Aim, Moment
from sayso.learning.habits import habits_of
from sayso.learning.lessons import Lesson
from sayso.planner.execution.habits import circumstances, holds
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import parse
from tests.sayso.learning.attempts import moment, said

TALL = Aim(position=(0.5, 0.0, 0.05), size=(0.04, 0.04, 0.1), yaw=0.0, held=False, tolerance=0.006, clearance=0.0)


def lessons(attempts: int, motion: str, tools: Sequence[float], aim: Aim = TALL, x: float = 0.5) -> list[Lesson]:
    """In each attempt one correction that holds with the hand at each of these heights."""
    out = []
    for number in range(attempts):
        for height in tools:
            at: Moment = moment(1.0, motion, "operator", height, aim).model_copy(update={"tool": (x, 0.0, height)})
            out.append(Lesson(at, parse(motion), number, said(1, 0.9, motion)))
    return out


def test_a_habit_needs_three_attempts() -> None:
    assert not habits_of(lessons(2, "close gripper", (0.06,)), "panda")
    assert len(habits_of(lessons(3, "close gripper", (0.06,)), "panda")) == 1


def test_tall_things_are_gripped_higher() -> None:
    (habit,) = habits_of(lessons(4, "close gripper", (0.06, 0.07)), "panda")
    things, how = "tall things (9 to 11 cm), as the hand comes down on them", "the fingers 3 to 4 cm below their top"
    assert habit.words == f"{things}: close the gripper, {how}"
    assert (habit.motion, habit.phase, habit.arm, habit.corrections) == ("close gripper", "reaching", "panda", 4)
    goal = SubtaskGoal.of_box(np.array(TALL.position), np.array(TALL.size), 0.0)
    assert holds(habit, circumstances(goal, np.array([0.5, 0.0, 0.065])))
    assert not holds(habit, circumstances(goal, np.array([0.5, 0.0, 0.12])))


def test_a_thing_in_the_way_is_passed_higher() -> None:
    held = TALL.model_copy(update={"held": True, "place": (0.5, 0.3, 0.0), "size": (0.04, 0.04, 0.04)})
    habits = habits_of(lessons(3, "move arm up", (0.1,), held), "panda")
    assert [h.words for h in habits] == [
        "things of the usual size, while they are carried: move up until 3 cm above the place"
    ]


def test_what_was_said_most_often_comes_first() -> None:
    found = habits_of([*lessons(3, "move arm left", (0.2,)), *lessons(5, "close gripper", (0.06,))], "panda")
    assert [habit.motion for habit in found] == ["close gripper", "move arm left"]


def test_what_is_said_now_and_then_is_no_habit() -> None:
    """Of thirteen attempts with such a block three hear the same wrong word; a bigger block does not count."""
    slips = lessons(3, "move arm left", (0.06,))
    others = [
        Lesson(moment(1.0, "move arm down", "planner", 0.06, TALL), parse("move arm down"), number)
        for number in range(3, 13)
    ]
    assert not habits_of([*slips, *others], "panda")
    assert len(habits_of([*slips, *others[:9]], "panda")) == 1
    wide = TALL.model_copy(update={"size": (0.09, 0.09, 0.1)})
    apart = [
        Lesson(moment(1.0, "move arm down", "planner", 0.06, wide), parse("move arm down"), n) for n in range(9, 19)
    ]
    assert len(habits_of([*slips, *others[:5], *apart], "panda")) == 1

"""A habit is heeded in its circumstances, at once, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.planner.execution.habits import HabitualMotions, circumstances, holds
from sayso.planner.memory.entries import Habit, parse_entry, written
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion, parse

HABIT = Habit(
    when=datetime(2026, 11, 27, 12, tzinfo=UTC), words="tall things: close the gripper", motion="close gripper",
    phase="reaching", height=(0.08, 0.12), width=(0.03, 0.05), above=(-0.05, -0.03), off=(0.0, 0.02), arm="panda",
    corrections=4,
)  # fmt: skip
TALL = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.05]), np.array([0.04, 0.04, 0.1]), 0.0)
DOWN = parse("move arm down")


class Down:
    """A planner that only goes down."""

    def next_motion(self, observation: Observation) -> LanguageMotion:
        return DOWN


def seen(goal: SubtaskGoal, x: float, z: float) -> Observation:
    body = Proprioception(np.zeros(7), np.zeros(7), Pose(np.array([x, 0.0, z]), np.eye(3)), 0.08, 0.0, False)
    return Observation(body, goal, np.zeros(49, np.float32))


@pytest.mark.parametrize(
    ("goal", "x", "z", "motion"),
    [
        (TALL, 0.5, 0.06, "close gripper"),
        (TALL, 0.5, 0.12, "move arm down"),  # too high
        (TALL, 0.45, 0.06, "move arm down"),  # beside
        (replace(TALL, hang=0.02, above=0.02), 0.5, 0.03, "move arm down"),  # not tall
        (replace(TALL, held=True), 0.5, 0.06, "move arm down"),  # in the hand
        (replace(TALL, place=np.array([0.4, 0.2, 0.0])), 0.5, 0.06, "move arm down"),
    ],
)
def test_it_holds_in_its_circumstances_alone(goal: SubtaskGoal, x: float, z: float, motion: str) -> None:
    for arm, said in (("panda", motion), ("so101", "move arm down")):
        assert str(HabitualMotions(Down(), lambda: [HABIT], arm).next_motion(seen(goal, x, z))) == said


def test_the_newest_counts_and_a_forgotten_one_is_gone_at_once() -> None:
    habits = [HABIT, HABIT.model_copy(update={"motion": "hold still"})]
    motions = HabitualMotions(Down(), lambda: habits, "panda")
    assert str(motions.next_motion(seen(TALL, 0.5, 0.06))) == "hold still"
    habits.pop()
    assert str(motions.next_motion(seen(TALL, 0.5, 0.06))) == "close gripper"
    habits.clear()
    assert motions.next_motion(seen(TALL, 0.5, 0.06)) is DOWN


def test_of_a_carried_thing_its_place_counts() -> None:
    goal = replace(TALL, position=np.array([0.5, 0.0, 0.3]), held=True, place=np.array([0.4, 0.0, 0.05]))
    now = circumstances(goal, np.array([0.5, 0.0, 0.32]))
    assert (now.phase, now.above, now.off) == ("carrying", pytest.approx(0.2), pytest.approx(0.1))
    assert not holds(HABIT, now)


def test_it_is_a_line_of_the_memory() -> None:
    assert parse_entry(written(HABIT)) == HABIT
    with pytest.raises(ValueError, match="motion"):
        parse_entry(written(HABIT).replace("close gripper", "fly away"))

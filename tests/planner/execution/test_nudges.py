"""What is said near the end of a subtask lasts: the goal is shifted, within a bound, until something replaces it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.corrections.grammar import motion_of, read_motion
from sayso.planner.corrections.text import tokens
from sayso.planner.execution.goal import Goals
from sayso.planner.execution.nudge import BY_WORD_M, GRIP_M, HIGHEST_M, MOST_M, NEAR_M, Nudges
from sayso.planner.memory.entries import Habit, parse_entry, written
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.motion import Degree
from tests.planner.local_scenes import TABLE
from tests.sayso.learning.attempts import OPENING

PICK = Subtask(Verb.PICK, "red block", "red block")
PUT = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")
RED = next(o for o in TABLE.objects if o.id == "red block")
BOWL = next(o for o in TABLE.objects if o.id == "blue bowl")
DOWN = np.diag([1.0, -1.0, -1.0])


def over(at: np.ndarray, aside: float = 0.0, held: bool = False, moved: float = 0.0) -> Scene:
    """The table with the hand 10 cm over ``at``, so far to its left; the red block in it or ``moved`` to the left."""
    tool = Pose(at + np.array([0.0, aside, 0.1]), DOWN)
    red = replace(RED, position=tool.position if held else RED.position + np.array([0.0, moved, 0.0]), held=held)
    objects = tuple(red if o.id == RED.id else o for o in TABLE.objects)
    return replace(TABLE, objects=objects, tool=tool, held=RED.id if held else None)


OVER, CARRYING = over(RED.position), over(BOWL.position, held=True)


def say(goals: Goals, subtask: Subtask, scene: Scene, words: str) -> np.ndarray | None:
    """Say ``words`` while ``subtask`` is done in ``scene``, seen from the arm's side."""
    spoken = read_motion(tokens(words))
    assert spoken is not None
    goals.goal(subtask, scene, ())
    return goals.nudge(subtask, scene, motion_of(spoken, None, 0.0), spoken.duration_s)


def end(goals: Goals, subtask: Subtask, scene: Scene) -> np.ndarray:
    goal = goals.goal(subtask, scene, ())
    at = goal.position if subtask.verb is Verb.PICK else goal.place
    assert at is not None
    return at


@pytest.fixture
def goals() -> Goals:
    return Goals(None)


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("2 cm to the left", (0.0, 0.02)), ("5 mm back", (-0.005, 0.0)), ("a bit right", (0.0, -0.02)),
        ("left", (0.0, BY_WORD_M[Degree.PLAIN])), ("far left", (0.0, BY_WORD_M[Degree.FAR])),
        ("5 cm forward", (0.05, 0.0)),
    ],
)  # fmt: skip
def test_the_grasp_is_shifted_by_what_was_said_without_a_number_a_little(
    goals: Goals, words: str, by: tuple[float, float]
) -> None:
    before = end(goals, PICK, OVER)
    step = say(goals, PICK, OVER, words)
    assert step is not None and np.allclose(step[:2], by, atol=1e-6)
    assert np.allclose(end(goals, PICK, OVER) - before, [*by, 0.0], atol=1e-6)
    assert np.allclose(goals.shift, [*by, 0.0], atol=1e-6)


def test_the_place_is_shifted_while_the_thing_is_carried_and_not_the_grasp_of_it(goals: Goals) -> None:
    before, grasp = end(goals, PUT, CARRYING), goals.goal(PUT, CARRYING, ()).position
    say(goals, PUT, CARRYING, "2 cm to the left")
    assert np.allclose(end(goals, PUT, CARRYING) - before, [0.0, 0.02, 0.0])
    assert np.array_equal(goals.goal(PUT, CARRYING, ()).position, grasp)


def test_nudges_add_up_within_a_bound_and_cancel_out(goals: Goals) -> None:
    before = end(goals, PICK, OVER)
    for _ in range(6):
        say(goals, PICK, OVER, "2 cm to the left")
    assert np.allclose(end(goals, PICK, OVER) - before, [0.0, MOST_M, 0.0])
    assert say(goals, PICK, OVER, "left") is None, "no farther"
    say(goals, PICK, OVER, "5 cm right")
    say(goals, PICK, OVER, "1 cm right")
    assert np.allclose(end(goals, PICK, OVER), before)


def test_at_the_bound_nothing_is_shifted_though_the_thing_now_looks_lower(goals: Goals) -> None:
    for words in ("higher", "5 cm left", "5 cm left"):
        say(goals, PICK, OVER, words)
    lower = replace(RED, size=RED.size - np.array([0.0, 0.0, 0.008]))
    scene = replace(OVER, objects=tuple(lower if o.id == RED.id else o for o in OVER.objects))
    assert say(goals, PICK, scene, "left") is None


def test_words_far_from_the_end_are_about_the_way(goals: Goals) -> None:
    far = over(RED.position, NEAR_M + 0.01)
    assert say(goals, PICK, far, "a bit left") is None and not goals.goal(PICK, far, ()).held
    assert not goals.shift.any()
    assert say(goals, PICK, over(RED.position, NEAR_M - 0.01), "a bit left") is not None


def test_a_turn_or_a_grip_shifts_nothing(goals: Goals) -> None:
    assert say(goals, PICK, OVER, "turn left") is None and say(goals, PICK, OVER, "close the gripper") is None


def test_higher_moves_the_grip_up_within_the_thing(goals: Goals) -> None:
    before = goals.goal(PICK, OVER, ())
    say(goals, PICK, OVER, "higher")
    after = goals.goal(PICK, OVER, ())
    up = after.position[2] - before.position[2]
    assert up == pytest.approx(before.above - GRIP_M) and after.top == pytest.approx(before.top)
    assert after.bottom == pytest.approx(before.bottom)


def test_higher_while_it_is_carried_keeps_it_higher_wherever_it_is(goals: Goals) -> None:
    far = over(BOWL.position, 0.4, held=True)
    before, low = goals.goal(PUT, far, ()).clearance, end(goals, PUT, far)
    step = say(goals, PUT, far, "5 cm higher and left")
    assert step is not None and step[1] == 0.0
    assert goals.goal(PUT, far, ()).clearance - before == pytest.approx(step[2])
    for _ in range(4):
        say(goals, PUT, far, "5 cm higher")
    assert goals.goal(PUT, far, ()).clearance - before == pytest.approx(HIGHEST_M)
    assert np.array_equal(end(goals, PUT, far), low), "the hand opens as low as before"
    for _ in range(4):
        say(goals, PUT, far, "5 cm lower")
    assert goals.goal(PUT, far, ()).clearance == pytest.approx(before)


def test_a_nudge_ends_with_its_subtask_and_comes_back_when_that_is_tried_again(goals: Goals) -> None:
    before = end(goals, PUT, CARRYING)
    say(goals, PUT, CARRYING, "2 cm to the left")
    goals.begin()
    assert np.allclose(goals.goal(PICK, OVER, ()).position, RED.position), "another subtask"
    goals.begin()
    assert np.allclose(end(goals, PUT, CARRYING) - before, [0.0, 0.02, 0.0]), "the same one again"
    goals.forget()
    assert np.allclose(end(goals, PUT, CARRYING), before), "another instruction"


def test_a_nudge_goes_along_with_its_thing_and_ends_where_that_moves_far(goals: Goals) -> None:
    say(goals, PICK, OVER, "2 cm to the left")
    pushed = over(RED.position, moved=0.03)
    assert np.allclose(end(goals, PICK, pushed) - RED.position, [0.0, 0.05, 0.0])
    elsewhere = over(RED.position, moved=0.08)
    assert np.allclose(end(goals, PICK, elsewhere) - RED.position, [0.0, 0.08, 0.0])
    assert np.allclose(end(goals, PICK, OVER), RED.position), "and is not back later"


def test_the_newest_nudge_is_taken_back(goals: Goals) -> None:
    say(goals, PICK, OVER, "2 cm to the left")
    say(goals, PICK, OVER, "1 cm back")
    goals.nudges.take_back()
    assert np.allclose(goals.goal(PICK, OVER, ()).position - RED.position, [0.0, 0.02, 0.0])


def test_a_shift_that_is_a_habit_holds_for_its_arm_and_its_things() -> None:
    def habit(arm: str, height: tuple[float, float]) -> Habit:
        return Habit(
            when=OPENING.when, words="2 cm farther left", shift=(0.0, 0.02, 0.0), phase="reaching", height=height,
            width=(0.0, 0.1), above=(-1.0, 3.0), off=(-1.0, 3.0), arm=arm, corrections=3,
        )  # fmt: skip

    for arm, height, by in (("panda", (0.03, 0.05), 0.02), ("so101", (0.03, 0.05), 0.0), ("panda", (0.08, 0.1), 0.0)):
        kept = parse_entry(written(habit(arm, height)))
        assert isinstance(kept, Habit)
        goals = Goals(None, nudges=Nudges(lambda kept=kept: [kept], "panda"))  # type: ignore[misc]
        assert np.allclose(end(goals, PICK, OVER) - RED.position, [0.0, by, 0.0])
    turned = habit("panda", (0.03, 0.05)).model_copy(update={"shift": (0.0, 0.0, 0.0), "turn": 0.04})
    turns = Goals(None, nudges=Nudges(lambda: [turned], "panda"))
    x, y = RED.position[:2].tolist()
    assert np.allclose(end(turns, PICK, OVER) - RED.position, [-0.04 * y, 0.04 * x, 0.0], atol=5e-4)
    goals = Goals(None, nudges=Nudges(lambda: [habit("panda", (0.03, 0.05))], "panda"))
    say(goals, PICK, OVER, "1 cm left")
    assert np.allclose(end(goals, PICK, OVER) - RED.position, [0.0, 0.03, 0.0]), "on top of the habit"

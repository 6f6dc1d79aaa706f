"""Preferences from corrections: a color or an order that explains the choices, and not what chance explains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.cli import run_command
from sayso.learning.attempt import Attempt, SeenThing
from sayso.learning.preferences import preferences_of, slow_habits_of
from sayso.memory_store import MemoryFile, memory_path
from sayso.planner.execution.habits import HabitualMotions
from sayso.planner.task.text import parse
from sayso.planner.task.values import Color, Nth, Rank, The, Thing
from sayso.skills.features import Observation
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import parse as parse_motion
from tests.planner.execution.test_habits import seen
from tests.sayso.learning.attempts import leave, moment, said


def chosen(folder: Path, count: int, by: str, start: int = 0) -> Path:
    """Attempts in which a person names another block: the ``leftmost`` one, the ``red`` one, or just the ``first``."""
    for number in range(start, start + count):
        rng = np.random.default_rng(number)
        colors = rng.permutation(["red", "green", "blue"]).tolist()
        things = tuple(
            SeenThing(
                id=f"b{i}", name=f"{color} block", size=(0.04, 0.04, 0.04), yaw=0.0,
                position=(float(rng.uniform(0.4, 0.6)), float(rng.uniform(-0.3, 0.3)), 0.02),
            )
            for i, color in enumerate(colors)
        )  # fmt: skip
        ids = {"leftmost": max(things, key=lambda o: o.position[1]).id, "red": f"b{colors.index('red')}", "first": "b0"}
        words = said(1, 1.0, None, "no, that one").model_copy(
            update={"level": "subtask", "target": ids[by], "scene": things}
        )
        leave(folder / str(number), [moment(0.5), words, moment(1.5)])
    return folder


@pytest.mark.parametrize(
    ("by", "thing"), [("leftmost", The("block", (Nth(1.0, Rank.LEFT),))), ("red", The("block", (Color("red"),)))]
)
def test_what_explains_all_choices_becomes_a_preference(by: str, thing: Thing, tmp_path: Path) -> None:
    attempts = [Attempt.load(f) for f in sorted(chosen(tmp_path, 8, by).iterdir())]
    (found,) = preferences_of(attempts)
    assert parse(found.thing, Thing) == thing and "8 corrections" in found.said


def test_choices_at_random_and_too_few_are_no_preference(tmp_path: Path) -> None:
    at_random = [Attempt.load(f) for f in sorted(chosen(tmp_path / "a", 12, "first").iterdir())]
    few = [Attempt.load(f) for f in sorted(chosen(tmp_path / "b", 3, "red").iterdir())]
    assert preferences_of(at_random) == [] and preferences_of(few) == []


def slowed(folder: Path, count: int) -> Path:
    """Attempts that succeed after "slowly"."""
    for number in range(count):
        words = said(1, 1.0, None, "slowly").model_copy(update={"level": "motion", "pace": 0.5})
        leave(folder / str(number), [moment(0.5), words, *(moment(1.0 + t / 10) for t in range(1, 9))])
    return folder


def test_where_less_speed_helped_the_motion_is_slow_from_then_on(tmp_path: Path) -> None:
    attempts = [Attempt.load(f) for f in sorted(slowed(tmp_path, 4).iterdir())]
    (habit,) = slow_habits_of(attempts, "panda")
    assert habit.words == "things of the usual size, while the hand reaches for them: slowly"
    assert (habit.motion, habit.corrections) == (None, 4)

    class Down:
        def next_motion(self, observation: Observation) -> object:
            return parse_motion("move arm down")

    motions = HabitualMotions(Down(), lambda: [habit], "panda")  # type: ignore[arg-type]
    near = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.02]), np.array([0.04, 0.04, 0.04]), 0.0)
    tall = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.05]), np.array([0.04, 0.04, 0.10]), 0.0)
    assert str(motions.next_motion(seen(near, 0.5, 0.2))) == "move arm down slowly"
    assert str(motions.next_motion(seen(tall, 0.5, 0.2))) == "move arm down"


def test_speed_that_came_with_other_corrections_is_no_habit(tmp_path: Path) -> None:
    for number in range(4):
        slow = said(1, 1.0, None, "slowly").model_copy(update={"level": "motion", "pace": 0.5})
        leave(tmp_path / str(number), [moment(0.5), slow, said(2, 1.2), *(moment(1.2 + t / 10) for t in range(1, 9))])
    assert slow_habits_of([Attempt.load(f) for f in sorted(tmp_path.iterdir())], "panda") == []


def test_sayso_learn_keeps_preferences_as_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    runs = chosen(tmp_path / "runs", 8, "red")
    for _ in range(2):  # learned again it stays one
        assert run_command(["learn", str(runs), "--rules-only"]) == 0
        assert "rather the red block (8 corrections)" in capsys.readouterr().out
        (kept,) = MemoryFile(memory_path(), print).entries()
        assert kept.kind == "preference"
    assert run_command(["memory"]) == 0
    assert "the red block" in capsys.readouterr().out

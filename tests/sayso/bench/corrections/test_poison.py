"""Poison mistakes a tenth of what was said, what it shifted included; a rule of it alone counts as false."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.bench.corrections.learned import poison
from sayso.bench.corrections.learned.poison import poisoned_rules, says_the_same, with_poison
from sayso.learning.attempt import Attempt, SeenThing
from sayso.learning.shifts import shift_habits_of
from sayso.planner.memory.entries import Habit, Preferred
from sayso.skills.motion import GripperAction, parse
from tests.sayso.learning.attempts import AIM, OPENING, leave, moment, said


def test_it_changes_about_a_tenth_of_the_motions(tmp_path: Path) -> None:
    kept = Attempt.load(leave(tmp_path, [said(n, n / 10, "close gripper") for n in range(1, 301)]))
    changed = [s.motion for s in with_poison(kept, np.random.default_rng(0)).said if s.motion != "close gripper"]
    assert 15 <= len(changed) <= 50 and all(str(parse(m or "")) == m for m in changed)
    assert all(parse(m or "").gripper is not GripperAction.CLOSE for m in changed)


def _shifted(folder: Path, n: int) -> list[Attempt]:
    """Attempts in which the person says "a bit left" once, 2 cm."""
    words = said(1, 1.05, "move arm slightly left", "a bit left").model_copy(update={"nudge": (0.0, 0.02, 0.0)})
    after = AIM.model_copy(update={"shift": (0.0, 0.02, 0.0)})
    lines = [moment(1.0, tool=0.1), words, *(moment(1.1 + k / 10, tool=0.1, aim=after) for k in range(5))]
    return [Attempt.load(leave(folder / str(i), lines)) for i in range(n)]


def test_a_wrong_word_near_the_goal_shifts_the_wrong_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poison, "SHARE", 1.0)
    (kept,) = _shifted(tmp_path, 1)
    for seed in range(8):
        wrong = with_poison(kept, np.random.default_rng(seed))
        nudge = np.array(wrong.said[0].nudge or (0.0, 0.0, 0.0))
        assert nudge[1] <= 0.0  # anything but to the left
        assert wrong.moments[0].aim.shift is None
        np.testing.assert_allclose(wrong.moments[-1].aim.shift, nudge, atol=1e-6)


def test_another_thing_or_speed_is_taken_for_the_one_that_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poison, "SHARE", 1.0)
    scene = tuple(
        SeenThing(id=name, name=f"{color} block", position=(0.5, y, 0.02), size=(0.04, 0.04, 0.04), yaw=0.0)
        for name, color, y in (("a", "red", 0.1), ("b", "blue", 0.0))
    )
    red = said(1, 1.0, None, "the red one").model_copy(update={"level": "subtask", "target": "a", "scene": scene})
    slow, remark = said(2, 2.0, None, "slower").model_copy(update={"level": "motion", "pace": 0.5}), said(3, 3.0, None)
    wrong = with_poison(Attempt.load(leave(tmp_path, [red, slow, remark])), np.random.default_rng(0)).said
    assert [wrong[0].target, wrong[1].pace] == ["b", poison.FASTER] and wrong[2] == remark


def test_two_rules_say_the_same_if_the_arm_does_the_same() -> None:
    rule = Habit(
        when=OPENING.when, words="x", motion="move arm up", phase="reaching", height=(0.0, 1.0), width=(0.0, 1.0),
        above=(0.0, 1.0), off=(0.0, 1.0), arm="panda", corrections=3,
    )  # fmt: skip
    assert says_the_same(rule, rule.model_copy(update={"motion": "move arm far up"}))
    assert not says_the_same(rule, rule.model_copy(update={"motion": "move arm down"}))
    assert not says_the_same(rule, rule.model_copy(update={"phase": "carrying"}))
    left = rule.model_copy(update={"motion": None, "shift": (0.0, 0.02, 0.0)})
    assert says_the_same(left, left.model_copy(update={"shift": None, "turn": 0.05}))
    assert not says_the_same(left, left.model_copy(update={"shift": (0.0, -0.02, 0.0)}))
    assert not says_the_same(left, rule) and not says_the_same(rule, left)
    red = Preferred(when=OPENING.when, said="rather the red block", thing="the(block, color(red))")
    assert says_the_same(red, red) and not says_the_same(red, rule)


def test_a_try_says_which_rules_were_false_and_which_were_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = _shifted(tmp_path, 8)
    monkeypatch.setattr(poison, "taught", lambda *_: attempts)
    assert shift_habits_of(attempts, "panda")
    done = poisoned_rules("camera off", "panda", tmp_path, tmp_path, 0)
    assert done["ok"] and done["kept"] == 1 and not done["lost"]
    monkeypatch.setattr(poison, "SHARE", 1.0)
    done = poisoned_rules("camera off", "panda", tmp_path, tmp_path, 0)
    assert done["poisoned"] == 8 and done["lost"] == ["things of the usual size: take them 2 cm farther left"]

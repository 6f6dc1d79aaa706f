"""The operator model speaks as people do: late, seldom, in words that are mostly understood, sometimes wrongly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sayso.bench.corrections.episode import SEED_BASE, attempt, task_check
from sayso.bench.corrections.operator_model import Manner, OperatorModel
from sayso.bench.corrections.phrases import phrase, wrong_phrase
from sayso.bench.corrections.suite import _poisoned
from sayso.bench.suites import cells_of
from sayso.errors import UserError
from sayso.hardware.types import JointState, Pose
from sayso.learning.attempt import Attempt
from sayso.memory_store import MemoryFile
from sayso.perception.scene import Scene
from sayso.planner.corrections.grammar import Unreadable, read_motion
from sayso.planner.corrections.text import tokens
from sayso.planner.memory.entries import Habit
from sayso.runtime.subscriber import Tick
from sayso.sim.arms.own_arm import arm_model
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import GripperAction, parse
from tests.sayso.learning.attempts import OPENING, leave, said

TALL = "tall blocks"
SPEC = arm_model("panda").spec


def understood(words: str) -> str | None:
    try:
        spoken = read_motion(tokens(words))
    except Unreadable:
        return None
    return None if spoken is None else str(spoken.gripper or [(s.axis.name, s.sign) for s in spoken.steps])


@pytest.mark.parametrize("motion", ["move arm up", "move arm slightly left", "close gripper", "open gripper"])
def test_it_says_a_motion_in_varied_words_most_of_which_are_understood(motion: str) -> None:
    rng, meant = np.random.default_rng(0), parse(motion)
    words = [phrase(meant, rng) for _ in range(200)]
    assert None not in words and len(set(words)) > 4
    wanted = str(meant.gripper or [(s.axis.name, s.sign) for s in meant.steps])
    assert np.mean([understood(w or "") == wanted for w in words]) > 0.8
    assert np.mean([understood(wrong_phrase(meant, rng)) == wanted for _ in range(200)]) < 0.05


def goes_on(manner: Manner, seconds: float, motion: str, wanted: SubtaskGoal | None) -> OperatorModel:
    """A person beside an arm that goes the same way all the time, from 20 cm above the table."""
    words: list[str] = []
    person = OperatorModel(SPEC, lambda tick: wanted, words.append, np.random.default_rng(1), manner)
    tool = Pose(np.array([0.5, 0.0, 0.2]), np.diag([1.0, -1.0, -1.0]))
    body = Proprioception(SPEC.home, SPEC.home, tool, 0.08, 0.0, False)
    goal = SubtaskGoal(np.array([0.5, 0.0, 0.02]), np.array([0.04, 0.04, 0.04]), 0.0)
    seen = Observation(body, goal, np.zeros(49, np.float32))
    for k in range(round(seconds * 50)):
        t = k / 50
        state = JointState(t, SPEC.home, np.zeros(SPEC.dof), 1.0)
        person.ticked(Tick(t, state, body, Scene(t, (), tool), seen, parse(motion)))
    assert [text for _, text in person.said] == words
    return person


BESIDE = SubtaskGoal(np.array([0.5, 0.2, 0.02]), np.array([0.04, 0.04, 0.04]), 0.0)


def test_it_speaks_late_and_seldom_while_the_arm_goes_the_other_way() -> None:
    manner = Manner(late_s=(0.5, 1.5), apart_s=1.2, wrong=0.0, slowly=False)
    person = goes_on(manner, 10.0, "move arm far right", BESIDE)
    times = [t for t, _ in person.said]
    assert times[0] >= 0.5 + manner.minds_s and min(np.diff(times)) >= 0.5 + 1.2 and len(times) >= 3
    assert {understood(text) for _, text in person.said} <= {"[('Y', 1)]"}


def test_it_holds_its_tongue_while_all_is_well_or_where_it_has_no_opinion() -> None:
    assert not goes_on(Manner(slowly=False), 5.0, "move arm far left", BESIDE).said
    assert not goes_on(Manner(slowly=False), 5.0, "move arm far right", None).said


def test_some_of_what_it_says_is_wrong() -> None:
    person = goes_on(Manner(wrong=0.5, slowly=False), 120.0, "move arm far right", BESIDE)
    assert 0.3 < person.wrong / len(person.said) < 0.7


def test_who_knows_better_asks_for_less_speed_first() -> None:
    person = goes_on(Manner(wrong=0.0), 4.0, "move arm far right", BESIDE)
    assert "slow" in person.said[0][1]


def test_a_corrected_attempt_leaves_its_record(tmp_path: Path) -> None:
    done = attempt(TALL, SEED_BASE + 3, None, True, tmp_path)
    record = Attempt.load(tmp_path)
    assert done.said == len(record.said) >= 1 and record.said[0].level == "motion"
    assert record.ending is not None and record.ending.outcome == done.outcome


def test_habits_are_heeded_by_the_arm_with_rules(tmp_path: Path) -> None:
    """Seed 1 fails without help; with the habit that thirty corrected episodes gave the block is lifted."""
    habit = Habit(
        when=OPENING.when, words="tall things: close the gripper higher", motion="close gripper", phase="reaching",
        height=(0.0846, 0.1149), width=(0.0302, 0.0487), above=(-0.044, -0.0255), off=(0.0, 0.0213), arm="panda",
        corrections=24,
    )  # fmt: skip
    file = tmp_path / "memory.jsonl"
    MemoryFile(file, print).change([habit])
    assert attempt(TALL, SEED_BASE + 1, None, False, memory=file).ok


def test_poison_changes_about_a_tenth_of_the_motions(tmp_path: Path) -> None:
    kept = Attempt.load(leave(tmp_path, [said(n, n / 10, "close gripper") for n in range(1, 301)]))
    changed = [s.motion for s in _poisoned(kept, np.random.default_rng(0)).said if s.motion != "close gripper"]
    assert 15 <= len(changed) <= 50 and all(str(parse(m or "")) == m for m in changed)
    assert all(parse(m or "").gripper is not GripperAction.CLOSE for m in changed)
    assert replace(kept) == kept


def test_its_cells_are_there_and_an_unknown_task_is_told(tmp_path: Path) -> None:
    names = [plan.name for plan in cells_of("corrections", work=tmp_path)]
    assert names == [f"{TALL}: {arm}" for arm in ("base", "live", "rule", "learned", "poisoned")]
    with pytest.raises(UserError, match="no task 'small blocks'; there are: own, tall blocks"):
        task_check("small blocks", 5)

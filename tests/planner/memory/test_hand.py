"""Sentences about the hand alone: what it holds, and to let go of it."""

from __future__ import annotations

import pytest

from sayso.planner.plan import Plan, Verb
from tests.planner.local_scenes import TABLE, scene
from tests.planner.memory.person import Person

FULL = scene(*TABLE.objects, held="green block")
KEEPS = "! I would drop the green block. Say “put it down” to let go of it."


@pytest.mark.parametrize(
    "text",
    [
        "what are you holding?", "Hey, what are you holding now?", "what is in your hand?", "are you holding anything?",
        "do you have anything in your gripper?", "which block are you holding?", "what do you have in your gripper?",
    ],
)  # fmt: skip
def test_it_says_what_the_hand_holds(text: str) -> None:
    assert Person(TABLE).says(text) == "! I hold nothing."
    assert Person(FULL).says(text) == "! I hold the green block."


def test_it_says_whether_the_hand_is_empty() -> None:
    assert Person(TABLE).says("is your hand empty?") == "! Yes: I hold nothing."
    assert Person(FULL).says("is your gripper free?") == "! No: I hold the green block."


@pytest.mark.parametrize("text", ["drop it", "please drop that", "let go of it", "release it", "drop what you hold"])
def test_it_lets_go_of_nothing_that_would_fall(text: str) -> None:
    assert Person(TABLE).says(text) == "! I hold nothing."
    assert Person(FULL).says(text) == KEEPS


def test_a_hand_that_is_sent_opens() -> None:
    opened = Person(TABLE).planner.plan("open the gripper", TABLE)
    assert isinstance(opened, Plan) and [s.verb for s in opened.subtasks] == [Verb.OPEN]
    assert Person(FULL).says("drop it in the pink bowl") == "put the green block in the pink bowl"

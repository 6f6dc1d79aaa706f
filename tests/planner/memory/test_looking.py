# ruff: noqa: E501  # a case is a line
"""Questions that one look answers; nothing moves for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.looking import Looking, asked
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Plan, Question, Reply
from tests.planner.local_scenes import scene, thing

LOCAL = LocalPlanner(PACKAGED)
_BIG = thing("green block", 0.40, -0.10)
TABLE = scene(
    thing("orange block", 0.45, 0.20), replace(_BIG, size=_BIG.size * 1.4), thing("pink bowl", 0.60, 0.0),
    thing("red block", 0.60, 0.0, 0.04), thing("gray bowl", 0.45, -0.30),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is the orange block to the left of the green block?", "Yes, the orange block is to the left of the green block."),
        ("Is the orange block, or is it not, right of the green one?", "No, the orange block is not to the right of the"),
        ("is the red block in the pink bowl, dear", "Yes, the red block is in the pink bowl."),
        ("Hey robot, is the green block in the gray bowl?", "No, the green block is not in the gray bowl."),
        ("Is there a gray bowl on the table, love? I've lost my glasses.", "Yes: the gray bowl."),
        ("are there any yellow blocks?", "No, none that I see."),
        ("Is the gray bowl empty?", "Yes, the gray bowl is empty."),
        ("is the pink bowl empty now?", "No, the pink bowl is not empty."),
        ("is anything in the pink bowl?", "Yes: the red block."),
        ("What is the distance between the orange block and the green block?", "The orange block and the green block are 30 cm apart"),
        ("how far is the green block from the gray bowl?", "The green block and the gray bowl are 21 cm apart"),
        ("Which block is the biggest?", "The green block."),
        ("Tell me, what the hell is in the pink bowl, mate?", "That is the red block."),
        ("how many bowls are there, dear? my eyes aren't what they were", "2: the"),
        ("which is the leftmost block", None),
        ("How many bowls are there, and which one is the leftmost?", "2: the"),
        ("Which green block is the leftmost? And where is the gray bowl?", "The green block. The gray bowl is"),
        ("is there a gray bowl and is the pink bowl empty?", "Yes: the gray bowl. No, the pink bowl is not empty."),
        ("is the green block bigger than the red block?", "Yes, the green block is bigger than the red block."),
        ("is the orange block smaller than the red block?", "No: to me the orange block and the red block are about the same"),
    ],
)  # fmt: skip
def test_the_scene_answers(question: str, answer: str | None) -> None:
    found = Remembering(LOCAL, LOCAL, Memory()).plan(question, TABLE)
    assert not isinstance(found, Plan)
    if answer is not None:
        assert isinstance(found, Reply) and found.reason.startswith(answer), found


@pytest.mark.parametrize(
    "order",
    [
        "which block is the biggest? point at it!", "put the red block in the gray bowl", "is the red block in the bowl? then put it in the gray bowl",
        "there is a red block in the pink bowl", "the red block is in the pink bowl", "stop, is the bowl empty?",
        "is the block on my finger? ouch!",
    ],
)  # fmt: skip
def test_nothing_else_is_answered_by_a_look(order: str) -> None:
    assert Looking(LOCAL).answer(order, TABLE) is None


def test_which_of_several_is_asked_back() -> None:
    found = Looking(LOCAL).answer("is the bowl empty?", TABLE)
    assert isinstance(found, Question) and found.text.startswith("Which bowl do you mean")


def test_an_order_after_a_question_is_no_question() -> None:
    assert asked("is it full? lift the cup") is None and asked("Is it full, or is it not?") == "Is it full"

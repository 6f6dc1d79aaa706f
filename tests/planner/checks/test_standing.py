"""What a person forbade is asked about before a correction changes the plan to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.checks.standing import ANSWERS, doubt
from sayso.planner.interpreter.constraints import Guard
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.text import parse
from sayso.planner.task.values import Rule
from tests.planner.local_scenes import TABLE

LOCAL = LocalPlanner(PACKAGED)
IDS = {thing.name: thing.id for thing in TABLE.objects}


def pick(name: str) -> Subtask:
    return Subtask(Verb.PICK, IDS[name], name)


def put(name: str, bowl: str) -> Subtask:
    return Subtask(Verb.PLACE, IDS[name], name, Relation.IN, IDS[bowl], bowl)


BEFORE = (pick("red block"), put("red block", "blue bowl"))
GREEN = (pick("green block"), put("green block", "blue bowl"))
PINK = (pick("red block"), put("red block", "pink bowl"))


def asked(rule: str, after: Sequence[Subtask], instruction: str = "put the red block in the blue bowl") -> str | None:
    """The question under ``rule``, a rule in the task language, "" for none."""
    ground = LOCAL.grounding(TABLE)
    held = [Guard(ground, c).watched(BEFORE) for c in parse(f"rule({rule})", Rule).constraints] if rule else []
    found = doubt([c for c in held if c is not None], instruction, BEFORE, after, TABLE)
    assert found is None or found.options == ANSWERS
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("untouched(the(block, color(green)))", GREEN),
        ("untouched(the(bowl, color(pink)))", PINK),
        ("keep_away(the(block, color(green)))", GREEN),
        ("only(the(block, color(red)))", GREEN),
        ("never(at(the(block, color(red)), in(the(bowl, color(pink)))))", PINK),
    ],
)
def test_a_step_that_a_constraint_forbids_is_asked_about(rule: str, after: Sequence[Subtask]) -> None:
    question = asked(rule, after)
    assert question is not None and question.startswith("You also said: ") and "all the same?" in question


@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("", GREEN),
        ("untouched(the(block, color(green)))", PINK),
        ("only(the(block, color(red)))", BEFORE),
        ("never(at(the(block, color(red)), in(the(bowl, color(pink)))))", GREEN),
    ],
)
def test_what_nobody_forbade_is_not_asked_about(rule: str, after: Sequence[Subtask]) -> None:
    assert asked(rule, after) is None


def test_what_the_instruction_itself_rules_out_counts_and_only_for_what_is_changed() -> None:
    told = "put the red block in the blue bowl, don't touch the green block"
    assert asked("", GREEN, told) == "You said what not to do, and I was about to pick up the green block. Shall I?"
    assert asked("", GREEN, "put the red block in the blue bowl, don't drop anything") is None
    assert asked("", tuple(replace(step) for step in BEFORE), "don't touch the red block") is None

"""A prohibition is understood when the reading forbids or leaves out what it bears upon, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.planner.language.modality import Modality
from sayso.planner.language.reading import Action, Clause, Intent, Reading, Role
from sayso.planner.language.understood import not_understood
from tests.planner.language.said import ask, say
from tests.planner.local_scenes import TABLE

NEVER = "never touch the red block"
BUT_NOT = "put all the blocks in the blue bowl, but not the red one"


def reading(text: str, *clauses: Clause) -> Reading:
    return Reading(text, {i: float(i is Intent.TASK) for i in Intent}, clauses)


def forbids(text: str, what: str = "red block", end: int | None = None, start: int = 0) -> Reading:
    clause = replace(ask(Action.FORBID, say(what)), start=start, end=len(text) if end is None else end)
    return reading(text, clause)


def leaves_out(what: str, after: int) -> Reading:
    where = BUT_NOT.index("but not") + len("but not") + after
    out = replace(say(what, Role.EXCEPT), start=where)
    return reading(BUT_NOT, replace(ask(Action.IN, say("any block"), out), end=len(BUT_NOT)))


def test_a_plain_order_leaves_nothing_to_doubt() -> None:
    assert not_understood(reading("put the red block in the blue bowl"), TABLE) is None


def test_a_prohibition_that_is_read_as_one_is_understood() -> None:
    assert not_understood(forbids(NEVER), TABLE) is None


@pytest.mark.parametrize(
    "read",
    [
        reading(NEVER, replace(ask(Action.PICK, say("red block")), end=len(NEVER))),
        reading(NEVER),
        forbids(NEVER, start=6),
        forbids(NEVER, end=8),
        forbids(NEVER, "purple block"),
    ],
    ids=["read as an order", "not read", "read as another clause", "read in part", "of nothing that is there"],
)
def test_a_prohibition_that_is_read_as_anything_else_is_not_understood(read: Reading) -> None:
    doubt = not_understood(read, TABLE)
    assert doubt is not None and doubt.modality is Modality.NEGATED


def test_what_is_left_out_right_after_the_words_for_it_is_understood() -> None:
    assert not_understood(leaves_out("red block", after=5), TABLE) is None


@pytest.mark.parametrize(("what", "after"), [("red block", 30), ("red block", -40), ("purple block", 5)])
def test_what_is_left_out_elsewhere_or_is_not_there_is_not_understood(what: str, after: int) -> None:
    assert not_understood(leaves_out(what, after), TABLE) is not None


def test_a_condition_is_never_understood() -> None:
    text = "only if it fits, put the red block in the blue bowl"
    doubt = not_understood(forbids(text), TABLE)
    assert doubt is not None and doubt.modality is Modality.CONDITIONAL

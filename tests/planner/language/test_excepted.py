"""The robot keeps a rule with an exception without it, on the safe side, and says so."""

from __future__ import annotations

import pytest

from sayso.planner.interpreter.answers import NO_TASK
from sayso.planner.language.excepted import excepted, kept_always
from sayso.planner.plan import Reply
from tests.planner.corrections.reading import read
from tests.planner.local_scenes import TABLE
from tests.planner.memory.person import Person

RULES = [
    ("never touch the green block", "unless it is in the bowl", "never touch the green block"),
    ("never move the yellow block", "unless I say so", "never touch the yellow block"),
    ("don't touch the pink bowl", "while it is full", "never touch the pink bowl"),
    ("leave the blue block alone", "unless it is in the way", "never touch the blue block"),
    ("never pick up the red block", "except when I ask you to", "never touch the red block"),
]


@pytest.mark.parametrize(("rule", "but", "kept"), RULES)
def test_at_rest_the_rule_is_kept_at_all_times_and_the_person_is_told(rule: str, but: str, kept: str) -> None:
    for said in (f"{rule} {but}", f"{but}, {rule}."):
        person = Person(TABLE)
        told = person.planner.plan(said, TABLE)
        assert isinstance(told, Reply) and f": {kept}. " in told.reason and told.reason.endswith(kept_always(but)), told
        assert len(person.memory.rules) == 1


def test_while_the_arm_moves_too() -> None:
    found = read("never touch the green block unless it is in the bowl")
    assert found.rule == "rule(untouched(the(block, color(green))))"
    assert found.beside == kept_always("unless it is in the bowl")


@pytest.mark.parametrize(
    "said",
    [
        "put the red block in the bowl unless it is full",
        "do not put the red block in the blue bowl unless it is empty",
        "if the bowl is full, never mind",
        "never touch the red block",
    ],
)
def test_what_is_no_such_rule(said: str) -> None:
    answer = Person(TABLE).planner.plan(said, TABLE)
    assert excepted(said) is None or not isinstance(answer, Reply) or answer.reason == NO_TASK

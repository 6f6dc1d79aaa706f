"""The "it" of a conditional is the thing that its condition names."""

from __future__ import annotations

import pytest

from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.text import parse, write

RED, BOWL = "the(block, color(red))", "the(bowl, color(blue))"


@pytest.mark.parametrize("form", ["if(C, T)", "once(C, T)", "until(C, T)", "seq(if(C, T), go(home))"])
@pytest.mark.parametrize(
    ("condition", "task", "whole"),
    [
        (f"at({RED}, left_of(the(block, color(green))))", f"put(it, in({BOWL}))", f"put({RED}, in({BOWL}))"),
        (f"not(at({RED}, in({BOWL})))", "pick(it)", f"pick({RED})"),
        ("exists(a(block, color(red)))", f"put(it, in({BOWL}))", f"put(a(block, color(red)), in({BOWL}))"),
        (f"empty({BOWL})", f"put({RED}, in(it))", f"put({RED}, in({BOWL}))"),
        (f"and(exists({RED}), empty({BOWL}))", "pick(it)", f"pick({RED})"),
        (f"at({RED}, left_of(it))", f"seq(pick(it), put(it, in({BOWL})))", f"seq(pick({RED}), put(it, in({BOWL})))"),
        (f"empty({BOWL})", f"put(it, in({BOWL}))", f"put(it, in({BOWL}))"),  # nobody moves the bowl into itself
        (f"at(all(block), in({BOWL}))", "pick(it)", "pick(it)"),
    ],
)
def test_it_is_what_the_condition_names(form: str, condition: str, task: str, whole: str) -> None:
    said = form.replace("C", condition)
    assert write(with_condition_things(parse(said.replace("T", task)))) == said.replace("T", whole)


def test_it_after_a_step_that_names_its_thing_is_that_thing() -> None:
    said = f"seq(pick(the(block, color(green))), if(exists({RED}), put(it, in({BOWL}))))"
    assert write(with_condition_things(parse(said))) == said


@pytest.mark.parametrize(
    "condition",
    [
        "exists(a(block, color(red)))", f"exists({RED})", 'event("it already there")', "event(\"it's already there\")",
        'event("already there")', 'event("it is in it already")',
    ],
)  # fmt: skip
def test_unless_it_is_there_asks_whether_the_thing_is_at_its_place(condition: str) -> None:
    put = f"put({RED}, in({BOWL}))"
    assert (
        write(with_condition_things(parse(f"if(not({condition}), {put})"))) == f"if(not(at({RED}, in({BOWL}))), {put})"
    )


@pytest.mark.parametrize(
    "condition", ["exists(a(block, color(green)))", 'event("the bell rings")', f"exists(a(thing, in({BOWL})))"]
)
def test_other_conditions_stay(condition: str) -> None:
    said = f"if(not({condition}), put({RED}, in({BOWL})))"
    assert write(with_condition_things(parse(said))) == said
    positive = f"if(exists({RED}), put({RED}, in({BOWL})))"
    assert write(with_condition_things(parse(positive))) == positive

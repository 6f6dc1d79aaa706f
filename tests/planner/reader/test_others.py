"""All else is left alone."""

from __future__ import annotations

import pytest

from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.orders.others import leaving_others, with_others_left
from sayso.planner.task.text import parse, write


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("Lift the cup and leave the rest alone.", "Lift the cup"),
        ("the ball goes in the box, everything else stays put", "the ball goes in the box"),
        ("stack the cups. Leave everything else where it is, please", "stack the cups"),
        ("stack the cups, but don't touch anything else!", "stack the cups"),
        ("stack the cups; all the others should stay where they are", "stack the cups"),
    ],
)
def test_the_order_stands_by_itself(said: str, order: str) -> None:
    assert leaving_others(said) == order


@pytest.mark.parametrize(
    "said",
    [
        "leave the rest alone",
        "lift the cup and leave the other cup alone",
        "put the cup in the box and the rest on the plate",
        "leave everything else alone and lift the cup",
        "lift the cup and leave it",
    ],
)
def test_what_leaves_one_thing_is_read_as_a_whole(said: str) -> None:
    assert leaving_others(said) is None


def test_the_order_is_bound() -> None:
    meanings = (Meaning(parse("with(pick(it), at_pace(slow))"), 0.9), Meaning(parse("remark"), 0.1))
    (bound,) = with_others_left(meanings)
    assert write(bound.value) == "with(pick(it), at_pace(slow), untouched(rest(thing)))" and bound.probability == 0.9
    assert with_others_left(meanings[1:]) == () and with_others_left(()) == ()

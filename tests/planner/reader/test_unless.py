"""The side of a condition by the words of denial."""

from __future__ import annotations

import pytest

from sayso.planner.reader.unless import sided
from sayso.planner.task.text import parse, write

IN = "at(the(block, color(green)), in(the(bowl, color(orange))))"
X = "put(the(block, color(red)), in(the(bowl, color(orange))))"
C = "the green block is in the orange bowl"
ORDER = "put the red block in the orange bowl"


@pytest.mark.parametrize("read", [IN, f"not({IN})"])
@pytest.mark.parametrize(
    ("said", "condition"),
    [
        (f"{ORDER} unless {C}", f"not({IN})"),
        (f"unless {C}, {ORDER}", f"not({IN})"),
        (f"don't {ORDER} unless {C}", IN),
        (f"do not {ORDER} unless {C}", IN),
        (f"please never {ORDER} unless {C}", IN),
        (f"Unless {C}, you must not {ORDER}", IN),
        (f"dont {ORDER} unless {C}", IN),
        (f"don't {ORDER} if {C}", f"not({IN})"),
        (f"if {C}, don't {ORDER}", f"not({IN})"),
        ("don't put the red block in there unless the green block is to the left of it", IN),
    ],
)
def test_denials_count(read: str, said: str, condition: str) -> None:
    assert write(sided(said, parse(f"if({read}, {X})"))) == f"if({condition}, {X})"


@pytest.mark.parametrize(
    "said",
    [
        f"{ORDER} if {C}",  # the reader's alone
        f"don't {ORDER} unless the green block isn't in the orange bowl",
        f"don't {ORDER} if the green block is gone",
        f"don't touch the green block and {ORDER} unless {C}",  # of which of them is the condition?
        f"don't forget to {ORDER} if {C}",
        f"don't {ORDER} unless {C}, and if so tell me",
        f"don't {ORDER} if you would unless {C}",
    ],
)
@pytest.mark.parametrize("read", [IN, f"not({IN})"])
def test_what_the_words_leave_open_stays(said: str, read: str) -> None:
    meaning = parse(f"if({read}, {X})")
    assert sided(said, meaning) == meaning


def test_an_empty_bowl_is_one_that_the_words_call_empty() -> None:
    read = parse("if(not(empty(the(bowl))), pick(the(block, color(red))))")
    assert write(sided("don't pick up the red block unless the bowl is empty", read)).startswith("if(empty(")
    assert sided("don't pick up the red block unless there is something in the bowl", read) == read


@pytest.mark.parametrize(
    ("said", "empty"),
    [
        ("if the pink bowl has something inside, put the ball on the plate", False),
        ("put the ball on the plate if there's anything in the cup", False),
        ("put the ball on the plate if the cup is not empty", False),
        ("don't put the ball in the cup if there is something in it", True),
        ("unless the cup has something in it, put the ball in it", True),
        ("if the cup has nothing in it, put the ball in it", None),  # the reader says which
        ("if the cup hasn't got anything in it, put the ball in it", None),
    ],
)
def test_what_has_something_in_it_is_not_empty(said: str, empty: bool | None) -> None:
    cup = "empty(the(cup))"
    for read in (cup, f"not({cup})"):
        meant = read if empty is None else cup if empty else f"not({cup})"
        found = sided(said, parse(f"if({read}, put(the(ball), in(the(cup))))"))
        assert write(found) == f"if({meant}, put(the(ball), in(the(cup))))"

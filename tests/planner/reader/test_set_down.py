"""What is picked up and put down again goes back where it was."""

from __future__ import annotations

import pytest

from sayso.planner.reader.orders.set_down import set_down
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Utterance

BACK = "put(it, where_it_was)"


@pytest.mark.parametrize(
    ("said", "meaning", "meant"),
    [
        ("lift it and put it down", "seq(pick(the(cup)), put(it, aside))", f"seq(pick(the(cup)), {BACK})"),
        ("lift it, set it down again", "seq(pick(the(cup)), release)", f"seq(pick(the(cup)), {BACK})"),
        ("lift it and put it back", "seq(pick(the(cup)), undo)", f"seq(pick(the(cup)), {BACK})"),
        (
            "lift the cup, raise it a bit, put it back",
            "seq(pick(the(cup)), move(way(up, by=little)), undo)",
            f"seq(pick(the(cup)), move(way(up, by=little)), {BACK})",
        ),
        (
            "lift it and put it down twice",
            "repeat(2, seq(pick(the(cup)), move(way(down))))",
            f"repeat(2, seq(pick(the(cup)), {BACK}))",
        ),
    ],
)
def test_it_goes_back(said: str, meaning: str, meant: str) -> None:
    assert write(set_down(said, parse(meaning, Utterance))) == meant


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("put it down", "put(it, aside)"),
        ("put it back", "undo"),
        ("lift the cup, go left, put it down", "seq(pick(the(cup)), move(way(left)), release)"),
        ("lift the cup and let go", "seq(pick(the(cup)), release)"),
        ("lift the cup, put it down on the box", "seq(pick(the(cup)), put(it, on(the(box))))"),
        ("take the cup and put the ball down", "seq(pick(the(cup)), put(the(ball), aside))"),
    ],
)
def test_what_goes_elsewhere_stays(said: str, meaning: str) -> None:
    assert write(set_down(said, parse(meaning, Utterance))) == meaning

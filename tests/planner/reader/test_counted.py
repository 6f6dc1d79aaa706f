"""A distance counts as often as it is said."""

from __future__ import annotations

import pytest

from sayso.planner.reader.counted import counted
from sayso.planner.task.text import parse, write

PUT = "put(the(block, color(red)), left_of(the(bowl)BY))"
AWAY = "keep_away(the(cup), by=cm(8))"


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("put the red block left of the bowl and stay 8 cm away from the cup", False),
        ("stay eight cm away from the cup while you put the red block left of the bowl", False),
        ("put the red block 8 cm left of the bowl and stay 8 cm away from the cup", True),
    ],
)
def test_a_distance_said_once_is_that_of_the_constraint(said: str, stays: bool) -> None:
    put = PUT.replace("BY", ", by=cm(8)")
    wanted = put if stays else PUT.replace("BY", "")
    assert write(counted(said, parse(f"with({put}, {AWAY})"))) == f"with({wanted}, {AWAY})"


def test_another_distance_stays() -> None:
    task = parse(f"with({PUT.replace('BY', ', by=cm(5)')}, {AWAY})")
    assert counted("put it 5 cm left of the bowl, 8 cm away from the cup", task) == task
    alone = parse(PUT.replace("BY", ", by=cm(8)"))
    assert counted("left of the bowl", alone) == alone

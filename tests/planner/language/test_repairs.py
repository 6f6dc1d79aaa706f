"""Orders mended while they are said."""

from __future__ import annotations

import pytest

from sayso.planner.language.repairs import mended


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("put the ring on the box, no, put it on the plate", "put the ring on the plate"),
        (
            "take the cup and put it in the bowl.. er actually no put it on the box",
            "take the cup and put it on the box",
        ),
        ("lift the can then move it left, sorry, move it right", "lift the can then move it right"),
        ("give me the red cup, no, wait, the blue one", "give me the blue cup"),
        ("hand me a green... uh, I mean, sorry, a pink one", "hand me a green... uh, I mean, sorry, a pink one"),
    ],
)
def test_what_is_said_anew_takes_the_place(said: str, meant: str) -> None:
    assert mended(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "pick up the cup. wait. put it on the plate",
        "pick up the cup, hold on, then put it down",
        "put the ring on the plate. Actually, take the cup",
        "put the red cup in the bowl, no, the blue one",
        "no, put it on the plate",
        "there is no cup, put the ball in the box",
        "actually put the cup in the bowl and lift it",
        "put the cup in the bowl, no hurry, and lift the ball",
    ],
)
def test_two_orders_stay_two(said: str) -> None:
    assert mended(said) == said

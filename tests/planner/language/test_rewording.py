"""Roundabout grammar becomes plain, plain grammar stays."""

from __future__ import annotations

import pytest

from sayso.planner.language.rewording import reworded


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Don't you dare not stack the cubes", "stack the cubes"),
        ("never even think of not taking the cup", "taking the cup"),
        ("it isn't true that the cup should not go in the box", "the cup should go in the box"),
        ("you must not forget to lift the cup", "you must lift the cup"),
        (
            "should there be a cup, lift it; failing that, lift the can",
            "if there is a cup, lift it; otherwise, lift the can",
        ),
        ("if the box is empty take it, otherwise do nothing", "if the box is empty take it"),
        ("turn the cup so that it doesn't fall over", "turn the cup"),
        ("put the ball in the cup. I don't want it rolling off onto the floor", "put the ball in the cup"),
        ("put the cube right in the middle of the red plate", "put the cube on the red plate"),
        ("the cube goes beside the bowl, not in it", "the cube goes beside the bowl"),
        ("shift the cup about a hand's width to the left", "shift the cup 10 cm to the left"),
        ("take the cup and hold it really really high, as high as you can", "take the cup and then move up a lot"),
        ("hand me the ball. Rest stays as is.", "hand me the ball. Leave the rest alone."),
        ("take the cup, the rest stays put", "take the cup, Leave the rest alone"),
    ],
)
def test_roundabout_grammar_becomes_plain(said: str, plain: str) -> None:
    assert reworded(said) == (plain,)


def test_an_exception_with_a_place_of_its_own_is_an_order_of_its_own() -> None:
    said = "sort the cubes into the trays, except the red cube, which belongs in the tin"
    assert reworded(said) == ("sort the cubes into the trays except the red cube", "put the red cube in the tin")


@pytest.mark.parametrize(
    "said",
    [
        "don't put the cup in the box",
        "never touch the cup",
        "don't forget not to touch the cup",
        "don't put the cup in the box without the lid",
        "never without asking move the cup",
        "don't go without asking me to lift the cup",
        "tip the cup so it falls over",
        "it is not true that the cup is red",
        "put all but the red cube in the tin, which is empty",
        "put the cube in the middle of the table",
        "put the cube in the middle of the plate and the bowl",
        "I don't want it to go in the bowl",
        "beside the bowl, not in the box",
        "put the rest in the box",
        "take the cup and hold it",
        "take the cup and put it on the high shelf",
        "the rest stays in the box",
    ],
)
def test_one_denial_stays(said: str) -> None:
    assert reworded(said) == (said,)

"""Colors and sides that a meaning gives to other things than the sentence does."""

from __future__ import annotations

import pytest

from sayso.planner.reader.bound import misbound
from sayso.planner.task.text import parse
from sayso.planner.task.values import Utterance

BETWEEN = "put the ball between the yellow mug and the blue cup"
EXCEPT = "put all the green blocks in the bowl except the left one"


@pytest.mark.parametrize(
    ("said", "meaning", "is_misbound"),
    [
        (BETWEEN, "put(the(ball), between(the(mug, color(yellow)), the(cup, color(blue))))", False),
        (BETWEEN, "put(the(ball), between(the(cup, color(yellow)), the(cup, color(blue))))", True),
        ("put the yellow mug by the blue one", "put(the(mug, color(yellow)), beside(the(mug, color(blue))))", False),
        ("put the golden mug down", "put(the(mug, color(gold)), aside)", False),
        ("put the yellow block on the cube", "put(the(cube, color(yellow)), on(the(block)))", False),
        (EXCEPT, "put(all(block, color(green), but(the(block, nth(1, left)))), in(the(bowl)))", False),
        (EXCEPT, "put(all(block, but(the(block, color(green), nth(1, left)))), in(the(bowl)))", True),
        ("take the right red cup from the blue plate", "pick(the(cup, color(red), nth(1, right)))", False),
        ("take the right red cup from the blue plate", "pick(the(cup, color(blue), nth(1, right)))", True),
        ("stack them", "stack(them)", False),
    ],
)
def test_a_color_belongs_to_its_noun(said: str, meaning: str, is_misbound: bool) -> None:
    assert misbound(said, parse(meaning, Utterance)) is is_misbound

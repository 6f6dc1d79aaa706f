"""Constructions of spoken English become plainer, and what only looks like one stays."""

from __future__ import annotations

import pytest

from sayso.planner.language.constructions import plainer


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("put the cup next to the mug, on the right of it", "put the cup to the right of the mug"),
        ("stand the ball close to the red box, but on its left side", "stand the ball to the left of the red box"),
        ("place the box at the front on the right please", "place the box in the near right corner please"),
        ("put the cup on the left, at the back, and go home", "put the cup in the far left corner, and go home"),
        ("put the two cups one on top of the other", "stack the two cups"),
        ("stack both balls, one on the other", "stack both balls"),
        ("if there's something in the bowl go home", "if the bowl is not empty go home"),
        ("unless the cup already contains something drop it in", "if the cup is empty drop it in"),
        (
            "put the ball in the red cup, unless there is anything in that cup already",
            "if the red cup is empty, put the ball in the red cup",
        ),
        ("put the mug close to the box, but they mustn't touch", "put the mug beside the box"),
        ("put the balls in separate cups", "put each ball in a different cup"),
        ("put both balls into a bowl each", "put each ball into a different bowl"),
        ("put all the red blocks in different corners of the table", "put each red block in another corner"),
        ("put the red cups on the plates, but not both on the same plate", "put each red cup on a different plate"),
        ("hand me a red cup, but not the one on the left", "hand me a red cup except the leftmost one"),
        ("Take one of the balls. Not the far one, the other.", "Take one of the balls except the farthest one."),
        ("the ball in the box, then the cup can follow it", "the ball in the box, then the cup in the box"),
        (
            "sort the cubes by color: red ones in the blue bowl, yellow in the tin",
            "put all the red cubes in the blue bowl, all the yellow cubes in the tin",
        ),
        ("red in red", "red one in the red one"),
        ("build a tower", "stack everything"),
        ("please make me a stack, please", "please stack everything, please"),
        ("build a tower of three blocks", "build a tower of three blocks"),
        ("get those two cups standing next to each other", "put those two cups together"),
        ("put the cup and the red ball next to one another", "put the cup and the red ball together"),
        (
            "take the can over to the bowl, wait till I nod, then let it go in",
            "pick up the can, go over to the bowl, wait till I nod, then put it in the bowl",
        ),
        ("put each ball in its cup and skip those without one", "put each ball in its cup if there is one"),
        ("build a tower of four blocks with the red one at the bottom", "stack 3 blocks on the red block"),
        ("before you touch the cup, lift the box. Then put the cup down", "lift the box. Then put the cup down"),
        ("put the ball in the box haha", "put the ball in the box"),
    ],
)  # fmt: skip
def test_a_construction_becomes_plainer(said: str, plain: str) -> None:
    assert plainer(said) == plain


@pytest.mark.parametrize(
    "said",
    [
        "give me the bottle at the back on the left",
        "put the cup beside the mug on the left",
        "put the cup on the left and the box at the back",
        "put the red block on the blue one",
        "put one block on top of the other bowl",
        "if there is a ball in the bowl go home",
        "put the ball near the box without touching the bottle",
        "put the block in its own bowl",
        "put the block in a different bowl",
        "put the blocks in the bowls but not the red one",
        "hand me the cup, not the ball",
        "the ball in the box, then the cup on the plate",
        "sort the blocks by color",
        "red in blue",
        "put the rest next to the cup",
        "put the cups next to the box",
        "leave the cups without a lid on the plate",
        "build a tower of three red blocks",
        "before you touch the cup, lift the box",
        "take the can over to the bowl, then wait",
    ],
)
def test_what_only_looks_like_one_stays(said: str) -> None:
    assert plainer(said) == said

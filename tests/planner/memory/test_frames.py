"""Sentences that speak to the memory, and those that only sound like it."""

from __future__ import annotations

import pytest

from sayso.planner.memory.frames import framed, how_much, is_for_good, this_once


@pytest.mark.parametrize(
    ("sentence", "thing", "name"),
    [
        ("this is my mug", "this", "my mug"),
        ("Please call the blue bowl my mug.", "the blue bowl", "my mug"),
        ("call the red one Betty", "the red one", "Betty"),
        ("name it Bob", "it", "Bob"),
        ("this one is called Old Tom", "this one", "Old Tom"),
        ("The name of the green one is “Gertrude”.", "the green one", "Gertrude"),
        ("I call the left bowl the dustbin", "the left bowl", "the dustbin"),
        ("remember that this is my mug", "this", "my mug"),
    ],
)
def test_a_name_and_what_gets_it(sentence: str, thing: str, name: str) -> None:
    found = framed(sentence)
    assert found is not None and (found.frame, found.thing, found.name) == ("name", thing, name)


@pytest.mark.parametrize(
    ("sentence", "frame", "thing"),
    [
        ("always the left bowl", "prefer", "the left bowl"),
        ("from now on use the pink bowl by default", "prefer", "the pink bowl"),
        ("when I say bowl I mean the pink one", "prefer", "the pink one"),
        ("leave the blue ones to me", "leave", "the blue ones"),
        ("I'll do the yellow ones myself", "leave", "the yellow ones"),
        ("what is the red one called?", "called", "the red one"),
    ],
)
def test_preferences_and_what_is_left_to_the_person(sentence: str, frame: str, thing: str) -> None:
    found = framed(sentence)
    assert found is not None and (found.frame, found.thing) == (frame, thing)


@pytest.mark.parametrize(
    "sentence",
    [
        "put the red block in the blue bowl", "call it a day", "call it off", "call me Bob", "name the colors",
        "always put the red block in the left bowl", "leave the bowl to the left", "never mind", "this is great",
        "the block is in the bowl", "stop", "a bit to the left", "no, the green one", "always be careful",
    ],
)  # fmt: skip
def test_other_sentences_are_left_to_the_planner(sentence: str) -> None:
    assert framed(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "lasts"),
    [
        ("never stack the blocks", True), ("from now on leave the blue ones to me", True),
        ("always the left one", True),
        ("don't touch the green block", False), ("leave the blue ones to me", False), ("clever", False),
    ],
)  # fmt: skip
def test_what_is_said_for_good(sentence: str, lasts: bool) -> None:
    assert is_for_good(sentence) is lasts


def test_just_this_once_is_taken_off() -> None:
    assert this_once("Just this once, put it in") == "put it in"
    assert this_once("this time put it in") == "put it in"
    assert this_once("put it in just this once") is None and this_once("just this once") is None


@pytest.mark.parametrize(
    ("sentence", "things"), [("put it back", 1), ("put them back", 2), ("undo everything", None), ("undo", 1)]
)
def test_how_much_is_wanted_back(sentence: str, things: int | None) -> None:
    assert how_much(sentence) == things

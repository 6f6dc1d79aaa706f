"""Misspelt words are put right, words that are right stay."""

from __future__ import annotations

import pytest

from sayso.planner.language.spelling import respelt

DICTIONARY = frozenset({"the", "in", "that", "sock", "spoon", "van"})


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("put teh yellwo blok in the bolw", "put the yellow block in the bowl"),
        ("Plce the gren cube besid the sock", "Place the green cube beside the sock"),
        ("evry blok in teh boks", "every block in the box"),
        ("leav it were it is an take the blu one", "leave it where it is and take the blue one"),
    ],
)
def test_a_slip_of_a_finger_is_put_right(said: str, right: str) -> None:
    assert respelt(said, DICTIONARY.__contains__) == right


@pytest.mark.parametrize(
    "said",
    [
        "put the red block in the blue bowl",
        "ouch",
        "you cant put it there",
        "dont move it",
        "put the 'blok' in the bowl",
        "put Blok in the bowl",
        "take an apple",
        "take the spoon near the van",
        "put the zzyzx in the bowl",
    ],
)
def test_what_is_right_or_a_name_or_unlike_anything_stays(said: str) -> None:
    assert respelt(said, DICTIONARY.__contains__) == said


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("the broon block intae the yella bowl", "the brown block into the yellow bowl"),
        ("is onything atween the bowls", "is anything between the bowls"),
        ("puttin sock n spoon in th van", "puttin sock and spoon in th van"),
        ("the pink yin", "the pink one"),
    ],
)
def test_a_dialect_keeps_the_consonants(said: str, right: str) -> None:
    assert respelt(said, (DICTIONARY | {"th"}).__contains__) == right


@pytest.mark.parametrize("said", ["the blicket in the bowl", "a fanta", "the sizzler", "bring Dora"])
def test_a_name_is_no_dialect(said: str) -> None:
    assert respelt(said, DICTIONARY.__contains__) == said

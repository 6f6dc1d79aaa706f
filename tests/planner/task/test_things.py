"""Nouns of things, and what they may mean."""

from __future__ import annotations

import pytest

from sayso.perception.scene import ALL_COLORS, ALL_KINDS, COLORS, KINDS, SOMETHING
from sayso.planner.task.things import LIKE, NEW_COLORS, NOUNS, colors_meant, kind_named, kinds_meant


def test_every_kind_of_the_eyes_has_nouns() -> None:
    assert {*NOUNS, *KINDS, SOMETHING} == set(ALL_KINDS) and set(LIKE) == set(NOUNS)
    assert set(NEW_COLORS) == set(ALL_COLORS) - set(COLORS)


@pytest.mark.parametrize(
    ("words", "kind"),
    [("the tin", "can"), ("beaker", "cup"), ("two cartons", "box"), ("the red pen", "stick"), ("the block", None),
     ("a coffee mug", "mug"), ("the bowl", None), ("gizmo", None)],
)  # fmt: skip
def test_nouns_name_kinds(words: str, kind: str | None) -> None:
    assert kind_named(words) == kind


def test_a_box_may_be_a_block_where_there_is_no_box() -> None:
    kinds = kinds_meant("box", {"block": 0.9, "bowl": 0.05, "other": 0.05})
    assert kinds["box"] == 1.0 and 0.25 < kinds["block"] < 0.5


def test_the_words_of_blocks_and_bowls_stay() -> None:
    read = {"block": 0.9, "bowl": 0.05, "other": 0.05}
    assert kinds_meant("the cube", read) == read


def test_an_unknown_noun_may_be_something_without_a_name() -> None:
    assert kinds_meant("gizmo", {"block": 0.1, "other": 0.9})[SOMETHING] > 0.5


def test_white_is_white() -> None:
    assert colors_meant("the white cup", {"gray": 0.3, "other": 0.7})["white"] == 1.0
    assert colors_meant("the red cup", {"red": 0.9}) == {"red": 0.9}

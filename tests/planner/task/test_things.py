"""The words of the scene's kinds and colors."""

from __future__ import annotations

import pytest

from sayso.perception.scene import ALL_COLORS, ALL_KINDS, SOMETHING
from sayso.planner.task.symbols import in_words
from sayso.planner.task.things import (
    ANY,
    COLOR_NAMES,
    LIKE,
    NOUNS,
    OTHER,
    colors_meant,
    kind_named,
    kinds_meant,
)


def test_every_kind_and_color_of_the_eyes_has_words() -> None:
    assert {*NOUNS, SOMETHING} == {*ALL_KINDS, ANY} and set(LIKE) < set(NOUNS)
    assert set(COLOR_NAMES) == set(ALL_COLORS)


@pytest.mark.parametrize(
    ("words", "kind"),
    [("the tin", "can"), ("beaker", "cup"), ("two cartons", "box"), ("the red pen", "stick"), ("the block", "block"),
     ("a coffee mug", "mug"), ("salad bowl", "bowl"), ("cubes", "block"), ("bolw", "bowl"), ("blok", "block"),
     ("blcok", "block"), ("bowwl", "bowl"), ("gizmo", None), ("tube", None), ("clock", None), ("bow", None),
     ("sauce", None), ("bit", None)],
)  # fmt: skip
def test_nouns_name_kinds_also_misspelt(words: str, kind: str | None) -> None:
    assert kind_named(words) == kind


def test_a_box_may_be_a_block_where_there_is_no_box() -> None:
    kinds = kinds_meant("box")
    assert kinds["box"] == 1.0 and 0.25 < kinds["block"] < 0.5


def test_a_thing_is_of_any_kind() -> None:
    assert kinds_meant("thing") == {ANY: 1.0}


def test_an_unknown_noun_may_be_something_without_a_name() -> None:
    assert kinds_meant("gizmo")[SOMETHING] > 0.5 and kinds_meant("gizmo")[OTHER] == 1.0


@pytest.mark.parametrize(
    ("words", "color"),
    [("red", "red"), ("grey", "gray"), ("light blue", "cyan"), ("navy blue", "blue"), ("reddish", "red"),
     ("purplish", "purple"), ("bleu", "blue"), ("yelow", "yellow"), ("oragne", "orange"), ("mint green", "green"),
     ("white", "white"), ("cherry red", "red"), ("striped", None)],
)  # fmt: skip
def test_words_of_colors(words: str, color: str | None) -> None:
    found = colors_meant(words)
    assert max(found, key=lambda name: found[name]) == (color or OTHER)


@pytest.mark.parametrize(
    ("text", "said"),
    [("put the 🟥 in the 🔵 bowl", "put the red block in the blue bowl"), ("put it there 🙏", "put it there"),
     ("🛑", "stop"), ("🥣", "bowl"), ("left 👍🏽 ❤️ ☺", "left"), ("turn it 30°", "turn it 30°"), ("plain", "plain"),
     ("naïve", "naïve")],
)  # fmt: skip
def test_signs_become_words_of_the_scene_or_nothing(text: str, said: str) -> None:
    assert in_words(text) == said

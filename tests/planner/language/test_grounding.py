"""Which things a mention fits, and by what name a thing is told from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.planner.language.grounding import absent, fitting, listed, names, probability, several, the
from sayso.planner.language.reading import TABLE as TABLE_KIND
from sayso.planner.language.reading import Side
from sayso.planner.plan import Question
from tests.planner.language.said import say
from tests.planner.local_scenes import TABLE, scene, thing

RED, GREEN = TABLE.objects[:2]
ROW = [thing("red block 1", 0.4, 0.2), thing("red block 2", 0.5, 0.0), thing("red block 3", 0.3, -0.2)]


def test_a_mention_fits_by_kind_times_color() -> None:
    assert probability(say("red block"), RED) == 1.0
    assert probability(say("red bowl"), RED) == probability(say("green block"), RED) == 0.0
    assert probability(say("any any"), RED) == 1.0
    half = replace(RED, colors={"red": 0.5, "pink": 0.5}, kinds={"block": 0.8, "bowl": 0.2})
    assert probability(say("red block"), half) == pytest.approx(0.4)


def test_what_is_hardly_probable_fits_only_where_nothing_fits_better() -> None:
    doubtful = replace(GREEN, colors={"red": 0.4, "green": 0.6})
    assert fitting(say("red block"), [RED, doubtful]) == [RED]
    assert fitting(say("red block"), [doubtful]) == [doubtful]
    assert fitting(say("red block"), [replace(GREEN, colors={"red": 0.2, "green": 0.8})]) == []
    assert fitting(say("red block"), []) == []


@pytest.mark.parametrize(
    ("side", "number"), [(Side.LEFT, 1), (Side.RIGHT, 3), (Side.NEAR, 3), (Side.FAR, 2), (Side.NONE, None)]
)
def test_the_one_that_stands_out_on_its_side_is_meant(side: Side, number: int | None) -> None:
    found = fitting(say("red block", side=side), ROW)
    assert found == (ROW if number is None else [ROW[number - 1]])


def test_the_large_one_is_the_largest_and_the_small_one_the_smallest() -> None:
    large = replace(ROW[1], size=1.5 * ROW[1].size)
    row = [ROW[0], large, replace(ROW[2], size=0.5 * ROW[2].size)]
    assert fitting(say("red block", side=Side.LARGE), row) == [large]
    assert fitting(say("red block", side=Side.SMALL), row) == [row[2]]


def test_nothing_stands_out_where_nothing_fits() -> None:
    assert fitting(say("blue block", side=Side.LEFT), ROW) == []


def test_things_alike_are_named_by_where_they_stand() -> None:
    assert names(TABLE.objects[:2]) == ("red block", "green block")
    assert names(ROW) == ("left red block", "farthest red block", "right red block")
    assert names([ROW[0], thing("red block 4", 0.6, 0.1), ROW[1], thing("red block 5", 0.1, -0.1), ROW[2]]) == (
        "left red block", "farthest red block", "red block", "nearest red block", "right red block",
    )  # fmt: skip


def test_words_are_listed_as_people_do() -> None:
    assert listed([]) == "" and listed(["a"]) == "a" and listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert the([RED, GREEN]) == "the red block and the green block"


def text(mention: object, *things: object) -> str:
    answer = absent(mention, scene(RED), things).answer  # type: ignore[arg-type]
    assert isinstance(answer, Question)
    return answer.text


def test_what_is_absent_is_asked_about_with_what_could_be_meant() -> None:
    assert text(say("blue block"), RED) == "I see no blue block; I see the red block. Which one do you mean?"
    assert text(say("blue block")) == "I see no blue block; I see the red block.", "nothing could be meant"
    table = text(say(f"any {TABLE_KIND}"), RED)
    assert table == "I need a place on the table: to the left or right of, in front of or behind what?"


@pytest.mark.parametrize(
    ("words", "plain"), [("the red one", "red one"), ("any of the blocks", "blocks"), ("That", "That"), ("all", "all")]
)
def test_articles_are_left_out_of_a_question(words: str, plain: str) -> None:
    answer = several(replace(say("red block"), text=words), ROW[:2]).answer
    assert answer == Question(
        f"Which {plain} do you mean: the left red block or the right red block?",
        ("left red block", "right red block"),
    )

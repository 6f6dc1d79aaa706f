"""Raised voices: a sentence that is not understood stops, what is understood as praise or going on does not."""

from __future__ import annotations

import json

import pytest

from sayso.bench.language.negated import FOLDER, judge, load
from sayso.model_store import PACKAGED
from sayso.planner.corrections.correction import URGENT
from sayso.planner.corrections.stops.cries import is_caught
from sayso.planner.corrections.stops.urgency import is_raised, is_repeated
from sayso.planner.corrections.text import is_stop, tokens
from tests.planner.corrections.reading import read

EXCITED = FOLDER / "excited.json"


def test_of_sixty_cries_all_stop_and_of_sixty_cheers_few() -> None:
    records = [(e.group, judge(e, PACKAGED)) for e in load(EXCITED)]
    missed = [r["text"] for group, r in records if group == "cry" and r["verdict"] != "right"]
    needless = [r["text"] for group, r in records if group == "excited" and r["verdict"] == "wrong"]
    assert missed == [] and len(needless) <= 6, needless
    assert [group for group, _ in records].count("cry") == 60 == len(records) // 2
    assert len({e["text"] for e in json.loads(EXCITED.read_text())}) == 120


@pytest.mark.parametrize(
    "text", ["the glorp!", "THE GLORP", "the glorp the glorp", "your glorp, Ann, your glorp", "its got me tie"]
)
def test_a_voice_is_raised_by_marks_by_saying_twice_and_by_what_is_caught(text: str) -> None:
    assert is_raised(text, tokens(text))
    assert read(text).level == "stop"


@pytest.mark.parametrize("text", ["the glorp", "back to back", "step by step", "faster faster", "so so", "NO, I am"])
def test_a_voice_is_not_raised_by_what_is_said_in_passing(text: str) -> None:
    assert not is_raised(text, tokens(text))


def test_words_between_two_of_a_phrase_are_few() -> None:
    assert is_repeated(["your", "fingers", ",", "love", ",", "your", "fingers"])
    assert not is_repeated(["the", "lamp", "one", "two", "three", "four", "five", "six", "the", "lamp"])


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("it's got me cardigan", True), ("cuff's in the gripper", True), ("it is wrapping the wire", True),
        ("it took hold of her plait", True), ("the curtain is tangled", True), ("my sleeve it pulls", True),
        ("I have got a new tie", False), ("the towel is not caught", False), ("nobody has got my tie", False),
        ("fingers in the way", True), ("her sleeve is still in your path", True), ("hand in the way", True),
        ("no fingers in the way", False), ("your elbow is in the way", False), ("the arm is in the way of it", False),
        ("the scarf is from my sister", False), ("your wrist is in the way of the lamp", False),
    ],
)  # fmt: skip
def test_what_is_soft_is_caught_by_something_or_in_the_machine(text: str, caught: bool) -> None:
    assert is_caught(tokens(text)) == caught


def test_such_a_stop_says_why_and_how_to_go_on() -> None:
    found = read("the cream, the cream, everything is coming down")
    assert found.level == "stop" and "say go on" in found.read_as
    assert (read("the glorp, the glorp").level, read("the glorp, the glorp").read_as) == ("stop", URGENT)


@pytest.mark.parametrize(
    "text",
    ["no no, good good, so continue", "no no good good so continue", "lovely, keep it coming!",
     "steady as she goes, well done"],
)  # fmt: skip
def test_praise_with_going_on_goes_on(text: str) -> None:
    assert read(text).level == "resume"


@pytest.mark.parametrize("text", ["not like that, go on", "don't continue", "not good, the tie!"])
def test_a_refusal_without_praise_does_not(text: str) -> None:
    assert read(text).level in ("stop", "ask")


@pytest.mark.parametrize(
    "text",
    ["Bravo! Bravo!", "what a match, what a match!", "she got married in Leeds, you know", "that's a lovely grip!"],
)
def test_praise_and_small_talk_are_remarks(text: str) -> None:
    assert read(text).level == "remark"


@pytest.mark.parametrize(
    "text", ["up a bit, and none of that", "left? Who said left?", "they told me lower", "if it slips, grip harder"]
)
def test_what_may_be_an_order_is_no_remark(text: str) -> None:
    found = read(text)
    asked = found.level in ("ask", "unknown", "stop", "motion", "remark")
    assert asked or (found.instruction or "").startswith(("if(", "once(")), found


@pytest.mark.parametrize(
    "text", ["Get away, you never won the raffle twice!", "abort if it goes over 2 mm, otherwise disregard"]
)
def test_no_stop_is_made_of_a_word_that_begins_like_one(text: str) -> None:
    assert read(text).level != "stop"


def test_only_a_sure_stop_is_one_without_a_model() -> None:
    assert not is_stop("my sleeve is wet from the rain, you know", sure=True)
    assert is_stop("my sleeve is wet from the rain, you know")
    assert is_stop("stop", sure=True) and is_stop("ouch, my thumb", sure=True)

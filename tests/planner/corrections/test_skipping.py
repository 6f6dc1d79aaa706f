"""A thing of the plan is left out by its number, the others are done."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.skipping import read_skip
from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.local_scenes import TABLE


def put(name: str) -> tuple[Subtask, Subtask]:
    return Subtask(Verb.PICK, name, name), Subtask(Verb.PLACE, name, name, Relation.IN, "blue bowl", "blue bowl")


RED, GREEN, BLUE = put("red block"), put("green block"), put("blue block")
ALL = (*RED, *GREEN, *BLUE)


def left(text: str, done: int = 0) -> str:
    found = read_skip(text, ALL[:done], ALL[done:], TABLE)
    assert found is not None and found.level == "goal", found
    return found.read_as


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("skip the second one", "red, blue"), ("please leave the third one out", "red, green"),
        ("ok, don't do the first thing", "green, blue"), ("leave out the last one, please", "red, green"),
        ("skip the next one", "red, blue"), ("forget about the second one for now", "red, blue"),
    ],
)  # fmt: skip
def test_the_thing_with_that_number_is_left_out(text: str, names: str) -> None:
    put_them = [f"put the {name} block in the blue bowl" for name in names.split(", ")]
    assert left(text) == ", then ".join(put_them)


def test_what_is_done_already_counts() -> None:
    assert left("skip the second one", done=2) == "put the blue block in the blue bowl"
    assert left("skip the next one", done=2) == "put the green block in the blue bowl"
    assert (
        left("skip the next one", done=1)
        == "put the red block in the blue bowl, then put the blue block in the blue bowl"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("skip the first one", "the first one is the red block, which is done already"),
        ("skip the fourth one", "there is no fourth one: I have only 2 things to do"),
    ],
)
def test_a_number_that_is_not_left_is_said(text: str, told: str) -> None:
    found = read_skip(text, ALL[:2], ALL[2:], TABLE)
    assert found is not None and (found.level, found.read_as) == ("ask", told)


@pytest.mark.parametrize(
    "text",
    [
        "skip it",
        "the second one",
        "drop the second one",
        "take the second one instead",
        "skip the second one from the left",
    ],
)
def test_other_words_leave_nothing_out(text: str) -> None:
    assert read_skip(text, (), ALL, TABLE) is None


# Steps of the arm alone --------------------------------------------------------------------------------------------

POINT = Subtask(Verb.POINT, "", "", reference_id="green block", reference_name="green block")
HOME = Subtask(Verb.GO, "", "", place_name="home")
PUT_RED, POINTS, GOES = "put the red block in the blue bowl", "point at the green block", "go home"


@pytest.mark.parametrize("begun", [0, 1])
@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("skip the pointing", [PUT_RED, GOES]), ("leave out the pointing", [PUT_RED, GOES]),
        ("leave the pointing out, please", [PUT_RED, GOES]), ("don't point at the green block", [PUT_RED, GOES]),
        ("don't go home at the end", [PUT_RED, POINTS]), ("actually don't go home", [PUT_RED, POINTS]),
        ("you don't need to go home afterwards", [PUT_RED, POINTS]), ("skip going home", [PUT_RED, POINTS]),
    ],
)  # fmt: skip
def test_a_later_step_of_the_arm_alone_is_left_out_and_the_rest_goes_on(text: str, rest: list[str], begun: int) -> None:
    found = read_skip(text, RED[:begun], (*RED[begun:], POINT, HOME), TABLE)
    assert found is not None and (found.level, found.read_as) == ("goal", ", then ".join(rest))


def test_where_nothing_else_is_left_the_arm_stops() -> None:
    found = read_skip("don't go home", (*RED, POINT), (HOME,), TABLE)
    assert found is not None and found.level == "stop"


@pytest.mark.parametrize(
    "text", ["don't", "don't move", "don't go home yet", "go home", "point", "don't point at the yellow block"]
)
def test_what_may_be_another_wish_leaves_no_step_out(text: str) -> None:
    assert read_skip(text, (), (*RED, POINT, HOME), TABLE) is None


def test_what_cannot_be_said_as_a_task_is_not_lost() -> None:
    over = Subtask(Verb.OVER, "", "", point=(0.4, 0.2), place_name="the left side")
    found = read_skip("don't go home", (), (*RED, over, HOME), TABLE)
    assert found is not None and found.level == "ask" and "say the whole instruction" in found.read_as

"""Last steps of the arm alone, and waits in the middle: the robot loses nothing before them or after them."""

from __future__ import annotations

import pytest

from sayso.bench.language.negated import SCENE
from sayso.model_store import PACKAGED
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan
from sayso.planner.reader.orders.tails import homeward, tail_of
from sayso.planner.reader.orders.waits import around_wait
from sayso.planner.task.text import parse, write

PLANNER = LocalPlanner(PACKAGED)
PUT = "put the red block in the blue bowl"
PUTS = ["pick up the red block", PUT]


def planned(text: str) -> list[str]:
    answer = PLANNER.plan(text, SCENE)
    assert isinstance(answer, Plan), answer
    return [str(step) for step in answer.subtasks]


@pytest.mark.parametrize(
    "tail",
    [
        "and go home", "and then go home", ", then go back home", ", and after that you can go home again",
        ", then home you go", "and then get out of the way", "and return to your home position",
    ],
)  # fmt: skip
def test_the_arm_goes_home_in_the_end(tail: str) -> None:
    assert planned(f"{PUT}{'' if tail[0] == ',' else ' '}{tail}") == [*PUTS, "go home"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PUT} and open your hand", [*PUTS, "open the gripper"]),
        ("pick up the red block and go home", ["pick up the red block", "go home"]),
        ("close the gripper and then go home", ["close the gripper", "go home"]),
        ("go to your rest position", ["lie down"]), (f"{PUT} and lie down", [*PUTS, "lie down"]),
        ("go to the red block", ["move the hand over to the red block"]),
        ("can you show me where the blue bowl is?", ["point at the blue bowl"]),
        ("pick up the red block, wait till I say 'now', then hand it to me",
         ["pick up the red block", "wait until you say now"]),
        ("take the red block and wait until I tell you, and then put it in the blue bowl",
         ["pick up the red block", "wait until you tell me"]),
        (f"{PUT}, wait till I say now, then go home", [*PUTS, "wait until you say now"]),
        (f"wait until I say go, then {PUT}", ["wait until you say go"]),
        (f"{PUT}, but wait until I say so", ["wait until you say so"]),
    ],
)  # fmt: skip
def test_a_sentence_is_planned_from_its_first_step_to_its_last(text: str, wanted: list[str]) -> None:
    assert planned(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "go home", "take the red block home", "put it where it was", "don't go home", f"{PUT} before you go home",
        "put the red block at home", "open your hand", "the red block should go home",
    ],
)  # fmt: skip
def test_what_is_no_last_step_is_left_to_the_reader(text: str) -> None:
    assert tail_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"wait 5 seconds, then {PUT}", f"{PUT}, but wait until I say so, then go home", f"don't wait for me, {PUT}",
        f"{PUT} and wait until I come", f"if I say go, {PUT}", f"when I put my cup down, wait for me and {PUT}",
    ],
)  # fmt: skip
def test_a_wait_that_stands_first_or_last_is_left_to_the_reader(text: str) -> None:
    assert around_wait(text) == ()


def test_home_is_home_and_rest_is_rest() -> None:
    for said, value, wanted in (
        ("go home", "go(rest)", "go(home)"), ("put it there and go home", "seq(put(it, here), go(rest))", None),
        ("go home and have a rest", "go(rest)", "go(rest)"), ("lie down", "go(rest)", "go(rest)"),
    ):  # fmt: skip
        assert write(homeward(said, parse(value))) == (wanted or value.replace("rest", "home"))

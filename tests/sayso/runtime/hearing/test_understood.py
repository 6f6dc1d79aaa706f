"""What was understood is said in one line, in the first person."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.correction import URGENT, Correction
from sayso.planner.plan import Question, Relation, Subtask, Verb
from sayso.runtime.hearing.command_queue import MAX_WAITING, CommandQueue
from sayso.runtime.hearing.understood import (
    HELD,
    NOBODY,
    UNREAD,
    Reply,
    Understood,
    asked,
    motion_in_words,
    obeyed,
    planned,
    ruled,
)
from sayso.skills.motion import parse


@pytest.mark.parametrize(
    ("motion", "words"),
    [
        ("move arm slightly left", "move to the left a bit"),
        ("move arm far up and back", "move up far and back"),
        ("move arm forward and rotate gripper right slowly", "move forward and turn the gripper to the right slowly"),
        ("tilt gripper slightly down", "tilt the gripper down a bit"),
        ("move arm toward the left red block", "move toward the left red block"),
        ("open gripper", "open the gripper"),
        ("hold still", "hold still"),
    ],
)
def test_a_motion_is_said_as_people_say_it(motion: str, words: str) -> None:
    assert motion_in_words(parse(motion)) == words


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction("", "stop", "stop"), HELD),
        (Correction("", "stop", URGENT), URGENT),
        (Correction("", "resume", "go on"), "I go on"),
        (Correction("", "resume", "the red block, as it is"), "I go on: the red block, as it is"),
        (Correction("", "subtask", "the green block instead of the red block"),
         "I take the green block instead of the red block"),
        (Correction("", "motion", "", parse("move arm left")), "I move to the left"),
        (Correction("", "unknown", "not understood"), "not understood"),
    ],
)  # fmt: skip
def test_what_is_obeyed_is_said_in_the_first_person(correction: Correction, words: str) -> None:
    assert obeyed(correction) == words


def test_a_plan_is_said_without_the_picks_that_go_without_saying() -> None:
    steps = [Subtask(Verb.PICK, "r", "red block"), Subtask(Verb.PLACE, "r", "red block", Relation.IN, "b", "blue bowl")]
    assert planned(steps) == "I put the red block in the blue bowl"
    assert planned(steps[:1]) == "I pick up the red block" and planned([]) == "that is done already"
    many = [Subtask(Verb.PICK, str(n), f"block {n}") for n in range(6)]
    assert planned(many).endswith("then pick up the block 3 and 2 more")


def test_a_question_has_its_options_numbered() -> None:
    assert asked(Question("Which?", ("red", "green"))) == "Which? [1 red, 2 green]"
    assert asked(Question("What shall I do?")) == "What shall I do?"


def test_a_reply_that_nobody_gives_says_so() -> None:
    assert Reply().wait("left", 0) == Understood("left", "said", UNREAD)


def test_a_phrase_that_nobody_will_read_is_answered_at_once() -> None:
    queue = CommandQueue()
    first = queue.say("one")
    rest = [queue.say("more") for _ in range(MAX_WAITING)]
    assert first.wait("one", 0) == Understood("one", "nobody", NOBODY), "the newest phrases are kept"
    assert rest[0].wait("more", 0).level == "said"
    queue.clear()
    assert not rest[0].wait("more", 0) and not queue.spoken


def test_a_rule_is_answered_with_what_the_robot_does_about_it() -> None:
    assert ruled("rule(untouched(the(block, color(yellow))))") == "I leave the yellow block alone"
    assert ruled("rule(at_pace(slow))").startswith("I keep to that: ")

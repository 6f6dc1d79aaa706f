# ruff: noqa: E501  # a case is a line
"""The learned reader as a second opinion on a correction, and what each meaning comes to."""

from __future__ import annotations

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.corrections.heard import Hearing, doing
from sayso.planner.corrections.reader import URGENT, Correction, Level, read_correction
from sayso.planner.corrections.second_opinion import SecondOpinion
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.text import parse, write
from sayso.skills.motion import parse as motion
from tests.planner.local_scenes import TABLE

PLANNER = LocalPlanner(PACKAGED)
SECOND = SecondOpinion(PLANNER.reader, PLANNER.words)
PICK = Subtask(Verb.PICK, "red block", "red block")
PUT = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")


def opinion(text: str, level: Level = "unknown") -> Correction:
    return SECOND.on(Correction(text, level, "by the grammar"), TABLE, (PICK, PUT), current=motion("move arm forward"))


def come_to(meaning: str) -> Correction:
    words = PLANNER.words
    hearing = Hearing("x", TABLE, (PICK, PUT), motion("move arm forward"), 0.0, words.kinds, words.colors)
    return hearing.read(parse(meaning))


def test_what_the_grammar_cannot_read_is_read() -> None:
    assert opinion("a bit to the left").read_as == "move arm slightly left"


def test_the_grammar_and_the_reader_agree() -> None:
    found = Correction("a bit to the left", "motion", "by the grammar", motion("move arm slightly left"))
    assert SECOND.on(found, TABLE, (PICK, PUT)) == found


@pytest.mark.parametrize("level", ["unknown", "ask", "remark", "motion", "goal"])
def test_a_stop_overrules_everything(level: Level) -> None:
    assert opinion("stop stop stop", level).level == "stop"


@pytest.mark.parametrize("text", ["go left only if there is room", "left or right", "if it slips, open the gripper"])
def test_what_the_rules_doubt_stays_a_question(text: str) -> None:
    found = opinion(text, "ask")
    assert found.level in ("ask", "stop") or (found.instruction or "").startswith("if(event("), "the planner asks then"


@pytest.mark.parametrize("text", ["stop", "no! a bit to the left, stop!"])
def test_a_plain_stop_stands(text: str) -> None:
    assert opinion(text, "stop").level == "stop"


def test_a_stop_that_only_the_grammar_hears_gives_way_to_a_certain_order() -> None:
    assert opinion("a bit to the left", "stop").level == "motion"


def test_what_neither_reads_stays_open() -> None:
    assert opinion("glorp the zib frum").level == "unknown"


@pytest.mark.parametrize(
    ("meaning", "level", "read_as"),
    [
        ("stop", "stop", "stop"), ("go_on", "resume", "go on"),
        ("move(way(left, by=little), way(up))", "motion", "move arm up and slightly left"),
        ("move(way(left, by=cm(2)))", "motion", "move arm slightly left"),
        ("move(way(left), way(right))", "ask", "those are opposite directions at once; say one"),
        ("approach(the(bowl, color(pink)))", "motion", "move arm toward the pink bowl"),
        ("retreat(the(bowl, color(pink)))", "motion", "move arm away from the pink bowl"),
        ("gripper(close)", "motion", "close gripper"), ("speed(faster)", "motion", "faster"),
        ("again", "motion", "move arm forward"), ("undo", "motion", "move arm back"), ("hold(it)", "motion", "hold still"),
        ("instead(the(thing, color(green)))", "subtask", "the green block instead of the red block"),
        ("instead(the(bowl, color(pink)))", "subtask", "the pink bowl instead of the blue bowl"),
        ("instead(the(block, color(red)))", "resume", "the red block, as it is"),
        ("instead_at(in(the(thing, color(pink))))", "goal", "put the red block in the pink bowl"),
        ("also(again(thing=the(block, color(green))))", "goal",
         "put the red block in the blue bowl, then put the green block in the blue bowl"),
        ("first(pick(the(block, color(green))))", "goal",
         "pick up the green block, then put the red block in the blue bowl"),
        ("rule(untouched(the(block, color(green))))", "goal",
         "put the red block in the blue bowl; never touch the green block"),
        ("drop(the(block, color(red)))", "stop", "stop: nothing is left to do"),
        ("skip", "stop", "stop: nothing is left to do"),
        ("put(it, on(the(block, color(green))))", "goal", "put the red block on the green block"),
        ("remark", "remark", "a remark: nothing to do"), ("ask(doing)", "remark", "I pick up the red block; I go on"),
        ('unable("dance")', "unknown", "I cannot do that while I move: 'dance'"),
    ],
)  # fmt: skip
def test_what_each_meaning_comes_to(meaning: str, level: str, read_as: str) -> None:
    found = come_to(meaning)
    assert (found.level, found.read_as) == (level, read_as)


def test_a_new_goal_is_a_task_that_the_planner_reads_as_it_is() -> None:
    found = come_to("instead_at(in(the(thing, color(pink))))")
    assert found.instruction is not None
    plan = PLANNER.plan(found.instruction, TABLE)
    assert [str(s) for s in plan.subtasks] == ["pick up the red block", "put the red block in the pink bowl"]  # type: ignore[union-attr]


def test_what_is_done_is_a_task() -> None:
    task = doing((PICK, PUT), TABLE)
    assert task is not None
    assert write(task) == "put(the(block, color(red)), in(the(bowl, color(blue))))"


@pytest.mark.parametrize(
    ("said", "is_own"),
    [
        ("hand me the red block", True),
        ("put the red block in the blue bowl unless it is already there", True),
        ("how many blocks are in the blue bowl?", True),
        ("put it in the blue bowl", False),
        ("the one next to the bowl", False),
        ("no, the green one", False),
        ("why?", False),
        ("the purple whale sings", False),
        ("don't touch the green block", False),
    ],
)
def test_what_is_an_instruction_by_itself(said: str, is_own: bool) -> None:
    assert SecondOpinion(PLANNER.reader, PLANNER.words).instructs(said) is is_own


@pytest.mark.parametrize("text", ["where is the mug?", "where is my mug?", "who are you?", "what can you do for me?"])
def test_a_plain_question_is_no_stop(text: str) -> None:
    assert opinion(text).level != "stop"
    assert SECOND.on(Correction(text, "stop", URGENT), TABLE, (PICK, PUT)).level != "stop"


@pytest.mark.parametrize("text", ["where is the stop button, stop!", "what are you doing, stop", "who is screaming?"])
def test_a_question_with_a_stop_word_or_a_cry_is_one(text: str) -> None:
    found = read_correction(text, TABLE, PICK)
    assert found.level == "stop" and SECOND.on(found, TABLE, (PICK, PUT)).level == "stop"


@pytest.mark.parametrize(("text", "spoken", "level"), [
    ("put it back", True, "goal"), ("put it back", False, "goal"), ("undo that", False, "goal"),
    ("undo that", True, "motion"),
])  # fmt: skip
def test_what_is_put_back_is_a_thing_unless_a_spoken_motion_is_undone(text: str, spoken: bool, level: str) -> None:
    found = read_correction(text, TABLE, PICK)
    forward = motion("move arm forward")
    read = SECOND.on(found, TABLE, (PICK, PUT), current=forward, spoken=spoken)
    assert (read.level, read.instruction) == (level, "undo" if level == "goal" else None)

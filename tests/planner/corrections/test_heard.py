# ruff: noqa: E501  # a case is a line
"""What each meaning of a correction comes to, and what the reader does with words that nobody knows."""

from __future__ import annotations

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.as_task import doing
from sayso.planner.corrections.correction import NOTHING_LEFT, Correction
from sayso.planner.corrections.heard import Heard, Hearing
from sayso.planner.corrections.reader import CorrectionReader, weighed
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.task.text import parse, write
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.runtime.hearing.understood import obeyed
from sayso.skills.motion import parse as motion
from tests.planner.local_scenes import TABLE

PLANNER = LocalPlanner(PACKAGED)
READER = CorrectionReader(PLANNER.reader)
PICK = Subtask(Verb.PICK, "red block", "red block")
PUT = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")


def read(text: str) -> Correction:
    return READER.read(text, TABLE, (PICK, PUT), current=motion("move arm forward"))


def come_to(meaning: str) -> Correction:
    hearing = Hearing("x", TABLE, (PICK, PUT), motion("move arm forward"), 0.0, kinds_meant, colors_meant)
    return hearing.read(parse(meaning))


@pytest.mark.parametrize(("degrees", "said"), [(10.0, "right by 10°"), (-90.0, "left by 90°")])
def test_a_turn_is_as_far_as_was_said(degrees: float, said: str) -> None:
    assert said in obeyed(come_to(f"turn(it, degrees={degrees:g})"))


@pytest.mark.parametrize(
    "meanings",
    [
        ("also(again(thing=the(block, color(green))))", "also(again(thing=all(block, color(green))))"),
        ("instead_at(beside(the(bowl, color(blue))))", "put(the(block, color(red)), beside(the(bowl, color(blue))))"),
        ("speed(slower)", "speed(slow)", "rule(at_pace(slow))"),
        ("move(way(left))", "first(move(way(left)))"),
        ('wait(event("I say so"))', 'first(wait(event("I say so")))'),
    ],
)
def test_meanings_that_make_the_arm_do_the_same_add_up(meanings: tuple[str, ...]) -> None:
    hearing = Hearing("x", TABLE, (PICK, PUT), motion("move arm forward"), 0.0, kinds_meant, colors_meant)
    other = Meaning(parse("drop(the(block, color(red)))"), 0.2)
    likely = hearing.likely([*(Meaning(parse(m), 0.25) for m in meanings), other])
    assert [round(one.probability, 2) for one in likely] == [0.25 * len(meanings), 0.2]
    assert likely[0].meaning == parse(meanings[0])


@pytest.mark.parametrize(
    "meanings",
    [
        tuple(
            f'once(event("I say so"), put(the(block, color({c})), in(the(bowl, color(pink)))))'
            for c in ("red", "green")
        ),
        ("pick(the(block, color(green)))", 'until(event("I say so"), pick(the(block, color(green))))'),
        ("also(again(thing=the(block, color(green))))", "also(again(thing=the(block, color(yellow))))"),
        ("speed(slower)", "speed(faster)", "speed(normal)"),
    ],
)
def test_meanings_of_which_one_does_more_or_otherwise_stay_apart(meanings: tuple[str, ...]) -> None:
    hearing = Hearing("x", TABLE, (PICK, PUT), motion("move arm forward"), 0.0, kinds_meant, colors_meant)
    likely = hearing.likely([Meaning(parse(m), 0.25) for m in meanings])
    assert [one.meaning for one in likely] == [parse(m) for m in meanings]


@pytest.mark.parametrize(("text", "hesitates"), [("perhaps green", True), ("perhaps left", False)])
def test_the_arm_stands_for_a_question_of_what_is_meant(text: str, hesitates: bool) -> None:
    red, green = (come_to(f"instead(the(block, color({c})))") for c in ("red", "green"))
    acts = [red, green] if hesitates else [come_to("move(way(left))")] * 2
    heard = [Heard(0.4, parse("remark"), c) for c in acts]
    assert weighed(text, heard).hesitates is hesitates


@pytest.mark.parametrize("text", ["go left only if there is room", "left or right", "if it slips, open the gripper"])
def test_what_is_doubted_stays_a_question(text: str) -> None:
    found = read(text)
    assert found.level in ("ask", "unknown", "stop") or (found.instruction or "").startswith("if(event("), found


@pytest.mark.parametrize("text", ["glorp the zib frum", "grommit the flarp"])
def test_words_that_nobody_knows_stop_nothing_and_are_asked_about(text: str) -> None:
    assert read(text).level in ("unknown", "ask")


@pytest.mark.parametrize("text", ["BLORP!", "Frobnicate!!", "the glorp, the glorp"])
def test_the_same_in_a_raised_voice_is_a_stop(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize("text", ["in a wider sweep", "in a straight line", "with a longer reach", "please in one go"])
def test_a_manner_that_the_arm_does_not_have_is_no_remark(text: str) -> None:
    assert read(text).level in ("unknown", "ask")


@pytest.mark.parametrize(("text", "pace"), [("half speed", 0.5), ("twice as slow", 0.5), ("with more care", 0.5)])
def test_an_exact_speed_is_read_by_its_words(text: str, pace: float) -> None:
    found = read(text).pace
    assert found is not None and found.after(1.0) == pace


@pytest.mark.parametrize("text", ["pur it on my hnad", "drop it on her fingr", "stbab him in the eye"])
def test_a_misspelt_hazard_is_no_order(text: str) -> None:
    found = read(text)
    assert found.level in ("stop", "unknown"), found


@pytest.mark.parametrize(
    ("text", "level", "read_as"),
    [
        ("no, the 🟩", "subtask", "the green block instead of the red block"), ("🛑", "stop", "stop"),
        ("a bit to the left 🙏", "motion", "move arm slightly left"), ("up 5 cm 👍🏽", "motion", "move arm up"),
        ("turn it 30°", "ask", None),
    ],
)  # fmt: skip
def test_signs_are_read_as_what_they_show(text: str, level: str, read_as: str | None) -> None:
    found = read(text)
    assert found.level == level and read_as in (None, found.read_as)


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
        ("drop(the(block, color(red)))", "stop", NOTHING_LEFT),
        ("skip", "stop", NOTHING_LEFT),
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
    "text",
    ["where is the mug?", "where is my mug?", "who are you?", "what can you do for me?"],
)
def test_a_plain_question_is_no_stop(text: str) -> None:
    assert read(text).level != "stop"


@pytest.mark.parametrize("text", ["where is the stop button, stop!", "what are you doing, stop", "who is screaming?"])
def test_a_question_with_a_stop_word_or_a_cry_is_one(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize(("text", "spoken", "level"), [
    ("put it back", True, "goal"), ("put it back", False, "goal"), ("undo that", False, "goal"),
    ("undo that", True, "motion"),
])  # fmt: skip
def test_what_is_put_back_is_a_thing_unless_a_spoken_motion_is_undone(text: str, spoken: bool, level: str) -> None:
    found = READER.read(text, TABLE, (PICK, PUT), current=motion("move arm forward"), spoken=spoken)
    assert (found.level, found.instruction) == (level, "undo" if level == "goal" else None)


def test_the_other_bowl_is_none_that_is_in_use() -> None:
    told = come_to("instead_at(in(the(bowl, other)))")
    assert told.level == "goal" and told.read_as == "put the red block in the pink bowl"


@pytest.mark.parametrize("meaning", ["instead(the(block, other))", "instead(the(thing, other))"])
def test_which_other_one_is_a_question_that_the_arm_stands_still_for(meaning: str) -> None:
    found = come_to(meaning)
    assert found.level == "ask" and found.holds is not None and found.holds.text == found.read_as
    assert found.holds.options == ("green block", "blue block", "yellow block")
    for option, answer in zip(found.holds.options, found.holds.answers, strict=True):
        plan = PLANNER.plan(answer, TABLE)
        assert str(plan.subtasks[-1]) == f"put the {option} in the blue bowl", plan  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["skip the second one", "skip the last one"])
def test_which_step_is_the_second_one_is_asked(text: str) -> None:
    hearing = Hearing(text, TABLE, (PICK, PUT), None, 0.0, kinds_meant, colors_meant)
    found = hearing.read(parse("skip"))
    assert found.level == "ask" and found.read_as.startswith(f"which is the {text.split()[2]} one: the red block?")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("set the speed to 60 percent", 0.6),
        ("go 20% slower", 0.8),
        ("reduce the speed by 30 %", 0.7),
        ("speed 5 %", 0.25),
    ],
)
def test_a_speed_in_percent_is_that_speed(text: str, after: float) -> None:
    pace = read(text).pace
    assert pace is not None and pace.after(1.0) == pytest.approx(after)


@pytest.mark.parametrize(
    ("text", "way"),
    [("it's a good 4 cm too far to the right, that", "left"), ("you are 3 cm too far to the left now", "right")],
)
def test_too_far_to_a_side_goes_to_the_other(text: str, way: str) -> None:
    assert str(read(text).motion).removeprefix("move arm ").removeprefix("slightly ") == way


def test_several_things_instead_of_nothing_are_asked_about() -> None:
    hearing = Hearing("both", TABLE, (), None, 0.0, kinds_meant, colors_meant)
    found = hearing.read(parse("instead(all(block))"))
    assert (found.level, found.read_as) == ("ask", "do what with them? Say the whole instruction")

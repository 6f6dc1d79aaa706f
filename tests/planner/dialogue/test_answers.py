"""Answers in people's own wording, on the planner's own questions: the planner, asked again, plans what was meant."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest

from sayso.model_store import PACKAGED
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, Scene, SceneObject
from sayso.planner.dialogue.answers import WAITS, AnswerReader
from sayso.planner.dialogue.words import Agreed, Answered, Declined, Made, Unsure
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question
from sayso.planner.pointed import with_point
from sayso.planner.task.english import plainly
from tests.planner.local_scenes import TABLE, scene
from tests.planner.local_scenes import thing as plain

PLANNER = LocalPlanner(PACKAGED)
READER = AnswerReader(PLANNER.reader)


def thing(name: str, x: float, y: float, z: float | None = None) -> SceneObject:
    """A thing of any color and kind, seen without doubt."""
    color, kind, *_ = name.split()
    one, size = plain(name, x, y, z), {"cup": (0.08, 0.08, 0.09), "bottle": (0.06, 0.06, 0.19)}.get(kind)
    kinds, colors = {k: float(k == kind) for k in ALL_KINDS}, {c: float(c == color) for c in ALL_COLORS}
    return replace(one, kinds=kinds, colors=colors, size=one.size if size is None else np.array(size))


HOLDING = scene(*TABLE.objects, held="green block")
STACKED = scene(thing("red block", 0.45, 0.1), thing("green block", 0.45, 0.1, 0.06), thing("blue bowl", 0.6, 0.0))
TWINS = scene(
    thing("red block", 0.40, 0.15), thing("red block 2", 0.60, -0.10), thing("green block", 0.60, -0.20),
    thing("blue bowl", 0.45, -0.25), thing("blue bowl 2", 0.62, 0.25),
)  # fmt: skip
DISHES = scene(
    thing("green cup", 0.42, 0.20), thing("black cup", 0.50, -0.15), thing("gray bottle", 0.60, -0.17),
    thing("black bowl", 0.62, 0.15), thing("yellow block", 0.36, -0.30),
)  # fmt: skip


def asked(instruction: str, on: Scene = TABLE) -> Question:
    question = PLANNER.plan(instruction, on)
    assert isinstance(question, Question), question
    return question


def after(instruction: str, answer: str, on: Scene = TABLE) -> Answered | None:
    return READER.read(answer, asked(instruction, on), instruction, on)


def steps(answered: Answered | None, on: Scene = TABLE) -> list[tuple[str, str, str | None]]:
    """Verb, thing and reference of each step that an answer leads to."""
    assert isinstance(answered, Made), answered
    plan = PLANNER.plan(answered.instruction, on)
    assert isinstance(plan, Plan), (answered, plan)
    return [(str(s.verb), s.object_id, s.reference_id) for s in plan.subtasks]


@pytest.mark.parametrize(
    ("instruction", "answer", "last"),
    [
        ("put the block in the blue bowl", "the red one", "put the red block in the blue bowl"),
        ("put the block in the blue bowl", "1", "put the red block in the blue bowl"),
        ("put the block in the blue bowl", "um, the green block please", "put the green block in the blue bowl"),
        ("put the red block in the bowl", "pink", "put the red block in the pink bowl"),
        ("put the red block in the bowl", "I mean the blue one", "put the red block in the blue bowl"),
        ("put the red block in the bowl", "not there, in the blue one", "put the red block in the blue bowl"),
        ("put the red block in the bowl", "not in the pink one, the blue one", "put the red block in the blue bowl"),
        ("put the red block in the bowl", "left of the blue one", "put the red block to the left of the blue bowl"),
        ("pick up the block", "the left one", "pick up the blue block"),
        ("pick up the block", "crimson cube", "pick up the red block"),
        ("pick up the block", "no, the green one", "pick up the green block"),
        ("pick up the block", "go for the one nearest to me, will you", "pick up the green block"),
        ("pick up the purple block", "sorry, red I wanted to say", "pick up the red block"),
        ("put the red block in the green bowl", "oops. pink bowl, of course", "put the red block in the pink bowl"),
        ("put the red block", "in the pink bowl", "put the red block in the pink bowl"),
        ("put the red block", "put it in the blue bowl", "put the red block in the blue bowl"),
        ("put the red block", "on the green block", "put the red block on the green block"),
        ("put the red block", "3", "put the red block to the left"),
        ("put the red block in", "the blue bowl", "put the red block in the blue bowl"),
        ("put it in the pink bowl", "the yellow block, I meant", "put the yellow block in the pink bowl"),
        (
            "put the block in the blue bowl",
            "put the yellow block on the red one",
            "put the yellow block on the red block",
        ),
        (
            "put the block in the blue bowl",
            "the green one, and put it in the pink bowl",
            "put the green block in the pink bowl",
        ),
    ],
)
def test_an_answer_leads_to_a_plan(instruction: str, answer: str, last: str) -> None:
    new = after(instruction, answer)
    assert isinstance(new, Made), new
    plan = PLANNER.plan(new.instruction, TABLE)
    assert isinstance(plan, Plan), (new, plan)
    assert str(plan.subtasks[-1]) == last


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("er, the one on the right, I think", "red block 2"), ("the second one that you said", "red block 2"),
        ("well, teh right oen", "red block 2"), ("oh, that one over there, on the left", "red block"),
        ("it's the left one, mate", "red block"), ("the one beside the green block", "red block 2"),
        ("no, not the left one", "red block 2"), ("not the right one, the other one", "red block"),
        ("I'd take whatever is closer to you", "red block"), ("any but the left one", "red block 2"),
        ("no the left yin, the ither", "red block 2"), ("no the right one, the other one", "red block"),
        ("the right yin, it's the same as yours", "red block 2"), ("left one, because I like it", "red block"),
    ],
)  # fmt: skip
def test_of_twins_one_is_described(answer: str, taken: str) -> None:
    assert steps(after("pick up the red block", answer, TWINS), TWINS) == [("pick up", taken, None)]


@pytest.mark.parametrize(
    "answer", ["any of them", "you pick", "either one is fine, thanks", "oh I'm not fussy, whichever", "any, no bother"]
)
def test_a_free_choice_is_told(answer: str) -> None:
    made = after("pick up the red block", answer, TWINS)
    assert isinstance(made, Made) and made.beside == "I take the left red block"
    assert steps(made, TWINS) == [("pick up", "red block", None)]


@pytest.mark.parametrize("answer", ["both, please", "all of them in fact", "the left one and the right one"])
def test_several_are_all_taken(answer: str) -> None:
    one_bowl = scene(*TWINS.objects[:4])
    put = steps(after("put the red block in the bowl", answer, one_bowl), one_bowl)
    assert {object_id for verb, object_id, _ in put if verb == "put"} == {"red block", "red block 2"}


@pytest.mark.parametrize("answer", ["no bother", "no problem at all", "point at them"])
def test_good_manners_alone_choose_nothing(answer: str) -> None:
    assert not isinstance(after("pick up the red block", answer, TWINS), Made)


@pytest.mark.parametrize("answer", ["what are the options?", "Eh? What do you mean?", "sorry, which one?", "what?"])
def test_who_asks_back_is_told_what_there_is(answer: str) -> None:
    told = after("pick up the red block", answer, TWINS)
    assert told == Unsure("You can say: left red block, or right red block, or never mind.")


@pytest.mark.parametrize(
    ("answer", "pace"),
    [("the right 1 but go slowly", "slow"), ("right, quickly please", "fast"), ("the right one. Be careful.", "slow")],
)
def test_a_choice_may_say_how_fast(answer: str, pace: str) -> None:
    made = after("pick up the red block", answer, TWINS)
    assert steps(made, TWINS) == [("pick up", "red block 2", None)]
    assert isinstance(made, Made) and made.instruction.endswith(f"at_pace({pace}))")


@pytest.mark.parametrize("answer", ["careful!", "slowly", "easy, the right one", "the right one, faster than mine"])
def test_what_is_no_pace_of_a_choice_stays_as_it_is(answer: str) -> None:
    made = after("pick up the red block", answer, TWINS)
    assert not isinstance(made, Made) or "at_pace" not in made.instruction


@pytest.mark.parametrize(
    "answer", ["there is no such thing? Then the green cup", "oh, no white cup. The green one then"]
)
def test_what_is_said_again_of_the_question_is_no_refusal(answer: str) -> None:
    assert steps(after("hand me the white cup", answer, DISHES), DISHES)[0][1] == "green cup"


def test_another_place_takes_that_of_the_one_asked_about() -> None:
    made = after("put the red block in the bowl", "you know what, put it on the green block")
    assert steps(made)[-1] == ("put", "red block", "green block")


def test_one_answer_may_settle_two_questions() -> None:
    answer = "the block on the left, and the bowl on the right"
    put = steps(after("put the red block in the blue bowl", answer, TWINS), TWINS)
    assert put[-1] == ("put", "red block", "blue bowl")


@pytest.mark.parametrize(
    ("instruction", "answer", "last"),
    [
        (
            "put the cup in the black bowl",
            "the one with the same colour as the bowl",
            ("put", "black cup", "black bowl"),
        ),
        ("put the cup in the black bowl", "the one standing by the bottle", ("put", "black cup", "black bowl")),
        ("give me the can", "there's no can? the bottle then", ("pick up", "gray bottle", None)),
        ("put the red block in the black bowl", "I meant the yellow thing", ("put", "yellow block", "black bowl")),
    ],
)
def test_the_scene_says_which_is_described(instruction: str, answer: str, last: tuple[str, str, str | None]) -> None:
    assert steps(after(instruction, answer, DISHES), DISHES)[-1] == last


def test_a_thing_that_was_not_offered_is_found_anywhere_and_stays_of_the_kind_asked_about() -> None:
    table = scene(*DISHES.objects, thing("black block", 0.45, 0.35))
    assert steps(after("put the purple cup in the black bowl", "black", table), table)[-1][1] == "black cup"
    assert (
        steps(after("put the cup in the black bowl", "actually the yellow block", table), table)[-1][1]
        == "yellow block"
    )


def test_a_side_is_the_persons() -> None:
    PLANNER.viewpoint_yaw = pi
    try:
        made = READER.read("the left one", asked("pick up the red block", TWINS), "pick up the red block", TWINS, pi)
        assert steps(made, TWINS) == [("pick up", "red block 2", None)]
    finally:
        PLANNER.viewpoint_yaw = 0.0


def test_an_answer_may_leave_another_question() -> None:
    new = after("put it in the bowl", "the red block")
    assert isinstance(new, Made) and plainly(new.instruction) == "put the red block in the bowl"
    assert asked(new.instruction).options == ("blue bowl", "pink bowl")


def test_what_is_held_is_put_where_the_answer_says_first() -> None:
    new = after("pick up the red block", "in the pink bowl", HOLDING)
    assert steps(new, HOLDING) == [("put", "green block", "pink bowl"), ("pick up", "red block", None)]


@pytest.mark.parametrize("answer", ["yes", "yes please", "1", "move the green block to the left"])
def test_what_stands_in_the_way_is_put_aside_first(answer: str) -> None:
    done = steps(after("pick up the red block", answer, STACKED), STACKED)
    assert [object_id for _, object_id, _ in done] == ["green block", "green block", "red block"]


@pytest.mark.parametrize("answer", ["5 cm left of the blue bowl", "put it 5 cm left of the blue bowl"])
def test_a_place_keeps_its_distance(answer: str) -> None:
    made = after("put the red block", answer)
    assert isinstance(made, Made)
    plan = PLANNER.plan(made.instruction, TABLE)
    assert isinstance(plan, Plan) and plan.subtasks[-1].distance == pytest.approx(0.145)


def test_a_place_that_the_person_points_at() -> None:
    made = after("put the red block", with_point("here", (0.45, -0.02)))
    assert isinstance(made, Made)
    assert made.instruction.endswith("here) [0.450, -0.020]")


@pytest.mark.parametrize(
    "answer",
    ["purple", "hello there", "7", "", "the block", "left a bit", "a bit slower", "what a lovely day", "not red"],
)
def test_what_is_no_answer_makes_no_instruction(answer: str) -> None:
    assert not isinstance(after("pick up the block", answer), Made)


@pytest.mark.parametrize("answer", ["the red one", "the block", "this one", "not that one", "red or so"])
def test_what_fits_both_is_asked_again(answer: str) -> None:
    assert not isinstance(after("pick up the red block", answer, TWINS), Made)


@pytest.mark.parametrize("answer", ["hmm", "well... let me see", "I have no idea", "um, er"])
@pytest.mark.parametrize("instruction", ["pick up the block", "put the red block"])
def test_who_hesitates_has_time(instruction: str, answer: str) -> None:
    assert after(instruction, answer) == Unsure(WAITS)


@pytest.mark.parametrize("answer", ["hmm", "I couldn't tell you", "whichever"])
def test_a_hesitation_is_no_yes(answer: str) -> None:
    question = Question("Do you mean: pick up the red block?", ("yes", "no"), ("pick(the(block, color(red)))", ""))
    assert not isinstance(READER.read(answer, question, "red it up", TABLE), Made | Agreed)


@pytest.mark.parametrize("answer", ["by all means", "yup, that's what I want", "of course"])
def test_consent_in_other_words(answer: str) -> None:
    question = Question("Do you mean: pick up the red block?", ("yes", "no"), ("pick(the(block, color(red)))", ""))
    assert READER.read(answer, question, "red it up", TABLE) == Made("pick(the(block, color(red)))")


@pytest.mark.parametrize(
    "answer", ["certainly not", "I'd rather not", "nah, no need", "neither one, please", "never mind"]
)
def test_who_wants_none_of_it_is_left_alone(answer: str) -> None:
    question = Question("Do you mean: pick up the red block?", ("yes", "no"), ("pick(the(block, color(red)))", ""))
    assert READER.read(answer, question, "red it up", TABLE) == Declined()


@pytest.mark.parametrize(
    "answer", ["what colours are the blocks?", "why do you ask?", "what do you see?", "slower", "up a bit"]
)
def test_a_question_back_and_another_order_are_left_to_others(answer: str) -> None:
    assert after("pick up the block", answer) is None


@pytest.mark.parametrize("answer", ["no! not that one!", "not there", "watch out", "get off me", "no! the red one!"])
def test_what_may_be_a_stop_is_left_to_those_who_hear_stops(answer: str) -> None:
    assert not isinstance(after("pick up the block", answer), Made | Declined | Agreed)


@pytest.mark.parametrize(
    ("answer", "own"),
    [
        ("hand me the red block", True), ("put the red block in the blue bowl unless it is already there", True),
        ("now put the other one in the bowl", True), ("forget that. go home", True), ("how many are there?", False),
        ("the one next to the bowl", False), ("why?", False), ("don't touch the green block", False),
    ],
)  # fmt: skip
def test_a_whole_instruction_takes_the_place_of_the_answer(answer: str, own: bool) -> None:
    new = after("put the red block", answer)
    wanted = "go home" if "home" in answer else answer
    assert (new == Made(wanted)) is own


@pytest.mark.parametrize("answer", ["the left one, then the right one", "red one on the right; no: the left"])
def test_two_answers_of_which_one_would_be_lost_are_quoted(answer: str) -> None:
    found = after("pick up the red block", answer, TWINS)
    assert isinstance(found, Unsure) or steps(found, TWINS)[-1][1] == "red block"  # what was said last may stand
    assert not (isinstance(found, Made) and "then" in answer)


@pytest.mark.parametrize("answer", ["there is no purple one? The red then", "no purple? a pity. red"])
def test_what_is_not_there_is_not_what_is_meant(answer: str) -> None:
    assert steps(after("pick up the purple block", answer))[-1] == ("pick up", "red block", None)


def test_a_weak_reading_is_quoted() -> None:
    said = "for me, it would be about the same, you know"
    new = after("pick up the red block", said, TWINS)
    assert new is None or (isinstance(new, Unsure) and said in new.why)


def test_why_an_answer_fits_nothing_is_said() -> None:
    assert after("pick up the block", "the purple one") == Unsure("I see no purple block.")
    fits = after("pick up the red block", "the red block over there", TWINS)
    assert not isinstance(fits, Made)


@pytest.mark.parametrize("color", ["red", "green", "yellow"])
@pytest.mark.parametrize("bowl", ["blue", "pink"])
@pytest.mark.parametrize("question", ["put the red block in the bowl", "put the block in the blue bowl"])
def test_a_whole_order_is_a_new_instruction(question: str, color: str, bowl: str) -> None:
    order = f"put the {color} block in the {bowl} bowl"
    assert steps(after(question, order))[-1][1:] == (f"{color} block", f"{bowl} bowl")


SPREAD = scene(
    thing("red block", 0.60, -0.15), thing("red block 2", 0.40, -0.15), thing("red block 3", 0.40, 0.15),
    thing("blue bowl", 0.50, 0.30),
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "block"),
    [
        ("back right", "red block"), ("Right back, please.", "red block"), ("the front right one", "red block 2"),
        ("near left", "red block 3"),
    ],
)  # fmt: skip
def test_two_sides_that_fit_one_option_choose_it(answer: str, block: str) -> None:
    assert steps(after("put the red block in the blue bowl", answer, SPREAD), SPREAD)[0][1] == block


@pytest.mark.parametrize("answer", ["back left", "move back and right"])
def test_two_sides_that_fit_no_option_choose_none(answer: str) -> None:
    assert not isinstance(after("put the red block in the blue bowl", answer, SPREAD), Made)


@pytest.mark.parametrize(
    ("answer", "bowl"),
    [
        ("The right one, if you please, the left one must stay empty.", "blue bowl"),
        ("the left one, because the right one should remain free", "blue bowl 2"),
        ("the left one; that right bowl stays empty", "blue bowl 2"),
    ],
)
def test_what_is_to_stay_empty_is_not_chosen(answer: str, bowl: str) -> None:
    assert steps(after("put the green block in the blue bowl", answer, TWINS), TWINS)[-1][2] == bowl

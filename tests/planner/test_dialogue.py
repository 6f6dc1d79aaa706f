"""An answer makes an instruction of the one that was asked about; the planner, asked again, plans it."""

from __future__ import annotations

import pytest

from sayso.model_store import PACKAGED
from sayso.perception.scene import Scene
from sayso.planner.dialogue import answered, in_words, is_number, says_again, says_never_mind
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question
from tests.planner.local_scenes import TABLE, scene, thing

PLANNER = LocalPlanner(PACKAGED)
HOLDING = scene(*TABLE.objects, held="green block")
STACKED = scene(thing("red block", 0.45, 0.1), thing("green block", 0.45, 0.1, 0.06), thing("blue bowl", 0.6, 0.0))


def asked(instruction: str, on: Scene = TABLE) -> Question:
    question = PLANNER.plan(instruction, on)
    assert isinstance(question, Question), question
    return question


def after(instruction: str, answer: str, on: Scene = TABLE) -> str | None:
    return answered(instruction, asked(instruction, on), answer, on)


@pytest.mark.parametrize(
    ("instruction", "answer", "last"),
    [
        ("put the block in the blue bowl", "the red one", "put the red block in the blue bowl"),
        ("put the block in the blue bowl", "1", "put the red block in the blue bowl"),
        ("put the block in the blue bowl", "the second one", "put the green block in the blue bowl"),
        ("put the block in the blue bowl", "um, the green block please", "put the green block in the blue bowl"),
        ("put the red block in the bowl", "pink", "put the red block in the pink bowl"),
        ("put the red block in the bowl", "I mean the blue one", "put the red block in the blue bowl"),
        ("put the red block in the bowl", "not there, in the blue one", "put the red block in the blue bowl"),
        ("put the red block in the bowl", "not in the pink one, the blue one", "put the red block in the blue bowl"),
        ("pick up the block", "the left one", "pick up the blue block"),
        ("pick up the block", "crimson cube", "pick up the red block"),
        ("pick up the block", "no, the green one", "pick up the green block"),
        ("pick up the purple block", "red", "pick up the red block"),
        ("put the red block", "in the pink bowl", "put the red block in the pink bowl"),
        ("put the red block", "put it in the blue bowl", "put the red block in the blue bowl"),
        ("put the red block", "on the green block", "put the red block on the green block"),
        ("put the red block", "3", "put the red block to the left"),
        ("put the red block in", "the blue bowl", "put the red block in the blue bowl"),
    ],
)
def test_an_answer_leads_to_a_plan(instruction: str, answer: str, last: str) -> None:
    new = after(instruction, answer)
    assert new is not None
    plan = PLANNER.plan(new, TABLE)
    assert isinstance(plan, Plan), (new, plan)
    assert str(plan.subtasks[-1]) == last


def test_an_answer_may_leave_another_question() -> None:
    new = after("put it in the bowl", "the red block")
    assert new == "put the red block in the bowl"
    assert asked(new).options == ("blue bowl", "pink bowl")


def test_what_is_held_is_put_where_the_answer_says_first() -> None:
    new = after("pick up the red block", "in the pink bowl", HOLDING)
    assert new == "put the green block in the pink bowl, then pick up the red block"
    plan = PLANNER.plan(new, HOLDING)
    assert isinstance(plan, Plan)
    assert [str(s) for s in plan.subtasks] == ["put the green block in the pink bowl", "pick up the red block"]


@pytest.mark.parametrize("answer", ["yes", "yes please", "1", "move the green block to the left"])
def test_what_stands_in_the_way_is_put_aside_first(answer: str) -> None:
    new = after("pick up the red block", answer, STACKED)
    assert new == "move the green block to the left, then pick up the red block"


@pytest.mark.parametrize("answer", ["purple", "no", "never mind", "hello there", "7", "", "the block", "left a bit"])
def test_what_is_no_answer_makes_no_instruction(answer: str) -> None:
    assert after("pick up the block", answer) is None


def test_yes_to_a_contradiction_lifts_the_prohibition_and_no_does_not() -> None:
    said = "put the red block in the blue bowl, but don't touch the red block"
    question = Question("You also told me to leave the red block alone. Shall I move it?", ("yes", "no"))
    new = answered(said, question, "yes", TABLE)
    assert new is not None and "touch" not in new and new.startswith("put the red block in the blue bowl")
    assert answered(said, question, "no", TABLE) is None


def test_an_option_of_another_planners_question_goes_back_to_that_planner() -> None:
    question = Question("Shall I begin with the blocks or the bowls?", ("the blocks", "the bowls"))
    assert answered("tidy up", question, "blocks", TABLE) == "tidy up: the blocks"


@pytest.mark.parametrize("text", ["no", "never mind", "Never mind, thanks.", "none of them", "forget it", "cancel"])
def test_a_person_may_leave_a_question(text: str) -> None:
    assert says_never_mind(text) and not says_again(text)


@pytest.mark.parametrize("text", ["again", "try again", "please try it again", "go on", "retry"])
def test_a_person_may_have_it_tried_again(text: str) -> None:
    assert says_again(text) and not says_never_mind(text)


@pytest.mark.parametrize("text", ["the red one", "not the red one", "nothing but the red one", "no, the green one"])
def test_an_answer_is_neither(text: str) -> None:
    assert not says_never_mind(text) and not says_again(text)


@pytest.mark.parametrize(
    "said", ["2", "2.", "(2)", "2 please", "the second", "second one", "option 2", "number two", "the last one"]
)
def test_a_number_is_the_option_in_words(said: str) -> None:
    assert in_words(said, Question("Do you mean: push it?", ("yes", "no"), ("push(it)", ""))) == "no"


@pytest.mark.parametrize("said", ["3", "no.", "the green one", "none"])
def test_what_is_no_number_of_an_option_stays_as_it_is(said: str) -> None:
    assert in_words(said, Question("Do you mean: push it?", ("yes", "no"))) == said


@pytest.mark.parametrize(
    ("said", "is_bare"),
    [
        ("1", True),
        ("2.", True),
        ("two", True),
        ("option 3", True),
        ("2 cm", False),
        ("the red one", False),
        ("twice", False),
        ("put two blocks down", False),
    ],
)
def test_a_bare_number(said: str, is_bare: bool) -> None:
    assert is_number(said) is is_bare


def test_a_place_beside_an_option_is_another_place() -> None:
    question = Question("Where shall I put the red block?", ("in the blue bowl", "in the pink bowl"))
    whole = answered("put the red block", question, "left of the blue bowl", TABLE)
    assert whole == "put the red block left of the blue bowl"


@pytest.mark.parametrize("answer", ["5 cm left of the blue bowl", "put it 5 cm left of the blue bowl"])
def test_a_place_keeps_its_distance(answer: str) -> None:
    question = Question("Where shall I put the red block?", ("in the blue bowl", "in the pink bowl"))
    whole = answered("put the red block", question, answer, TABLE)
    assert whole == "put the red block 5 cm left of the blue bowl"
    plan = PLANNER.plan(whole, TABLE)
    assert isinstance(plan, Plan) and plan.subtasks[-1].distance == pytest.approx(0.145)


TWINS = scene(thing("red block", 0.45, 0.1), thing("red block 2", 0.45, -0.1), thing("blue bowl", 0.6, 0.0))
WHICH = Question(
    "Which red block do you mean: the left red block or the right red block?", ("left red block", "right red block")
)
YES_NO = Question("Shall I, just this once?", ("yes", "never mind"), ("pick(the(block))", ""))


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("er, the one on the right, I think", "right"), ("the second one that you said", "right"),
        ("well, teh right oen", "right"), ("oh, that one over there, on the left", "left"),
        ("it's the left one, mate", "left"),
        ("any of them", "left"), ("you pick", "left"), ("either one is fine, thanks", "left"),
        ("I don't mind, take any", "left"),
    ],
)  # fmt: skip
def test_an_answer_is_taken_as_people_give_it(answer: str, chosen: str) -> None:
    assert answered("pick up the red block", WHICH, answer, TWINS) == f"pick up the {chosen} red block"


@pytest.mark.parametrize(
    "answer", ["neither of the two", "no one of them", "never mind, love", "nethier", "none, thanks"]
)
def test_neither_turns_it_down(answer: str) -> None:
    assert says_never_mind(answer) and answered("pick up the red block", WHICH, answer, TWINS) is None


@pytest.mark.parametrize(
    ("answer", "made"), [("aye, go on then", True), ("yes, do that", True), ("whichever", False), ("go on", False)]
)
def test_yes_is_said_in_many_ways_and_a_free_choice_is_no_yes(answer: str, made: bool) -> None:
    assert (answered("x", YES_NO, answer, TWINS) is not None) is made


@pytest.mark.parametrize("answer", ["the red one", "the block", "a red block"])
def test_what_fits_both_is_no_answer(answer: str) -> None:
    assert answered("pick up the red block", WHICH, answer, TWINS) is None


CUPS = Question("Which cup do you mean: the left cup or the right cup?", ("left cup", "right cup"))


@pytest.mark.parametrize(
    ("answer", "option"),
    [
        ("not the left one", "right cup"), ("no, not the right one", "left cup"), ("any but the left cup", "right cup"),
        ("the latter", "right cup"), ("teh lfet one", "left cup"), ("not that one", None), ("not this", None),
        ("not the one that you took before", None), ("not the left one, the right one", "right cup"),
    ],
)  # fmt: skip
def test_of_two_the_one_that_is_not_refused_is_meant_and_the_refused_one_never(answer: str, option: str | None) -> None:
    wanted = None if option is None else f"fill the {option}"
    assert answered("fill the cup", CUPS, answer, TABLE) == wanted

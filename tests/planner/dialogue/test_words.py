"""What the words of an answer alone tell: a number, an option, yes, no, never mind, once more."""

from __future__ import annotations

import pytest

from sayso.planner.dialogue.words import (
    Agreed,
    Answered,
    Declined,
    Made,
    by_words,
    in_words,
    is_number,
    leaves_choice,
    says_again,
    says_never_mind,
)
from sayso.planner.plan import Question

CUPS = Question(
    "Which cup do you mean: the left cup or the right cup?", ("left cup", "right cup"), ("hold(left)", "hold(right)")
)
YES_NO = Question("Shall I, just this once?", ("yes", "never mind"), ("pick(the(block))", ""))
GO_ON = Question("You said no lower. Shall I go on?", ("go on",), ("",))
LEFT, RIGHT = Made("hold(left)"), Made("hold(right)")


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("the left one", LEFT), ("Left.", LEFT), ("right cup, please", RIGHT), ("teh lfet cup", LEFT), ("2", RIGHT),
        ("oh, number one then", LEFT), ("the latter", RIGHT), ("either", None), ("the cup", None), ("", None),
        ("not the left one", None), ("up to you", Made("hold(left)", "I take the left cup")),
        ("I don't mind, both are fine", Made("hold(left)", "I take the left cup")), ("yes", None),
    ],
)  # fmt: skip
def test_an_option_is_meant_by_its_number_or_its_words(said: str, made: Made | None) -> None:
    assert by_words(said, CUPS, "hold the cup") == made


@pytest.mark.parametrize(
    ("said", "question", "answered"),
    [
        ("aye, go on then", YES_NO, Made("pick(the(block))")), ("yes, do that", YES_NO, Made("pick(the(block))")),
        ("whichever", YES_NO, None), ("up to you", YES_NO, None), ("never mind", YES_NO, Declined()),
        ("2", YES_NO, Declined()), ("yes", GO_ON, Agreed()), ("1", GO_ON, Agreed()), ("try again", CUPS, Agreed()),
        ("no, leave it, I've changed my mind", CUPS, Declined()), ("neither of them, thanks", CUPS, Declined()),
    ],
)  # fmt: skip
def test_yes_no_and_never_mind(said: str, question: Question, answered: Answered | None) -> None:
    assert by_words(said, question, "hold the cup") == answered


def test_yes_to_a_contradiction_lifts_the_prohibition_and_no_does_not() -> None:
    said = "put the red block in the blue bowl, but don't touch the red block"
    question = Question("You also told me to leave the red block alone. Shall I move it?", ("yes", "no"))
    new = by_words("yes", question, said)
    assert isinstance(new, Made) and "touch" not in new.instruction
    assert new.instruction.startswith("put the red block in the blue bowl")
    assert by_words("no", question, said) == Declined()


def test_an_option_of_another_planners_question_goes_back_to_that_planner() -> None:
    question = Question("Shall I begin with the blocks or the bowls?", ("the blocks", "the bowls"))
    assert by_words("blocks", question, "tidy up") == Made("tidy up: the blocks")


@pytest.mark.parametrize(
    "text",
    [
        "no", "never mind", "Never mind, thanks.", "none of them", "forget it", "cancel that", "let it be", "nethier",
        "neither of the two", "no one of them", "never mind, love", "none, thanks", "I changed my mind",
    ],
)  # fmt: skip
def test_a_person_may_leave_a_question(text: str) -> None:
    assert says_never_mind(text) and not says_again(text)


@pytest.mark.parametrize("text", ["again", "try again", "please try it again", "go on", "retry"])
def test_a_person_may_have_it_tried_again(text: str) -> None:
    assert says_again(text) and not says_never_mind(text)


@pytest.mark.parametrize("text", ["the red one", "not the red one", "nothing but the red one", "no, the green one"])
def test_an_answer_is_neither(text: str) -> None:
    assert not says_never_mind(text) and not says_again(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I do not mind which", True), ("it's all the same to me", True), ("both ok", True), ("both", False),
        ("the same one", False), ("I don't mind, but not the left", False),
    ],
)  # fmt: skip
def test_idioms_leave_the_choice_to_the_robot(text: str, left: bool) -> None:
    assert leaves_choice(text) is left


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

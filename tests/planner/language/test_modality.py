"""Clauses that are no orders: which they are, why, and that plain and polite orders are none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.bench.language.negated import SCENE as NEGATED_SCENE
from sayso.planner.language.modality import MOST_WORDS, Modality, doubts, without_politeness
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question, Refusal
from tests.planner.local_scenes import TABLE

MODELS = Path(__file__).parents[3] / "sayso" / "models"
PUT = "put the red block in the blue bowl"


@pytest.fixture(scope="module")
def planner() -> LocalPlanner:
    return LocalPlanner(MODELS)


@pytest.mark.parametrize(
    ("text", "modality", "clause"),
    [
        ("never stack the blocks", Modality.NEGATED, "never stack the blocks"),
        ("the red block does not belong in the blue bowl", Modality.NEGATED, None),
        (f"I don't want you to {PUT}", Modality.NEGATED, None),
        (f"only if it fits, {PUT}", Modality.CONDITIONAL, "only if it fits"),
        (f"{PUT} when I clap", Modality.CONDITIONAL, None),
        (f"once my colleague arrives, {PUT}", Modality.CONDITIONAL, "once my colleague arrives"),
        (f"Tom said to {PUT}", Modality.REPORTED, None),
        ("he put it in the bowl", Modality.REPORTED, None),
        ("my brother stacks the blocks", Modality.REPORTED, None),
        ("the red block is in the blue bowl", Modality.REPORTED, None),
        (f"should I {PUT}?", Modality.ASKED, f"should I {PUT}"),
        ("the red block in the blue bowl?", Modality.ASKED, None),
        (f"I would {PUT}", Modality.IMAGINED, None),
        ("putting the red block in the bowl is silly", Modality.IMAGINED, None),
        ("put the red or the blue block in the bowl", Modality.ALTERNATIVE, None),
    ],
)
def test_what_is_no_order(text: str, modality: Modality, clause: str | None) -> None:
    found = doubts(text)
    assert found and found[0].modality is modality
    assert found[0].clause == (clause or text.rstrip("?"))
    assert found[0].clause in found[0].question and "\n" not in found[0].question
    assert text[found[0].start : found[0].end].lower().replace("'", "") == found[0].cue


@pytest.mark.parametrize(
    "text",
    [
        PUT,
        f"would you mind putting the red block in the blue bowl? Then {PUT}",
        f"if you don't mind, {PUT}",
        f"why don't you {PUT}?",
        f"I was wondering if you could {PUT}",
        f"I want you to {PUT}",
        f"don't forget to {PUT}",
        f"no, {PUT}",
        f"{PUT}, no rush",
        f"{PUT} as soon as possible",
        f"once you have moved it, {PUT}",
        f"after putting it there, {PUT}",
        "the red block should be placed in the blue bowl",
        "let the red block slide into the bowl",
        "ensure that the red block is in the blue bowl",
        "move it until it is left of the bowl",
        "",
    ],
)
def test_plain_and_polite_orders_are_not_doubted(text: str) -> None:
    assert doubts(text) == ()


def test_what_is_done_at_once_cannot_wait_for_a_step() -> None:
    text = "when you are done, open the gripper"
    assert doubts(text) == () and doubts(text, at_once=True)[0].modality is Modality.CONDITIONAL


def test_a_negation_bears_upon_its_own_clause_only() -> None:
    text = f"{PUT} but don't touch the green block, and then stop"
    found = doubts(text)[0]
    assert text[found.start : found.reach] == "don't touch the green block"


def test_politeness_is_taken_away() -> None:
    assert without_politeness(f"If you don't mind, could you please {PUT}?") == f"{PUT}?"
    assert without_politeness(PUT) == PUT


def test_a_huge_text_is_looked_at_in_part() -> None:
    assert doubts("put it " * MOST_WORDS + "or not") == ()


FORBIDDEN = """do not put the red block in the blue bowl; never stack the red block on the green block;
avoid putting the red block in the blue bowl; the red block does not belong in the blue bowl;
put the red or the green block in the blue bowl;
he put the red block in the blue bowl; don't pick up the red block and put it in the blue bowl;
put the block that is not red in the blue bowl; did you put the red block in the blue bowl?"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in FORBIDDEN.split(";")])
def test_what_was_not_understood_is_never_planned(planner: LocalPlanner, text: str) -> None:
    answer = planner.plan(text, TABLE)
    assert isinstance(answer, Question | Refusal), answer


def test_the_clause_is_quoted(planner: LocalPlanner) -> None:
    answer = planner.plan(f"{PUT}, but only if it fits", TABLE)
    assert isinstance(answer, Question) and "it fits" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        f"{PUT} but don't touch the green block",
        f"{PUT} without touching the green block",
        f"{PUT}. Do not move the yellow block.",
        f"don't touch the green block, just {PUT}",
    ],
)
def test_what_was_understood_as_forbidding_is_heeded(planner: LocalPlanner, text: str) -> None:
    answer = planner.plan(text, TABLE)
    assert isinstance(answer, Plan) and {s.object_id for s in answer.subtasks} == {"red block"}


def test_a_container_that_must_not_be_used_is_not_used(planner: LocalPlanner) -> None:
    answer = planner.plan("put the red block in any bowl and don't touch the blue bowl", TABLE)
    assert isinstance(answer, Plan) and {s.reference_id for s in answer.subtasks} == {None, "pink bowl"}
    answer = planner.plan("don't touch the blue bowl. put the red block in the blue bowl", TABLE)
    assert isinstance(answer, Question) and "blue bowl" in answer.text


REPORTED = """Boss reckons blue block goes in the green bowl. Boss reckons a lot of things.;
my dad figures the red block goes
in the pink bowl; Anna claims the yellow block belongs on the red one; the teacher wants the red block in the
blue bowl; the manual says put the red block in the blue bowl; my sister want red block in blue bowl; they want
the green block in the pink bowl; grandpa swears the red one goes in the blue bowl; everyone expects the red
block in the blue bowl; somebody told you put the red block in the blue bowl; the foreman insists: red block in
the blue bowl; word is the red block goes in the pink bowl; in his opinion the red block should go in the blue
bowl; Maria is convinced that the red block goes in the
blue bowl; my boss is adamant, the red block goes in the blue bowl; the internet says stack the red block on the
blue block; my horoscope told me to put the red block in the blue bowl; the old robot would put the red block in
the blue bowl; the plan was: put the red block in the blue bowl; the last guy put the red block in the blue
bowl; the recipe calls for the red block in the blue bowl; Tom bets the red block goes in the blue bowl; legend
has it that the red block goes in the blue bowl; people say red goes in blue bowl; he texted put the red block
in the blue bowl; the label states that the red block goes in the blue bowl; the crew feels that the red block
goes in the blue bowl; I overheard him saying put the red block in the blue bowl; the sign reads 'put the red
block in the blue bowl'; Kevin thinks the red block goes in the blue bowl; Kevin reckons you should put the red
block in the blue bowl; my mate reckons that you can stack the red block on the blue block; the lads figure the
yellow block goes in the pink bowl; Lisa proposes to put the red block in the blue bowl; rumour has it the red
block goes in the blue bowl; she muttered put the red block in the blue bowl; it is said that the red block goes
in the blue bowl; the consensus is the red block goes in the blue bowl; head office wants the red block in the
blue bowl; marketing prefers the red block in the blue bowl; the guidelines recommend the red block in the blue
bowl; my doctor prescribed the red block in the blue bowl; our rules require the red block in the blue bowl;
Peter's idea is to put the red block in the blue bowl; Sue's suggestion: put the red block in the blue bowl; the
video shows the red block in the blue bowl; in the movie they put the red block in the blue bowl; Mike's
convinced the red block goes on the blue block; the neighbours say the green block goes in the pink bowl"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in REPORTED.split(";")])
def test_what_others_believe_or_want_is_no_order(planner: LocalPlanner, text: str) -> None:
    assert not isinstance(planner.plan(text, NEGATED_SCENE), Plan)


OWN_WISHES = """I reckon you should put the red block in the blue bowl; put the red block in the blue bowl; I want
the red block in the blue bowl; I figure you should put the red block in the blue bowl; the red
block goes in the blue bowl; red block in the blue bowl please; I'd like the red block in the blue
bowl; I need the red block in the blue bowl; I think the red block should go in the blue bowl; I
told you to put the red block in the blue bowl; I suggest you put the red block in the blue bowl; I
bet you can put the red block in the blue bowl"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in OWN_WISHES.split(";")])
def test_what_the_speaker_believes_or_wants_is_an_order(planner: LocalPlanner, text: str) -> None:
    assert isinstance(planner.plan(text, NEGATED_SCENE), Plan)

"""Instructions that forbid something beside what they order."""

from __future__ import annotations

import pytest

from sayso.bench.language.negated import SCENE
from sayso.model_store import PACKAGED
from sayso.planner.language.exclusions import keeps, without_exclusions
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question, Relation, Subtask, Verb

PLANNER = LocalPlanner(PACKAGED)
RED_IN_BLUE = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")


@pytest.mark.parametrize(
    ("text", "thing", "place"),
    [
        ("put the red block in the blue bowl, not in the pink bowl", "red block", "blue bowl"),
        ("put the red block, not the green one, in the blue bowl", "red block", "blue bowl"),
        ("do not put the red block in the pink bowl, put it in the blue bowl", "red block", "blue bowl"),
        ("instead of the pink bowl, put the red block in the blue bowl", "red block", "blue bowl"),
        ("the red block belongs in the blue bowl, not the green bowl", "red block", "blue bowl"),
        (
            "Rather than stacking the blue block on the red one, set it down beside the green bowl.",
            "blue block",
            "green bowl",
        ),
        ("put the red one in the green bowl, don't touch the blue one", "red block", "green bowl"),
        ("put the red block in the green bowl and leave the blue one alone", "red block", "green bowl"),
        ("put the yellow block in the pink bowl, hands off the green one", "yellow block", "pink bowl"),
        ("put the yellow block in the pink bowl without touching the green one", "yellow block", "pink bowl"),
        ("pick up the green block, never the red one", "green block", None),
        ("pick up the green block but not the red one", "green block", None),
        ("stack the red block on the green block, don't put the yellow block on top too", "red block", "green block"),
        ("never put the red block in the green bowl. Put it in the pink bowl.", "red block", "pink bowl"),
        ("the red block doesn't belong in the green bowl, put it in the pink bowl", "red block", "pink bowl"),
        (
            "we don't want the blue block in the pink bowl, but put the red block in the pink bowl",
            "red block",
            "pink bowl",
        ),
        ("put the blue block into the pink bowl and keep away from the yellow block", "blue block", "pink bowl"),
        ("stay clear of the green block, put the red block in the pink bowl", "red block", "pink bowl"),
        ("don't touch the green bowl; the yellow block goes in the blue bowl", "yellow block", "blue bowl"),
        ("put the red block in the pink bowl, not the blue block", "red block", "pink bowl"),
        (
            "do not put the red block in the blue bowl and put the green block in the pink bowl",
            "green block",
            "pink bowl",
        ),
        ("put the yellow one in the blue bowl, not the green bowl, not the pink bowl", "yellow block", "blue bowl"),
        ("leave the red block be and put the blue one on the yellow one", "blue block", "yellow block"),
        ("put the blue block next to the yellow block, not on the red block", "blue block", "yellow block"),
    ],
)
def test_what_is_ordered_is_done_beside_what_is_forbidden(text: str, thing: str, place: str | None) -> None:
    answer = PLANNER.plan(text, SCENE)
    if text in KNOWN_QUESTIONS:
        assert isinstance(answer, Question)
        return
    assert isinstance(answer, Plan), answer
    assert {s.object_id for s in answer.subtasks} == {thing} and answer.subtasks[-1].reference_id == place


FORBIDDEN = """
don't pick up the red block and put it in the blue bowl; put the red block not in the blue bowl; not the red
block in the blue bowl; do not put the red block in the blue bowl; put the red block in the blue bowl, not;
don't put the red block in the blue bowl, not in the green bowl; should I put the red block in the blue bowl,
not the pink bowl?; if you can't, put the red block in the blue bowl, not the pink bowl; Tom said put the red
block in the blue bowl, not the pink one; put the red block in the blue bowl or not the green one; leave the red
block alone; hands off the red block; not the red block, not the blue block; put the red block in the red bowl,
not the red one; put the red block in the blue bowl, do not put the red block in the blue bowl; don't touch the
red block, put the red block in the blue bowl; put the red block in the blue bowl, not the blue bowl; put the
red block in the blue bowl, don't touch the blue bowl; he put the red block in the blue bowl, not the pink;
rather than putting the red block in the blue bowl, do nothing; instead of putting the red block in the blue
bowl, leave it; instead of the red block in the blue bowl; I don't want the red block in the blue bowl; I don't
want the red block in the blue bowl but I don't want it in the pink bowl; the red block does not go in the blue
bowl; without touching the red block; put the red block in the blue bowl? no, leave the red block alone; I told
you not to put the red block in the blue bowl, not the pink one; you did put the red block in the blue bowl, not
in the pink one; never put the red block in the blue bowl, leave the green block alone; don't put the red block
in the blue bowl and the
green block in the pink bowl; don't touch the red block and the green block in the pink bowl; don't take the red
block and put it in the pink bowl; never take the blue one and stack it on the red one; do not move the red
block and the blue block to the left; no put the red block in the blue bowl;
don't pick up the red block then put it in the blue bowl; do not grab the
red one please put it in the blue bowl; not the red block but the blue block is in the pink bowl; leave the red
block there and pick it up when I say"""


# What the learned reader misreads, so that the robot asks; a training that mends one of these takes it out here.
KNOWN_QUESTIONS: set[str] = set()


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in FORBIDDEN.split(";")])
def test_nothing_is_done_where_the_order_itself_is_forbidden_or_doubtful(text: str) -> None:
    answer = PLANNER.plan(text, SCENE)
    assert not isinstance(answer, Plan) or answer.subtasks[0].wait is not None


def test_what_is_taken_out_is_kept() -> None:
    rest, exclusions = without_exclusions("Put the red block in the blue bowl, don't touch the blue block.")
    assert rest == "put the red block in the blue bowl." and keeps((RED_IN_BLUE,), exclusions, SCENE)
    _, exclusions = without_exclusions("take it out; do not put the red block in the blue bowl")
    assert not keeps((RED_IN_BLUE,), exclusions, SCENE)
    assert without_exclusions("put the red block in the blue bowl") == ("", ())

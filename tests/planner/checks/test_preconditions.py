"""A plan that cannot be carried out is refused with the number of the step, the step and the reason."""

from __future__ import annotations

import re

import pytest

from sayso.perception.scene import Scene
from sayso.planner.checks.preconditions import check_plan
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from tests.planner.local_scenes import TABLE, scene


def pick(name: str) -> Subtask:
    return Subtask(Verb.PICK, name, name)


def put(name: str, relation: Relation | None, at: str | None) -> Subtask:
    return Subtask(Verb.PLACE, name, name, relation, at, at)


IN_BOWL = put("red block", Relation.IN, "blue bowl")


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (pick("red block"),),
        (pick("red block"), IN_BOWL, pick("green block"), put("green block", Relation.ON, "yellow block")),
        (pick("red block"), put("red block", Relation.LEFT, "red block")),
        (pick("red block"), put("red block", Relation.BEHIND, "blue bowl")),
    ],
)
def test_a_plan_whose_every_step_follows_from_the_one_before_passes(steps: tuple[Subtask, ...]) -> None:
    check_plan(Plan(steps), TABLE)


def test_what_the_hand_holds_already_is_put_without_a_pick() -> None:
    check_plan(Plan((IN_BOWL,)), scene(*TABLE.objects, held="red block"))
    marked = Scene(0.0, scene(*TABLE.objects, held="red block").objects, TABLE.tool)
    check_plan(Plan((IN_BOWL,)), marked), "the object says so though the scene names none"


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((pick("green ball"),), "step 1 (pick up the green ball): there is no object 'green ball'; there are: red bl"),
        ((pick("blue bowl"),), "the blue bowl cannot be picked up"),
        ((pick("red block"), pick("green block")), "step 2 (pick up the green block): the hand already holds 'red"),
        ((IN_BOWL,), "the red block is not in the hand; pick it up first"),
        ((pick("red block"), IN_BOWL, IN_BOWL), "step 3"),
        ((pick("red block"), put("red block", Relation.IN, "sink")), "there is no object 'sink' to put it at; there"),
        ((pick("red block"), put("red block", None, "blue bowl")), "it needs a relation: in, on, to the left of"),
        ((pick("red block"), put("red block", Relation.IN, "green block")), "nothing can be put in the green block"),
        ((pick("red block"), put("red block", Relation.ON, "blue bowl")), "on the blue bowl; put it in it"),
        ((pick("red block"), put("red block", Relation.ON, "red block")), "cannot be put in or on itself"),
    ],
)
def test_what_cannot_be_done_is_said(steps: tuple[Subtask, ...], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        check_plan(Plan(steps), TABLE)


def test_an_empty_scene_is_said_to_be_empty() -> None:
    with pytest.raises(ValueError, match="there are: none"):
        check_plan(Plan((pick("red block"),)), scene())

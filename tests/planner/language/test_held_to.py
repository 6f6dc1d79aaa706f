"""Prohibitions of a sentence become constraints of its plan."""

from __future__ import annotations

import pytest

from sayso.bench.language.negated import SCENE
from sayso.model_store import PACKAGED
from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan

PLANNER = LocalPlanner(PACKAGED)


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("put the red block in the blue bowl and never touch the green block", 0.0),
        ("put the red block in the blue bowl without touching the green block", 0.0),
        ("don't touch the green block. put the red block in the blue bowl", 0.0),
        ("put the red block in the blue bowl and leave the green block alone", 0.0),
        ("put the red block in the blue bowl and keep away from the green block", 0.06),
        ("put the red block in the blue bowl and stay 10 cm away from the green block", 0.10),
        ("put the red block in the blue bowl, keeping at least 5 cm clear of the green block", 0.05),
        ("stay 80 mm away from the green block while you put the red block in the blue bowl", 0.08),
        ("put the red block in the blue bowl and never come closer than 4 inches to the green block", 0.1016),
    ],
)
def test_a_prohibition_holds_while_the_plan_is_carried_out(text: str, distance: float) -> None:
    answer = PLANNER.plan(text, SCENE)
    assert isinstance(answer, Plan), answer
    assert [str(s) for s in answer.subtasks] == ["pick up the red block", "put the red block in the blue bowl"]
    (constraint,) = answer.constraints
    (clear,) = constraint.clear
    assert clear.name == "green block" and clear.distance == pytest.approx(distance)


def test_another_place_is_no_thing_to_keep_away_from() -> None:
    answer = PLANNER.plan("put the red block in the blue bowl, not in the pink bowl", SCENE)
    assert isinstance(answer, Plan) and answer.constraints == ()
    assert [e.apart for e in without_exclusions("put it in the red bowl, not the blue bowl")[1]] == [None]

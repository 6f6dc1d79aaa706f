"""Sentences that wait before they order."""

from __future__ import annotations

import pytest

from sayso.bench.language.negated import SCENE
from sayso.model_store import PACKAGED
from sayso.planner.interpreter.conditions import as_heard
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan

PLANNER = LocalPlanner(PACKAGED)
PUT = "put the red block in the blue bowl"


@pytest.mark.parametrize(
    ("text", "until"),
    [
        (f"when I'm ready, {PUT}", "you are ready"), (f"wait until I'm ready, then {PUT}", "you are ready"),
        (f"{PUT} when the kettle boils", "the kettle boils"), (f"as soon as Anna is here, {PUT}", "anna is here"),
        (f"wait 5 seconds, then {PUT}", "5 s have passed"),
        (f"{PUT}, but only when I tell you to", "you tell me to"),
    ],
)  # fmt: skip
def test_the_plan_waits_first(text: str, until: str) -> None:
    answer = PLANNER.plan(text, SCENE)
    assert isinstance(answer, Plan), answer
    (step,) = answer.subtasks
    assert step.wait is not None and step.wait.said.strip("'").casefold() == until
    after = PLANNER.plan(text, SCENE, done=(step,))
    assert isinstance(after, Plan)
    assert [str(s) for s in after.subtasks] == ["pick up the red block", PUT]


@pytest.mark.parametrize("text", [f"when the yellow block is in the pink bowl, {PUT}", f"when you are done, {PUT}"])
def test_what_the_robot_would_have_to_see_is_left_to_the_reader(text: str) -> None:
    answer = PLANNER.plan(text, SCENE)
    assert not (isinstance(answer, Plan) and any(s.wait and s.wait.events for s in answer.subtasks))


def test_the_robot_says_of_the_person_what_they_say_of_themselves() -> None:
    assert as_heard("I tell you I'm done with my coffee") == "you tell me you are done with your coffee"

"""How fast an instruction wants to be carried out, and that it is carried out so."""

from __future__ import annotations

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.language.instruction_pace import pace_of, without_pace
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan
from sayso.session import Options, Session
from tests.planner.local_scenes import TABLE

PUT = "put the red block in the blue bowl"
LOCAL = LocalPlanner(PACKAGED)


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        (f"slowly {PUT}", 0.5),
        (f"Carefully, {PUT}.", 0.5),
        (f"{PUT} gently", 0.5),
        ("put the red block slowly in the blue bowl", 0.5),
        (f"very slowly {PUT}", 0.25),
        (f"quickly {PUT}", 1.5),
        (f"{PUT} as fast as you can", 1.5),
        (f"{PUT}, but not too fast", 1 / 1.5),
        (f"take your time and {PUT}", 0.5),
        (f"hurry up and {PUT}", 1.5),
        (f"slowly pick up the red block and quickly {PUT}", 0.5),
    ],
)
def test_the_speed_in_an_instruction_is_heard_and_the_rest_is_the_task(said: str, factor: float) -> None:
    pace = pace_of(said)
    assert pace is not None and pace.after(1.0) == pytest.approx(factor)
    assert isinstance(LOCAL.plan(said, TABLE), Plan) and "red block" in without_pace(said)


@pytest.mark.parametrize(
    "said", [PUT, "put half of the blocks in the blue bowl", "stack all the blocks as usual", "go"]
)
def test_other_words_are_no_speed(said: str) -> None:
    assert pace_of(said) is None and without_pace(said) == ""


def test_it_is_carried_out_at_that_speed_and_the_next_instruction_at_the_usual_one() -> None:
    with Session("sim", "tabletop", options=Options(sees="truth", listen=False)) as session:
        slow = session.run("very carefully pick up the red block")
        session.run("put the red block in the blue bowl")
        usual = session.run("pick up the green block")
    assert slow.outcome == usual.outcome == "done" and slow.success
    assert slow.duration_s > 2 * usual.duration_s
    assert any("as the instruction asks" in e.text for e in slow.events) and not usual.events


def test_a_speed_said_meanwhile_stays() -> None:
    with Session("sim", "tabletop", options=Options(sees="truth", listen=False)) as session:
        session.run("quickly pick up the red block", say=[(0.5, "half speed")])
        assert session.executive.override.pace == pytest.approx(0.75)
        session.run("put the red block in the blue bowl")
        assert session.executive.override.pace == pytest.approx(0.75)

"""A bound that a person says at the place holds until the subtask ends: the arm stands there and asks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.planner.corrections.correction import Correction
from sayso.planner.plan import Subtask, Verb
from sayso.runtime.oversight.bounds import Bounds
from sayso.skills.motion import HOLD, LanguageMotion, parse
from tests.planner.corrections.reading import SCENE, read
from tests.sayso.runtime.parts import LEFT, UP, ExecutiveRig

DOWN = parse("move arm down")
PICK, OTHER = Subtask(Verb.PICK, "red", "red block"), Subtask(Verb.PICK, "green", "green block")


def passes(
    bounds: Bounds, t: float, height: float, motion: LanguageMotion = LEFT, spoken: LanguageMotion | None = None,
    subtask: Subtask = PICK,
) -> bool:  # fmt: skip
    scene = replace(SCENE, t=t, tool=Pose(np.array([0.5, 0.0, height]), np.eye(3)))
    return bounds.passed(scene, subtask, motion, spoken) is not None


def bounded(c: Correction, height: float = 0.30) -> Bounds:
    bounds = Bounds()
    bounds.heed(c, np.array([0.5, 0.0, height]), PICK)
    return bounds


@pytest.mark.parametrize("text", ["no lower", "not lower than this", "low enough", "no lower than that please"])
def test_a_hand_that_sets_out_or_comes_lower_passes_the_bound(text: str) -> None:
    assert passes(bounded(read(text)), 0.0, 0.30, DOWN)
    bounds = bounded(read(text))
    assert not passes(bounds, 0.0, 0.35) and not passes(bounds, 0.1, 0.34) and passes(bounds, 0.4, 0.305)


def test_within_the_bound_it_goes_on_and_may_sway() -> None:
    bounds = bounded(read("no lower"))
    assert not any(passes(bounds, 0.04 * i, 0.30 + 0.0005 * (-1) ** i) for i in range(20))
    assert not passes(bounds, 1.0, 0.4, UP)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("down 4 cm but no lower", 0.26), ("go down 2 cm and no further", 0.28), ("lower it by 3 cm, no more", 0.27)],
)
def test_the_bound_is_where_the_spoken_motion_ends(text: str, limit: float) -> None:
    bounds = bounded(read(text))
    assert not passes(bounds, 0.0, 0.29, DOWN, spoken=DOWN), "the person's own motion"
    assert not passes(bounds, 0.1, limit + 0.02, DOWN)
    assert passes(bounds, 2.0, limit + 0.005, DOWN)


def test_it_ends_with_the_subtask_and_with_a_person_s_word() -> None:
    assert not passes(bounded(read("no lower")), 0.0, 0.30, DOWN, subtask=OTHER)
    bounds = bounded(read("no lower"))
    bounds.heed(read("2 cm down"), np.array([0.5, 0.0, 0.30]), PICK)
    assert not passes(bounds, 0.0, 0.30, DOWN)


@pytest.mark.parametrize("text", ["left, not right", "don't turn left", "down 3 cm", "not so far left", "hold still"])
def test_other_words_are_no_bound(text: str) -> None:
    assert not read(text).bound


@pytest.fixture
def rig() -> ExecutiveRig:
    rig = ExecutiveRig()
    rig.executive.dialogue.wait_s = math.inf
    rig.parts.motions = [UP]
    rig.drive(0.5)
    assert rig.speed > 0
    return rig


def said(rig: ExecutiveRig, text: str) -> str:
    reply = rig.queue.say(text, rig.now)
    rig.drive(0.2)
    return str(reply.wait(text, 0))


def test_the_arm_stands_and_asks_and_goes_on_when_told(rig: ExecutiveRig) -> None:
    assert said(rig, "no higher") == "I go no higher without asking"
    rig.drive(5.0)
    question = rig.executive.dialogue.question
    assert question is not None and question.text == "You said no higher. Shall I go on?"
    assert rig.speed == pytest.approx(0.0, abs=1e-6)
    said(rig, "go on")
    rig.drive(3.0)
    assert rig.executive.dialogue.question is None and rig.speed > 0


def test_the_arm_goes_on_within_the_bound_and_asks_when_it_sets_out_beyond(rig: ExecutiveRig) -> None:
    rig.parts.motions = [LEFT]
    rig.drive(0.5)
    said(rig, "no higher")
    rig.drive(3.0)
    assert rig.executive.dialogue.question is None and rig.speed > 0
    rig.parts.motions = [UP]
    rig.drive(1.0)
    assert rig.executive.dialogue.question is not None and rig.speed == pytest.approx(0.0, abs=1e-6)


def test_a_bound_with_a_motion_is_said(rig: ExecutiveRig) -> None:
    answer = said(rig, "down 3 cm but no lower")
    assert answer == "I move 3 cm down; I go no lower without asking"
    assert rig.executive.runtime.motion != HOLD

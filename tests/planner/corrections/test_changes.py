"""What people say to change the plan: several things, one of several, what is left out, and what goes back."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.model_store import PACKAGED
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, Scene, SceneObject
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Plan, Verb
from sayso.skills.motion import Axis, GripperAction, LanguageMotion, Step
from tests.planner.local_scenes import TABLE

PLANNER = LocalPlanner(PACKAGED)
READER = CorrectionReader(PLANNER.reader)


def seen(name: str, x: float, y: float) -> SceneObject:
    color, kind = name.split()[:2]
    kinds, colors = {k: float(k == kind) for k in ALL_KINDS}, {c: float(c == color) for c in ALL_COLORS}
    return SceneObject(name, kinds, colors, np.array([x, y, 0.03]), np.array([0.06, 0.06, 0.06]))


def table(*things: SceneObject) -> Scene:
    return Scene(0.0, things, TABLE.tool)


BLOCKS = table(
    seen("blue block 1", 0.38, 0.2), seen("blue block 2", 0.62, -0.2), seen("red block", 0.5, 0.05),
    seen("brown block", 0.4, -0.15), seen("red bowl", 0.6, 0.25), seen("gray bowl", 0.42, -0.3),
)  # fmt: skip
CUPS = table(
    seen("green block", 0.4, 0.1), seen("white cup", 0.6, 0.2), seen("cyan cup", 0.45, -0.2),
    seen("orange mug", 0.6, -0.05),
)  # fmt: skip


def after(text: str, doing: str, on: Scene = BLOCKS) -> list[str]:
    """The ids of what is put somewhere, each before the thing where it goes, once ``text`` was said."""
    planner = Remembering(PLANNER, PLANNER, Memory())
    plan = planner.plan(doing, on)
    assert isinstance(plan, Plan), plan
    found = READER.read(text, on, plan.subtasks, instruction=doing)
    steps = amended(plan.subtasks, found, on)
    if found.level == "goal" and found.instruction is not None:
        new = planner.plan(found.instruction, on)
        assert isinstance(new, Plan), (found, new)
        steps = new.subtasks
    assert found.level in ("goal", "subtask", "resume"), found
    return [f"{s.object_id} → {s.reference_id}" for s in steps if s.verb is Verb.PLACE]


def level(text: str, doing: str, on: Scene = BLOCKS) -> Correction:
    plan = PLANNER.plan(doing, on)
    assert isinstance(plan, Plan)
    return READER.read(text, on, plan.subtasks, instruction=doing)


ONE, TWO = "put the left blue block in the red bowl", "put the red block in the red bowl, then the brown block"
BOTH = "put both blue blocks in the red bowl"


@pytest.mark.parametrize("text", ["both blue ones, not just this one", "I meant both of the blue blocks"])
def test_several_take_the_place_of_one(text: str) -> None:
    assert after(text, ONE) == ["blue block 1 → red bowl", "blue block 2 → red bowl"]


@pytest.mark.parametrize("text", ["then the second one too", "and after that the other one as well"])
def test_the_second_one_is_the_twin_of_the_first(text: str) -> None:
    assert after(text, ONE) == ["blue block 1 → red bowl", "blue block 2 → red bowl"]


@pytest.mark.parametrize(
    ("text", "doing", "left"),
    [
        ("scrap the brown one, only the first please", TWO, "red block"), ("just do the second", TWO, "brown block"),
        ("forget the red, just the rest", TWO, "brown block"), ("only the brown one", TWO, "brown block"),
        ("only one of them will do, the nearer", BOTH, "blue block 1"), ("just the right one", BOTH, "blue block 2"),
        ("skip the brown", TWO, "red block"), ("leave out the red one", TWO, "brown block"),
    ],
)  # fmt: skip
def test_one_of_several_is_left(text: str, doing: str, left: str) -> None:
    assert after(text, doing) == [f"{left} → red bowl"]


@pytest.mark.parametrize(
    ("text", "doing", "left"),
    [
        ("not both, just the right one", BOTH, ["blue block 2 → red bowl"]),
        ("but not the right one", BOTH, ["blue block 1 → red bowl"]),
        ("skip straight to the brown one", TWO, ["brown block → red bowl"]),
        ("change the order please", TWO, ["brown block → red bowl", "red block → red bowl"]),
        ("swap the order: brown first, then red", TWO, ["brown block → red bowl", "red block → red bowl"]),
        ("change of plan, both in the gray bowl", TWO, ["red block → gray bowl", "brown block → gray bowl"]),
        ("no, in the gray bowl", TWO, ["red block → gray bowl", "brown block → red bowl"]),
    ],
)
def test_what_is_said_of_both_is_done_with_both(text: str, doing: str, left: list[str]) -> None:
    assert after(text, doing) == left


@pytest.mark.parametrize("text", ["just a bit to the left", "only slowly", "only up"])
def test_what_is_only_a_way_or_a_pace_leaves_nothing_out(text: str) -> None:
    assert level(text, BOTH).level == "motion"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("leave blue, do the brown", "brown block → red bowl"),
        ("forget the blue block. Take the red one instead", "red block → red bowl"),
        ("scratch the red one, it goes in the other bowl", "blue block 1 → gray bowl"),
        ("no, brown in gray", "brown block → gray bowl"),
        ("colors apart, please: brown into gray", "brown block → gray bowl"),
        ("not that one, he wants the brown block", "brown block → red bowl"),
    ],
)  # fmt: skip
def test_what_is_given_up_is_not_what_is_meant(text: str, left: str) -> None:
    assert after(text, ONE) == [left]


@pytest.mark.parametrize(
    ("text", "cup"),
    [("rather into the cyan one", "cyan cup"), ("the other bin", ""), ("in the right-hand bin, not that", "cyan cup"),
     ("better the orange mug, it's nicer", "orange mug")],
)  # fmt: skip
def test_a_container_is_one_that_is_there(text: str, cup: str) -> None:
    if cup:
        assert after(text, "put the green block in the white cup", CUPS) == [f"green block → {cup}"]
    else:
        assert level(text, "put the green block in the white cup", CUPS).level == "ask"


def test_what_is_refused_tells_what_is_replaced() -> None:
    things = table(*CUPS.objects, seen("orange ball", 0.42, 0.3))
    doing = "put the green block in the cyan cup"
    assert after("the orange, not the cyan", doing, things) == ["green block → orange mug"]
    assert after("the orange, not the green", doing, things) == ["orange ball → cyan cup"]
    assert after("set it beside the cup, not in it", doing, things) == ["green block → cyan cup"]


@pytest.mark.parametrize(
    "text", ["put it back please", "set that back where you got it", "reverse that, the original state", "pop the blue "
             "block back where it was, they'll be sad otherwise"],
)  # fmt: skip
def test_what_was_not_taken_yet_is_left(text: str) -> None:
    planner = Remembering(PLANNER, PLANNER, Memory())
    plan = planner.plan(ONE, BLOCKS)
    assert isinstance(plan, Plan)
    found = READER.read(text, BLOCKS, plan.subtasks, instruction=ONE)
    assert (found.level, found.instruction) == ("goal", "undo"), found
    assert "not taken the blue block yet" in str(getattr(planner.plan("undo", BLOCKS), "reason", ""))


def test_a_body_that_is_taken_still_stops_the_arm() -> None:
    for text in ("oh it has my back caught", "it has got my sleeve"):
        assert level(text, ONE).level == "stop"


ROUND = ("no, the other way round", "the other way around, please", "vice versa", "you put them the wrong way round")


@pytest.mark.parametrize("text", ROUND)
def test_the_other_way_round_exchanges_the_thing_and_its_place(text: str) -> None:
    assert after(text, "put the red block on the brown block") == ["brown block → red block"]


@pytest.mark.parametrize(
    "doing", ["put the red block in the gray bowl", "stack the red block, the brown block and a blue block"]
)
def test_what_cannot_be_put_the_other_way_round_is_asked_about(doing: str) -> None:
    found = level("no, the other way round", doing)
    assert found.level == "ask" and found.holds is not None, found


def test_the_other_way_round_is_no_motion_unless_a_person_asked_for_one() -> None:
    steps = PLANNER.plan("put the red block on the brown block", BLOCKS).subtasks  # type: ignore[union-attr]
    down = LanguageMotion((Step(Axis.Z, -1),), gripper=GripperAction.CLOSE)
    for spoken, wanted in ((False, "goal"), (True, "motion")):
        found = READER.read("no, the other way round", BLOCKS, steps, current=down, spoken=spoken)
        assert found.level == wanted, found


def test_the_other_way_round_exchanges_what_was_done_last() -> None:
    planner = Remembering(PLANNER, PLANNER, Memory())
    assert isinstance(planner.plan("put the red block on the brown block", BLOCKS), Plan)
    planner.ended("done", BLOCKS, "")
    plan = planner.plan("no, the other way round", BLOCKS)
    assert isinstance(plan, Plan), plan
    assert [(s.object_id, s.reference_id) for s in plan.subtasks if s.verb is Verb.PLACE] == [
        ("brown block", "red block")
    ]


def test_a_question_about_what_is_refused_says_what_each_answer_leaves_to_do() -> None:
    found = level("no, put the red one down", "put the red block in the gray bowl")
    assert found.level == "ask" and found.holds is not None, found
    answers = dict(zip(found.holds.options, found.holds.answers, strict=True))
    assert answers["put the red one aside"] == "put(the(thing, color(red)), aside)"


@pytest.mark.parametrize(
    ("rule", "left"), [("never touch the red block", "brown"), ("keep away from the brown block", "red")]
)
def test_what_a_rule_forbids_is_left_out_of_the_steps(rule: str, left: str) -> None:
    doing = "put the red block and the brown block in the gray bowl"
    steps = PLANNER.plan(doing, BLOCKS).subtasks  # type: ignore[union-attr]
    heard = level(rule, doing)
    assert heard.rule is not None, heard
    rest = READER.without(heard.rule, BLOCKS, steps)
    assert rest is not None and rest.read_as == f"put the {left} block in the gray bowl"
    assert READER.without("rule(untouched(the(block, color(blue))))", BLOCKS, steps) is None

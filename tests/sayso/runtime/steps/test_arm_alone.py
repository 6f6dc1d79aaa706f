"""Steps of the arm alone, on a mock arm: where the hand goes, when the step is done, and what is heard meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.plan import Answer, Plan, Planner, Subtask, Verb
from sayso.planner.watch.constraint import Clear, kept_away
from tests.sayso.runtime.parts import SPEC, TABLE, ExecutiveRig, block

HOME = Subtask(Verb.GO, "", "", place_name="home")
POINT = Subtask(Verb.POINT, "", "", reference_id="red", reference_name="red block")
OVER = replace(POINT, verb=Verb.OVER)
MOVE = Subtask(Verb.MOVE, "", "", way=(0.0, 0.1, -0.05))
AT_HOME = Kinematics(SPEC).forward(SPEC.home).position


class Does(Planner):
    """Always has the same plan, but for what is done of it."""

    name = "does"

    def __init__(self, plan: Plan) -> None:
        self.made, self.instructions = plan, list[str]()

    def plan(self, instruction: str, scene: Scene, *, done: Sequence[Subtask] = (), deadline_s: float = 10.0) -> Answer:
        self.instructions.append(instruction)
        return replace(self.made, subtasks=self.made.subtasks[len(done) :])


def rig(*steps: Subtask, objects: Sequence[SceneObject] = TABLE, **more: object) -> ExecutiveRig:
    return ExecutiveRig("do it", 100.0, Does(Plan(steps, **more)), objects)  # type: ignore[arg-type]


def tool(one: ExecutiveRig) -> Array:
    return Kinematics(SPEC).forward(one.robot.read().position).position


def outcomes(one: ExecutiveRig) -> list[str]:
    return [step.outcome for step in one.executive.supervisor.steps]


def way_of(one: ExecutiveRig, seconds: float) -> Array:
    """The tool's positions (n, 3) m, ten a second."""
    at = []
    for _ in range(int(seconds * 10)):
        one.drive(0.1)
        at.append(tool(one))
    return np.array(at)


@pytest.mark.parametrize("step", [POINT, OVER])
def test_the_hand_goes_above_the_thing_and_stays_there_a_while(step: Subtask) -> None:
    one = rig(step)
    at = way_of(one, 10.0)
    assert one.executive.outcome == "done" and outcomes(one) == ["done"]
    assert np.abs(at[-1][:2] - TABLE[0].position[:2]).max() < 0.015
    fingers = at[:, 2] - SPEC.gripper.fingertip  # type: ignore[union-attr]
    assert 0.08 < fingers[-1] - TABLE[0].top < 0.12 and fingers.min() > TABLE[0].top + 0.08
    there = np.linalg.norm(at - at[-1], axis=1) < 0.015
    assert 1.3 < 0.1 * there[: np.flatnonzero(np.abs(np.diff(at, axis=0)).max(axis=1))[-1] + 2].sum() < 2.5


def test_it_says_that_it_points_once_and_at_what() -> None:
    one = rig(POINT, HOME)
    one.drive(20.0)
    assert [note.text for note in one.executive.notices.notes] == ["I point at the red block"]
    assert [str(s.subtask) for s in one.executive.supervisor.steps] == ["point at the red block", "go home"]
    assert outcomes(one) == ["done", "done"] and one.executive.outcome == "done"
    assert np.abs(one.robot.read().position - SPEC.home).max() < 0.05


def test_a_tall_thing_on_the_way_is_crossed_from_above() -> None:
    tall = replace(block("green", 0.0), position=np.array([0.5, 0.0, 0.15]), size=np.array([0.05, 0.05, 0.30]))
    far = replace(block("red", -0.25), position=np.array([0.5, -0.25, 0.02]))
    start = replace(POINT, reference_id="pink", reference_name="pink block")
    one = rig(start, POINT, HOME, objects=(replace(block("pink", 0.25), id="pink"), far, tall))
    at = way_of(one, 25.0)
    assert one.executive.outcome == "done"
    over = at[np.hypot(*(at[:, :2] - tall.position[:2]).T) < 0.03]
    assert len(over) and over[:, 2].min() > 0.30 + 0.03


def test_a_way_ends_where_it_was_said_to_by_the_measured_pose() -> None:
    one = rig(MOVE)
    one.drive(5.0)
    assert one.executive.outcome == "done"
    assert np.linalg.norm(tool(one) - AT_HOME - np.array(MOVE.way)) < 0.015


def test_a_way_stops_above_what_is_below_and_says_so() -> None:
    under = replace(
        block("red", 0.0), position=np.array([AT_HOME[0], AT_HOME[1], 0.1]), size=np.array([0.05, 0.05, 0.2])
    )
    one = rig(replace(MOVE, way=(0.0, 0.0, -0.3)), objects=(under,))
    at = way_of(one, 8.0)
    assert one.executive.outcome == "done" and at[:, 2].min() > 0.2
    assert [note.text for note in one.executive.notices.notes] == ["I reach no farther that way"]


def test_nearer_and_away_are_so_far() -> None:
    for verb, sign in ((Verb.NEAR, 1), (Verb.AWAY, -1)):
        one = rig(replace(POINT, verb=verb, distance=0.06))
        before = np.linalg.norm(tool(one)[:2] - TABLE[0].position[:2])
        one.drive(5.0)
        after = np.linalg.norm(tool(one)[:2] - TABLE[0].position[:2])
        assert one.executive.outcome == "done" and 0.005 < sign * (before - after) < 0.075


def test_the_hand_opens_and_closes() -> None:
    one = rig(Subtask(Verb.CLOSE, "", ""))
    one.drive(3.0)
    assert one.executive.outcome == "done" and one.robot.read().gripper < 0.1
    one = rig(Subtask(Verb.CLOSE, "", ""), Subtask(Verb.OPEN, "", ""))
    one.drive(4.0)
    assert outcomes(one) == ["done", "done"] and one.robot.read().gripper > 0.9


def test_a_stop_stops_and_go_on_goes_on() -> None:
    one = rig(POINT, HOME)
    one.operator.go_on_s = 100.0
    one.drive(0.6)
    one.drive(20.0, "stop")
    stood = tool(one)
    assert one.runtime.loop.stopped and one.executive.outcome is None
    one.drive(0.5, "go on")
    assert np.linalg.norm(tool(one) - stood) > 0.01
    one.drive(20.0)
    assert one.executive.outcome == "done" and outcomes(one) == ["done", "done"]


def test_another_thing_takes_the_place_of_the_one_pointed_at() -> None:
    one = rig(POINT)
    one.drive(0.3)
    one.drive(10.0, "no, the green one")
    assert outcomes(one) == ["superseded", "done"] and one.executive.outcome == "done"
    assert np.abs(tool(one)[:2] - TABLE[1].position[:2]).max() < 0.015


def test_a_word_near_the_end_moves_the_end_and_one_on_the_way_does_not() -> None:
    one = rig(POINT)
    while not one.executive.notices.notes:
        one.drive(0.1)
    one.executive.override.move(one.parts.motions[0], one.now, 1.2)  # the mock policy turns the first joint
    one.drive(1.2)
    led = tool(one)
    one.drive(5.0)
    assert one.executive.outcome == "done" and np.linalg.norm(tool(one) - led) < 0.02
    assert np.abs(led[:2] - TABLE[0].position[:2]).max() > 0.015
    one = rig(POINT)
    one.executive.override.move(one.parts.motions[0], one.now, 0.4)
    one.drive(10.0)
    assert np.abs(tool(one)[:2] - TABLE[0].position[:2]).max() < 0.015


def test_a_question_about_the_run_is_answered_with_the_step() -> None:
    one = rig(HOME, POINT, HOME)
    one.drive(0.6)
    reply = one.queue.say("what are you doing?", one.now)
    one.drive(0.5)
    assert str(reply.wait("what are you doing?", 0)) == "I point at the red block, then go home."
    one.drive(20.0)
    assert one.executive.outcome == "done"


def test_slowly_takes_longer() -> None:
    taken = []
    for words in ((), ("go slowly",)):
        one = rig(POINT)
        began = one.now
        one.drive(0.1, *words)
        one.drive(30.0)
        assert one.executive.outcome == "done"
        taken.append(one.now - began)
    assert taken[1] > 1.3 * taken[0]


def test_a_thing_that_is_not_seen_is_not_pointed_at() -> None:
    one = rig(replace(POINT, reference_id="gone", reference_name="gray block"))
    one.drive(20.0)
    assert one.executive.outcome == "failed"
    assert one.executive.question is not None and "I do not see the gray block" in one.executive.question.text


def test_what_is_out_of_reach_ends_in_a_question_and_not_in_trying_for_ever() -> None:
    far = replace(block("red", 0.1), position=np.array([0.5, 0.1, 0.9]))
    one = rig(POINT, objects=(far,))
    one.drive(30.0)
    assert one.executive.outcome == "failed" and one.executive.question is not None
    assert "I could not point at the red block" in one.executive.question.text


def test_the_hand_stays_away_from_what_it_is_to_stay_away_from() -> None:
    away = kept_away("stay away from the green block", (Clear("green", "green block", 0.15),))
    one = rig(replace(POINT, reference_id="pink", reference_name="pink block"), POINT, HOME,
              objects=(*TABLE, replace(block("pink", -0.3), id="pink")), constraints=(away,))  # fmt: skip
    at = way_of(one, 25.0)
    assert one.executive.outcome == "done", one.executive.question
    gaps = np.maximum(np.abs(at - TABLE[1].position) - TABLE[1].size / 2, 0.0)
    assert np.linalg.norm(gaps, axis=1).min() > 0.15


@pytest.mark.parametrize(("rest", "held"), [(False, False), (True, True)])
def test_an_arm_that_cannot_lie_down_goes_home_and_says_why(
    monkeypatch: pytest.MonkeyPatch, rest: bool, held: bool
) -> None:
    one = rig(replace(HOME, place_name="rest"), objects=(replace(TABLE[0], held=held), TABLE[1]))
    spec = replace(SPEC, rest=SPEC.home if rest else None)
    monkeypatch.setattr(one.executive.arm_alone, "_spec", spec)
    one.drive(5.0)
    assert one.executive.outcome == "done" and one.operator.wish is None
    (note,) = [note.text for note in one.executive.notices.notes]
    assert note.startswith("I hold the red block" if held else "I have no posture to rest in")


def test_an_arm_with_a_posture_to_rest_in_lies_down_when_its_plan_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    one = rig(replace(HOME, place_name="rest"))
    monkeypatch.setattr(one.executive.arm_alone, "_spec", replace(SPEC, rest=SPEC.home))
    one.drive(5.0)
    assert one.executive.outcome == "done" and one.operator.wish == "rest"


def test_a_thing_beyond_the_reach_is_pointed_at_from_as_near_as_the_arm_comes_and_that_is_said() -> None:
    far = replace(block("red", 0.1), position=np.array([0.5, 0.52, 0.02]))
    one = rig(POINT, objects=(far,))
    one.drive(20.0)
    assert one.executive.outcome == "done"
    assert [n.text for n in one.executive.notices.notes] == ["I point at the red block", "I reach no farther that way"]

"""Where a thing is taken, what the hand refuses, and the block that stands for a thing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import GripperSpec, Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.goal import Goals
from sayso.planner.execution.grip import STAND_IN, impossible
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from tests.planner.execution.test_evidence import BOWL, PICK, START
from tests.planner.local_scenes import scene, thing

HAND = GripperSpec(0.08, 0.008)
TAKE = Subtask(Verb.PICK, "x", "green can")
PUT = Subtask(Verb.PLACE, "x", "green can", Relation.IN, "bowl", "blue bowl")


def seen(kind: str, size: tuple[float, float, float], yaw: float = 0.0, held: bool = False) -> SceneObject:
    at = np.array([0.45, -0.1, size[2] / 2])
    return SceneObject("x", {kind: 1.0}, {"green": 1.0}, at, np.array(size), yaw, held=held)


def table(item: SceneObject, tool_yaw: float = 0.0, gripper: float = 1.0) -> Scene:
    bowl = SceneObject(
        "bowl", {"bowl": 1.0}, {"blue": 1.0}, np.array([0.55, 0.15, 0.028]), np.array([0.15, 0.15, 0.055])
    )
    turned = np.array(
        [[np.cos(tool_yaw), -np.sin(tool_yaw), 0], [np.sin(tool_yaw), np.cos(tool_yaw), 0], [0, 0, 1.0]]
    ) @ np.diag([1.0, -1.0, -1.0])
    tool = Pose(np.array([0.45, -0.1, 0.1]), turned)
    return Scene(0.0, (item, bowl), tool, gripper, item.id if item.held else None)


@pytest.mark.parametrize(
    ("kind", "size", "why"),
    [
        ("plate", (0.21, 0.21, 0.02), "21.0 cm wide and my hand opens 8.0 cm"),
        ("bottle", (0.06, 0.06, 0.20), "20 cm tall"),
        ("box", (0.10, 0.05, 0.006), "6 mm flat"),
        ("can", (0.074, 0.074, 0.10), "of which I need 1 cm to spare"),
    ],
)
def test_what_the_hand_cannot_take_is_refused_with_numbers(
    kind: str, size: tuple[float, float, float], why: str
) -> None:
    said = impossible(Plan((TAKE,)), table(seen(kind, size)), HAND)
    assert said is not None and why in said and said.startswith(f"I cannot pick up the green {kind}: ")


def test_the_shorter_edge_counts() -> None:
    assert impossible(Plan((TAKE,)), table(seen("box", (0.16, 0.05, 0.06))), HAND) is None


def test_a_block_wider_than_the_hand_is_refused() -> None:
    wide = replace(thing("red block", 0.4, 0.0), size=np.array([0.095, 0.095, 0.04]))
    assert impossible(Plan((PICK,)), scene(wide), HAND) == (
        "I cannot pick up the red block: it is 9.5 cm wide and my hand opens 8.0 cm."
    )
    assert impossible(Plan((PICK,)), START, HAND) is None
    assert impossible(Plan((BOWL,)), START, GripperSpec(0.01)) is None, "it is put, not picked up"
    assert impossible(Plan((PICK,)), START, None) is None


def test_nothing_stands_on_a_ball() -> None:
    put = Subtask(Verb.PLACE, "red block", "red block", Relation.ON, "x", "green ball")
    said = impossible(Plan((put,)), table(seen("ball", (0.06, 0.06, 0.06))), HAND)
    assert said == "Nothing stands on the green ball: its top is not flat."


def test_a_block_is_shown_as_it_is() -> None:
    goal = Goals(None, HAND).goal(TAKE, table(seen("block", (0.04, 0.04, 0.04), 0.3)), ())
    assert goal.fingers is None and goal.size[0] == 0.04 and goal.yaw == 0.3


def test_a_tall_can_is_a_block_at_its_top() -> None:
    scene_ = table(seen("can", (0.066, 0.066, 0.115)))
    goal = Goals(None, HAND).goal(TAKE, scene_, ())
    assert goal.size.tolist() == [STAND_IN] * 3 and goal.position[2] == pytest.approx(0.085)
    assert goal.opening(0.066) == pytest.approx(STAND_IN) and goal.opening(0.08) == pytest.approx(0.08)
    assert goal.opening(0.0) == 0.0


def test_what_hangs_below_the_hand_is_kept_clear() -> None:
    held = seen("can", (0.066, 0.066, 0.115), held=True)
    held = replace(held, position=np.array([0.45, -0.1, 0.07]))
    scene_ = table(held, gripper=0.066 / 0.08)
    goal = Goals(None, HAND).goal(PUT, scene_, ())
    bottom, shown = 0.07 - 0.115 / 2, float(goal.position[2] - goal.size[2] / 2)
    hangs = shown - bottom
    plain = Goals(None).goal(PUT, scene_, ())
    assert goal.place is not None and plain.place is not None
    assert goal.place[2] - plain.place[2] == pytest.approx(hangs) and hangs > 0.05
    assert goal.clearance - plain.clearance == pytest.approx(hangs)
    assert goal.position[2] == scene_.tool.position[2] and goal.opening(0.066) == pytest.approx(STAND_IN)


@pytest.mark.parametrize("yaw", [1.2, -1.0])
def test_the_hand_is_led_around_to_the_shorter_edge_before_it_goes_down(yaw: float) -> None:
    item = seen("box", (0.12, 0.05, 0.06), yaw)
    far = Goals(None, HAND).goal(TAKE, table(item), ())
    near = Goals(None, HAND).goal(TAKE, table(item, tool_yaw=yaw - 0.05), ())
    assert 0 < far.yaw / np.sign(yaw) < 0.3, "a small step in the right direction"
    assert far.position[2] > near.position[2] + 0.05
    assert near.yaw == pytest.approx(yaw)

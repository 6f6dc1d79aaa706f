"""Where a thing is taken, what the hand refuses, and the block that stands for a thing for an earlier policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import GripperSpec, Pose
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.goal import Goals
from sayso.planner.execution.grip import chosen, impossible
from sayso.planner.execution.stand_in import STAND_IN
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.skills.goal import SubtaskGoal
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


def taken(item: SceneObject, tool_yaw: float = 0.0) -> SubtaskGoal:
    return Goals(None, HAND).goal(TAKE, table(item, tool_yaw), ())


def test_a_block_is_taken_in_its_middle() -> None:
    goal = taken(seen("block", (0.04, 0.04, 0.04), 0.3))
    assert goal.width == 0.04 and goal.hang == goal.above == pytest.approx(0.02)
    assert goal.yaw % (np.pi / 2) == pytest.approx(0.3)


def test_a_tall_can_is_taken_near_its_top() -> None:
    goal = taken(seen("can", (0.066, 0.066, 0.115)))
    assert goal.position[2] == pytest.approx(0.085)
    assert (goal.width, goal.hang, goal.above) == pytest.approx((0.066, 0.085, 0.03))
    assert abs(goal.yaw) < 0.2, "no heading of it is better than the hand's own"


@pytest.mark.parametrize("yaw", [1.2, -1.0, 0.4])
def test_a_box_is_taken_across_its_shorter_edge(yaw: float) -> None:
    goal = taken(seen("box", (0.12, 0.05, 0.06), yaw))
    assert goal.width == 0.05 and goal.yaw % np.pi == pytest.approx(yaw % np.pi), "the fingers close along the tool's y"


def test_a_flat_thing_leaves_room_for_the_fingertips() -> None:
    goal = taken(seen("stick", (0.15, 0.012, 0.012)))
    assert goal.position[2] == pytest.approx(HAND.fingertip + 0.001)


def test_a_wide_cup_is_taken_by_its_rim_and_put_by_its_middle() -> None:
    item = seen("cup", (0.09, 0.09, 0.10))
    goal = taken(item)
    out = goal.position - item.position
    assert np.hypot(*out[:2]) == pytest.approx(0.045, abs=0.005) and goal.width < 0.01
    closing = np.array([np.cos(goal.yaw + np.pi / 2), np.sin(goal.yaw + np.pi / 2)])
    assert abs(closing @ out[:2]) == pytest.approx(np.hypot(*out[:2]), abs=1e-3), "one finger inside, one outside"
    held = replace(item, held=True, position=np.array([0.45, -0.145, 0.07]))
    goals = [Goals(None, gripper).goal(PUT, table(held), ()) for gripper in (HAND, None)]
    assert all(g.place is not None for g in goals)
    bowl = np.array([0.55, 0.15])
    assert goals[0].place is not None and goals[0].place[:2] == pytest.approx([bowl[0], bowl[1] + 0.045])


def test_grasps_that_were_seen_come_before_those_of_the_shape() -> None:
    found = Grasp(np.array([0.44, -0.1, 0.03]), 0.5, 0.02, 0.95)
    item = replace(seen("box", (0.12, 0.05, 0.06)), grasps=(found, replace(found, yaw=2.0, quality=0.3)))
    assert chosen(item, table(item), HAND).yaw == found.yaw
    low = replace(item, grasps=(replace(found, position=np.array([0.44, -0.1, 0.009])),))
    assert chosen(low, table(low), HAND).position[2] == pytest.approx(0.03), "not deeper than a policy knows"


def test_where_no_seen_grasp_is_likely_to_hold_the_shape_counts() -> None:
    """The finger that goes into a narrow cup jams it."""
    rim = Grasp(np.array([0.463, -0.079, 0.049]), 0.8, 0.004, 0.37)
    cup = replace(seen("cup", (0.057, 0.057, 0.075)), grasps=(rim,))
    assert chosen(cup, table(cup), HAND).width == pytest.approx(0.057)
    likely = replace(cup, grasps=(replace(rim, quality=0.6),))
    assert chosen(likely, table(likely), HAND).width == rim.width
    wide = replace(cup, size=np.array([0.09, 0.09, 0.075]))
    assert chosen(wide, table(wide), HAND).width < 0.01, "it cannot be taken across"


def test_no_finger_comes_down_on_a_neighbor() -> None:
    item = seen("block", (0.04, 0.04, 0.04), np.pi / 4 + 0.1)
    free = chosen(item, table(item), HAND)
    way = 0.05 * np.array([np.cos(free.yaw), np.sin(free.yaw)])
    beside = thing("red block", *(item.position[:2] + way).tolist())
    crowded = chosen(item, replace(table(item), objects=(item, beside)), HAND)
    assert abs(np.sin(crowded.yaw - free.yaw)) == pytest.approx(1.0)


def test_a_hand_that_turns_a_quarter_keeps_its_way_around() -> None:
    goals, item = Goals(None, HAND), seen("stick", (0.15, 0.02, 0.02), np.pi / 2)
    ways = [goals.goal(TAKE, table(item, tool_yaw=yaw), ()).yaw - yaw for yaw in (0.01, 0.0, -0.02, 0.03)]
    assert len({float(np.sign(way)) for way in ways}) == 1
    assert all(abs(way) <= 1.2 + 1e-9 for way in ways), "led around in a direction that nobody can doubt"


def test_the_grasp_stays_while_another_is_hardly_better() -> None:
    goals, item = Goals(None, HAND), seen("block", (0.04, 0.04, 0.04), np.pi / 4 - 0.03)
    first = goals.goal(TAKE, table(item), ())
    again = goals.goal(TAKE, table(replace(item, yaw=np.pi / 4 + 0.03)), ())
    assert again.yaw - first.yaw == pytest.approx(0.06)


def test_what_hangs_below_the_hand_is_measured_from_where_it_is_held() -> None:
    held = replace(seen("can", (0.066, 0.066, 0.115), held=True), position=np.array([0.45, -0.1, 0.07]))
    goal = Goals(None, HAND).goal(PUT, table(held, gripper=0.066 / 0.08), ())
    assert goal.position.tolist() == [0.45, -0.1, 0.1] and goal.width == pytest.approx(0.066)
    assert goal.bottom == pytest.approx(0.07 - 0.115 / 2) and goal.top == pytest.approx(0.07 + 0.115 / 2)


def test_a_policy_from_before_grasps_is_shown_a_block_at_the_top_of_a_tall_can() -> None:
    scene_ = table(seen("can", (0.066, 0.066, 0.115)))
    goal = Goals(None, HAND, earlier=True).goal(TAKE, scene_, ())
    assert goal.width == goal.height == STAND_IN and goal.position[2] == pytest.approx(0.085)
    assert goal.opening(0.066) == pytest.approx(STAND_IN) and goal.opening(0.08) == pytest.approx(0.08)
    assert goal.opening(0.0) == 0.0
    block = Goals(None, HAND, earlier=True).goal(TAKE, table(seen("block", (0.04, 0.04, 0.04))), ())
    assert block.fingers is None


@pytest.mark.parametrize("way", [(0.05, 0.0), (0.0, 0.05)])
def test_such_a_policy_turns_to_an_edge_of_a_block_by_itself(way: tuple[float, float]) -> None:
    block = seen("block", (0.04, 0.04, 0.04))
    beside = replace(block, id="y", position=block.position + np.array([*way, 0.0]))
    for tool_yaw in (-0.4, 0.0, 0.4):
        there = table(block, tool_yaw)
        goal = Goals(None, HAND, earlier=True).goal(TAKE, replace(there, objects=(*there.objects, beside)), ())
        assert np.cos(4 * goal.yaw) == pytest.approx(1.0), "one of its edges, however far the hand has to turn"


def test_what_hangs_below_that_block_is_kept_clear() -> None:
    held = replace(seen("can", (0.066, 0.066, 0.115), held=True), position=np.array([0.45, -0.1, 0.07]))
    goal, plain = (Goals(None, HAND, e).goal(PUT, table(held, gripper=0.066 / 0.08), ()) for e in (True, False))
    hangs = goal.bottom - plain.bottom
    assert goal.place is not None and plain.place is not None and hangs > 0.05
    assert goal.place[2] - plain.place[2] == pytest.approx(hangs)
    assert goal.clearance - plain.clearance == pytest.approx(hangs)


@pytest.mark.parametrize("yaw", [1.2, -1.0])
def test_the_hand_of_such_a_policy_is_led_around_before_it_goes_down(yaw: float) -> None:
    item = seen("box", (0.12, 0.05, 0.06), yaw)
    far = Goals(None, HAND, earlier=True).goal(TAKE, table(item), ())
    near = Goals(None, HAND, earlier=True).goal(TAKE, table(item, tool_yaw=yaw - 0.05), ())
    assert 0 < far.yaw / np.sign(yaw) < 0.3, "a small step in the right direction"
    assert far.position[2] > near.position[2] + 0.05
    assert near.yaw == pytest.approx(yaw)

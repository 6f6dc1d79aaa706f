"""Fingers that stop at an object's width have got hold of it; it moves with the tool until they open or close on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sayso.hardware.types import GripperSpec, Pose
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.held_object import CORNERS_S, RATE_S, HeldObjectTracker
from sayso.perception.track import Track
from sayso.perception.votes import Detection
from tests.perception.conftest import joints, tool_at

Detect = Callable[..., Detection]
TICK_S = 0.02
HERE = tool_at(0.5, 0.0, 0.02)


class Hand:
    """A tracker of what is in a hand 8 cm wide, ticked by hand, with one block 4 cm wide at the tool."""

    def __init__(self, detect: Detect, gripper: GripperSpec | None = None, x: float = 0.5, y: float = 0.0) -> None:
        self.tracker = HeldObjectTracker(gripper or GripperSpec(0.08))
        self.block = Track.start("block-1", detect(x, y), 0.0)
        self.block.confirmed = True
        self.tracks, self.now = [self.block], 0.0

    def tick(self, opening: float, tool: Pose = HERE, closing: bool = True, ticks: int = 1) -> Track | None:
        """What was let go in the last of so many ticks."""
        let_go = None
        for _ in range(ticks):
            self.now += TICK_S
            let_go = self.tracker.update(self.tracks, joints(opening), tool, closing, self.now)
        return let_go

    def close(self, opening: float = 0.04, tool: Pose = HERE, ticks: int = 10) -> bool:
        """Close to ``opening`` and stay there; whether the block is held then."""
        for k in range(8):
            self.tick(0.08 - (0.08 - opening) * (k + 1) / 8, tool)
        self.tick(opening, tool, ticks=ticks)
        return self.tracker.held is self.block


@pytest.fixture
def hand(detect: Detect) -> Hand:
    return Hand(detect)


def test_fingers_that_stall_at_its_width_hold_it(hand: Hand) -> None:
    assert hand.close()


def test_fingers_that_still_close_hold_nothing(hand: Hand) -> None:
    assert not hand.close(ticks=0)


def test_a_moment_without_a_movement_is_no_stall(hand: Hand) -> None:
    assert not hand.close(ticks=1)


def test_fingers_that_are_not_told_to_close_hold_nothing(hand: Hand) -> None:
    hand.tick(0.04, closing=False, ticks=20)
    assert hand.tracker.held is None


@pytest.mark.parametrize("opening", [0.02, 0.055])
def test_fingers_that_stall_at_another_width_hold_something_else(hand: Hand, opening: float) -> None:
    assert not hand.close(opening)


def test_fingers_that_stay_on_its_corners_hold_it_after_a_while(hand: Hand) -> None:
    assert not hand.close(0.056)
    hand.tick(0.056, ticks=int(CORNERS_S / TICK_S))
    assert hand.tracker.held is hand.block


@pytest.mark.parametrize("away", [(0.54, 0.0, 0.02), (0.5, 0.04, 0.02), (0.5, 0.0, 0.06)])
def test_a_block_that_is_not_between_the_fingers_is_not_held(hand: Hand, away: tuple[float, float, float]) -> None:
    assert not hand.close(tool=tool_at(*away))


def test_what_is_not_confirmed_is_not_held(hand: Hand) -> None:
    hand.block.confirmed = False
    assert not hand.close()


def test_of_two_the_nearer_one_is_held(hand: Hand, detect: Detect) -> None:
    other = Track.start("block-2", detect(0.5, 0.02), 0.0)
    other.confirmed = True
    hand.tracks = [other, hand.block]
    assert hand.close()


def test_what_is_held_moves_and_turns_with_the_tool(hand: Hand) -> None:
    hand.close()
    hand.tick(0.04, tool_at(0.4, 0.2, 0.3, yaw=0.5))
    assert np.allclose(hand.block.position, [0.4, 0.2, 0.3], atol=1e-6)
    assert np.cos(4 * (hand.block.yaw - 0.5)) == pytest.approx(1.0)


def test_opened_fingers_let_it_go(hand: Hand) -> None:
    hand.close()
    assert hand.tick(0.05, closing=False) is hand.block
    assert hand.tracker.held is None and hand.tick(0.08, closing=False) is None


def test_fingers_that_close_on_have_lost_it(hand: Hand) -> None:
    hand.close()
    assert hand.tick(0.03) is None, "it gives a little"
    assert hand.tick(0.01) is hand.block


def test_two_fingers_center_what_they_hold_and_a_jaw_does_not(detect: Detect) -> None:
    centered, beside = Hand(detect, GripperSpec(0.08, closing_axis=1), y=0.01), Hand(detect, y=0.01)
    beside.tracker = HeldObjectTracker(GripperSpec(0.08, closing_axis=None))
    for hand, y in ((centered, 0.0), (beside, 0.01)):
        assert hand.close()
        assert hand.block.position[1] == pytest.approx(y)


def test_what_is_seen_of_it_refines_how_it_lies_in_the_hand(hand: Hand) -> None:
    hand.close()
    hand.tracker.refine(np.array([0.51, 0.01, 0.02]), HERE, 0.5)
    x, y, z = hand.tracker.held_position(HERE)
    axis = GripperSpec(0.08).closing_axis
    seen = [0.505, 0.005, 0.02]
    seen[axis if axis is not None else 2] = (0.5, 0.0, 0.02)[axis if axis is not None else 2]
    assert np.allclose([x, y, z], seen), "along the closing axis it stays centered"


def test_an_arm_without_a_gripper_holds_nothing(detect: Detect) -> None:
    hand = Hand(detect)
    hand.tracker = HeldObjectTracker(None)
    assert not hand.close()


def test_readings_of_the_same_time_and_of_one_that_went_back_are_no_speed(hand: Hand) -> None:
    hand.tick(0.08)
    for now in (hand.now, hand.now - 0.5):
        assert hand.tracker.update(hand.tracks, joints(0.04), HERE, True, now) is None
    assert hand.tracker.held is hand.block, "nothing is known of a movement"


def test_the_speed_is_that_of_the_last_moments(hand: Hand) -> None:
    hand.tick(0.08, ticks=10)
    hand.tick(0.04)
    assert hand.tracker.held is None, f"it came 4 cm in less than {RATE_S} s"


def cup(hand: Hand) -> Track:
    """The block turned into a cup 9 cm wide whose rim is at the tool."""
    hand.block.kind, hand.block.size = "cup", np.array([0.09, 0.09, 0.10])
    hand.block.position = np.array([0.5, 0.043, 0.05])
    return hand.block


def test_a_cup_is_held_by_its_rim(hand: Hand) -> None:
    held, rim = cup(hand), tool_at(0.5, 0.0, 0.085)
    assert hand.close(0.005, rim)
    assert held.position == pytest.approx([0.5, 0.043, 0.05]), "its middle stays beside the fingers"
    hand.tick(0.005, tool_at(0.5, 0.0, 0.185))
    assert held.position == pytest.approx([0.5, 0.043, 0.15])


def test_fingers_that_meet_at_a_rim_hold_nothing(hand: Hand) -> None:
    cup(hand)
    assert not hand.close(0.001, tool_at(0.5, 0.0, 0.085))


def test_a_thing_is_held_where_its_grasp_was_seen(hand: Hand) -> None:
    hand.block.kind, hand.block.size = "thing", np.array([0.12, 0.10, 0.03])
    hand.block.position = np.array([0.5, 0.04, 0.015])
    assert not hand.close(0.02)
    hand.block.grasps = (Grasp(np.array([0.5, 0.0, 0.02]), np.pi / 2, 0.02, 0.9),)
    assert hand.close(0.02)

"""What is at the hand: a cylinder of a broad hand, the own shape of one with a jaw."""

import numpy as np
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Pose
from sayso.perception.sight.near_hand import NearHand

DOWN = np.diag([1.0, -1.0, -1.0])
TOOL = Pose(np.array([0.2, 0.0, 0.12]), DOWN)


def can(x: float, y: float, radius: float = 0.025, high: float = 0.12) -> np.ndarray:
    """Points on the side and the top of a can that stands at ``x``, ``y``."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1)
    return np.concatenate([np.column_stack([ring, np.full(24, z)]) for z in np.linspace(0.01, high, 8)])


@pytest.mark.parametrize(("arm", "touches"), [("panda", True), ("ur5e", True), ("so101", False)])
def test_a_tall_can_beside_a_slender_hand_is_not_at_the_hand(arm: str, touches: bool) -> None:
    assert NearHand(load_arm(arm)).touches(can(0.17, 0.066), TOOL) is touches


def test_a_few_points_of_a_slender_hand_do_not_count() -> None:
    hand, thing = NearHand(load_arm("so101")), can(0.17, 0.066)
    stray = np.tile(TOOL.position + np.array([0.0, 0.0, 0.01]), (20, 1))
    assert not hand.touches(np.concatenate([thing, stray]), TOOL)
    assert NearHand().touches(np.concatenate([can(0.17, 0.3), stray]), TOOL), "of a broad hand they do"


@pytest.mark.parametrize("arm", ["panda", "so101"])
def test_what_the_fingers_hold_is_at_the_hand(arm: str) -> None:
    assert NearHand(load_arm(arm)).touches(can(*TOOL.position[:2].tolist(), radius=0.015, high=0.15)[72:], TOOL)
    assert not NearHand(load_arm(arm)).touches(np.zeros((0, 3)), TOOL)

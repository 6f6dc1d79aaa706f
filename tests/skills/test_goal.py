"""A goal is about an object; without a place it is to be picked up."""

import dataclasses

import numpy as np
import pytest

from sayso.skills.goal import SubtaskGoal

GOAL = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.02]), np.full(3, 0.04), 0.3)


def test_a_goal_without_a_place_is_a_pick_of_what_is_not_held() -> None:
    assert GOAL.place is None and not GOAL.held and GOAL.clearance == 0.0


def test_a_goal_that_was_given_to_somebody_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        GOAL.yaw = 0.0  # type: ignore[misc]

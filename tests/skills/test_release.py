"""The hand opens all the way unless something stops it; then it gives way until it is clear of that."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.hardware.types import JointState
from sayso.skills.release import CLEAR_M, YIELD, Release

HERE, UP = np.array([0.5, 0.0, 0.06]), np.array([0.0, 0.0, 1.0])


def opened(release: Release, widths: list[float], tool: np.ndarray = HERE, start: float = 0.0) -> list[float]:
    """The targets while the hand opens through ``widths``, one every 20 ms."""
    states = [JointState(start + 0.02 * k, np.zeros(1), np.zeros(1), w) for k, w in enumerate(widths)]
    return [release.target(state, tool, closing=False) for state in states]


def test_a_hand_that_nothing_stops_opens_all_the_way() -> None:
    assert set(opened(Release(), [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, *[1.0] * 10])) == {1.0}


def test_fingers_that_a_wall_stops_give_way() -> None:
    targets = opened(Release(), [0.5, 0.6, 0.7, *[0.75] * 10])
    assert targets[:6] == [1.0] * 6 and targets[-1] == pytest.approx(0.75 - YIELD)


def test_clear_of_the_wall_they_open_all_the_way() -> None:
    release = Release()
    opened(release, [0.5, 0.6, 0.7, *[0.75] * 10])
    near, far = HERE + CLEAR_M * UP / 2, HERE + 1.1 * CLEAR_M * UP
    assert opened(release, [0.7], near, start=1.0) == [pytest.approx(0.75 - YIELD)]
    assert opened(release, [0.7], far, start=1.1) == [1.0]


def test_a_hand_that_starts_late_is_not_stopped() -> None:
    assert set(opened(Release(), [0.5] * 40)) == {1.0}


def test_a_closing_hand_closes_and_then_opens_as_at_first() -> None:
    release = Release()
    opened(release, [0.5, 0.6, 0.7, *[0.75] * 10])
    assert release.target(JointState(1.0, np.zeros(1), np.zeros(1), 0.7), HERE, closing=True) == 1.0
    assert opened(release, [0.5, 0.6], start=1.1) == [1.0, 1.0]

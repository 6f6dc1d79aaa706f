"""The time limit grows as the pace falls, and stops do not count."""

from __future__ import annotations

import pytest

from sayso.runtime.runtime import MotionOverride
from sayso.runtime.time_limit import TimeLimit


@pytest.fixture
def limit() -> TimeLimit:
    limit = TimeLimit(MotionOverride())
    limit.set(10.0, 4.0)
    return limit


def ends_at(limit: TimeLimit, t: float) -> bool:
    return not limit.is_over(t - 1e-6) and limit.is_over(t + 1e-6)


def test_it_is_over_when_the_seconds_have_passed(limit: TimeLimit) -> None:
    assert ends_at(limit, 14.0)


def test_a_slower_pace_gives_more_time_and_a_faster_one_no_less() -> None:
    override = MotionOverride()
    override.pace = 0.5
    limit = TimeLimit(override)
    limit.set(10.0, 4.0)
    assert ends_at(limit, 18.0)
    override.pace = 1.5
    limit.set(10.0, 4.0)
    assert ends_at(limit, 14.0)


def test_what_is_left_is_scaled_from_the_change_on() -> None:
    override = MotionOverride()
    limit = TimeLimit(override)
    limit.set(10.0, 4.0)
    override.pace = 0.5
    limit.scale(before=1.0, since=11.0)
    assert ends_at(limit, 17.0)


def test_a_stop_does_not_count(limit: TimeLimit) -> None:
    limit.not_counting(2.5)
    assert ends_at(limit, 16.5)


@pytest.mark.parametrize(("seconds", "end"), [(1.0, 14.0), (6.0, 18.0)])
def test_a_limit_is_never_shortened_by_at_least(limit: TimeLimit, seconds: float, end: float) -> None:
    limit.at_least(11.0, seconds, margin_s=1.0)
    assert ends_at(limit, end)


def test_a_forgotten_limit_is_never_over(limit: TimeLimit) -> None:
    limit.forget()
    assert not limit.is_over(1e9)

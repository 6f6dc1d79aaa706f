"""What an arm measures: missing once, missing thrice, jumping, NaN; and an arm that does not go where it was sent."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.control.readings import STALE_S, Health, Readings
from sayso.hardware.control.tracking import DWELL_S, Tracking
from sayso.hardware.types import JointState, RobotSpec


def state(t: float, shoulder: float = 0.3, elbow: float = 0.5) -> JointState:
    return JointState(t, np.array([shoulder, elbow]), np.zeros(2))


@pytest.fixture
def readings(planar: RobotSpec) -> Readings:
    out = Readings(planar)
    assert out.take(state(0.0), 0.0).health is Health.GOOD
    return out


def test_one_or_two_missing_readings_are_bridged_by_the_last(readings: Readings) -> None:
    for t in (0.01, 0.02):
        reading = readings.take(None, t)
        assert reading.health is Health.REUSED
        assert reading.state is not None and reading.state.t == 0.0
    assert readings.take(state(0.03), 0.03).health is Health.GOOD
    assert readings.take(None, 0.04).health is Health.REUSED


def test_the_third_missing_reading_holds_and_half_a_second_fails(readings: Readings) -> None:
    found = [readings.take(None, 0.01 * k) for k in range(1, 55)]
    assert [r.health for r in found[:3]] == [Health.REUSED, Health.REUSED, Health.LOST]
    assert found[2].text == "planar gave no reading 3 times in a row"
    lost = [r.health for r in found[2:]]
    assert lost[:49] == [Health.LOST] * 49
    assert lost[-1] is Health.FAILED


def test_a_first_reading_that_is_missing_has_nothing_to_bridge_it(planar: RobotSpec) -> None:
    reading = Readings(planar).take(None, 0.0)
    assert (reading.state, reading.health) == (None, Health.LOST)


def test_a_reading_that_stays_the_same_is_missing_once_it_is_old(readings: Readings) -> None:
    assert readings.take(state(0.0), STALE_S).health is Health.GOOD, "a driver may read more slowly than the loop"
    lost = readings.take(state(0.0), STALE_S + 0.001)
    assert (lost.health, lost.text) == (Health.LOST, "planar gave no new reading for 51 ms"), "it was so for long"
    assert readings.take(state(0.06), 0.06).health is Health.GOOD


def test_a_slow_arms_reading_that_stays_the_same_is_bridged_for_three_periods(planar: RobotSpec) -> None:
    readings = Readings(replace(planar, control_hz=25.0))
    readings.take(state(0.0), 0.0)
    assert [readings.take(state(0.0), 0.04 * k).health for k in (1, 2, 3)] == [Health.GOOD, Health.REUSED, Health.LOST]


def test_readings_that_are_new_but_late_are_missing_ones(readings: Readings) -> None:
    found = [readings.take(state(0.01 * k), 0.01 * k + 0.2).health for k in (1, 2, 3)]
    assert found == [Health.REUSED, Health.REUSED, Health.LOST]


@pytest.mark.parametrize("t", [-0.5, np.nan])
def test_time_that_goes_back_is_no_reading(readings: Readings, t: float) -> None:
    assert readings.take(state(t), 0.01).health is Health.REUSED


@pytest.mark.parametrize("bad", [[np.nan, 0.5], [np.inf, 0.5], [0.3]])
def test_what_cannot_be_measured_fails_at_once(readings: Readings, bad: list[float]) -> None:
    reading = readings.take(replace(state(0.01), position=np.array(bad)), 0.01)
    assert reading.health is Health.FAILED
    assert "planar measured impossible values" in reading.text


def test_a_jump_that_no_motor_makes_fails_and_names_the_joint(readings: Readings) -> None:
    reading = readings.take(state(0.01, elbow=0.7), 0.01)
    assert reading.health is Health.FAILED
    assert reading.text == "elbow jumped by 0.200 rad in 0.0100 s"
    assert reading.state is not None and reading.state.position[1] == 0.5


def test_what_just_is_no_jump_and_what_just_is_one(planar: RobotSpec) -> None:
    allowed = 2.0 * 0.01 * planar.velocity[1] + 0.05
    for more, health in ((-1e-6, Health.GOOD), (1e-6, Health.FAILED)):
        readings = Readings(planar)
        readings.take(state(0.0), 0.0)
        assert readings.take(state(0.01, elbow=0.5 + allowed + more), 0.01).health is health


def test_top_speed_and_a_gap_are_no_jump(readings: Readings, planar: RobotSpec) -> None:
    q = 0.3
    for k in range(1, 40):
        q += planar.velocity[0] * 0.01
        assert readings.take(state(0.01 * k, shoulder=q), 0.01 * k).health is Health.GOOD
    readings.take(None, 0.40)
    q += planar.velocity[0] * 0.04
    assert readings.take(state(0.43, shoulder=q), 0.43).health is Health.GOOD


def test_an_arm_that_stays_behind_for_long_is_noticed_and_named(planar: RobotSpec) -> None:
    tracking, sent = Tracking(planar), np.array([0.3, 0.9])
    measured = np.array([0.3, 0.5])
    assert tracking.check(measured, sent, 1.0) == ""
    assert tracking.check(measured, sent, 1.0 + DWELL_S - 0.01) == ""
    assert (
        tracking.check(measured, sent, 1.0 + DWELL_S + 1e-9)
        == "elbow is 0.400 rad from where it was sent; 0.300 rad is allowed"
    )


def test_a_short_lag_is_forgiven(planar: RobotSpec) -> None:
    tracking, sent = Tracking(planar), np.array([0.9, 0.5])
    tracking.check(np.array([0.3, 0.5]), sent, 1.0)
    assert tracking.check(np.array([0.6, 0.5]), sent, 1.1) == ""
    assert tracking.check(np.array([0.3, 0.5]), sent, 1.15) == ""
    assert tracking.check(np.array([0.3, 0.5]), sent, 1.15 + DWELL_S - 0.01) == ""


def test_a_joint_that_goes_the_wrong_way_is_noticed(planar: RobotSpec) -> None:
    tracking = Tracking(planar, dwell_s=0.0)
    assert "shoulder is 0.500 rad" in tracking.check(np.array([0.8, 0.5]), np.array([0.3, 0.5]), 0.0)

"""The guard keeps an arm off itself and off a table, and slows down when it is told to; judged by what was written."""

import numpy as np
import pytest

from sayso.bench.reliability.limits_oracle import violations
from sayso.hardware.control.clearance import Clearance, Plane
from sayso.hardware.control.guard import Guard, GuardEvent, Verdict
from sayso.hardware.types import JointState, JointTarget, RobotSpec

PERIOD = 0.01
TABLE = Plane("table", (0.0, 0.0, 1.0), 0.0)


def drive(guard: Guard, goal: np.ndarray, cycles: int, start: float = 0.0) -> list[Verdict]:
    target = JointTarget(goal, np.zeros(len(goal)), 1.0, start + 1000.0)
    return [guard.check(target, start + i * PERIOD) for i in range(cycles)]


def guard_of(spec: RobotSpec, *planes: Plane, at: np.ndarray | None = None) -> Guard:
    guard = Guard(spec, PERIOD, Clearance(spec, planes))
    guard.reset(JointState(0.0, spec.home if at is None else at, np.zeros(spec.dof)))
    return guard


def test_an_arm_that_folds_stops_before_it_touches_itself_and_opens_again(fold: RobotSpec) -> None:
    guard, judge = guard_of(fold), Clearance(fold)
    verdicts = drive(guard, np.array([0.0, 2.6, 2.6, 2.6]), 1200)
    least = min(judge.worst(v.target.position.tolist())[0] for v in verdicts)
    assert -1e-6 < least < 0.03
    last = verdicts[-1]
    assert last.event is GuardEvent.COLLISION
    assert "a and d would come" in last.text and "mm closer than allowed" in last.text
    np.testing.assert_allclose(last.target.velocity, 0, atol=1e-12)
    back = drive(guard, fold.home, 1200, 12.0)
    assert back[-1].event is GuardEvent.OK
    np.testing.assert_allclose(back[-1].target.position, fold.home, atol=1e-6)
    assert not violations(fold, fold.home, [v.target.position for v in verdicts + back], PERIOD)


def test_it_does_not_rattle_where_it_was_stopped(fold: RobotSpec) -> None:
    guard = guard_of(fold)
    verdicts = drive(guard, np.array([0.0, 2.6, 2.6, 2.6]), 1200)
    assert {v.event for v in verdicts[-400:]} == {GuardEvent.COLLISION}
    assert max(np.abs(v.target.velocity).max() for v in verdicts[-400:]) < 1e-12


def test_an_arm_that_starts_too_close_may_only_come_away(fold: RobotSpec) -> None:
    close = np.array([0.0, np.pi / 2, np.pi / 2, 1.55])
    judge = Clearance(fold)
    assert judge.worst(close.tolist())[0] < 0
    guard = guard_of(fold, at=close)
    closer = drive(guard, close + np.array([0, 0, 0, 0.1]), 100)
    assert closer[-1].event is GuardEvent.COLLISION
    np.testing.assert_array_equal(closer[-1].target.position, close)
    away = drive(guard, fold.home, 1200, 1.0)
    assert away[-1].event is GuardEvent.OK
    np.testing.assert_allclose(away[-1].target.position, fold.home, atol=1e-6)


def test_hands_stay_off_the_table_wherever_they_are_sent(panda: RobotSpec) -> None:
    guard, judge = guard_of(panda, TABLE), Clearance(panda, (TABLE,))
    rng, least, stopped = np.random.default_rng(1), np.inf, 0
    for k in range(6):
        goal = rng.uniform(panda.lower, panda.upper)
        for v in drive(guard, goal, 150, 1.5 * k):
            least = min(least, judge.worst(v.target.position.tolist())[0])
            stopped += v.event is GuardEvent.COLLISION
    assert least > -1e-3
    unguarded = Guard(panda, PERIOD)
    unguarded.reset(JointState(0.0, panda.home, np.zeros(7)))
    assert all(v.event is not GuardEvent.COLLISION for v in drive(unguarded, panda.lower, 50))


@pytest.mark.parametrize("fraction", [0.1, 0.5, 1.0])
def test_at_a_fraction_of_full_speed_the_arm_arrives_later_and_never_faster(planar: RobotSpec, fraction: float) -> None:
    guard = Guard(planar, PERIOD)
    guard.reset(JointState(0.0, planar.home, np.zeros(2)))
    guard.limit_speed(fraction)
    verdicts = drive(guard, np.array([1.8, -1.0]), 1500)
    speed = np.abs([v.target.velocity for v in verdicts]).max(axis=0)
    assert (speed <= fraction * planar.velocity + 1e-9).all()
    assert (speed >= 0.9 * fraction * planar.velocity).any()
    np.testing.assert_allclose(verdicts[-1].target.position, [1.8, -1.0], atol=1e-6)


def test_slowing_down_in_full_motion_keeps_every_limit(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD)
    guard.reset(JointState(0.0, planar.home, np.zeros(2)))
    written, speeds = [], []
    for i in range(300):
        if i == 40:
            guard.limit_speed(0.2)
        # A stream that runs ahead at full speed all the time.
        p = min(0.3 + 3.0 * i * PERIOD, 1.9)
        target = JointTarget(np.array([p, 0.5]), np.array([3.0 * (p < 1.9), 0.0]), 1.0, i * PERIOD + 0.1)
        verdict = guard.check(target, i * PERIOD)
        written.append(verdict.target.position)
        speeds.append(abs(verdict.target.velocity[0]))
    assert max(speeds[:41]) > 2.0
    assert max(speeds[90:]) <= 0.2 * 3.0 + 1e-9
    assert not violations(planar, planar.home, written, PERIOD)


def test_a_speed_is_a_fraction_whatever_is_asked(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD)
    guard.reset(JointState(0.0, planar.home, np.zeros(2)))
    guard.limit_speed(7.0)
    speed = np.abs([v.target.velocity for v in drive(guard, np.array([1.8, -1.0]), 300)]).max(axis=0)
    assert (speed <= planar.velocity + 1e-9).all()

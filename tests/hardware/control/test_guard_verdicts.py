"""What the guard says and does for each kind of target."""

import math
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
import ruckig

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.control.braking import Brake, longest_braking, turning_point
from sayso.hardware.control.guard import HORIZON_S, LOOKAHEAD_S, Guard, GuardEvent, Verdict
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Box, JointState, JointTarget, RobotSpec

PERIOD = 0.01


@pytest.fixture
def guard(planar: RobotSpec) -> Guard:
    guard = Guard(planar, PERIOD)
    guard.reset(JointState(0.0, planar.home, np.zeros(2), 0.7))
    return guard


def _target(position: object = (0.4, 0.6), velocity: object = (0.0, 0.0), gripper: float = 1.0, expires: float = 1e9):
    return JointTarget(np.array(position), np.array(velocity), gripper, expires)


def _settle(guard: Guard, target: JointTarget | None, start: float = 0.0, cycles: int = 300) -> Verdict:
    for i in range(cycles):
        verdict = guard.check(target, start + i * PERIOD)
    return verdict


def test_a_good_target_is_reached_and_kept(guard: Guard) -> None:
    verdict = _settle(guard, _target())
    assert verdict.event is GuardEvent.OK
    assert verdict.text == ""
    np.testing.assert_allclose(verdict.target.position, [0.4, 0.6], atol=1e-6)
    np.testing.assert_allclose(verdict.target.velocity, 0, atol=1e-6)


@pytest.mark.parametrize(
    ("target", "event", "words"),
    [
        (None, GuardEvent.NO_TARGET, "no target"),
        (_target(expires=-1.0), GuardEvent.EXPIRED, "expired at -1.0, it is 0.04"),
        (_target(expires=math.nan), GuardEvent.EXPIRED, "expired at nan, it is 0.04"),
        (_target([0.0, 0.0, 0.0]), GuardEvent.WRONG_SHAPE, "position has shape (3,); planar needs (2,)"),
        (_target(velocity=[0.0]), GuardEvent.WRONG_SHAPE, "velocity has shape (1,); planar needs (2,)"),
        (_target([[0.0, 0.0]]), GuardEvent.WRONG_SHAPE, "position has shape (1, 2); planar needs (2,)"),
        (
            _target(expires="soon"),
            GuardEvent.WRONG_SHAPE,
            "'<' not supported between instances of 'float' and 'str'",
        ),
        (_target(gripper="shut"), GuardEvent.WRONG_SHAPE, "must be real number, not str"),
        (_target(["a", "b"]), GuardEvent.NOT_FINITE, "not finite: position ['a' 'b'], velocity [0. 0.]"),
        (_target([0.0, math.nan]), GuardEvent.NOT_FINITE, "not finite: position [ 0. nan], velocity [0. 0.]"),
        (
            _target(velocity=[math.inf, 0.0]),
            GuardEvent.NOT_FINITE,
            "not finite: position [0.4 0.6], velocity [inf  0.]",
        ),
    ],
)
def test_what_may_not_be_followed_is_named_and_nothing_moves(guard, planar, target, event, words) -> None:
    verdict = _settle(guard, target, cycles=5)
    assert (verdict.event, verdict.text) == (event, words)
    np.testing.assert_array_equal(verdict.target.position, planar.home)
    np.testing.assert_array_equal(verdict.target.velocity, 0)


def test_out_of_range_goes_to_the_bound_and_names_the_joint(guard: Guard, planar: RobotSpec) -> None:
    verdict = _settle(guard, _target([9.0, 0.5]))
    assert verdict.event is GuardEvent.RANGE
    assert verdict.text == "shoulder wants 9; allowed -2.0 to 2.0 rad"
    np.testing.assert_allclose(verdict.target.position, [planar.upper[0], 0.5], atol=1e-6)


def test_a_speed_above_the_limit_is_named(guard: Guard) -> None:
    verdict = guard.check(_target(velocity=[0.0, -7.0]), 0.0)
    assert verdict.event is GuardEvent.SPEED
    assert verdict.text == "elbow wants -7; allowed ±2.0 rad/s"


def test_a_jump_that_cannot_be_done_before_expiry_is_named(guard: Guard) -> None:
    verdict = guard.check(_target([1.5, 0.6], expires=0.1), 0.0)
    assert verdict.event is GuardEvent.SPEED
    assert verdict.text == "shoulder wants 1.5; allowed ±3.0 rad/s, too slow to be there in 0.100 s"


def test_the_gripper_is_kept_or_clipped(guard: Guard) -> None:
    assert guard.check(None, 0.0).target.gripper == 0.7
    assert guard.check(_target(gripper=3.0), 0.0).target.gripper == 1.0
    verdict = guard.check(_target(gripper=math.nan), 0.0)
    assert (verdict.target.gripper, verdict.event) == (1.0, GuardEvent.NOT_FINITE)
    assert verdict.text == "gripper is nan; the last command stays"
    assert guard.check(_target(gripper=-2.0), 0.0).target.gripper == 0.0


def test_a_bad_gripper_does_not_stop_the_arm(guard: Guard) -> None:
    np.testing.assert_allclose(_settle(guard, _target(gripper=math.nan)).target.position, [0.4, 0.6], atol=1e-6)


def test_expiry_brakes_and_stays(guard: Guard) -> None:
    target = _target([1.5, 0.6], expires=0.3)
    moving = _settle(guard, target, cycles=30)
    assert moving.target.velocity[0] > 0.5
    first = guard.check(target, 0.3)
    assert first.event is GuardEvent.EXPIRED
    assert 0 < first.target.velocity[0] <= moving.target.velocity[0] + 0.15
    rest = _settle(guard, target, 0.31, 100).target
    np.testing.assert_allclose(rest.velocity, 0, atol=1e-9)
    np.testing.assert_allclose(_settle(guard, target, 2.0, 100).target.position, rest.position, atol=1e-9)


def test_a_velocity_is_not_believed_for_ever(guard: Guard) -> None:
    verdict = _settle(guard, _target([0.4, 0.6], [0.5, 0.0]))
    np.testing.assert_allclose(verdict.target.velocity, 0, atol=1e-6)
    assert 0.4 < verdict.target.position[0] < 0.4 + 0.5 * 2 * HORIZON_S


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_velocity_into_the_bound_brakes_at_the_bound(guard: Guard, planar: RobotSpec, side: float) -> None:
    bound = planar.upper[0] if side > 0 else -planar.lower[0]
    for i in range(200):
        p = min(0.3 + 3.0 * i * PERIOD, bound)
        verdict = guard.check(_target([side * p, 0.5], [3.0 * side, 0.0], expires=i * PERIOD + 0.1), i * PERIOD)
        assert side * verdict.target.position[0] <= bound + 1e-9
    np.testing.assert_allclose(verdict.target.position[0], side * bound, atol=1e-3)


@pytest.mark.parametrize("moving", [True, False])
def test_a_lower_speed_holds_for_the_target_in_force_both_ways(guard: Guard, moving: bool) -> None:
    speed = 1.0 if moving else 0.0
    target = _target([1.9, -2.4], [speed, -speed])
    _settle(guard, target, cycles=20)
    guard.limit_speed(0.25)
    slowed = [guard.check(target, i * PERIOD).target.velocity for i in range(20, 60)]
    # It brakes to the new limits of 0.75 and 0.5 rad/s and goes on at them: the elbow has the longer way.
    shoulder, elbow = np.array(slowed[15:]).T
    np.testing.assert_allclose(elbow, -0.5, rtol=1e-6)
    assert shoulder.min() > 0.2 and shoulder.max() < 0.75
    guard.limit_speed(1.0)
    assert np.abs([guard.check(target, i * PERIOD).target.velocity for i in range(60, 90)]).max() > 1.0


def test_a_feed_forward_above_a_lowered_speed_is_cut_to_it(guard: Guard) -> None:
    target = _target([0.3, 0.5], [1.0, -1.0])
    guard.check(target, 0.0)
    guard.limit_speed(0.25)
    guard.check(target, PERIOD)
    assert guard._to_goal.target_velocity == [0.75, -0.5]


def test_a_goal_moves_on_with_its_velocity_and_then_stands(guard: Guard) -> None:
    target = _target([0.3, 0.5], [1.0, -1.0])
    for now, ahead, speed in ((0.0, LOOKAHEAD_S - PERIOD, 1.0), (HORIZON_S, HORIZON_S + 0.5 * LOOKAHEAD_S, 0.0)):
        guard.check(target, now)
        np.testing.assert_allclose(guard._to_goal.target_position, [0.3 + ahead, 0.5 - ahead])
        np.testing.assert_allclose(guard._to_goal.target_velocity, [speed, -speed])


def test_a_moving_goal_stays_in_range_and_slow_enough_there(guard: Guard, planar: RobotSpec) -> None:
    guard.check(_target([1.99, -2.49], [3.0, -2.0]), 0.0)
    np.testing.assert_allclose(guard._to_goal.target_position, [planar.upper[0], planar.lower[1]])
    np.testing.assert_allclose(guard._to_goal.target_velocity, 0.0, atol=1e-9)


def test_a_slow_tool_reaches_a_target_without_velocity(planar: RobotSpec) -> None:
    guard, kinematics, most = Guard(planar, PERIOD, tool_speed=0.1), Kinematics(planar), 0.1
    guard.reset(JointState(0.0, planar.home, np.zeros(2)))
    goal = [0.6, 0.9]
    path = [kinematics.forward(guard.check(_target(goal), i * PERIOD).target.position).position for i in range(400)]
    speeds = np.linalg.norm(np.diff(path, axis=0), axis=1) / PERIOD
    assert 0.8 * most < speeds.max() < 1.2 * most
    np.testing.assert_allclose(path[-1], kinematics.forward(np.array(goal)).position, atol=1e-4)


def test_the_tool_stops_at_the_wall_without_rattling_and_comes_back(planar: RobotSpec) -> None:
    wall = replace(planar, workspace=Box(np.array([-1.0, -1.0, 0.0]), np.array([1.0, 0.3, 1.0])))
    home = np.array([-0.2, 0.4])
    guard, kinematics = Guard(wall, PERIOD), Kinematics(wall)
    guard.reset(JointState(0.0, home, np.zeros(2)))
    verdict = _settle(guard, _target([1.2, 0.4]))
    assert verdict.event is GuardEvent.WORKSPACE
    where = "the tool would leave the workspace at [0.101, 0.53, 0.2]"  # where the target would have it
    assert verdict.text == f"{where}; allowed [-1.0, -1.0, 0.0] to [1.0, 0.3, 1.0]"
    y = kinematics.forward(verdict.target.position).position[1]
    assert 0.2 < y <= 0.3
    np.testing.assert_allclose(verdict.target.velocity, 0, atol=1e-9)
    back = _settle(guard, _target(home), 10.0)
    assert back.event is GuardEvent.OK
    np.testing.assert_allclose(back.target.position, home, atol=1e-6)


def test_an_arm_that_starts_outside_may_only_come_back(planar: RobotSpec) -> None:
    wall = replace(planar, workspace=Box(np.array([-1.0, -1.0, 0.0]), np.array([1.0, 0.1, 1.0])))
    start, inside = np.array([0.6, 0.4]), np.array([-0.4, 0.2])
    guard = Guard(wall, PERIOD)
    guard.reset(JointState(0.0, start, np.zeros(2)))
    outward = _settle(guard, _target([0.9, 0.4]))
    assert outward.event is GuardEvent.WORKSPACE
    np.testing.assert_allclose(outward.target.position, start, atol=1e-3)
    back = _settle(guard, _target(inside), 10.0)
    assert back.event is GuardEvent.OK
    np.testing.assert_allclose(back.target.position, inside, atol=1e-6)


def test_an_arc_out_of_the_workspace_between_two_places_inside_is_refused(planar: RobotSpec) -> None:
    # Stretched, the tool swings on a circle of 0.55 m from the one side to the other; the wall cuts off its middle.
    wall = replace(planar, workspace=Box(np.array([-1.0, -1.0, 0.0]), np.array([0.5, 1.0, 1.0])))
    guard, kinematics = Guard(wall, PERIOD), Kinematics(wall)
    guard.reset(JointState(0.0, np.array([-0.6, 0.0]), np.zeros(2)))
    furthest = -1.0
    for i in range(300):
        verdict = guard.check(_target([0.6, 0.0]), i * PERIOD)
        furthest = max(furthest, kinematics.forward(verdict.target.position).position[0])
    assert verdict.event is GuardEvent.WORKSPACE
    assert furthest <= 0.5


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_an_arm_outside_of_its_range_comes_back(planar: RobotSpec, side: float) -> None:
    guard, bound = Guard(planar, PERIOD), planar.upper if side > 0 else planar.lower
    guard.reset(JointState(0.0, bound + 0.05 * side, np.zeros(2)))
    out = np.array([guard.check(_target(bound + side), i * PERIOD).target.position for i in range(200)])
    assert (side * out <= side * bound + 0.05 + 1e-9).all()
    np.testing.assert_allclose(out[-1], bound, atol=1e-6)


def test_it_must_know_where_the_arm_is(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD)
    with pytest.raises(RobotError, match=r"^the guard does not know where the arm is; call reset\(state\) first$"):
        guard.check(None, 0.0)
    for bad in (np.array([np.nan, 0.0]), np.zeros(3)):
        with pytest.raises(RobotError, match="planar needs 2 finite"):
            guard.reset(JointState(0.0, bad, np.zeros(2)))


@pytest.mark.parametrize("error", [ruckig.Result.ErrorExecutionTimeCalculation, ruckig.RuckigError])
def test_what_ruckig_cannot_solve_ends_in_a_hold(guard: Guard, monkeypatch: pytest.MonkeyPatch, error: object) -> None:
    moving = _settle(guard, _target([1.5, 0.6]), cycles=20)
    monkeypatch.setattr(guard, "_follow", Mock(update=Mock(side_effect=[error] * 300)))
    verdict = _settle(guard, _target([1.5, 0.6]), 0.2)
    assert (verdict.event, verdict.text) == (GuardEvent.SPEED, "no trajectory to the target within the limits")
    assert verdict.target.position[0] > moving.target.position[0]
    np.testing.assert_allclose(verdict.target.velocity, 0, atol=1e-9)


def test_a_brake_that_knows_no_way_rests_where_it_is(planar: RobotSpec) -> None:
    brake, nan, zero = Brake(planar, PERIOD), [math.nan] * 2, [0.0, 0.0]
    assert brake.stop([0.1, 0.2], nan, zero) == [0.1, 0.2]
    assert brake.step([0.1, 0.2], nan, zero) == ([0.1, 0.2], zero, zero)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_the_turning_point_is_where_a_braking_joint_is_farthest(planar: RobotSpec, side: float) -> None:
    brake = Brake(planar, 1e-5)
    p, v, a = [0.0, 0.0], [0.05 * side, 0.0], [-10.0 * side, 0.0]
    stop = brake.stop(p, v, a)[0]
    expected = turning_point(0.0, v[0], a[0], planar.jerk[0], stop)
    farthest = max(side * brake.on_the_way(f)[0] for f in np.linspace(0, 1, 5001))
    assert side * stop < farthest
    np.testing.assert_allclose(side * expected, farthest, rtol=1e-3)
    assert turning_point(0.0, 3.0, -0.1, 400.0, 0.7) == 0.7
    # Small as it is, what it still goes on before it turns counts: 0.095 mrad here.
    assert turning_point(0.0, 0.0175 * side, -2.0 * side, 100.0, 0.0) * side == pytest.approx(9.51e-5, rel=1e-2)


def test_no_braking_is_longer_than_its_bound_and_the_longest_nearly_is(planar: RobotSpec) -> None:
    """From the fastest start still allowed: fully accelerating, top speed reached as the acceleration is taken back."""
    spec = replace(
        planar, velocity=np.array([2.0, 1.5]), acceleration=np.array([3.0, 2.0]), jerk=np.array([30.0, 25.0])
    )
    start = spec.velocity - spec.acceleration**2 / (2 * spec.jerk)
    stop = Brake(spec, PERIOD).stop([0.0, 0.0], start.tolist(), spec.acceleration.tolist())
    share = np.array(stop) / longest_braking(spec)
    assert (share < 1.0).all() and (share > 0.98).all()

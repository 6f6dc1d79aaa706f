"""The guard step by step: what it keeps of a measured state, which goal it gives to ruckig, when it looks anew."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sayso.bench.reliability.limits_oracle import violations
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.control.braking import Brake
from sayso.hardware.control.guard import COMMAND_LIFE_S, HORIZON_S, LOOKAHEAD_S, SLOWEST, Guard, GuardEvent
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Box, JointState, JointTarget, RobotSpec

PERIOD = 0.01


def at(spec: RobotSpec, position: object = None, velocity: object = (0.0, 0.0), gripper: float = 1.0) -> JointState:
    return JointState(0.0, spec.home if position is None else np.array(position), np.array(velocity), gripper)


def to(position: object, velocity: object = (0.0, 0.0), expires: float = 1e9, gripper: float = 1.0) -> JointTarget:
    return JointTarget(np.array(position), np.array(velocity), gripper, expires)


@pytest.fixture
def guard(planar: RobotSpec) -> Guard:
    guard = Guard(planar, PERIOD)
    guard.reset(at(planar))
    return guard


@pytest.mark.parametrize(
    ("measured", "kept"), [(0.7, 0.7), (0.0, 0.0), (-0.2, 0.0), (1.3, 1.0), (math.nan, 1.0), (math.inf, 1.0)]
)
def test_a_gripper_stays_as_it_is_measured_and_open_if_that_cannot_be(guard, planar, measured, kept) -> None:
    guard.reset(at(planar, gripper=measured))
    assert guard.check(None, 0.0).target.gripper == kept


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_measured_speed_above_the_limit_counts_as_the_limit(guard: Guard, planar: RobotSpec, side: float) -> None:
    guard.reset(at(planar, velocity=[50.0 * side, 50.0 * side]))
    sent = guard.check(None, 0.0).target
    # One period of braking, from no acceleration on at the full jerk.
    np.testing.assert_allclose(sent.velocity, side * (planar.velocity - planar.jerk * PERIOD**2 / 2))
    way = planar.velocity * PERIOD - planar.jerk * PERIOD**3 / 6
    np.testing.assert_allclose(sent.position, planar.home + side * way)


@pytest.mark.parametrize(
    ("position", "velocity"),
    [([0.0] * 3, [0.0] * 2), ([0.0] * 2, [0.0]), ([0.0] * 2, [0.0, math.nan]), ([[0.0, 0.0]], [0.0] * 2)],
)
def test_a_state_of_another_arm_is_refused_and_shown(guard: Guard, planar: RobotSpec, position, velocity) -> None:
    state = at(planar, position, velocity)
    with pytest.raises(RobotError) as error:
        guard.reset(state)
    assert str(error.value) == f"planar needs 2 finite joint positions, velocities; got {state}"


def test_after_a_reset_a_target_is_looked_at_anew(guard: Guard, planar: RobotSpec) -> None:
    far = to([1.5, 0.6], expires=0.3)
    assert guard.check(far, 0.0).event is GuardEvent.SPEED
    guard.reset(at(planar, [1.4, 0.6]))
    assert guard.check(far, 0.01).event is GuardEvent.OK


def test_what_is_written_lives_for_a_moment_only(guard: Guard) -> None:
    for now, target in ((1.0, to([0.4, 0.6])), (1.01, None)):
        assert guard.check(target, now).target.expires == now + COMMAND_LIFE_S


def test_a_small_way_takes_its_time(guard: Guard, planar: RobotSpec) -> None:
    goal = planar.home + 1e-3
    way = [guard.check(to(goal), i * PERIOD).target.position - planar.home for i in range(round(LOOKAHEAD_S / PERIOD))]
    np.testing.assert_allclose(way[4], 0.5e-3, rtol=1e-6)  # a time-optimal way would be over here
    np.testing.assert_allclose(way[-1], 1e-3, rtol=1e-6)


def test_bounds_themselves_are_allowed(guard: Guard, planar: RobotSpec) -> None:
    for position, velocity in ((planar.upper, planar.velocity), (planar.lower, -planar.velocity)):
        assert guard.check(to(position, velocity), 0.0).event is GuardEvent.OK


@pytest.mark.parametrize(
    ("position", "velocity", "event", "text"),
    [
        ([2.1, 9.0], [0.0, 0.0], GuardEvent.RANGE, "shoulder wants 2.1; allowed -2.0 to 2.0 rad"),
        ([0.0, -2.51234], [0.0, 0.0], GuardEvent.RANGE, "elbow wants -2.512; allowed -2.5 to 2.5 rad"),
        ([0.0, 2.6], [0.0, 2.5], GuardEvent.SPEED, "elbow wants 2.5; allowed ±2.0 rad/s"),
        ([-2.1, 0.0], [0.0, 2.5], GuardEvent.RANGE, "shoulder wants -2.1; allowed -2.0 to 2.0 rad"),
        ([2.0, 2.6], [3.0, 0.0], GuardEvent.RANGE, "elbow wants 2.6; allowed -2.5 to 2.5 rad"),
        ([-2.0, -2.6], [-3.0, 0.0], GuardEvent.RANGE, "elbow wants -2.6; allowed -2.5 to 2.5 rad"),
        ([0.0, 0.0], [-3.5, 2.5], GuardEvent.SPEED, "shoulder wants -3.5; allowed ±3.0 rad/s"),
    ],
)
def test_of_all_that_is_wrong_the_first_is_named(guard: Guard, position, velocity, event, text) -> None:
    verdict = guard.check(to(position, velocity), 0.0)
    assert (verdict.event, verdict.text) == (event, text)


def test_a_bad_gripper_is_named_before_a_joint(guard: Guard) -> None:
    assert guard.check(to([9.0, 9.0], gripper=math.nan), 0.0).event is GuardEvent.NOT_FINITE


@pytest.mark.parametrize(
    ("way", "fraction", "text"),
    [
        ([0.0, -1.0], 1.0, ""),
        ([0.0, -1.01], 1.0, "elbow wants -0.51; allowed ±2.0 rad/s, too slow to be there in 0.500 s"),
        ([1.45, -1.0], 1.0, ""),
        ([-1.55, 0.0], 1.0, "shoulder wants -1.25; allowed ±3.0 rad/s, too slow to be there in 0.500 s"),
        ([0.7, 0.0], 0.5, ""),
        ([0.8, 0.0], 0.5, "shoulder wants 1.1; allowed ±1.5 rad/s, too slow to be there in 0.500 s"),
        ([0.0, 0.6], 0.5, "elbow wants 1.1; allowed ±1.0 rad/s, too slow to be there in 0.500 s"),
    ],
)
def test_a_way_that_takes_longer_than_the_target_lives_is_named(guard, planar, way, fraction, text) -> None:
    guard.limit_speed(fraction)
    verdict = guard.check(to(planar.home + way, expires=3.5), 3.0)
    assert (verdict.text, verdict.event) == (text, GuardEvent.SPEED if text else GuardEvent.OK)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_at_a_lower_speed_less_is_allowed(guard: Guard, side: float) -> None:
    guard.limit_speed(0.5)
    assert guard.check(to([0.3, 0.5], [1.5 * side, side]), 0.0).event is GuardEvent.OK
    verdict = guard.check(to([0.3, 0.5], [1.6 * side, 0.0]), 0.01)
    assert verdict.text == f"shoulder wants {1.6 * side:.4g}; allowed ±1.5 rad/s"


def test_more_than_full_speed_is_full_speed(guard: Guard) -> None:
    guard.limit_speed(7.0)
    assert guard.check(to([0.3, 0.5], [3.5, 0.0]), 0.0).text == "shoulder wants 3.5; allowed ±3.0 rad/s"


def test_a_negative_speed_is_none(guard: Guard, planar: RobotSpec) -> None:
    guard.limit_speed(-1.0)
    verdict = guard.check(to([0.4, 0.6]), 0.0)
    assert verdict.event is GuardEvent.SPEED
    np.testing.assert_array_equal(verdict.target.position, planar.home)


def test_a_target_said_again_and_again_is_believed_no_longer(guard: Guard) -> None:
    for i in range(60):
        sent = guard.check(to([0.4, 0.6], [0.5, 0.0], expires=i * PERIOD + 0.1), i * PERIOD).target
    np.testing.assert_allclose(sent.velocity, 0, atol=1e-6)
    assert 0.4 < sent.position[0] < 0.4 + 0.5 * 2 * HORIZON_S


@pytest.mark.parametrize("pause", [None, to([0.3, 0.5], expires=-1.0)])
def test_after_a_pause_a_target_counts_as_new(guard: Guard, pause: JointTarget | None) -> None:
    moving = to([0.3, 0.5], [1.0, 0.0])
    guard.check(moving, 0.0)
    guard.check(pause, 0.5)
    guard.check(moving, 0.51)
    assert guard._to_goal.target_velocity == [1.0, 0.0]


def test_a_goal_whose_target_comes_from_the_future_does_not_move_back(guard: Guard) -> None:
    moving = to([0.3, 0.5], [1.0, -1.0])
    for now in (5.0, 4.0):
        guard.check(moving, now)
        ahead = LOOKAHEAD_S - PERIOD
        np.testing.assert_allclose(guard._to_goal.target_position, [0.3 + ahead, 0.5 - ahead])


def test_a_goal_near_a_bound_is_as_fast_as_it_can_brake_there(guard: Guard, planar: RobotSpec) -> None:
    guard.check(to([1.6, -2.3], [3.0, -2.0]), 0.0)
    goal = guard._to_goal
    np.testing.assert_allclose(goal.target_position, [1.6 + 3.0 * 0.09, -2.3 - 2.0 * 0.09])
    stop = Brake(planar, PERIOD).stop(goal.target_position, goal.target_velocity, [0.0, 0.0])
    np.testing.assert_allclose(stop, [planar.upper[0], planar.lower[1]], atol=1e-9)


def test_a_goal_that_goes_slowly_near_a_bound_is_left_as_it_is(guard: Guard) -> None:
    for side in (1.0, -1.0):
        guard.check(to([1.6 * side, 2.1 * side], [0.5 * side, -0.4 * side]), 0.0)
        np.testing.assert_allclose(guard._to_goal.target_velocity, [0.5 * side, -0.4 * side])
        np.testing.assert_allclose(guard._to_goal.target_position, [1.645 * side, 2.064 * side])


@pytest.mark.parametrize(
    ("offset", "velocity", "way"),
    [
        ([0.06, 0.0], [0.0, 0.0], [0.6, 0.0]),
        ([0.06, -0.02], [0.0, 0.0], [0.6, -0.2]),
        ([0.05, 0.0], [0.0, 1.0], [0.5, 1.9]),
    ],
)
def test_a_slow_tool_keeps_its_way_and_its_speed(planar: RobotSpec, offset, velocity, way) -> None:
    most = 0.05
    guard = Guard(planar, PERIOD, tool_speed=most)
    guard.reset(at(planar))
    guard.check(to(planar.home + offset, velocity), 0.0)
    jacobian, way = Kinematics(planar).jacobian(planar.home)[:3], np.array(way)
    expected = np.abs(way) * most / np.linalg.norm(jacobian @ way)
    expected = np.maximum(expected, SLOWEST * planar.velocity)
    np.testing.assert_allclose(guard._to_goal.max_velocity, expected, rtol=1e-6)
    np.testing.assert_allclose(guard._to_goal.target_velocity, np.clip(velocity, -expected, expected), rtol=1e-6)


def test_a_tool_that_is_slow_enough_is_left_alone(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD, tool_speed=0.3)
    guard.reset(at(planar))
    for offset in ([0.0, 0.0], [0.01, 0.01]):
        guard.check(to(planar.home + offset), 0.0)
        assert guard._to_goal.max_velocity == planar.velocity.tolist()


def test_no_joint_goes_faster_than_it_may_however_slow_the_tool(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD, tool_speed=1.5)
    guard.reset(at(planar))
    guard.check(to([0.3, -1.5]), 0.0)
    assert guard._to_goal.max_velocity == [pytest.approx(SLOWEST * 3.0), 2.0]


SIDES = [(axis, side) for axis in range(3) for side in ("lower", "upper")]


def box_around(tool: np.ndarray, rooms: dict[tuple[int, str], float]) -> Box:
    """A workspace with 1 m of room around the tool, and as much as ``rooms`` says on some of its sides."""
    lower, upper = tool - 1.0, tool + 1.0
    for (axis, side), room in rooms.items():
        if side == "lower":
            lower[axis] = tool[axis] - room
        else:
            upper[axis] = tool[axis] + room
    return Box(lower, upper)


def outside(spec: RobotSpec, rooms: dict[tuple[int, str], float]) -> float:
    tool = Kinematics(spec).forward(spec.home).position
    return Guard(replace(spec, workspace=box_around(tool, rooms)), PERIOD)._distance_outside(spec.home.tolist())


@pytest.mark.parametrize("side", SIDES)
def test_depth_inside_the_workspace_is_negative_and_outside_positive(planar: RobotSpec, side: tuple[int, str]) -> None:
    for room in (0.01, 0.3, -0.02, -0.5):
        assert outside(planar, {side: room}) == pytest.approx(-room)
    assert outside(planar, {side: 0.0}) == pytest.approx(0.0, abs=1e-12)


def test_distances_outside_add_up_over_the_axes(planar: RobotSpec) -> None:
    assert outside(planar, {(0, "upper"): -0.02, (1, "lower"): -0.03, (2, "upper"): 0.1}) == pytest.approx(0.05)


class Cone:
    """Something in the shoulder's way that comes closer by ``slope`` metres a rad."""

    def __init__(self, touches_at: float, slope: float = 0.1) -> None:
        self.touches_at, self.slope = touches_at, slope

    def worst(self, position: list[float]) -> tuple[float, str]:
        return self.slope * (self.touches_at - position[0]), "arm and cone"

    def clear_way(self, start: list[float], stop: list[float]) -> bool:
        return min(self.worst(start)[0], self.worst(stop)[0]) > 0.0


def test_what_is_in_the_way_is_named_with_how_much_closer_it_would_come(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD, Cone(0.5))  # type: ignore[arg-type]
    guard.reset(at(planar))
    for i in range(100):
        verdict = guard.check(to([1.0, 0.5]), i * PERIOD)
    assert verdict.event is GuardEvent.COLLISION
    assert verdict.text == "arm and cone would come 50 mm closer than allowed"
    assert 0.4 < verdict.target.position[0] < 0.5
    np.testing.assert_allclose(verdict.target.velocity, 0, atol=1e-12)


def test_first_the_stop_is_named_that_comes_too_close_then_the_goal(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD, Cone(0.301, 1000.0))  # type: ignore[arg-type]
    guard.reset(at(planar))
    verdicts = [guard.check(to([1.0, 0.5]), i * PERIOD) for i in range(12)]
    texts = [v.text for v in verdicts if v.event is GuardEvent.COLLISION]
    assert verdicts[0].event is GuardEvent.OK and len(texts) > 3
    assert set(texts[1:]) == {"arm and cone would come 699000 mm closer than allowed"}
    assert 0.0 < float(texts[0].split()[5]) < 20000.0
    assert all(v.target.expires == i * PERIOD + COMMAND_LIFE_S for i, v in enumerate(verdicts))


def test_first_the_stop_is_named_that_leaves_the_workspace_then_the_goal(planar: RobotSpec) -> None:
    tool = Kinematics(planar).forward
    box = box_around(tool(planar.home).position, {(1, "upper"): 0.001})
    guard = Guard(replace(planar, workspace=box), PERIOD)
    guard.reset(at(planar))
    goal = np.array([0.5, 0.5])
    verdicts = [guard.check(to(goal), i * PERIOD) for i in range(12)]
    texts = [v.text for v in verdicts if v.event is GuardEvent.WORKSPACE]
    assert verdicts[0].event is GuardEvent.OK and len(texts) > 3
    there = [round(float(c), 3) for c in tool(goal).position]
    allowed = f"allowed {box.lower.tolist()} to {box.upper.tolist()}"
    assert set(texts[1:]) == {f"the tool would leave the workspace at {there}; {allowed}"}
    y = float(texts[0].split("[")[1].split(",")[1])
    assert box.upper[1] - 5e-4 <= y < there[1] - 0.01 and texts[0].endswith(allowed)
    assert all(v.target.expires == i * PERIOD + COMMAND_LIFE_S for i, v in enumerate(verdicts))


def test_an_arm_that_came_back_from_the_wall_may_go_there_again(planar: RobotSpec) -> None:
    tool = Kinematics(planar).forward(planar.home).position
    guard = Guard(replace(planar, workspace=box_around(tool, {(1, "upper"): 0.02})), PERIOD)
    guard.reset(at(planar))
    beyond, inside = to([0.8, 0.5]), to(planar.home)
    events = [guard.check(beyond if i < 25 else inside, i * PERIOD).event for i in range(50)]
    assert events[24:] == [GuardEvent.WORKSPACE] + [GuardEvent.OK] * 25
    assert guard.check(beyond, 0.5).event is GuardEvent.OK


def test_an_arm_that_stands_outside_is_told_so(planar: RobotSpec) -> None:
    tool = Kinematics(planar).forward(planar.home).position
    guard = Guard(replace(planar, workspace=box_around(tool, {(1, "upper"): -0.02})), PERIOD)
    guard.reset(at(planar))
    for now in (0.0, 0.01):
        assert guard.check(to(planar.home), now).event is GuardEvent.WORKSPACE


def test_a_speed_may_be_set_before_it_is_known_where_the_arm_is(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD)
    guard.limit_speed(0.5)
    guard.reset(at(planar))
    assert guard.check(to([0.3, 0.5], [2.0, 0.0]), 0.0).text == "shoulder wants 2; allowed ±1.5 rad/s"


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_joint_at_its_bound_brakes_alone(guard: Guard, planar: RobotSpec, side: float) -> None:
    guard.reset(at(planar, [side, 0.5]))
    written, events = [], set()
    for i in range(70):
        goal = [side * min(1.0 + 3.0 * i * PERIOD, 2.0), 0.0]
        verdict = guard.check(to(goal, [3.0 * side, 0.0], i * PERIOD + 5.0), i * PERIOD)
        written.append(verdict.target.position)
        events.add(verdict.event)
    assert events == {GuardEvent.OK}
    assert violations(planar, np.array([side, 0.5]), written, PERIOD) == []
    np.testing.assert_allclose(written[-1], [2.0 * side, 0.0], atol=1e-2)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_joint_leaves_its_range_if_it_would_stop_beyond_it(guard: Guard, planar: RobotSpec, side: float) -> None:
    still, bound = [0.0, 0.0], planar.upper if side > 0 else planar.lower
    home = planar.home.tolist()

    def leaves(*stop: float) -> list[int]:
        return guard._leaves_range(home, still, still, list(stop))

    assert leaves(bound[0] + 0.01 * side, 0.5) == [0]
    assert leaves(0.3, bound[1] + 0.01 * side) == [1]
    assert leaves(*(bound + 0.01 * side)) == [0, 1]
    assert leaves(*bound) == leaves(*(bound + 5e-10 * side)) == [], "but for rounding"
    guard.reset(at(planar, bound + 0.05 * side))
    assert leaves(*(bound + 0.04 * side)) == leaves(*(bound + 0.05 * side)) == [], "no worse than it was"
    assert leaves(*(bound + 0.06 * side)) == [0, 1]


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_joint_leaves_its_range_if_it_turns_beyond_it(guard: Guard, planar: RobotSpec, side: float) -> None:
    """While a braking of 10 rad/s² fades out at the full jerk, a joint at 0.05 rad/s goes on for 0.135 mrad."""
    bound = 2.0 * side
    for room, v, a, out in (
        (8e-5, 0.05, -10.0, [0]),
        (2e-4, 0.05, -10.0, []),
        (8e-5, 0.05, 10.0, []),
        (8e-5, 0.0, -10.0, []),
    ):
        p, inside = bound - room * side, bound - 0.01 * side
        assert guard._leaves_range([p, 0.5], [v * side, 0.0], [a * side, 0.0], [inside, 0.5]) == out


def test_only_the_way_of_the_tool_is_slowed_not_its_turning(panda: RobotSpec) -> None:
    guard, way = Guard(panda, PERIOD, tool_speed=0.05), np.array([0.3, 0.2, -0.3, 0.1, 0.4, -0.5, 0.6])
    guard.reset(at(panda, velocity=np.zeros(7)))
    guard.check(to(panda.home + LOOKAHEAD_S * way, np.zeros(7)), 0.0)
    speed = np.linalg.norm(Kinematics(panda).jacobian(panda.home)[:3] @ way)
    np.testing.assert_allclose(guard._to_goal.max_velocity, np.abs(way) * 0.05 / speed, rtol=1e-6)


def test_a_place_that_is_too_close_may_be_left_and_not_gone_into(planar: RobotSpec) -> None:
    guard = Guard(planar, PERIOD, Cone(0.2))  # type: ignore[arg-type]
    guard.reset(at(planar))
    assert guard.check(to([0.35, 0.5]), 0.0).event is GuardEvent.COLLISION
    assert guard.check(to([0.3, 0.9]), 0.01).event is GuardEvent.COLLISION, "no better than before"
    assert guard.check(to([0.1, 0.5]), 0.02).event is GuardEvent.OK
    for i in range(3, 60):
        verdict = guard.check(to([0.1, 0.5]), i * PERIOD)
    np.testing.assert_allclose(verdict.target.position, [0.1, 0.5], atol=1e-6)


def test_no_closer_than_it_is_means_nothing_for_a_place_that_is_clear(planar: RobotSpec) -> None:
    """A way that is not clear is refused although its end is no closer than its beginning."""

    class Post(Cone):
        def clear_way(self, start: list[float], stop: list[float]) -> bool:
            return False

    guard = Guard(planar, PERIOD, Post(0.5))  # type: ignore[arg-type]
    guard.reset(at(planar))
    verdict = guard.check(to([0.1, 0.5]), 0.0)
    assert (verdict.event, verdict.text) == (GuardEvent.COLLISION, "arm and cone would come 0 mm closer than allowed")

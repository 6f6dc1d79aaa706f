"""The executor turns chunks into one target at any time: they fade in, expire into holding, and keep to the limits."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.hardware.types import Box, JointState, RobotSpec
from sayso.skills.policy import (
    BLEND_S,
    HORIZON,
    MAX_LAG,
    POLICY_HZ,
    SWIFT_RAD_S,
    ActionChunk,
    Executor,
    at_pace,
    chunk_from_velocity,
    cycles_a_tick,
    policy_rate,
)

ONE = np.ones(2)
SPEC = RobotSpec(
    "two", ("a", "b"), -ONE, ONE, ONE, ONE, ONE, 0 * ONE, Box(-np.ones(3), np.ones(3)), "none.urdf", "tip", None
)


def at(position: float = 0.0, gripper: float = 1.0) -> JointState:
    return JointState(0.0, np.full(2, position), np.zeros(2), gripper)


def going(velocity: float, now: float = 0.0, start: float = 0.0, closed: bool = False) -> ActionChunk:
    return chunk_from_velocity(now, np.full(2, start), np.full(2, velocity), closed)


@pytest.fixture
def executor() -> Executor:
    executor = Executor(SPEC)
    executor.reset(at())
    return executor


@pytest.mark.parametrize(
    ("hz", "cycles", "rate"), [(250.0, 5, 50.0), (500.0, 10, 50.0), (60.0, 1, 60.0), (20.0, 1, 20.0)]
)
def test_the_policy_is_asked_about_fifty_times_a_second(hz: float, cycles: int, rate: float) -> None:
    assert cycles_a_tick(hz) == cycles and policy_rate(hz) == pytest.approx(rate)


def test_the_velocities_of_a_chunk_follow_from_its_positions() -> None:
    chunk = ActionChunk((0.0, 0.1, 0.3), np.array([[0.0], [0.1], [0.1]]), False, 0.3)
    assert np.allclose(chunk.slopes, [[1.0], [0.0]])
    given = ActionChunk((0.0, 0.1), np.zeros((2, 1)), False, 0.1, np.array([[7.0]]))
    assert given.slopes[0, 0] == 7.0, "where they were given they are those"


def test_a_chunk_from_a_velocity_goes_on_for_its_horizon() -> None:
    chunk = going(0.5, now=3.0, start=0.2)
    assert chunk.expires == chunk.times[-1] == pytest.approx(3.0 + HORIZON / POLICY_HZ)
    assert np.allclose(chunk.positions[-1], 0.2 + 0.5 * HORIZON / POLICY_HZ)


def test_half_the_pace_goes_half_as_far_in_the_same_time() -> None:
    chunk = going(0.4, start=0.1, closed=True)
    slow = at_pace(chunk, 0.5)
    assert slow.times == chunk.times and slow.closed and slow.expires == chunk.expires
    assert np.allclose(slow.positions - 0.1, 0.5 * (chunk.positions - 0.1)) and np.allclose(slow.slopes, 0.2)


def test_the_usual_pace_changes_nothing() -> None:
    chunk = going(0.4)
    assert at_pace(chunk, 1.0) is chunk
    assert at_pace(going(0.0), 2.0).slopes.max() == 0.0


def test_a_higher_pace_counts_in_full_for_swift_motions_and_less_for_fine_ones() -> None:
    assert at_pace(going(SWIFT_RAD_S), 2.0).slopes.max() == pytest.approx(2.0 * SWIFT_RAD_S)
    assert at_pace(going(2 * SWIFT_RAD_S), 2.0).slopes.max() == pytest.approx(4.0 * SWIFT_RAD_S)
    assert at_pace(going(SWIFT_RAD_S / 2), 2.0).slopes.max() == pytest.approx(1.5 * SWIFT_RAD_S / 2)


def test_before_any_chunk_the_measured_position_is_held(executor: Executor) -> None:
    executor.reset(at(0.3))
    target = executor.sample(5.0)
    assert np.allclose(target.position, 0.3) and not target.velocity.any()
    assert target.expires == pytest.approx(5.0 + 1 / POLICY_HZ)


@pytest.mark.parametrize(("opening", "closes"), [(0.49, True), (0.5, False)])
def test_at_first_a_hand_less_than_half_open_closes(executor: Executor, opening: float, closes: bool) -> None:
    executor.reset(at(gripper=opening))
    assert executor.sample(0.0).gripper == (0.0 if closes else 1.0)


def test_after_the_arm_stood_the_hand_keeps_its_grip(executor: Executor) -> None:
    executor.push(going(0.1, closed=True))
    executor.go_on(at(0.4, gripper=1.0))
    target = executor.sample(0.0)
    assert np.allclose(target.position, 0.4) and target.gripper == 0.0


def test_a_chunk_says_where_to_be_and_how_fast_at_any_time(executor: Executor) -> None:
    executor.push(going(0.5))
    target = executor.sample(0.05)
    assert np.allclose(target.position, 0.025) and np.allclose(target.velocity, 0.5)
    assert np.array_equal(executor.command, target.position)


def test_before_its_first_time_a_chunk_is_extended_backwards(executor: Executor) -> None:
    executor.push(going(0.5, now=1.0))
    assert np.allclose(executor.sample(0.99).position, -0.005)


def test_after_its_expiry_the_last_command_is_held(executor: Executor) -> None:
    executor.push(going(0.5))
    last = executor.sample(0.155).position
    for late in (HORIZON / POLICY_HZ, 1.0):
        held = executor.sample(late)
        assert np.array_equal(held.position, last) and not held.velocity.any()


def test_a_new_chunk_fades_in_over_one_tick(executor: Executor) -> None:
    executor.push(going(0.0))
    executor.push(going(0.4, now=0.02))
    begins, half, there = (executor.sample(0.02 + share * BLEND_S) for share in (0.0, 0.5, 1.0))
    assert np.allclose([begins.velocity[0], half.velocity[0], there.velocity[0]], [0.0, 0.2, 0.4])
    assert half.position[0] == pytest.approx(0.5 * 0.4 * 0.5 * BLEND_S)


def test_a_chunk_that_has_expired_fades_into_nothing(executor: Executor) -> None:
    executor.push(going(0.0))
    executor.push(going(0.4, now=1.0))
    assert np.allclose(executor.sample(1.0).velocity, 0.4)


def test_no_command_leaves_the_joints_limits(executor: Executor) -> None:
    for velocity, limit in ((50.0, 1.0), (-50.0, -1.0)):
        executor.push(going(velocity))
        executor.push(going(velocity))
        assert np.allclose(executor.sample(0.1).position, limit)


def test_to_hold_drops_every_chunk(executor: Executor) -> None:
    executor.push(going(0.5))
    last = executor.sample(0.05).position
    executor.hold()
    target = executor.sample(0.06)
    assert np.array_equal(target.position, last) and not target.velocity.any()


def test_a_new_chunk_begins_at_the_last_command_within_reach_of_where_the_arm_is(executor: Executor) -> None:
    executor.push(going(1.0))
    executor.sample(0.15)
    assert np.allclose(executor.start(at(0.1)), 0.15)
    assert np.allclose(executor.start(at(-0.1)), -0.1 + MAX_LAG)
    assert np.allclose(executor.start(at(0.5)), 0.5 - MAX_LAG)

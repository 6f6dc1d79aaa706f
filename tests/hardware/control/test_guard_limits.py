"""Whatever comes in, what goes out stays inside the limits, judged by an oracle that knows nothing of the guard."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.bench.reliability.limits_oracle import violations
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.control.guard import Guard
from sayso.hardware.types import Array, Box, JointState, JointTarget, RobotSpec

EDGES = [0.0, -0.0, math.nan, math.inf, -math.inf, 1e300, -1e300, 5e-324, 2.0, -2.0, 2.5, -2.5, 0.3]
number = st.one_of(st.sampled_from(EDGES), st.floats(-4, 4))
step = st.tuples(
    st.lists(number, min_size=2, max_size=2),
    st.lists(number, min_size=2, max_size=2),
    number,
    st.sampled_from([0.0, 0.02, 0.1, 1.0, math.inf, math.nan]),
    st.integers(1, 25),
)


def _at_rest(spec: RobotSpec) -> JointState:
    return JointState(0.0, spec.home, np.zeros(spec.dof))


def test_the_oracle_itself_sees_each_kind_of_violation(planar: RobotSpec) -> None:
    still = [planar.home] * 3
    assert violations(planar, planar.home, still, 0.01) == []
    assert "range" in violations(planar, planar.home, [planar.upper + 0.1], 0.01)
    jump = violations(planar, planar.home, [planar.home + 0.1], 0.01)
    assert [v.split(":")[0] for v in jump] == ["velocity", "acceleration", "jerk"]
    assert violations(planar, planar.home, [np.array([np.nan, 0.0])], 0.01) == ["not finite"]
    tight = replace(planar, workspace=Box(np.array([-1.0, -1.0, 0.3]), np.array([1.0, 1.0, 1.0])))
    assert violations(tight, planar.home, still, 0.01)[0].startswith("workspace")


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(step, min_size=1, max_size=12), period=st.sampled_from([0.002, 0.01, 0.05]), walls=st.booleans())
def test_no_target_breaks_a_limit(planar: RobotSpec, steps: list, period: float, walls: bool) -> None:
    box = Box(np.array([0.05, -0.3, 0.1]), np.array([0.5, 0.5, 0.3]))
    spec = replace(planar, workspace=box) if walls else planar
    guard = Guard(spec, period)
    guard.reset(_at_rest(spec))
    written, tick = [], 0
    for position, velocity, gripper, life, cycles in steps:
        target = JointTarget(np.array(position), np.array(velocity), gripper, tick * period + life)
        for _ in range(cycles):
            verdict = guard.check(target, tick * period)
            assert 0.0 <= verdict.target.gripper <= 1.0
            assert np.all(np.abs(verdict.target.velocity) <= spec.velocity * (1 + 1e-6))
            assert verdict.target.expires > tick * period
            written.append(verdict.target.position)
            tick += 1
    assert violations(spec, spec.home, written, period) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_hostile_policy_breaks_no_limit_of_a_panda(panda: RobotSpec, seed: int) -> None:
    written = _hostile(Guard(panda, 0.004), panda, seed)
    assert violations(panda, panda.home, written, 0.004) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_tool_that_is_to_go_slowly_does(panda: RobotSpec, seed: int) -> None:
    most = 0.2
    written = _hostile(Guard(panda, 0.004, tool_speed=most), panda, seed)
    assert violations(panda, panda.home, written, 0.004) == []
    kinematics = Kinematics(panda)
    speed = np.linalg.norm(np.diff([kinematics.forward(q).position for q in written], axis=0), axis=1) / 0.004
    assert speed.max() > 0.5 * most, "it goes on"
    # Joints that change their ways together may go over it for a moment: the driver cuts that off.
    assert np.mean(speed > most) < 0.1 and speed.max() < 1.5 * most


def test_a_tool_that_may_go_fast_is_not_slowed(panda: RobotSpec) -> None:
    free, capped = (_hostile(Guard(panda, 0.004, tool_speed=speed), panda, 1) for speed in (None, 100.0))
    assert np.array_equal(free, capped)


def _hostile(guard: Guard, panda: RobotSpec, seed: int) -> list[Array]:
    """What 300 targets of the worst kinds become, at 250 Hz."""
    rng, period = np.random.default_rng(seed), 0.004
    guard.reset(_at_rest(panda))
    target, written, position = None, [], panda.home
    for i in range(300):
        kind = rng.integers(5)
        if kind == 0 and i % 5 == 0:
            position = rng.uniform(panda.lower - 1, panda.upper + 1)
        elif kind == 1:
            position = position + rng.normal(0, 0.05, 7)
        elif kind == 2 and i % 20 == 0:
            position = rng.choice([panda.lower, panda.upper, panda.home])
        if kind < 4:
            target = JointTarget(position, rng.normal(0, 2, 7), 1.0, i * period + rng.choice([0.004, 0.05, 0.5]))
        written.append(guard.check(target, i * period).target.position)
    return written


def test_a_moving_goal_at_50_hz_is_followed_smoothly(panda: RobotSpec) -> None:
    free = replace(panda, workspace=Box(np.full(3, -2.0), np.full(3, 2.0)))
    period, amplitude, omega = 0.004, 0.3, 2 * np.pi * 0.4
    guard = Guard(free, period)
    guard.reset(_at_rest(free))
    target, errors, written = None, [], []
    for i in range(1500):
        t = i * period
        wanted = free.home + amplitude * (1 - np.cos(omega * t)) / 2
        if i % 5 == 0:
            velocity = np.full(7, amplitude * omega * np.sin(omega * t) / 2)
            target = JointTarget(wanted, velocity, 1.0, t + 0.1)
        written.append(guard.check(target, t).target.position)
        errors.append(np.abs(written[-1] - wanted).max())
    assert max(errors) < 0.005
    speed = np.abs(np.diff(np.array(written), axis=0)[:, 0]) / period
    turning = np.abs(np.sin(omega * np.arange(1499) * period)) < 0.3
    assert speed[~turning].min() > 0.05, "stop-and-go between two targets"

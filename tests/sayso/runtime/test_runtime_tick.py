"""One tick: sense, scene, goal, features, motion, policy, chunk; in that order, at the policy's rate."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.runtime.runtime import MOTION_TICKS
from sayso.skills.motion import HOLD
from tests.sayso.runtime.parts import FORWARD, LEFT, SPEC, SPEED, UP, RuntimeRig

TICK = ["sensed", "scene", "goal", "policy", "ticked"]
FIRST = ["sensed", "scene", "goal", "review", "motion", "policy", "ticked"]
TICK_S = 0.02


@pytest.fixture
def rig() -> RuntimeRig:
    return RuntimeRig()


def test_a_tick_asks_its_parts_in_order(rig: RuntimeRig) -> None:
    rig.run(TICK_S)
    assert [what for what in rig.asked if what not in ("run", "cycle")] == FIRST


def test_the_policy_is_asked_fifty_times_a_second_and_the_loop_at_its_own_rate(rig: RuntimeRig) -> None:
    asked = rig.run(1.0)
    assert asked.count("policy") == asked.count("scene") == 50
    assert asked.count("cycle") == len(rig.follower.cycles) == SPEC.control_hz


def test_a_motion_is_in_force_for_its_ticks_and_is_reviewed_before_the_next(rig: RuntimeRig) -> None:
    asked = rig.run(2 * MOTION_TICKS * TICK_S)
    assert asked.count("review") == asked.count("motion") == 2
    assert rig.parts.acted == [FORWARD] * MOTION_TICKS + [UP] * MOTION_TICKS


def test_the_target_is_what_the_policy_said_at_that_time(rig: RuntimeRig) -> None:
    rig.run(0.1)
    wanted = rig.follower.cycles[-1].wanted
    assert wanted is not None and wanted.velocity[0] == pytest.approx(SPEED[FORWARD])
    assert wanted.position[0] == pytest.approx(SPEC.home[0] + 0.1 * SPEED[FORWARD], rel=0.2)


def test_an_override_stands_in_the_motion_s_place_and_the_pace_in_the_chunk(rig: RuntimeRig) -> None:
    rig.run(TICK_S)
    rig.runtime.override.move(LEFT, rig.robot.clock.now(), 0.09)
    rig.run(0.16)
    assert rig.parts.acted[1:] == [LEFT] * 5 + [FORWARD] * 3
    assert [(m.text, m.source) for m in rig.runtime.log.motions] == [
        (str(FORWARD), "planner"), (str(LEFT), "operator"), (str(FORWARD), "planner"),
    ]  # fmt: skip
    rig.runtime.override.pace = 0.5
    rig.run(TICK_S)
    chunk = rig.follower.ticks[-1].chunk
    assert chunk is not None and chunk.slopes[0, 0] == pytest.approx(0.5 * SPEED[FORWARD])


def test_without_a_goal_nobody_acts_and_the_arm_holds(rig: RuntimeRig) -> None:
    rig.run(0.1)
    rig.parts.no_goal = True
    asked = rig.run(0.1)
    assert "policy" not in asked and "motion" not in asked and rig.follower.ticks[-1].chunk is None
    wanted = rig.follower.cycles[-1].wanted
    assert wanted is not None and not wanted.velocity.any()


def test_a_task_that_is_over_is_held(rig: RuntimeRig) -> None:
    rig.parts.over = True
    asked = rig.run(TICK_S)
    assert "motion" not in asked and rig.parts.acted == [HOLD]


def test_a_hurried_tick_comes_in_the_same_cycle_without_a_look(rig: RuntimeRig) -> None:
    rig.run(TICK_S + 0.004)
    before = rig.runtime.ticks
    rig.runtime.hurry()
    asked = rig.run(0.004)
    assert [what for what in asked if what not in ("run", "cycle")] == ["goal", "policy", "ticked"]
    assert rig.runtime.ticks == before, "only ticks with a look count"


def test_words_come_before_the_cameras_for_one_cycle_and_no_longer(rig: RuntimeRig) -> None:
    rig.run(TICK_S)  # the next cycle is on a tick
    rig.runtime.hurry()
    rig.runtime.answer()
    assert "scene" not in rig.run(0.004)
    rig.runtime.hurry()
    rig.runtime.answer()
    assert "scene" in rig.run(0.004)


def test_a_stopped_loop_asks_nobody_and_its_cycles_are_told(rig: RuntimeRig) -> None:
    rig.run(TICK_S)
    rig.runtime.loop.stop()
    cycles = len(rig.follower.cycles)
    assert rig.run(0.1) == ["run"]
    told = rig.follower.cycles[cycles:]
    assert len(told) == 25 and all(cycle.stopped and cycle.wanted is None for cycle in told)


def test_every_frame_is_told_until_another_runtime_takes_over(rig: RuntimeRig) -> None:
    rig.run(0.1)
    assert len(rig.follower.frames) == 5
    rig.runtime.close()
    rig.run(0.1)
    assert len(rig.follower.frames) == 5


def test_who_has_left_is_told_nothing(rig: RuntimeRig) -> None:
    rig.runtime.unsubscribe(rig.follower)
    rig.run(0.1)
    assert not rig.follower.cycles and not rig.follower.ticks


def test_to_observe_moves_nothing(rig: RuntimeRig) -> None:
    scene = rig.runtime.observe()
    assert rig.asked == ["observe"] and rig.runtime.scene is scene and not rig.robot.written


def test_a_tick_says_what_it_was_made_of(rig: RuntimeRig) -> None:
    rig.run(TICK_S)
    (tick,) = rig.follower.ticks
    assert tick.observation is not None and tick.motion == FORWARD and tick.scene is rig.runtime.scene
    assert np.array_equal(tick.observation.body.position, SPEC.home) and rig.runtime.goal is tick.observation.goal

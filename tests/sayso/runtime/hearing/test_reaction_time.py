"""From a sentence's arrival to the first target that it changed: the robot's time and the computer's own."""

from __future__ import annotations

import time

import numpy as np
import pytest

from sayso.hardware.control.guard import GuardEvent
from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Array, JointState, JointTarget
from sayso.planner.corrections.correction import Correction
from sayso.runtime.hearing.reaction_time import GIVE_UP_S, ReactionTime
from sayso.runtime.log import Heard

STILL, FASTER = np.zeros(2), np.array([0.0, 0.1])


def cycle(t: float, velocity: Array | None) -> Cycle:
    target = JointTarget(np.zeros(2), STILL if velocity is None else velocity, 1.0, t + 1)
    state = JointState(t, np.zeros(2), STILL, 1.0)
    return Cycle(t, state, None if velocity is None else target, target, GuardEvent.OK)


@pytest.fixture
def heard() -> Heard:
    return Heard(5.0, Correction("left", "motion", "left"))


def test_the_first_target_that_differs_counts(heard: Heard) -> None:
    reaction = ReactionTime()
    reaction.expect(heard, time.perf_counter(), 5.0, STILL)
    reaction.written(cycle(5.004, STILL))
    assert heard.latency_ms is None
    reaction.written(cycle(5.008, FASTER))
    assert heard.latency_ms is not None and 8.0 <= heard.latency_ms < 100.0
    first = heard.latency_ms
    reaction.written(cycle(5.1, STILL))
    assert heard.latency_ms == first, "later targets change nothing"


def test_the_computer_s_own_time_is_added(heard: Heard) -> None:
    reaction = ReactionTime()
    reaction.expect(heard, time.perf_counter() - 0.5, 5.0, STILL)
    reaction.written(cycle(5.0, FASTER))
    assert heard.latency_ms is not None and 500.0 <= heard.latency_ms < 600.0


def test_of_a_stop_the_next_write_counts_whatever_it_is(heard: Heard) -> None:
    reaction = ReactionTime()
    reaction.expect(heard, time.perf_counter(), 5.0, None)
    reaction.written(cycle(5.004, None))
    assert heard.latency_ms is not None


def test_what_changes_nothing_for_long_has_no_reaction_time(heard: Heard) -> None:
    reaction = ReactionTime()
    reaction.expect(heard, time.perf_counter(), 5.0, STILL)
    reaction.written(cycle(5.0 + GIVE_UP_S + 0.01, STILL))
    reaction.written(cycle(5.0 + GIVE_UP_S + 0.02, FASTER))
    assert heard.latency_ms is None


def test_what_is_forgotten_is_waited_for_no_more(heard: Heard) -> None:
    reaction = ReactionTime()
    reaction.expect(heard, time.perf_counter(), 5.0, STILL)
    reaction.forget()
    reaction.written(cycle(5.004, FASTER))
    assert heard.latency_ms is None

"""Watchdog, hold-to-run, freshness of commands, speed scale and restarts, on times that are just numbers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.hardware.control.hold_to_run import HOLD_TO_RUN_S, HoldToRun
from sayso.hardware.control.speed_scale import FALL_PER_S, LEAST, RISE_PER_S, SpeedScale
from sayso.hardware.control.watchdog import Watchdog
from sayso.hardware.ipc.freshness import LONGEST_LIFE_S, OLDEST_S, Freshness, Stamp
from sayso.hardware.process.restarts import Restarts


def test_a_watchdog_has_lapsed_until_it_is_fed() -> None:
    dog = Watchdog(0.1)
    assert dog.lapsed(0.0)
    dog.feed(5.0)
    assert not dog.lapsed(5.0) and not dog.lapsed(5.1)
    assert dog.lapsed(5.1001)
    dog.feed(5.2)
    assert not dog.lapsed(5.3)
    dog.forget()
    assert dog.lapsed(5.2)


@pytest.mark.parametrize("now", [4.9, math.nan, math.inf, -math.inf])
def test_a_time_that_cannot_be_counts_as_a_lapse(now: float) -> None:
    dog = Watchdog(0.1)
    dog.feed(5.0)
    assert dog.lapsed(now)


@pytest.mark.parametrize("fed", [math.nan, math.inf])
def test_feeding_it_nonsense_keeps_nothing_alive(fed: float) -> None:
    dog = Watchdog(0.1)
    dog.feed(fed)
    assert dog.lapsed(5.0)


@pytest.mark.parametrize("timeout", [0.0, -1.0, math.inf, math.nan])
def test_a_watchdog_that_never_lapses_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="must be above 0 s and finite"):
        Watchdog(timeout)


def test_it_moves_while_a_press_is_held_and_stops_when_it_is_lost() -> None:
    button = HoldToRun(0.2)
    assert not button.allows(0.0)
    for t in (0.0, 0.1, 0.2):
        button.held(1, t)
        assert button.allows(t)
    assert button.allows(0.4)
    assert not button.allows(0.401)
    assert HOLD_TO_RUN_S < 0.25


def test_what_arrives_late_does_not_bring_a_lost_press_back() -> None:
    button = HoldToRun(0.2)
    button.held(1, 0.0)
    button.held(1, 0.3)  # nobody asked meanwhile, yet the press was lost
    assert not button.allows(0.3)
    button.held(1, 0.31)
    assert not button.allows(0.31)
    button.held(2, 0.4)
    assert button.allows(0.4)
    button.held(1, 0.45)
    assert button.allows(0.6) and not button.allows(0.601), "an older press feeds nothing"


def test_letting_go_holds_at_once_and_for_this_press_for_good() -> None:
    button = HoldToRun(0.2)
    button.held(3, 0.0)
    button.let_go()
    assert not button.allows(0.01)
    button.held(3, 0.02)
    assert not button.allows(0.02)
    button.held(4, 0.03)
    assert button.allows(0.03)


def test_a_press_that_was_asked_about_too_late_is_over() -> None:
    button = HoldToRun(0.2)
    button.held(1, 0.0)
    assert not button.allows(1.0)
    button.held(1, 1.0)
    assert not button.allows(1.0)


def stamp(number: int = 1, epoch: int = 7, sent: float = 10.0, expires: float = 10.2) -> Stamp:
    return Stamp(epoch, number, sent, expires)


def test_a_command_counts_once_and_in_order() -> None:
    fresh = Freshness()
    assert fresh.accept(stamp(5), 10.0) == ""
    assert fresh.accept(stamp(5), 10.0) == "seen before"
    assert fresh.accept(stamp(4), 10.0) == "overtaken by a newer one"
    assert fresh.accept(stamp(6), 10.0) == ""


@pytest.mark.parametrize(
    ("sent", "expires", "now", "why"),
    [
        (10.0, 10.2, 10.2, "sent at"),
        (10.0, 10.05, 10.05, "expired at"),
        (10.0, 10.05, 10.06, "expired at"),
        (10.0, 10.2, 10.0 + OLDEST_S + 1e-6, "sent at"),
        (10.0, 10.2, 10.0 - OLDEST_S - 1e-6, "sent at"),
        (math.nan, 10.2, 10.0, "sent at"),
        (10.0, math.nan, 10.0, "expired at"),
    ],
)
def test_a_stale_command_is_ignored_and_does_not_count(sent: float, expires: float, now: float, why: str) -> None:
    fresh = Freshness()
    assert fresh.accept(stamp(1, 7, sent, expires), now).startswith(why)
    assert fresh.accept(stamp(1), 10.0) == "", "what was ignored has not been seen"


def test_a_restarted_sender_is_heard_and_its_past_is_not() -> None:
    fresh = Freshness()
    fresh.accept(stamp(500, epoch=7), 10.0)
    assert fresh.accept(stamp(1, epoch=9), 10.0) == ""
    assert fresh.accept(stamp(501, epoch=7), 10.0) == "sent before its sender was restarted"


def test_what_was_there_before_the_receiver_is_not_followed() -> None:
    fresh = Freshness()
    fresh.skip(stamp(5))
    assert fresh.accept(stamp(5), 10.0) == "seen before"
    assert fresh.accept(stamp(6), 10.0) == ""


def test_no_command_lives_for_long() -> None:
    fresh = Freshness()
    assert fresh.end(stamp(expires=1e9), 10.05) == 10.0 + LONGEST_LIFE_S, "from when it was sent"
    assert fresh.end(stamp(sent=10.05, expires=1e9), 10.0) == 10.0 + LONGEST_LIFE_S
    assert fresh.end(stamp(expires=10.05), 10.0) == 10.05


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.floats(9, 11), st.floats(9, 11)), max_size=60))
def test_of_any_muddle_only_fresh_and_rising_commands_count(muddle: list[tuple[int, int, float, float]]) -> None:
    fresh, counted = Freshness(), []
    for i, (epoch, number, sent, expires) in enumerate(muddle):
        now = 9.5 + i * 0.01
        if fresh.accept(Stamp(epoch, number, sent, expires), now) == "":
            assert abs(now - sent) <= OLDEST_S and now < expires
            counted.append((epoch, number))
    assert len(set(counted)) == len(counted)
    epochs = [epoch for i, (epoch, _) in enumerate(counted) if i == 0 or counted[i - 1][0] != epoch]
    assert len(set(epochs)) == len(epochs), "an epoch that ended came back"
    for epoch in set(epochs):
        numbers = [n for e, n in counted if e == epoch]
        assert numbers == sorted(numbers)


def test_the_speed_falls_quickly_and_rises_slowly() -> None:
    scale = SpeedScale()
    assert not scale.step(1.0) and scale.value == 1.0
    scale.ask(0.2)
    assert scale.step(0.1) and scale.value == pytest.approx(1 - 0.1 * FALL_PER_S)
    assert scale.step(1.0) and scale.value == 0.2
    scale.ask(1.0)
    assert scale.step(0.1) and scale.value == pytest.approx(0.2 + 0.1 * RISE_PER_S)
    scale.ask(1e-9)
    assert scale.step(1.0) and scale.value == LEAST


@pytest.mark.parametrize("fraction", [0.0, -0.5, 1.0001, math.nan, math.inf])
def test_a_speed_that_cannot_be_is_refused(fraction: float) -> None:
    scale = SpeedScale()
    with pytest.raises(ValueError, match=r"a speed of .* was asked for; above 0 and up to 1 is allowed"):
        scale.ask(fraction)
    assert not scale.step(10.0) and scale.value == 1.0


def test_two_crashes_restart_and_the_third_within_a_minute_does_not() -> None:
    restarts = Restarts()
    first, second = restarts.crashed(0.0), restarts.crashed(30.0)
    assert first is not None and second is not None and 0 < first < second <= 1.0
    assert restarts.crashed(60.0) is None
    assert restarts.crashed(61.0) is None


def test_crashes_far_apart_go_on_restarting() -> None:
    restarts = Restarts()
    delays = [restarts.crashed(t) for t in (0.0, 30.0, 60.1, 90.2, 200.0)]
    assert None not in delays
    assert delays[-1] == delays[0]

"""Signals while an arm may move: the first stops it, the next ends the program, and nohup is respected."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sayso.runs.interrupts import SIGNALS, Interrupts


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_stops_and_the_next_ends(number: signal.Signals) -> None:
    stops = []
    with Interrupts() as interrupts:
        interrupts.stop = lambda: stops.append(1) is None
        os.kill(os.getpid(), number)
        assert interrupts.caught and stops == [1]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert stops == [1, 1]


def test_what_does_not_end_by_itself_is_ended() -> None:
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    assert interrupts.caught


def test_a_shell_and_the_kernel_may_both_say_that_the_terminal_is_gone() -> None:
    stops = []
    with Interrupts() as interrupts:
        interrupts.stop = lambda: stops.append(1) is None
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGHUP)
    assert stops == [1]


def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGHUP)
    assert not interrupts.caught


def test_afterwards_the_signals_are_as_before() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    with Interrupts():
        pass
    assert {number: signal.getsignal(number) for number in SIGNALS} == before

"""Turns controller states into messages for the operator, rate-limited: bridged readings, holds, faults."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from sayso.hardware.control.readings import Health, Reading
from sayso.hardware.control.state_machine import State

EVERY_S = 1.0  # shortest interval between two messages of the same kind


class EventReporter:
    """Reports bridged, lost and recovered readings and faults to ``on_note``, with their time in s."""

    def __init__(self, on_note: Callable[[float, str], None]) -> None:
        self._on_note = on_note
        self._bridged, self._since, self._why = 0, 0.0, ""
        self._lost, self._told = False, -inf
        self._failed = False

    def reading(self, now: float, reading: Reading) -> None:
        """Record the verdict on a reading."""
        if reading.health is Health.REUSED:
            if not self._bridged:
                self._since = now
            self._bridged, self._why = self._bridged + 1, reading.text
        elif self._bridged and (reading.health is not Health.GOOD or now - self._since >= EVERY_S):
            self._on_note(now, f"missing readings bridged by the last: {self._bridged}; {self._why}")
            self._bridged = 0
        if reading.health is Health.LOST and not self._lost and now - self._told >= EVERY_S:
            self._lost, self._told = True, now
            self._on_note(now, f"{State.HOLDING}: {reading.text}")
        elif reading.health is Health.GOOD and self._lost:
            self._lost = False
            self._on_note(now, "readings are back")

    def state(self, now: float, state: State, cause: str) -> None:
        """Record the controller's state after a cycle, and its cause."""
        if state is State.FAULT and not self._failed:
            self._on_note(now, f"{state}: {cause}")
        self._failed = state is State.FAULT

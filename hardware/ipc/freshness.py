"""Freshness of commands: each counts once, in order, and only for a short time."""

from __future__ import annotations

from dataclasses import dataclass

OLDEST_S = 0.1  # largest transport delay of an accepted command
LONGEST_LIFE_S = 0.08  # longest motion from one command, with any expiry; with one cycle more, 100 ms


@dataclass(frozen=True, slots=True)
class Stamp:
    """Identity of a message: its sender's ``epoch`` (new at each start), its ``number``, and times in s."""

    epoch: int
    number: int
    sent: float
    expires: float


class Freshness:
    """Accepts a command once, if it is newer than all before, was sent within ``oldest_s`` and has not expired.

    Pass a command that was present when the receiver started to `skip`, so that it is not replayed.
    """

    def __init__(self, oldest_s: float = OLDEST_S, longest_life_s: float = LONGEST_LIFE_S) -> None:
        self._oldest_s, self._longest_life_s = oldest_s, longest_life_s
        self._epoch = self._number = -1
        self._old_epochs: set[int] = set()

    def skip(self, stamp: Stamp) -> None:
        """Record a command without accepting it."""
        if stamp.epoch != self._epoch:
            self._old_epochs.add(self._epoch)
        self._epoch, self._number = stamp.epoch, stamp.number

    def accept(self, stamp: Stamp, now: float) -> str:
        """The reason to ignore the command at ``now`` s; an empty text if it is accepted, once."""
        if stamp.epoch in self._old_epochs:
            return "sent before its sender was restarted"
        if stamp.epoch == self._epoch and stamp.number == self._number:
            return "seen before"
        if stamp.epoch == self._epoch and stamp.number < self._number:
            return "overtaken by a newer one"
        if not -self._oldest_s <= now - stamp.sent <= self._oldest_s:
            return f"sent at {stamp.sent}, it is {now}; {self._oldest_s} s is allowed"
        if not now < stamp.expires:
            return f"expired at {stamp.expires}, it is {now}"
        self.skip(stamp)
        return ""

    def end(self, stamp: Stamp, now: float) -> float:
        """Deadline (s) of an accepted command: its expiry, or at most ``longest_life_s`` after it was sent."""
        return min(stamp.expires, min(stamp.sent, now) + self._longest_life_s)

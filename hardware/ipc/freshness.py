"""Freshness of commands: each counts once, in order, and only for a short life."""

from __future__ import annotations

from dataclasses import dataclass

OLDEST_S = 0.1  # a command that was on its way for longer is not begun
LONGEST_LIFE_S = 0.08  # no sender may keep an arm moving for longer by one command; with a cycle more, 100 ms


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a message stands: its sender's ``epoch`` (new with each start), its ``number``, and times in s."""

    epoch: int
    number: int
    sent: float
    expires: float


class Freshness:
    """Accepts a command once, if it is newer than all before it, was sent just now and has not expired.

    What is there when the receiver starts has not been sent to it: pass it to `skip`, and nothing replays.
    """

    def __init__(self, oldest_s: float = OLDEST_S, longest_life_s: float = LONGEST_LIFE_S) -> None:
        self._oldest_s, self._longest_life_s = oldest_s, longest_life_s
        self._epoch = self._number = -1
        self._old_epochs: set[int] = set()

    def skip(self, stamp: Stamp) -> None:
        """Take note of a command without following it."""
        if stamp.epoch != self._epoch:
            self._old_epochs.add(self._epoch)
        self._epoch, self._number = stamp.epoch, stamp.number

    def accept(self, stamp: Stamp, now: float) -> str:
        """Why the command must be ignored at ``now``; an empty text if it counts, and then it counts this once."""
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
        """Until when (s) an accepted command may be followed: its expiry, or the longest life there is."""
        return min(stamp.expires, min(stamp.sent, now) + self._longest_life_s)

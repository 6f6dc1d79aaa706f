"""The thread-safe queue of words for a moving arm; a stop is a separate flag."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sayso.runtime.hearing.understood import Reply

MAX_WAITING = 64
ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True)
class Word:
    """A phrase ``text`` that ``arrived`` at s on the robot's clock, after ``stops`` stops.

    Who reads the phrase gives the ``reply``. ``viewpoint_yaw`` rad is where the speaker looks from now on; None: as
    before.
    """

    text: str
    arrived: float
    stops: int = 0
    reply: Reply = field(default_factory=Reply, compare=False)
    viewpoint_yaw: float | None = None


class CommandQueue:
    """Keeps the newest `MAX_WAITING` phrases; a stop is a flag and never waits behind them.

    `stop` calls ``at_once`` in the caller's thread or signal handler.
    """

    def __init__(self, at_once: Callable[[], None] = lambda: None) -> None:
        self._words: deque[tuple[float | None, Word]] = deque()
        self._scheduled: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()
        self._stop = False  # one attribute, written whole: a signal's handler may set it, where a lock could hang
        self.stops = 0  # how many were asked for; two at once may count as one
        self._at_once = at_once

    def say(self, text: str, now: float | None = None, viewpoint_yaw: float | None = None) -> Reply:
        """Add a phrase that arrived at ``now`` s; None: it arrives when it is taken. Who takes it gives the reply."""
        word = Word(text, 0.0, self.stops, viewpoint_yaw=viewpoint_yaw)
        with self._lock:
            self._words.append((now, word))
            if len(self._words) > MAX_WAITING:
                self._words.popleft()[1].reply.give(None)
        return word.reply

    def drop(self) -> None:
        """Drop all phrases that nobody has taken."""
        with self._lock:
            dropped, self._words = self._words, deque()
        for _, word in dropped:
            word.reply.give(None)

    def clear(self) -> None:
        """Drop all phrases and the stop before a new instruction."""
        self.drop()
        self._scheduled.clear()
        self._stop = False

    def schedule(self, words: list[tuple[float, str]]) -> None:
        """Schedule phrases at times (s) on the robot's clock."""
        self._scheduled = deque(sorted(words, key=lambda w: w[0]))

    def stop(self) -> None:
        """Ask for a stop, from any thread."""
        self.stops += 1
        self._stop = True
        self._at_once()

    @property
    def stopped(self) -> bool:
        """Whether a stop waits to be taken."""
        return self._stop

    @property
    def spoken(self) -> bool:
        """Whether a phrase that somebody said waits to be taken."""
        return bool(self._words)

    @property
    def waiting(self) -> bool:
        """Whether scheduled phrases have not arrived yet."""
        return bool(self._scheduled)

    @property
    def unsaid(self) -> tuple[tuple[float, str], ...]:
        """Scheduled phrases that have not arrived yet, with times in s on the robot's clock."""
        return tuple(self._scheduled)

    def take_stop(self) -> bool:
        """Take the stop; whether one was asked for since the last call."""
        asked, self._stop = self._stop, False
        return asked

    def take(self, now: float) -> list[Word]:
        """Take all phrases that have arrived by ``now`` s, in order."""
        if not self._words and not self._scheduled:
            return []
        with self._lock:
            out = [replace(word, arrived=now if at is None else at) for at, word in self._words]
            self._words.clear()
        while self._scheduled and self._scheduled[0][0] <= now + ROUNDING_S:
            arrived, text = self._scheduled.popleft()
            out.append(Word(text, arrived, self.stops))
        return out

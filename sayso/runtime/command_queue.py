"""Words on their way to a moving arm: thread-safe, stop apart from everything else."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MAX_WAITING = 64
ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True)
class Word:
    """Something said: ``text``, when it ``arrived`` on the robot's clock in seconds, after how many ``stops``."""

    text: str
    arrived: float
    stops: int = 0


class CommandQueue:
    """Keeps the newest `MAX_WAITING` words; a stop is a flag of its own and is never queued behind them.

    ``at_once`` is what a stop does before anybody takes it, in the thread (or signal handler) that asked for it.
    """

    def __init__(self, at_once: Callable[[], None] = lambda: None) -> None:
        self._words: deque[tuple[str, float | None, int]] = deque(maxlen=MAX_WAITING)
        self._scheduled: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()
        self._stop = False  # one attribute, written whole: a signal's handler may set it, where a lock could hang
        self.stops = 0  # how many were asked for; two at once may count as one
        self._at_once = at_once

    def say(self, text: str, now: float | None = None) -> None:
        """Add words that arrived at ``now``; without it they arrive when they are taken."""
        with self._lock:
            self._words.append((text, now, self.stops))

    def clear(self) -> None:
        """Forget what was said and asked for before: a new instruction begins."""
        with self._lock:
            self._words.clear()
        self._scheduled.clear()
        self._stop = False

    def schedule(self, words: list[tuple[float, str]]) -> None:
        """Let words arrive by themselves at times (s) on the robot's clock."""
        self._scheduled = deque(sorted(words, key=lambda w: w[0]))

    def stop(self) -> None:
        """Ask for a stop, from any thread."""
        self.stops += 1
        self._stop = True
        self._at_once()

    @property
    def stopped(self) -> bool:
        """Whether a stop was asked for that nobody took yet."""
        return self._stop

    @property
    def waiting(self) -> bool:
        """Whether scheduled words are still to come."""
        return bool(self._scheduled)

    @property
    def unsaid(self) -> tuple[tuple[float, str], ...]:
        """Scheduled words that have not arrived yet, with their times in s on the robot's clock."""
        return tuple(self._scheduled)

    def take_stop(self) -> bool:
        """Whether a stop was asked for since the last call."""
        asked, self._stop = self._stop, False
        return asked

    def take(self, now: float) -> list[Word]:
        """All words that have arrived by ``now``, in order."""
        if not self._words and not self._scheduled:
            return []
        with self._lock:
            out = [Word(text, now if at is None else at, stops) for text, at, stops in self._words]
            self._words.clear()
        while self._scheduled and self._scheduled[0][0] <= now + ROUNDING_S:
            arrived, text = self._scheduled.popleft()
            out.append(Word(text, arrived, self.stops))
        return out

"""Keys in the terminal of a run in real time: stop, go on, speed, and the one that is held to let the arm move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

HOLD, STOP, GO_ON, FASTER, SLOWER = "h", " ", "g", "+", "-"
HELP = "keys: space stops, g goes on, + and - change the speed"
HOLD_HELP = "hold h to let the arm move; " + HELP
REPEAT_S = 0.2  # a key that is held repeats at least so often; no terminal tells when it is let go
TICK_S = 0.05
STEP, LEAST = 0.8, 0.1


class Steered(Protocol):
    """What the keys steer: a `sayso.session.Session`."""

    @property
    def may_move(self) -> bool:
        """Whether something is under way that moves the arm, and no stop holds it."""
        ...

    @property
    def stands(self) -> bool:
        """Whether a stop holds the arm."""
        ...

    @property
    def stops(self) -> int:
        """How many stops were asked for."""
        ...

    def press_stop(self) -> None:
        """A person stops the arm."""
        ...

    def hold_stop(self, held: bool) -> None:
        """A person stops the arm and keeps the stop pressed, or lets it go."""
        ...

    def say(self, text: str, wait_s: float = 0.0) -> object:
        """A person says something and waits so long for the answer."""
        ...

    def ask(self, speed: float, pressed: bool) -> None:
        """A person wants at most this fraction of full speed, and holds the key or not."""
        ...


class Keys:
    """What keys mean to ``session``. With ``hold_to_run`` the arm moves only while `HOLD` is held, else it is stopped.

    A key counts as held from its second character on, each at most `REPEAT_S` after the one before, so a tap moves
    nothing. Held again, it goes on after the stop of its own release; a stop by anybody else takes `GO_ON` first.
    `STOP` keeps the stop pressed until `GO_ON` lets it go.
    ``tell`` is told the new speed. Times are in s on a monotonic clock.
    """

    def __init__(self, session: Steered, hold_to_run: bool, tell: Callable[[str], None]) -> None:
        self._session, self._hold_to_run, self._tell = session, hold_to_run, tell
        self._last, self._held_until = -REPEAT_S, 0.0
        self._own_stop = 0  # how many stops there were when the last release was told
        self.speed = 1.0

    def press(self, key: str, now: float) -> None:
        """``key`` came in at ``now``."""
        if key == HOLD:
            if now - self._last <= REPEAT_S:
                self._held_until = now + REPEAT_S
            self._last = now
        elif key == STOP:
            self._held_until = 0.0
            self._session.hold_stop(True)
        elif key == GO_ON:
            self._session.hold_stop(False)
            if not self._hold_to_run:
                self._session.say("go on", 0.0)
            self._own_stop = self._session.stops
        elif key in (FASTER, SLOWER):
            self.speed = min(max(self.speed * (STEP if key == SLOWER else 1 / STEP), LEAST), 1.0)
            self._tell(f"at most {100 * self.speed:.0f} % of full speed")

    def tick(self, now: float) -> None:
        """Pass on what holds at ``now``; to be called every `TICK_S`."""
        held, session = now < self._held_until, self._session
        session.ask(self.speed, held)
        if not self._hold_to_run:
            return
        if not held and session.may_move:
            session.press_stop()
            self._own_stop = session.stops
        elif held and session.stands and session.stops == self._own_stop:
            session.say("go on", 0.0)

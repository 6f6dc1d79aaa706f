"""Keys in the terminal of a run in real time: stop, go on, speed, and the hold-to-run key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

HOLD, STOP, GO_ON, FASTER, SLOWER = "h", " ", "g", "+", "-"
HELP = "keys: space stops, g goes on, + and - change the speed"
HOLD_HELP = "hold h to let the arm move; " + HELP
REPEAT_S = 0.2  # s, longest interval of a held key's repeats; a terminal does not report a release
TICK_S = 0.05
STEP, LEAST = 0.8, 0.1


class Steered(Protocol):
    """The target of the keys: a `sayso.session.Session`."""

    @property
    def may_move(self) -> bool:
        """Whether a run or a journey moves the arm, and no stop holds the arm."""
        ...

    @property
    def stands(self) -> bool:
        """Whether a stop holds the arm."""
        ...

    @property
    def stops(self) -> int:
        """The number of stops so far."""
        ...

    def press_stop(self) -> None:
        """Stop the arm, as a person."""
        ...

    def hold_stop(self, held: bool) -> None:
        """Hold the stop, or release it, as a person."""
        ...

    def say(self, text: str, wait_s: float = 0.0) -> object:
        """Say ``text``, as a person, and wait ``wait_s`` s for the answer."""
        ...

    def ask(self, speed: float, pressed: bool) -> None:
        """Set the highest speed, a fraction of full speed, and whether the hold-to-run key is held."""
        ...


class Keys:
    """Passes keys on to ``session``. With ``hold_to_run`` the arm moves only while `HOLD` is held, else it is stopped.

    A key counts as held from its second character on, each at most `REPEAT_S` after the one before, so a tap moves
    nothing. Holding `HOLD` again continues after the stop of its own release; any other stop needs `GO_ON` first.
    `STOP` holds the stop until `GO_ON`. ``tell`` receives the new speed. Times are in s on a monotonic clock.
    """

    def __init__(self, session: Steered, hold_to_run: bool, tell: Callable[[str], None]) -> None:
        self._session, self._hold_to_run, self._tell = session, hold_to_run, tell
        self._last, self._held_until = -REPEAT_S, 0.0
        self._own_stop = 0  # the number of stops at the last release
        self.speed = 1.0

    def press(self, key: str, now: float) -> None:
        """Handle ``key``, read at ``now``."""
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

    def hold(self, now: float) -> None:
        """A button that reports its release is held at ``now``; to be said again within `REPEAT_S`."""
        self._held_until = now + REPEAT_S

    def let_go(self) -> None:
        """That button was released."""
        self._held_until = 0.0

    @property
    def held_until(self) -> float:
        """Until when (s) the hold-to-run key counts as held."""
        return self._held_until

    def tick(self, now: float) -> None:
        """Update the session at ``now``; call this every `TICK_S`."""
        held, session = now < self._held_until, self._session
        session.ask(self.speed, held)
        if not self._hold_to_run:
            return
        if not held and session.may_move:
            session.press_stop()
            self._own_stop = session.stops
        elif held and session.stands and session.stops == self._own_stop:
            session.say("go on", 0.0)

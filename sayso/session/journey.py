"""The arm's journeys outside of runs: getting up, going home, lying down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sayso.backends.backend import Backend
from sayso.hardware.control.homing import StoppedError
from sayso.planner.corrections.text import is_stop
from sayso.runtime.hearing.after_stop import STANDS, Wish, next_after_stop
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.understood import HELD, Understood

Way = Literal["up", "home", "rest"]
LOOK_S = 0.02


class Journey:
    """Moves the arm outside of runs. Any stop ends them; the arm holds.

    After a stop a person has ``waits()`` s for a command; ``ended()`` ends the wait. ``tell`` prints that the arm
    waits.
    """

    def __init__(
        self, backend: Backend, commands: CommandQueue, waits: Callable[[], float], ended: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._backend, self._commands, self._waits, self._ended, self._tell = backend, commands, waits, ended, tell
        self.waiting = False  # for what is next

    def take(self, way: Way) -> Way | None:
        """Take ``way``, or the way commanded after a stop; return the way completed.

        None: the arm was stopped, no command came, and the arm holds. Raises `RobotError` if the arm fails.
        """
        while True:
            try:
                if self._stopped():
                    raise StoppedError(f"{self._backend.robot.spec.name} was stopped")
                self._go(way)
                return way
            except StoppedError:
                self.waiting = True
                try:
                    said = self._next()
                finally:
                    self.waiting = False
            if said is None:
                return None
            way = way if said == "on" else said

    def _go(self, way: Way) -> None:
        go = {"up": self._backend.connect, "home": self._backend.go_home, "rest": self._backend.rest}[way]
        go(self._stopped)

    def _stopped(self) -> bool:
        """Whether a stop was pressed or is among the words; other words are dropped."""
        commands = self._commands
        if not commands.stopped:
            for word in commands.take(self._backend.robot.clock.now()):
                if is_stop(word.text):
                    commands.stop()
                    word.reply.give(Understood(word.text, "stop", HELD))
                else:
                    word.reply.give(None)
        return commands.stopped

    def _next(self) -> Wish | Literal["on"] | None:
        """Wait for the words after a stop. A stop pressed after the words overrides them."""
        backend, commands, clock = self._backend, self._commands, self._backend.robot.clock
        self._tell(STANDS)
        pressed, began = backend.stops(), clock.now()
        while not self._ended() and (commands.waiting or clock.now() - began < self._waits()):
            # The counts before the words: later presses are not cleared with them.
            before, pressed = pressed, backend.stops()
            commands.take_stop()
            count, said = commands.stops, None
            for word in commands.take(clock.now()):
                if word.stops == count and pressed == before:
                    said = next_after_stop(word.text) or (None if is_stop(word.text) else said)
                word.reply.give(_understood(word.text, said))
            if said is not None:
                backend.clear(pressed)
                return said
            clock.sleep_until(clock.now() + LOOK_S)
        return None


def _understood(text: str, said: Wish | Literal["on"] | None) -> Understood:
    """What the stopped arm says to ``text`` when it was commanded so."""
    if said is None:
        return Understood(text, "stop" if is_stop(text) else "unknown", STANDS)
    return Understood(text, "resume", {"on": "I go on", "home": "I go home", "rest": "I lie down"}[said])

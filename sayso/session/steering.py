"""What reaches a session's arm from any thread: words, stops, keys, and the commands to a stopped arm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from sayso.backends.backend import Backend
from sayso.errors import UserError
from sayso.hardware.control.homing import StoppedError
from sayso.planner.corrections.text import is_stop
from sayso.runtime.after_stop import next_after_stop
from sayso.runtime.command_queue import CommandQueue
from sayso.runtime.command_server import CommandServer
from sayso.runtime.executive import Executive
from sayso.runtime.operator import STOP_GRACE_S
from sayso.session.journey import Journey, Way
from sayso.session.options import Options

GO_ON_S = 30.0


class Steering:
    """Takes words and stops for the arm ``name`` from any thread, from before its connection until its release.

    The session gives it the backend and the executive when there are any (`take_backend`, `take_over`), and sets
    ``doing``, its activity in words, and ``carrying``: whether it executes an instruction. ``simulated``: words arrive
    when the loop takes them, so that a replay takes them in the same cycle. ``real_time``: a person may take time.
    """

    def __init__(
        self, name: str, options: Options, tell: Callable[[str], None], *, simulated: bool, real_time: bool
    ) -> None:
        self.name, self.commands = name, CommandQueue(self._stop_at_once)
        self.doing, self.carrying = "getting up", False
        self._options, self._tell, self._simulated, self._real_time = options, tell, simulated, real_time
        self._backend: Backend | None = None
        self._executive: Executive | None = None
        self._journey: Journey | None = None
        self._sent = False  # on a `Journey`
        self._ends = self._own_stop = False  # end without waiting for "go on"; the program made the last stop

    def listen(self, closing: ExitStack) -> None:
        """Let `sayso say` and `sayso stop` reach the arm until ``closing``; tell if they cannot."""
        try:
            closing.enter_context(CommandServer(_Ear(self), self.name, lambda: self.doing, self._stop_line))
        except UserError as error:
            self._tell(f"sayso say and sayso stop will not reach this session: {error}")

    def take_backend(self, backend: Backend) -> None:
        """From now on stops reach the arm of ``backend``."""
        self._backend = backend
        self._journey = Journey(backend, self.commands, self._waits_s, lambda: self._ends, self._tell)

    def take_over(self, executive: Executive) -> None:
        """From now on words reach ``executive``."""
        self._executive = executive
        executive.operator.go_on_s = self._waits_s()

    def begin(self) -> None:
        """Drop the words and stops said before a new instruction; `interrupt` in the meantime still ends it."""
        self.commands.clear()
        self._pressed_by(program=False)

    def accept(self) -> None:
        """A new instruction is accepted: words, stops and `interrupt` from here on concern it."""
        self.carrying, self._ends = True, False

    @property
    def ends(self) -> bool:
        """Whether `interrupt` was called since `accept`."""
        return self._ends

    def get_up(self) -> None:
        """Make the arm ready. Raises `StoppedError` if a stop ended this."""
        if self.go("up") != "up":
            raise StoppedError(f"{self.name} was stopped while it got up, before anything was carried out")

    def go(self, way: Way) -> Way | None:
        """Take ``way``, or the way that a person commands after a stop."""
        assert self._journey is not None
        self._sent = True
        try:
            return self._journey.take(way)
        finally:
            self._sent = False

    def say(self, text: str) -> bool:
        """Pass a correction to the moving arm and return at once; False if no run can take it.

        A stop works at any time, also while the arm gets up or lies down; an arm stopped there takes the same commands
        as one stopped in a run.
        """
        if is_stop(text):
            self._pressed_by(program=False)
            if not self._is_driving:
                self.commands.stop()
                return True
        if self._sent:
            if not self._is_stopped_on_its_way or next_after_stop(text) is None:
                return False
        elif not self.carrying:
            return False
        real = None if self._simulated else self._backend
        self.commands.say(text, None if real is None else real.robot.clock.now())
        return True

    def stop(self) -> None:
        """Stop the arm at the next loop cycle: the program's stop."""
        self._pressed_by(program=True)
        self.commands.stop()

    def press_stop(self) -> None:
        """Stop the arm at the next loop cycle: a person's stop."""
        self._pressed_by(program=False)
        self.commands.stop()

    def hold_stop(self, held: bool) -> None:
        """A person's held stop: until its release no other person starts a real arm."""
        if held:
            self.press_stop()
        if self._backend is not None:
            self._backend.hold_stop(held)

    @property
    def stands(self) -> bool:
        """Whether a stop holds the arm."""
        if self._is_stopped_on_its_way:
            return True
        return self._executive is not None and self._is_driving and self._executive.runtime.loop.stopped

    @property
    def may_move(self) -> bool:
        """Whether something is under way that moves the arm, and no stop holds it."""
        return (self._sent or self._is_driving) and not self.stands

    def ask(self, speed: float, pressed: bool) -> None:
        """Pass on a person's speed, a fraction in (0, 1] of full speed, and whether the hold-to-run key is held."""
        if self._backend is not None:
            self._backend.ask(speed, pressed)

    def interrupt(self) -> bool:
        """Stop the arm and end the current run as stopped; False if there is no run to end."""
        self._ends = True
        self.commands.stop()
        if self._executive is None:
            return False
        self._executive.operator.end()
        return self._executive.driving or self._sent

    @property
    def _is_driving(self) -> bool:
        return self._executive is not None and self._executive.driving

    @property
    def _is_stopped_on_its_way(self) -> bool:
        return self.commands.stopped or (self._journey is not None and self._journey.waiting)

    def _waits_s(self) -> float:
        """How long (s) a stopped arm waits for a command."""
        if self._options.go_on_s is not None:
            return self._options.go_on_s
        return GO_ON_S if self._real_time and not self._own_stop else STOP_GRACE_S

    def _pressed_by(self, program: bool) -> None:
        if program != self._own_stop:
            self._own_stop = program
            if self._executive is not None:
                self._executive.operator.go_on_s = self._waits_s()

    def _stop_at_once(self) -> None:
        """Stop the arm before the loop takes the stop from the queue."""
        if self._backend is not None:
            self._backend.stop()

    def _stop_line(self) -> str:
        return self._backend.stop_line if self._backend is not None else ""


class _Ear:
    """The receiver of other terminals: their stops are a person's."""

    def __init__(self, steering: Steering) -> None:
        self.stop, self.say = steering.press_stop, steering.say

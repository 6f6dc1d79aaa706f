"""What reaches a session's arm from any thread: words, stops, keys, and the commands to a stopped arm."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import ExitStack

from sayso.backends.backend import Backend
from sayso.errors import UserError
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.homing import StoppedError
from sayso.planner.corrections.text import is_stop
from sayso.planner.plan import Question
from sayso.runtime.executive import Executive
from sayso.runtime.hearing.after_stop import STANDS, goes_on, next_after_stop
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.command_server import CommandServer
from sayso.runtime.hearing.operator import STOP_GRACE_S
from sayso.runtime.hearing.understood import HELD, NOBODY, STOP_HOLDS, STOP_OVER, STOPPED_IDLE, UNREAD, Understood
from sayso.session.journey import Journey, Way
from sayso.session.options import Options

GO_ON_S = 30.0
ANSWER_S = 2.0  # real time in which a phrase is read, unless the session plans or looks at first
LOOK_S = 0.02
ON_ITS_WAY = "only a stop is heard now: "


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
        self.id = ""  # by which other terminals name the session; "" if they do not reach it
        self._options, self._tell, self._simulated, self._real_time = options, tell, simulated, real_time
        self._backend: Backend | None = None
        self._executive: Executive | None = None
        self._journey: Journey | None = None
        self._sent = False  # on a `Journey`
        self._driver: threading.Thread | None = None  # drives the arm, and would wait for itself
        self.answers_s = options.answer_s  # how long a question waits; None: not at all
        self.told_idle: Callable[[str], str | None] = lambda text: None  # answers what may be told without a run
        self.begun_idle: Callable[[str], Understood | None] | None = None  # begins what another terminal says at rest
        self._ends = self._own_stop = False  # end without waiting for "go on"; the program made the last stop

    def listen(self, closing: ExitStack) -> None:
        """Let `sayso say` and `sayso stop` reach the arm until ``closing``; tell if they cannot."""
        try:
            self.id = closing.enter_context(CommandServer(_Ear(self), self.name, self._activity, self._stop_line)).id
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
        executive.dialogue.wait_s = self.answers_s
        if self._simulated and not self._real_time:
            executive.operator.pause = self._pause  # simulated time stands while a person or a model thinks

    def wait_for_answers(self) -> None:
        """A person answers questions from now on, unless `Options.answer_s` says otherwise."""
        if self.answers_s is None:
            self.answers_s = math.inf
            if self._executive is not None:
                self.take_over(self._executive)

    def begin(self) -> None:
        """Drop the words and stops said before a new instruction; `interrupt` in the meantime still ends it."""
        self.commands.clear()
        self._pressed_by(program=False)

    def accept(self) -> None:
        """A new instruction is accepted: words, stops and `interrupt` from here on concern it."""
        self.carrying, self._ends = True, False

    def drive(self) -> None:
        """This thread executes the instruction."""
        self._driver = threading.current_thread()

    def put_down(self) -> None:
        """The instruction has ended; phrases that nobody has read concern nothing."""
        self.carrying, self.doing, self._driver = False, "", None
        self.commands.drop()

    @property
    def is_driver(self) -> bool:
        """Whether this thread executes the instruction."""
        return self._driver is threading.current_thread()

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
        before, self._driver = self._driver, threading.current_thread()
        self._sent = True
        try:
            return self._journey.take(way)
        finally:
            self._sent, self._driver = False, before
            self.commands.drop()

    def say(self, text: str, wait_s: float = ANSWER_S, viewpoint_yaw: float | None = None) -> Understood:
        """Pass a phrase to the moving arm; return what was understood, or after ``wait_s`` s that nobody has read it.

        A stop works at any time, also while the arm gets up or lies down; an arm stopped there takes the same commands
        as one stopped in a run. The thread that drives the arm does not wait.
        """
        if self.is_stop(text):
            self._pressed_by(program=False)
            if not self._is_driving:
                self.commands.stop()
                return Understood(text, "stop", HELD if self.carrying or self._sent else STOPPED_IDLE)
        if self._sent:
            if not self._is_stopped_on_its_way:
                return Understood(text, "nobody", f"{ON_ITS_WAY}{self.doing or 'the arm moves'}")
            if next_after_stop(text) is None:
                return Understood(text, "nobody", STANDS)
        elif not self.carrying:
            return self._answered_idle(text)
        real = None if self._simulated else self._backend
        reply = self.commands.say(text, None if real is None else real.robot.clock.now(), viewpoint_yaw)
        if self.is_driver:
            return Understood(text, "said", UNREAD)
        found = reply.wait(text, wait_s)
        ended = found.level == "nobody" and not (self.carrying or self._sent or self.is_stop(text))
        return self._answered_idle(text) if ended else found  # the run has ended, and nobody has read it

    def is_stop(self, text: str) -> bool:
        """Whether ``text`` said now stops the arm; a "no" that answers a question does not.

        "My sleeve is out, go on" stops a moving arm and starts a stopped one.
        """
        if not is_stop(text) or (self.stands and goes_on(text)):
            return False
        executive = self._executive
        return not (executive is not None and executive.dialogue.is_declined(text))

    def _answered_idle(self, text: str) -> Understood:
        """The answer while nothing is under way; "go on" ends a stop, and the arm itself waits for an instruction."""
        stops = self.commands.stops
        if self.commands.stopped and next_after_stop(text) == "on":
            self.commands.take_stop()
            if self.commands.stops == stops:
                return Understood(text, "resume", STOP_OVER)
            self.commands.stop()  # pressed after the words
        told = self.told_idle(text)
        if told is not None:
            return Understood(text, "remark", told)
        return Understood(text, "nobody", STOP_HOLDS if self.commands.stopped else NOBODY)

    @property
    def is_idle(self) -> bool:
        """Whether no instruction is carried out and the arm is not on its way, so that words begin something."""
        return not (self.carrying or self._sent or self.doing)

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer."""
        executive = self._executive
        return None if executive is None else executive.dialogue.question or executive.waiting.question

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
        """Whether something is under way that moves the arm, and neither a stop nor a question holds it."""
        return (self._sent or (self._is_driving and not self._asks)) and not self.stands

    @property
    def _asks(self) -> bool:
        """Whether a question holds the arm, which a spoken motion would move all the same."""
        executive = self._executive
        if executive is None or executive.dialogue.question is None:
            return False
        return executive.override.motion(executive.robot.clock.now()) is None

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

    def _activity(self) -> str:
        question = self.question
        return self.doing if question is None else f"{self.doing}; it asks: {question.text}"

    def _pause(self) -> None:
        clock = MonotonicClock()
        clock.sleep_until(clock.now() + LOOK_S)

    def _stop_line(self) -> str:
        return self._backend.stop_line if self._backend is not None else ""


class _Ear:
    """The receiver of other terminals: their stops are a person's, and at rest their words may begin an instruction."""

    def __init__(self, steering: Steering) -> None:
        self.stop, self._steering = steering.press_stop, steering

    def say(self, text: str, viewpoint_yaw: float | None = None) -> Understood:
        """Pass a phrase to the moving arm, or begin with it."""
        heard = self._steering.say(text, viewpoint_yaw=viewpoint_yaw)
        begin = self._steering.begun_idle
        if begin is None or heard.read_as != NOBODY or viewpoint_yaw is not None:
            return heard
        return begin(text) or heard

"""``sayso`` alone: a prompt on a warm session. Type an instruction, correct it while the arm moves, answer, stop."""

from __future__ import annotations

import math
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sayso.commands.terminal.ending import ending
from sayso.errors import UserError
from sayso.planner.corrections.text import is_stop, says_go_on, tokens
from sayso.planner.errors import PlannerError
from sayso.planner.language.grounding import a, listed, names
from sayso.planner.viewpoint import Viewpoint
from sayso.runtime.hearing.after_stop import STANDS, goes_on, wished
from sayso.runtime.hearing.understood import NOBODY, STOPPED_IDLE, Understood

if TYPE_CHECKING:
    from sayso.perception.scene import Scene
    from sayso.result import RunResult
    from sayso.runtime.progress import Event

HELP = """type what to do, correct it while it moves; Enter alone stops, never mind leaves a question, quit ends
for example: what do you see? · put the red block in the blue bowl · a bit to the left · go home"""
PROMPT = "> "
QUIT = frozenset({"quit", "exit", "bye", "q", ":q"})
HELPS = frozenset({"help", "?", "h"})
_SEES = re.compile(
    r"what(?:'s| is| do| can|) ?(?:there|you see|on the table|see)\b.*|look(?: around)?|what is where", re.I
)


class Talking(Protocol):
    """A `sayso.session.Session`, as far as the prompt uses it."""

    @property
    def is_running(self) -> bool:
        """Whether an instruction is carried out."""
        ...

    def start(self, instruction: str) -> None:
        """Begin an instruction."""
        ...

    def wait(self, timeout_s: float | None = None) -> RunResult | None:
        """The result of the instruction."""
        ...

    def say(self, text: str) -> object:
        """Say something; what was understood, in one line."""
        ...

    def press_stop(self) -> None:
        """Stop the arm."""
        ...

    def look(self) -> Scene:
        """What the robot sees."""
        ...

    def go_home(self) -> bool:
        """Move the arm home; False if it was stopped."""
        ...


class Prompt:
    """Passes typed lines to ``session`` and shows with ``show`` what happens."""

    def __init__(self, session: Talking, show: Callable[[str], None], viewpoint_yaw: float = 0.0) -> None:
        self._session, self._show, self._viewpoint_yaw = session, show, viewpoint_yaw
        self._subtask = ""
        self._told: Event | None = None
        self._reason: str | None = None
        self._ending: threading.Thread | None = None
        self._beginning = threading.Lock()  # nobody joins a thread that has not started

    def take(self, line: str) -> bool:
        """Act on a line; False ends the prompt."""
        text, session = line.strip(), self._session
        if text.lower() in QUIT:
            return False
        if text.lower() in HELPS:
            self._show(HELP)
        elif session.is_running:
            self._say(text)
        elif not text or (is_stop(text) and not goes_on(text)):
            session.press_stop()
            self._show(STOPPED_IDLE)
        elif says_go_on(tokens(text)) or goes_on(text):
            answer = session.say(text)  # ends a stop
            self._show(str(answer) if answer else "nothing is under way; say what to do")
        elif _SEES.fullmatch(text.rstrip("?!. ")):
            self._show(seen(Viewpoint(self._viewpoint_yaw).seen(session.look())))
        elif wished(text) == "home":
            self._in_background(lambda: "I am home" if session.go_home() else "stopped on the way home")
        else:
            self._begin(text)
        return True

    def hear(self, text: str) -> Understood | None:
        """Act on what another terminal says while nothing is under way; None for what ends or explains the prompt."""
        text = text.strip()
        if not text or text.lower() in QUIT | HELPS or says_go_on(tokens(text)) or goes_on(text):
            return None
        if _SEES.fullmatch(text.rstrip("?!. ")):
            return Understood(text, "remark", seen(Viewpoint(self._viewpoint_yaw).seen(self._session.look())))
        self._show(f"said in another terminal: {text}")
        self.take(text)
        return Understood(text, "begin", f"I begin: {text}")

    def event(self, event: Event) -> None:
        """Show an event of the run: a new subtask, the answer to a person's words, a question, a note on the plan.

        Nothing is shown twice: the answer to words may tell the question that follows, and that to a stop tells how to
        go on.
        """
        if event.kind != "doing":
            before, self._told = self._told, event
            if before is None or event.text not in before.text or "question" not in (event.kind, before.kind):
                self._show(event.text)
            return
        subtask, _, _ = event.text.partition(": ")
        if subtask not in (self._subtask, "done", STANDS.partition(": ")[0]):
            self._show(f"{event.t:5.1f} s  {subtask}")
        self._subtask = subtask

    def finish(self) -> None:
        """Wait until what was begun has ended."""
        while (ending := self._last()) is not None:
            ending.join()
            if ending is self._last():
                return

    def _last(self) -> threading.Thread | None:
        with self._beginning:
            return self._ending

    def _say(self, text: str) -> None:
        if not text:
            self._session.press_stop()
        elif (answer := self._session.say(text)) and getattr(answer, "level", "") not in ("said", "nobody"):
            told = "" if self._told is None else self._told.text
            if not self._session.is_running and str(answer) not in told:
                self._show(str(answer))  # told as the run ended; else the event of it shows the answer
        elif not answer and not is_stop(text) and str(answer) == NOBODY:
            self._say_after(text)  # the arm had finished, and nobody read it any more
        else:
            self._show(str(answer))

    def _say_after(self, text: str) -> None:
        """Take ``text`` when the run that is ending has ended: second thoughts begin something."""
        before = self._last()

        def again() -> str:
            if before is not None:
                before.join()
            if self._session.is_running:
                return NOBODY
            self.take(text)
            return ""

        self._in_background(again)

    def _begin(self, instruction: str) -> None:
        self._subtask, self._told = "", None
        self._session.start(instruction)

        def result() -> str:
            found = self._session.wait()
            told = "" if self._told is None else self._told.text  # the answer to "never mind" is the end, too
            if found is None or found.reply == told:
                return ""
            reason, self._reason = self._reason, found.success_reason or self._reason
            return ending(found, reasoned=found.success_reason != reason)  # the same reason is told once a session

        self._in_background(result)

    def _in_background(self, work: Callable[[], str]) -> None:
        def run() -> None:
            from sayso.hardware.robot import RobotError

            try:
                if told := work():
                    self._show(told)
            except PlannerError as error:
                self._show(f"the planner does not answer: {error}")
            except (RobotError, UserError, ValueError) as error:
                self._show(str(error))

        with self._beginning:
            self._ending = threading.Thread(target=run, name="sayso-prompt", daemon=True)
            self._ending.start()


def seen(scene: Scene) -> str:
    """What the robot sees, in one line."""
    held = next((o.name for o in scene.objects if o.held), None)
    things = [a(name) if name.split()[0] not in ("left", "right", "nearest", "farthest") else f"the {name}"
              for name in names([o for o in scene.objects if not o.held])]  # fmt: skip
    told = f"I see {listed(things)}" if things else "I see nothing on the table"
    return f"{told}; I hold the {held}" if held else told


def prompt(robot: str | None, viewpoint_yaw: float = 0.0) -> None:
    """Set up a session and read the terminal until "quit" or the end of the input."""
    from sayso.backends.robot_config import known_robots
    from sayso.backends.simulated_arms import is_simulated
    from sayso.commands.terminal.options import setting_up
    from sayso.memory_store import memory_of_user
    from sayso.runs.attempts import Attempts
    from sayso.runs.interrupts import Interrupts
    from sayso.session import Options, Session

    kept = known_robots()
    name = robot or (kept[0] if len(kept) == 1 else "sim")
    others = f" (others: sayso --robot {' or '.join(n for n in kept if n != name)})" if set(kept) - {name} else ""
    _show(f"{name}{others}: one moment")
    with Interrupts() as interrupts:
        with setting_up():
            options = Options(
                go_on_s=math.inf, answer_s=math.inf, viewpoint_yaw=viewpoint_yaw, memory=memory_of_user(_show),
                record=Attempts(Path("runs")).of,
            )  # fmt: skip
            session = Session(name, options=options, live=is_simulated(name), tell=_show)
        interrupts.stop = session.interrupt
        with session:
            talk = Prompt(session, _show, viewpoint_yaw)
            session.on_event(talk.event)
            session.on_words_at_rest(talk.hear)
            _show(f"{HELP}\nwhat you say is recorded below runs/; sayso corrections lists it")
            while (line := sys.stdin.readline()) and talk.take(line):
                interrupts.caught = False
            if session.is_running:
                session.interrupt()
            talk.finish()


def _show(text: str) -> None:
    """Show ``text`` and the prompt below it."""
    if text:
        print(f"\r{text}\n{PROMPT}", end="", flush=True)

"""The session's side of the console: takes what the pages ask for to the session, in threads that no loop waits for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sayso.commands.terminal.keys import GO_ON, Keys
from sayso.console.messages import ClientMessage, Command
from sayso.console.selection import NotPointedAt, Selection
from sayso.runtime.hearing.after_stop import goes_on

if TYPE_CHECKING:
    from sayso.session import Session

MOST_WAITING = 16
STOP_ANSWER_S = 0.2  # the stop itself does not wait; its answer comes within a cycle of the loop
HOLD_IT = "the arm moves while you hold the button"
NO_WORDS = "there are no words; say something"
NEWER = "not read: newer words came"
TERMINAL = "nothing is under way that the words could be about; this console cannot begin another instruction"
Reply = Callable[[dict[str, Any]], None]
Begin = Callable[[str], bool]


class CommandHandler:
    """Takes commands for ``session`` and answers by ``reply``. ``keys`` has the speed and the hold-to-run button.

    ``begin`` acts on words while nothing is under way; None: nobody may begin an instruction here. Words wait in a
    queue of `MOST_WAITING`, where newer ones replace older ones, and are said one after another. A stop never waits.
    """

    def __init__(
        self, session: Session, selection: Selection, keys: Keys, reply: Reply, hold_to_run: bool = False
    ) -> None:
        self._session, self._selection, self._keys, self._reply = session, selection, keys, reply
        self._hold_to_run = hold_to_run
        self.begin: Begin | None = None
        self.watchers = 0
        self._waiting: deque[ClientMessage] = deque()
        self._said = threading.Condition()
        self._shown: list[str] | None = None
        self._worker = threading.Thread(target=self._work, name="sayso-console-handler", daemon=True)
        self._ended = False

    def start(self) -> None:
        """Begin to take words."""
        self._worker.start()

    def close(self) -> None:
        """End; words that wait are dropped."""
        with self._said:
            self._ended = True
            self._waiting.clear()
            self._said.notify()

    def show(self, text: str) -> bool:
        """Put ``text`` into the answer to the words that are being read; False if it is not about them."""
        if self._shown is None or threading.current_thread() is not self._worker:
            return False
        self._shown.append(text)
        return True

    def take(self, message: ClientMessage) -> None:
        """Take a command; returns at once."""
        command = message.command
        if message.watchers is not None:
            self.watchers = message.watchers
        if command is None:
            return
        if command.do == "hold":
            self._keys.hold(time.monotonic())
        elif command.do == "let_go":
            self._keys.let_go()
        elif command.do == "speed":
            self._keys.speed = command.value
        elif command.do in ("select", "mark"):
            problem = self._point_at(command)
            self._answer(message, not problem, problem)
        elif command.do == "say" and self._session.steering.is_stop(command.text):
            self._drop_waiting()
            self._answer(message, True, str(self._session.say(command.text, STOP_ANSWER_S)), level="stop")
        else:
            self._wait_in_line(message)

    def _point_at(self, command: Command) -> str:
        """Select a thing or mark a point of the table; why not, "" if all is well."""
        session, scene = self._session, getattr(getattr(self._session, "executive", None), "scene", None)
        if command.do == "select":
            if command.target and (scene is None or scene.find(command.target) is None):
                seen = "nothing yet" if scene is None else ", ".join(o.id for o in scene.objects) or "nothing"
                return f"I see no thing with the id '{command.target}'; I see {seen}"
            self._selection.select(command.target)
            return ""
        robot = getattr(session, "robot", None)
        box = None if robot is None else robot.spec.reach or robot.spec.workspace
        if box is not None and not all(
            low <= at <= high for at, low, high in zip((command.x, command.y), box.lower, box.upper, strict=False)
        ):
            return (
                f"the arm does not reach ({command.x:g}, {command.y:g}) m; x is {box.lower[0]:g} to {box.upper[0]:g} m "
                f"and y {box.lower[1]:g} to {box.upper[1]:g} m"
            )
        self._selection.mark(command.x, command.y)
        return ""

    def _wait_in_line(self, message: ClientMessage) -> None:
        dropped = []
        with self._said:
            self._waiting.append(message)
            while len(self._waiting) > MOST_WAITING:
                dropped.append(self._waiting.popleft())
            self._said.notify()
        for old in dropped:
            self._answer(old, False, NEWER)

    def _drop_waiting(self) -> None:
        """Words that were said before a stop are not obeyed after it."""
        with self._said:
            dropped, self._waiting = self._waiting, deque()
        for old in dropped:
            self._answer(old, False, NEWER)

    def _work(self) -> None:
        while True:
            with self._said:
                self._said.wait_for(lambda: self._waiting or self._ended)
                if self._ended:
                    return
                message = self._waiting.popleft()
            try:
                self._act(message)
            except Exception as error:  # the page must learn of any failure, and the handler stays open
                self._answer(message, False, str(error) or type(error).__name__)

    def _act(self, message: ClientMessage) -> None:
        command, session = message.command, self._session
        assert command is not None
        if command.do == "name":
            self._answer(message, True, self._selection.name(session, command.target, command.text))
        elif command.do == "say" and command.text.strip():
            self._say(message, command)
        elif command.do == "say":
            self._answer(message, False, NO_WORDS)
        else:
            self._answer(message, True, "")

    def _say(self, message: ClientMessage, command: Command) -> None:
        session, executive = self._session, getattr(self._session, "executive", None)
        scene = None if executive is None else executive.scene
        try:
            text = self._selection.meant(
                command.text.strip(), None if scene is None else session.operator.view.seen(scene)
            )
        except NotPointedAt as error:
            self._answer(message, False, str(error))
            return
        if self._hold_to_run and session.stands and goes_on(text):
            self._keys.press(GO_ON, time.monotonic())
            self._answer(message, True, HOLD_IT, level="resume")
        elif session.is_running or session.steering.doing or (session.stands and goes_on(text)):
            understood = session.say(text)
            self._answer(message, bool(understood), str(understood), level=understood.level)
        elif self.begin is None:
            self._answer(message, False, TERMINAL)
        else:
            self._shown = []
            try:
                stays = self.begin(text)
                told = "; ".join(self._shown)
            finally:
                self._shown = None
            self._answer(message, stays, told if stays else "quit ends the console in its terminal", level="begin")

    def _answer(self, message: ClientMessage, ok: bool, text: str, level: str = "") -> None:
        assert message.command is not None
        answer = {"client": message.client, "re": message.command.id, "do": message.command.do, "ok": ok, "text": text}
        self._reply(answer | ({"level": level} if level else {}))

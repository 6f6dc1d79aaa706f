"""The console of a session: two processes that serve it, and the threads that feed them. None of them moves the arm."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.commands.terminal.keys import TICK_S, Keys
from sayso.console.command_handler import Begin, CommandHandler
from sayso.console.event_log import EventLog
from sayso.console.gateway import run_gateway
from sayso.console.messages import ClientMessage
from sayso.console.page_channel import PageChannel
from sayso.console.selection import Selection
from sayso.console.settings import ConsoleSettings, check_installed
from sayso.console.state_publisher import StatePublisher
from sayso.errors import UserError
from sayso.hardware.process.supervisor import Heartbeat, ProcessPlan, ProcessStatus, ProcessTable

if TYPE_CHECKING:
    from sayso.session import Session

POLL_S = 0.1
HANG_S = 15.0  # a starved computer is slow, not hung
LEAVE_S = 1.0


class Console:
    """Serves a page of a session at ``settings``' address, which ``tell`` receives.

    `of` is what `sayso.session.Options.keys` takes: STOP works from before the arm connects until its release. If one
    of the processes dies, it is started again; the arm's motion does not depend on them. Raises `UserError` if the
    extra is not installed or the port is taken.
    """

    def __init__(
        self, settings: ConsoleSettings, tell: Callable[[str], None], *, hold_to_run: bool = False
    ) -> None:  # fmt: skip
        check_installed()
        self.settings, self._tell, self._hold_to_run = settings, tell, hold_to_run
        self._server = settings.listen()
        self.port: int = self._server.getsockname()[1]
        self.url = settings.address(self.port)
        self.event_log, self.selection = EventLog(), Selection()
        self.handler: CommandHandler | None = None
        self.processes: ProcessTable | None = None
        self._begin: Begin | None = None

    def begins(self, begin: Begin) -> None:
        """Words said while nothing is under way go to ``begin``, whose messages come back by `note`."""
        self._begin = begin
        if self.handler is not None:
            self.handler.begin = begin

    def note(self, text: str) -> None:
        """Show a message: as the answer to the words that are being read, else in the timeline."""
        if text and not (self.handler is not None and self.handler.show(text)):
            self.event_log.note(text)

    @contextmanager
    def of(self, session: Session, keys: Keys | None = None) -> Iterator[None]:
        """Serve ``session`` meanwhile; ``keys`` are those of its terminal, if it has any."""
        if not session.steering.id:
            self._server.close()
            raise UserError("the console needs a session that other terminals reach, for its STOP")
        keys = keys or Keys(session, self._hold_to_run, lambda _: None)
        with ExitStack() as ends:
            ends.callback(self._server.close)
            folder = Path(tempfile.mkdtemp(prefix="sayso-console-"))  # for this user alone; its name is short
            ends.callback(shutil.rmtree, folder, ignore_errors=True)
            channel = PageChannel(
                str(folder / "channel"), self._take, self._greet
            )  # nobody calls before the processes start
            ends.callback(channel.close)
            handler = CommandHandler(
                session, self.selection, keys, lambda reply: self._publisher.reply(reply), self._hold_to_run
            )
            handler.begin = self._begin
            self.handler = handler
            ends.callback(handler.close)
            self._publisher = StatePublisher(
                session, channel, self.event_log, self.selection, handler, keys, self._hold_to_run
            )
            token, page = self.settings.token, str(folder / "page")
            table = self.processes = ProcessTable([
                ProcessPlan("console gateway", run_gateway, (self._server, token, page, session.steering.id), HANG_S),
                ProcessPlan(
                    "console page",
                    _serve_page,
                    (page, str(folder / "channel"), token, session.steering.id, self.settings.speech),
                    HANG_S,
                ),
            ])  # fmt: skip
            ended = threading.Event()
            threads = [
                threading.Thread(target=self._look_after, args=(table, ended), name="sayso-console", daemon=True),
                threading.Thread(target=_tick, args=(keys, ended), name="sayso-console-keys", daemon=True),
            ]
            handler.start()
            for thread in threads:
                thread.start()
            ends.callback(table.close)
            ends.callback(_let_end, table)
            ends.callback(_end, threads, ended)  # first: two threads must not wait for one process
            ends.callback(self._publisher.close)
            self._publisher.start()
            self._tell(f"console: {self.url}")
            yield

    def _take(self, message: ClientMessage) -> None:
        if self.handler is not None:
            self.handler.take(message)

    def _greet(self) -> None:
        self._publisher.greet()

    def _look_after(self, table: ProcessTable, ended: threading.Event) -> None:
        while not ended.is_set():
            for event in table.poll():
                if event.what is ProcessStatus.GIVEN_UP:
                    self._tell(f"the console does not work any more: {event.text}; sayso stop stops the arm")
            ended.wait(POLL_S)


def _serve_page(
    beat: Heartbeat, path: str, channel: str, token: str, session: str, speech: Path | None
) -> None:  # fmt: skip
    from sayso.console.page_server import run_page_server  # its libraries are needed in its own process alone

    run_page_server(beat, path, channel, token, session, speech)


def _let_end(table: ProcessTable) -> None:
    """Give the page server the time to tell its pages that the session has ended."""
    process = table.process("console page")
    if process is not None:
        process.join(LEAVE_S)


def _tick(keys: Keys, ended: threading.Event) -> None:
    while not ended.wait(TICK_S / 2):
        keys.tick(time.monotonic())


def _end(threads: list[threading.Thread], ended: threading.Event) -> None:
    ended.set()
    for thread in threads:
        thread.join()

"""Sends the state, the events and the pictures of a session to the page server, from a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sayso.commands.terminal.keys import Keys
from sayso.console.command_handler import CommandHandler
from sayso.console.event_log import EventLog
from sayso.console.messages import EVENTS, HELLO, REPLY, STATE, packed, packed_frame
from sayso.console.page_channel import PageChannel
from sayso.console.runtime_observer import RuntimeObserver
from sayso.console.selection import Selection
from sayso.console.snapshot import Drawing, hello, state_of
from sayso.hardware.robot import RobotError
from sayso.runtime.runtime import Runtime

if TYPE_CHECKING:
    from sayso.session import Session

EVERY_S, IDLE_S = 0.08, 0.4  # with and without a page that watches
PICTURE_S = 0.1  # at least, between two pictures of a camera
PEEK_S = 1.0  # between two looks while nothing is carried out or a stop holds the arm
MOST_EVENTS = 400  # in one message
MOST_REPLIES = 256


class StatePublisher:
    """Follows ``session`` from before its arm is connected; a slow page server delays this thread alone."""

    def __init__(
        self, session: Session, channel: PageChannel, event_log: EventLog, selection: Selection,
        handler: CommandHandler, keys: Keys, hold_to_run: bool,
    ) -> None:  # fmt: skip
        self._session, self._channel, self._event_log, self._selection = session, channel, event_log, selection
        self._handler, self._keys, self._hold_to_run = handler, keys, hold_to_run
        self.observer = RuntimeObserver()
        self._runtime: Runtime | None = None
        self._drawing: Drawing | None = None
        self._greets = threading.Event()  # a page server has come that knows nothing
        self._ended, self._wake = False, threading.Event()
        self._replies: deque[dict[str, Any]] = deque(maxlen=MOST_REPLIES)
        self._sent_events, self._peeked = 0, 0.0
        self._sent_pictures: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name="sayso-console-publisher", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def greet(self) -> None:
        """A new page server gets everything from the beginning."""
        self._greets.set()

    def reply(self, reply: dict[str, Any]) -> None:
        """Answer a page; from any thread, at once."""
        self._replies.append(reply)
        self._wake.set()

    def close(self) -> None:
        """Say that the session ends, and stop sending."""
        self._ended = True
        self._wake.set()
        self._thread.join(1.0)
        if self._runtime is not None:
            self._runtime.unsubscribe(self.observer)

    def _run(self) -> None:
        while not self._ended:
            with suppress(RobotError):  # the arm or a camera is gone: the run says so
                self.step(time.monotonic())
            self._wake.wait(EVERY_S if self._handler.watchers else IDLE_S)
            self._wake.clear()
            while self._replies:
                self._channel.send(packed(REPLY, self._replies.popleft()))
        self._send_events()
        self._channel.send(packed(HELLO, self._hello() | {"ended": "the session has ended"}))

    def step(self, now: float) -> None:
        """Send what is new at ``now`` s on a monotonic clock."""
        session = self._session
        if getattr(session, "executive", None) is not None:
            self._follow()
            if self._handler.watchers and now - self._peeked >= PEEK_S and (session.stands or not session.is_running):
                self._peeked = now
                self._peek()
            self._event_log.look(session, self.observer.take_heard())
        if self._greets.is_set():
            self._greets.clear()
            self._sent_events = 0
            self._channel.send(packed(HELLO, self._hello()))
        self._send_events()
        held = now < self._keys.held_until
        state = state_of(
            session, self.observer, self._selection, self._drawing, speed=self._keys.speed, held=held
        )  # fmt: skip
        self._channel.send(packed(STATE, state))
        for frame in self.observer.take_frames() if self._handler.watchers else ():
            if now - self._sent_pictures.get(frame.camera, 0.0) >= PICTURE_S:
                self._sent_pictures[frame.camera] = now
                self._channel.send(packed_frame(frame))

    def _hello(self) -> dict[str, object]:
        return hello(self._session, self._session.steering.id, self._hold_to_run)

    def _follow(self) -> None:
        """Subscribe to the session's runtime, which a reset replaces."""
        runtime = self._session.runtime
        if runtime is not self._runtime:
            runtime.subscribe(self.observer)
            self._runtime, self._drawing = runtime, Drawing(self._session.robot.spec)
            self._greets.set()  # now the arm is known

    def _peek(self) -> None:
        if self._session.is_running:
            self.observer.wants_pictures = True
            return
        found = self._session.peek()
        if found is not None:
            self.observer.state = found[0]

    def _send_events(self) -> None:
        events = self._event_log.since(self._sent_events)
        for first in range(0, len(events), MOST_EVENTS):
            part = events[first : first + MOST_EVENTS]
            if not self._channel.send(packed(EVENTS, part)):
                return
            self._sent_events = part[-1]["id"]

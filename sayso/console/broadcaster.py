"""What the page server knows: the newest state, the newest picture of each camera, the events, and its pages."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sayso.console.messages import ClientMessage, Command
from sayso.console.operator_lease import OperatorLease

KEPT_EVENTS, KEPT_REPLIES = 4000, 64
AT_LEAST_S = 0.5  # a page hears at least this often, also when nothing is new
MOST_PAGES = 16
NOT_YOURS = "another screen has control; take it over first. STOP works from every screen"


class Page:
    """One open page: what it has seen, and what waits for it. It is told what is newest, never what it missed."""

    def __init__(self, client: str, name: str, events_from: int) -> None:
        self.client, self.name, self.cursor = client, name, events_from
        self.wake = asyncio.Event()
        self.replies: deque[dict[str, Any]] = deque(maxlen=KEPT_REPLIES)
        self.state_sent = self.hello_sent = -1
        self.sent: dict[str, int] = {}  # camera → number of the picture sent last
        self.tasks: set[asyncio.Task[None]] = set()  # answers in the making
        self.on_the_way: set[str] = set()  # cameras whose last picture the page has not confirmed

    def reply(self, command: Command, ok: bool, text: str, **more: Any) -> None:
        """Answer ``command``."""
        self.answer({"re": command.id, "do": command.do, "ok": ok, "text": text, **more})

    def answer(self, answer: dict[str, Any]) -> None:
        """Send an ``answer`` to what the page has sent."""
        self.replies.append(answer)
        self.wake.set()


class Broadcaster:
    """Belongs to the event loop: every method is called there. ``pass_on`` sends a command to the session's process."""

    def __init__(self, pass_on: Callable[[ClientMessage], None]) -> None:
        self._pass_on = pass_on
        self.lease = OperatorLease()
        self.pages: set[Page] = set()
        self.hello: dict[str, Any] = {}
        self._hello_number = 0
        self._state: dict[str, Any] = {}
        self._state_number, self._heard_at = 0, time.monotonic()
        self._events: deque[dict[str, Any]] = deque(maxlen=KEPT_EVENTS)
        self._pictures: dict[str, tuple[int, bytes]] = {}
        self.ended = ""

    # From the session -------------------------------------------------------------------------------------------

    def heard(self) -> None:
        """The session's process gave a sign of life."""
        self._heard_at = time.monotonic()

    def take_hello(self, hello: dict[str, Any]) -> None:
        """What does not change in a session."""
        self.hello, self._hello_number, self.ended = hello, self._hello_number + 1, str(hello.get("ended", ""))
        self._events.clear()  # the session sends all of them again
        for page in self.pages:
            page.cursor, page.state_sent = 0, -1
            page.wake.set()

    def take_state(self, state: dict[str, Any]) -> None:
        """The newest state."""
        self._state, self._state_number = state, self._state_number + 1
        self._wake()

    def take_events(self, events: list[dict[str, Any]]) -> None:
        """Further events of the timeline."""
        self._events.extend(events)
        self._wake()

    def take_picture(self, camera: str, picture: bytes) -> None:
        """The newest picture of a camera, as a page takes it."""
        number = self._pictures.get(camera, (0, b""))[0] + 1
        self._pictures[camera] = number, picture
        self._wake()

    def take_reply(self, reply: dict[str, Any]) -> None:
        """The session's answer to a command of the page that it names."""
        client = reply.pop("client", "")
        for page in self.pages:
            if page.client == client:
                page.replies.append(reply)
                page.wake.set()

    @property
    def is_told(self) -> bool:
        """Whether every page was sent the newest `hello`."""
        return all(page.hello_sent == self._hello_number for page in self.pages)

    # Of the pages -----------------------------------------------------------------------------------------------

    def join(self, client: str) -> Page:
        """A page opens."""
        page = Page(client, self.lease.join(client), 0)
        self.pages.add(page)
        self._watch()
        return page

    def leave(self, page: Page) -> None:
        """A page closes; a button that it held is let go."""
        self.pages.discard(page)
        if self.lease.leave(page.client):
            self._pass_on(ClientMessage(client=page.client, command=Command(do="let_go")))
        self._watch()

    def command(self, page: Page, command: Command) -> None:
        """A page asks for something; only the one in control may change anything."""
        if command.do == "got":
            page.on_the_way.discard(command.camera)
            page.wake.set()
        elif command.do == "take":
            if self.lease.take(page.client):
                self._pass_on(ClientMessage(client=page.client, command=Command(do="let_go")))
            page.reply(command, True, "you have control")
            self._wake()
        elif command.do == "let_go" or self.lease.allows(page.client):
            if command.do != "let_go" or self.lease.holder == page.client:
                self._pass_on(ClientMessage(client=page.client, command=command))
        else:
            page.reply(command, False, NOT_YOURS)

    def _watch(self) -> None:
        self._pass_on(ClientMessage(watchers=len(self.pages)))
        self._wake()

    def _wake(self) -> None:
        for page in self.pages:
            page.wake.set()

    # To a page --------------------------------------------------------------------------------------------------

    def news(self, page: Page) -> str | bytes | None:
        """The next message for ``page``: answers first, then events and state, then pictures; None if it has all."""
        if page.replies:
            return _text({"replies": [page.replies.popleft() for _ in range(len(page.replies))]})
        if page.hello_sent != self._hello_number and self.hello:
            page.hello_sent = self._hello_number
            return _text({"hello": self.hello, "ended": self.ended})
        last = self._events[-1]["id"] if self._events else 0
        if page.state_sent != self._state_number or page.cursor < last:
            events = [event for event in self._events if event["id"] > page.cursor]
            page.state_sent, page.cursor = self._state_number, last
            return _text({"state": self._state, "you": self._about(page)} | ({"events": events} if events else {}))
        for camera, (number, picture) in self._pictures.items():
            if camera not in page.on_the_way and page.sent.get(camera, 0) != number:
                page.sent[camera] = number
                page.on_the_way.add(camera)
                return picture
        return None

    def still(self, page: Page) -> str:
        """What a page is told when nothing is new: that the server lives, and when it heard from the session."""
        return _text({"you": self._about(page)})

    def _about(self, page: Page) -> dict[str, Any]:
        return {
            "name": page.name,
            "speaks": self.lease.holder == page.client,
            "speaker": self.lease.name,
            "pages": self.lease.present,
            "silent_s": round(time.monotonic() - self._heard_at, 2),
        }


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))

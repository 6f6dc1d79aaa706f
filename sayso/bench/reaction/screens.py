"""Two screens of the console in a process of their own: both take every picture, and the first one speaks."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from sayso.hardware.clock import MonotonicClock

HOST, PATIENCE_S, LOOK_S = "127.0.0.1", 60.0, 0.1
STOP = "STOP"
"""What `run_screens` is sent for a press of the page's STOP."""


class Screen:
    """One open page; ``pictures`` counts what it has taken."""

    def __init__(self, port: int, token: str, name: str) -> None:
        self.socket, self.pictures = _opened(port, token, name), 0
        threading.Thread(target=self._watch, name=f"screen {name}", daemon=True).start()

    def say(self, text: str) -> None:
        """Say ``text``, as the page does."""
        self.socket.send(json.dumps({"do": "say", "text": text, "id": 1}))

    def _watch(self) -> None:
        try:
            for message in self.socket:
                if isinstance(message, bytes):
                    about = json.loads(message[4 : 4 + int.from_bytes(message[:4], "big")])
                    self.pictures += 1
                    self.socket.send(json.dumps({"do": "got", "camera": about["camera"], "id": 0}))
        except ConnectionClosed:
            return


def run_screens(line: Connection, port: int, token: str) -> None:
    """Open two screens of the console at ``port``, and say or press what comes over ``line``, until None comes.

    Each is answered with the moment before it was sent, s on the computer's monotonic clock; None with the number of
    pictures that each screen has taken. The first message is "open".
    """
    with ExitStack() as ends:
        screens = [Screen(port, token, name) for name in ("one", "two")]
        for screen in screens:
            ends.callback(screen.socket.close)
        line.send("open")
        while (words := line.recv()) is not None:
            at = time.monotonic()
            if words == STOP:
                _post_stop(port, token)
            else:
                screens[0].say(words)
            line.send(at)
        line.send([screen.pictures for screen in screens])


def _post_stop(port: int, token: str) -> None:
    page = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        page.request("POST", "/stop", headers={"Authorization": f"Bearer {token}"})
        page.getresponse().read()
    finally:
        page.close()


def _opened(port: int, token: str, name: str) -> ClientConnection:
    """The socket of a page; waits for the page server's start."""
    clock, offered = MonotonicClock(), [Subprotocol("sayso"), Subprotocol(f"token.{token}")]
    until = clock.now() + PATIENCE_S
    while True:
        try:
            return connect(f"ws://{HOST}:{port}/live?client={name}", subprotocols=offered, max_size=None)
        except (OSError, InvalidHandshake, ConnectionClosed):
            if clock.now() > until:
                raise
            clock.sleep_until(clock.now() + LOOK_S)

"""A rosbridge client: publishes and subscribes ROS 2 topics as JSON over one WebSocket.

Source: rosbridge_suite, "rosbridge v2.0 Protocol Specification".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

PORT = 9090
OPEN_S = 5.0
MAX_BYTES = 1 << 20
OnMessage = Callable[[Any], None]


class RosbridgeClient:
    """Connects to ``url``; ``error`` is None, or the reason of a lost connection or the server's complaint.

    A thread of the client calls each topic's callback. Raises OSError or WebSocketException if there is no server.
    """

    def __init__(self, url: str) -> None:
        self._stack = ExitStack()
        self._socket = self._stack.enter_context(
            connect(url, open_timeout=OPEN_S, max_size=MAX_BYTES, compression=None, proxy=None)
        )
        self._topics: dict[str, OnMessage] = {}
        self.error: str | None = None
        self._thread = threading.Thread(target=self._run, name="rosbridge", daemon=True)
        self._thread.start()

    def subscribe(self, topic: str, kind: str, on_message: OnMessage) -> None:
        """Subscribe to ``topic`` of ROS type ``kind``; the server drops all but the newest of queued messages."""
        self._topics[topic] = on_message
        self._send({"op": "subscribe", "topic": topic, "type": kind, "queue_length": 1})

    def advertise(self, topic: str, kind: str) -> None:
        """Advertise messages of ROS type ``kind`` on ``topic``."""
        self._send({"op": "advertise", "topic": topic, "type": kind})

    def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Publish a message on ``topic``; a failure sets ``error``."""
        self._send({"op": "publish", "topic": topic, "msg": message})

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._stack.close()
        self._thread.join()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(message, allow_nan=False))
        except (OSError, WebSocketException) as error:
            self.error = f"the connection was lost ({error})"

    def _run(self) -> None:
        try:
            for text in self._socket:
                self._take(text)
            self.error = self.error or "the server closed the connection"
        except (OSError, WebSocketException) as error:
            self.error = f"the connection was lost ({error})"

    def _take(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if message.get("op") == "publish" and (on_message := self._topics.get(str(message.get("topic")))):
            on_message(message.get("msg"))
        elif message.get("op") == "status" and message.get("level") == "error":
            self.error = f"rosbridge says: {message.get('msg')}"

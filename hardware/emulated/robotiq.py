"""A Robotiq 2F gripper as its URCap serves it on port 63352: text lines that read and write its registers.

Source: Robotiq, "2F-85 & 2F-140 Instruction Manual" (registers) and the socket server of its URCap (text).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from sayso.hardware.emulated.tcp import TcpServer, text_lines

PORT = 63352
MOVING, STOPPED_OPENING, STOPPED_CLOSING, ARRIVED = 0, 1, 2, 3
_SETTABLE = ("ACT", "GTO", "ATR", "ADR", "POS", "SPE", "FOR")
_STILL = 2  # counts; less motion between two readings counts as standing still


class RobotiqServer:
    """The gripper's registers; ``opening`` returns the opening in [0, 1], ``open_to`` sets its target."""

    def __init__(
        self, host: str, opening: Callable[[], float], open_to: Callable[[float], None], port: int = PORT
    ) -> None:
        self._opening, self._open_to = opening, open_to
        self._lock = threading.Lock()
        self._set = {"ACT": 0, "GTO": 0, "ATR": 0, "ADR": 0, "POS": 0, "SPE": 255, "FOR": 150}
        self._before = self._position
        self.fault = 0  # register FLT, 0 for none
        self._server = TcpServer(host, port, self._talk)

    def close(self) -> None:
        """Close every connection and stop listening."""
        self._server.close()

    def drop(self) -> None:
        """Close every connection."""
        self._server.drop()

    @property
    def _position(self) -> int:
        return round(255 * (1.0 - self._opening()))

    def _talk(self, client: socket.socket) -> None:
        for line in text_lines(client):
            answer = self._answer(line.split())
            client.sendall((answer if answer == "ack" else answer + "\n").encode())

    def _answer(self, words: list[str]) -> str:
        with self._lock:
            match words:
                case ["GET", name]:
                    found = self._get(name)
                    return "?" if found is None else f"{name} {found}"
                case ["SET", *pairs] if pairs and len(pairs) % 2 == 0:
                    return self._write(dict(zip(pairs[::2], pairs[1::2], strict=True)))
        return "?"

    def _get(self, name: str) -> int | None:
        active = bool(self._set["ACT"])
        position = self._position
        still, self._before = abs(position - self._before) < _STILL, position
        away = self._set["POS"] - position
        if not still:
            stopped = MOVING
        elif abs(away) <= 2 * _STILL:
            stopped = ARRIVED
        else:
            stopped = STOPPED_CLOSING if away > 0 else STOPPED_OPENING
        known = {"POS": position, "PRE": self._set["POS"], "STA": 3 if active else 0, "OBJ": stopped}
        return (self._set | known | {"FLT": self.fault}).get(name)

    def _write(self, pairs: dict[str, str]) -> str:
        if any(name not in _SETTABLE or not text.isdecimal() or int(text) > 255 for name, text in pairs.items()):
            return "?"
        self._set.update({name: int(text) for name, text in pairs.items()})
        if self._set["ACT"] and self._set["GTO"] and not self.fault:
            self._open_to(1.0 - self._set["POS"] / 255)
        return "ack"

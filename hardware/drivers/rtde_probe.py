"""Checks that an RTDE server answers: the SDK would wait for one without time-out, holding Python's lock."""

from __future__ import annotations

import socket

from sayso.hardware.robot import RobotError

PORT, ANSWER_S = 30004, 5.0
_ASKS_FOR_VERSION_2 = bytes((0, 5, ord("V"), 0, 2))


def check_answers(host: str) -> None:
    """Request protocol version 2. Raises `RobotError` without an answer; the SDK reports a refused connection."""
    try:
        with socket.create_connection((host, PORT), ANSWER_S) as line:
            line.sendall(_ASKS_FOR_VERSION_2)
            line.recv(1)
    except TimeoutError:
        raise RobotError(f"{host} does not answer at port {PORT} within {ANSWER_S:.0f} s; is it a UR?") from None
    except OSError:
        return

"""Whether an RTDE server answers at an address: the SDK waits for one for ever, and holds Python's lock meanwhile."""

from __future__ import annotations

import socket

from sayso.hardware.robot import RobotError

PORT, ANSWER_S = 30004, 5.0
_ASKS_FOR_VERSION_2 = bytes((0, 5, ord("V"), 0, 2))


def check_answers(host: str) -> None:
    """Ask for the protocol's version. Raises `RobotError` if nothing is answered; what refuses is left to the SDK."""
    try:
        with socket.create_connection((host, PORT), ANSWER_S) as line:
            line.sendall(_ASKS_FOR_VERSION_2)
            line.recv(1)
    except TimeoutError:
        raise RobotError(f"{host} does not answer at port {PORT} within {ANSWER_S:.0f} s; is it a UR?") from None
    except OSError:
        return

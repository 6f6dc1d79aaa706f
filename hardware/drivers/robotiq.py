"""A Robotiq 2F gripper over the socket of its URCap, polled by its own thread.

Source: Robotiq, "2F-85 & 2F-140 Instruction Manual", registers.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

from sayso.hardware.clock import Clock
from sayso.hardware.robot import RobotError

PORT = 63352
PERIOD_S = 0.03
TIMEOUT_S = 2.0
ACTIVATION_S = 10.0
FORCE = 120  # of 255
ACTIVE = 3


class RobotiqGripper:
    """Measures its ``opening`` in [0, 1] and follows ``target``; ``error`` is None, or why the thread has ended.

    ``live`` False only measures. Raises `RobotError` if there is no gripper at ``host``. Activation, if needed, opens
    and closes the gripper once.
    """

    def __init__(self, host: str, clock: Clock, live: bool) -> None:
        self._host, self._clock, self._live = host, clock, live
        try:
            self._socket = socket.create_connection((host, PORT), TIMEOUT_S)
        except OSError as error:
            raise RobotError(
                f"no Robotiq gripper at {host}:{PORT}: {error.strerror or error}; install its URCap, or describe an arm"
                " without a gripper"
            ) from error
        self.error: str | None = None
        self.target: float | None = None
        self._open = True
        try:
            self.opening = self._measure()
            if live:
                self._activate()
        except (OSError, ValueError) as error:
            self._socket.close()
            raise RobotError(f"the gripper at {host}:{PORT} does not answer as a Robotiq 2F does: {error}") from error
        self._thread = threading.Thread(target=self._run, name="robotiq", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the connection; the gripper keeps its grip. Safe to call twice."""
        self._open = False
        self._thread.join()
        self._socket.close()

    def _activate(self) -> None:
        if self._get("STA") != ACTIVE:
            self._set([("ACT", 0)])
            self._set([("ACT", 1)])
            until = self._clock.now() + ACTIVATION_S
            while self._get("STA") != ACTIVE:
                if self._clock.now() > until:
                    raise ValueError(f"it was not active after {ACTIVATION_S:g} s; is something between its fingers?")
                self._clock.sleep_until(self._clock.now() + PERIOD_S)
        self._set([("GTO", 1), ("SPE", 255), ("FOR", FORCE)])

    def _run(self) -> None:
        told: float | None = None
        try:
            while self._open:
                target = self.target
                if self._live and target is not None and target != told:
                    self._set([("POS", round(255 * (1.0 - target)))])
                    told = target
                self.opening = self._measure()
                if fault := self._get("FLT"):
                    raise ValueError(f"it reports fault {fault}")
                self._clock.sleep_until(self._clock.now() + PERIOD_S)
        except (OSError, ValueError) as error:
            self.error = f"the gripper at {self._host}:{PORT} stopped answering: {error}"

    def _measure(self) -> float:
        return min(max(1.0 - self._get("POS") / 255, 0.0), 1.0)

    def _get(self, name: str) -> int:
        answer = self._ask(f"GET {name}").split()
        if len(answer) != 2 or answer[0] != name or not answer[1].isdecimal():
            raise ValueError(f"GET {name} was answered {' '.join(answer)!r}")
        return int(answer[1])

    def _set(self, values: Iterable[tuple[str, int]]) -> None:
        line = "SET " + " ".join(f"{name} {value}" for name, value in values)
        if (answer := self._ask(line)) != "ack":
            raise ValueError(f"{line} was answered {answer!r}")

    def _ask(self, line: str) -> str:
        self._socket.sendall(line.encode() + b"\n")
        # An answer is one small TCP segment; "ack" has no line end.
        answer = self._socket.recv(100)
        if not answer:
            raise ValueError("the connection was closed")
        return answer.decode(errors="replace").strip()

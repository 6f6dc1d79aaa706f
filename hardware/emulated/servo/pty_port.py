"""A serial port that is a pseudo-terminal: what is written to it is answered as by a device at its other end."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import threading
import tty
from collections.abc import Callable
from contextlib import suppress

# Takes what has arrived; returns what is left for later and the answers, in order.
Answer = Callable[[bytes], tuple[bytes, list[bytes]]]
MAX_WAITING = 65_536
POLL_S = 0.01
# Linux: `struct termios2` is asked for by this number; its last word is the output speed in bit/s, of any value.
TCGETS2, TERMIOS2 = 0x802C542A, struct.Struct("=4I20s2I")


class PtyPort:
    """``path`` is what a client opens. ``answer`` and, every `POLL_S` or sooner, ``idle`` run in the port's thread.

    ``send`` puts an answer on the wire, and may change, delay or lose it.
    """

    def __init__(self, answer: Answer, send: Callable[[bytes], bytes], idle: Callable[[], None]) -> None:
        self._answer, self._send, self._idle = answer, send, idle
        self._master, self._slave = pty.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._open = True
        self._thread = threading.Thread(target=self._run, name=f"emulated port {self.path}", daemon=True)
        self._thread.start()

    @property
    def baud(self) -> int:
        """The speed (bit/s) that the client has set."""
        if sys.platform != "linux":
            return int(termios.tcgetattr(self._slave)[5])
        return int(TERMIOS2.unpack(fcntl.ioctl(self._slave, TCGETS2, bytes(TERMIOS2.size)))[-1])

    def close(self) -> None:
        """Unplug: the path goes, and a client that has it open gets an error; safe to call twice."""
        if self._open:
            self._open = False
            self._thread.join()
            os.close(self._master)
            os.close(self._slave)

    def _run(self) -> None:
        waiting = b""
        while self._open:
            # Looked at twice: a thread that came late must not take that for silence.
            if not (self._waits(POLL_S) or self._waits(0.0)):
                self._idle()
                continue
            with suppress(BlockingIOError, OSError):
                waiting = (waiting + os.read(self._master, 4096))[-MAX_WAITING:]
            waiting, answers = self._answer(waiting)
            for answer in answers:
                self._write(self._send(answer))
            self._idle()

    def _waits(self, patience_s: float) -> bool:
        return bool(select.select([self._master], [], [], patience_s)[0])

    def _write(self, data: bytes) -> None:
        while data and self._open:
            # A client that does not read fills the terminal's buffer; on a real wire its bytes would be lost too.
            _, ready, _ = select.select([], [self._master], [], POLL_S)
            if not ready:
                return
            data = data[os.write(self._master, data) :]

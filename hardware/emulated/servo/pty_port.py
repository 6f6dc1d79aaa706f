"""A serial port emulated by a pseudo-terminal, with a device at its other end."""

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

# Takes the bytes received; returns the unprocessed rest and the answers, in order.
Answer = Callable[[bytes], tuple[bytes, list[bytes]]]
MAX_WAITING = 65_536
POLL_S = 0.01
# Linux: ioctl number that fills `struct termios2`, whose last word is the output speed in bit/s.
TCGETS2, TERMIOS2 = 0x802C542A, struct.Struct("=4I20s2I")


class PtyPort:
    """Clients open ``path``. ``answer`` and, at least every `POLL_S`, ``idle`` run in the port's thread.

    ``send`` returns the bytes of an answer to put on the wire; it may change, delay or drop them.
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
        """The baud rate that the client has set, bit/s."""
        if sys.platform != "linux":
            return int(termios.tcgetattr(self._slave)[5])
        return int(TERMIOS2.unpack(fcntl.ioctl(self._slave, TCGETS2, bytes(TERMIOS2.size)))[-1])

    def close(self) -> None:
        """Unplug: the path disappears, and a client with an open port gets an error. Safe to call twice."""
        if self._open:
            self._open = False
            self._thread.join()
            os.close(self._master)
            os.close(self._slave)

    def _run(self) -> None:
        waiting = b""
        while self._open:
            # Poll twice: a late thread must not mistake its own delay for silence.
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
            # A client that does not read fills the terminal's buffer; a real wire would lose its bytes too.
            _, ready, _ = select.select([], [self._master], [], POLL_S)
            if not ready:
                return
            data = data[os.write(self._master, data) :]

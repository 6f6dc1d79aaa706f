"""Reads a run's terminal: keys while the arm works, lines while a question waits."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sayso.commands.terminal.keys import TICK_S, Keys
from sayso.planner.plan import Question

CHUNK = 4096


class Talks(Protocol):
    """The target of the lines: a `sayso.session.Session`."""

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer."""
        ...

    def say(self, text: str, wait_s: float = 0.0) -> object:
        """Say ``text``, as a person, and wait ``wait_s`` s for the reading."""
        ...

    def press_stop(self) -> None:
        """Stop the arm, as a person."""
        ...


class Lines:
    """Says each line that is typed to ``session``; an empty line stops the arm."""

    def __init__(self, session: Talks) -> None:
        self._session, self._begun = session, ""

    @property
    def wanted(self) -> bool:
        """Whether a question waits for a line."""
        return self._session.question is not None

    def take(self, typed: str) -> None:
        """Take typed characters; say each complete line."""
        *lines, self._begun = (self._begun + typed).replace("\r", "\n").split("\n")
        for line in lines:
            if line.strip():
                self._session.say(line.strip(), 0.0)
            else:
                self._session.press_stop()

    def end(self) -> None:
        """The terminal's input has ended (Ctrl-D): no answer will come."""
        self._begun = ""
        self._session.say("never mind", 0.0)


def can_read_keys() -> bool:
    """Whether this program has a terminal to itself."""
    return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


@contextmanager
def reading(lines: Lines, keys: Keys | None = None) -> Iterator[None]:
    """Read the terminal meanwhile, in a thread of its own; the terminal is left as it was."""
    fd, ended = sys.stdin.fileno(), threading.Event()
    before = termios.tcgetattr(fd)

    def read() -> None:
        by_line = keys is None
        while not ended.is_set():
            if keys is not None and lines.wanted != by_line:
                by_line = lines.wanted
                if by_line:
                    termios.tcsetattr(fd, termios.TCSANOW, before)
                else:
                    tty.setcbreak(fd, termios.TCSANOW)
            # In the background a read would suspend the program.
            if keys is None and not lines.wanted:
                ended.wait(TICK_S)
            elif select.select([fd], [], [], TICK_S)[0] and can_read_keys():
                typed = os.read(fd, CHUNK).decode(errors="ignore")
                if keys is None or lines.wanted:
                    lines.take(typed) if typed else lines.end()
                else:
                    for key in typed:
                        keys.press(key, time.monotonic())
            if keys is not None:
                keys.tick(time.monotonic())

    thread = threading.Thread(target=read, name="sayso-keys", daemon=True)
    if keys is not None:
        tty.setcbreak(fd, termios.TCSANOW)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        # Keys of a hand that is still held are no input of a shell; a line typed ahead is.
        termios.tcsetattr(fd, termios.TCSANOW if keys is None else termios.TCSAFLUSH, before)

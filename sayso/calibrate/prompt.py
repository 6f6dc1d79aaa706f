"""The person who calibrates: is told what to do, and presses Enter."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Protocol

from sayso.errors import UserError


class Person(Protocol):
    """Somebody at the keyboard."""

    def ask(self, text: str) -> None:
        """Say something and wait for Enter."""
        ...

    def until(self, text: str) -> Callable[[], bool]:
        """Say something; what is returned tells whether Enter was pressed since."""
        ...


class Keyboard:
    """A person at this computer's terminal. Raises `UserError` if there is nobody: the input has ended."""

    def ask(self, text: str) -> None:
        """Print and wait."""
        print(text, flush=True)
        if not sys.stdin.readline():
            raise UserError("nobody is at the keyboard; calibrate in a terminal")

    def until(self, text: str) -> Callable[[], bool]:
        """Print, and listen in a thread."""
        print(text, flush=True)
        pressed = threading.Event()

        def listen() -> None:
            sys.stdin.readline()
            pressed.set()

        threading.Thread(target=listen, name="keyboard", daemon=True).start()
        return pressed.is_set

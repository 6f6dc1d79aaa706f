"""Prompts to the person who calibrates."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Protocol

from sayso.errors import UserError


class Person(Protocol):
    """A person at the keyboard."""

    def ask(self, text: str) -> None:
        """Show a text and wait for Enter."""
        ...

    def until(self, text: str) -> Callable[[], bool]:
        """Show a text; the returned function tells whether Enter was pressed since."""
        ...


class Keyboard:
    """A person at this computer's terminal. Raises `UserError` if standard input has ended."""

    def ask(self, text: str) -> None:
        """Print the text and wait for Enter."""
        print(text, flush=True)
        if not sys.stdin.readline():
            raise UserError("standard input has ended; calibrate in a terminal")

    def until(self, text: str) -> Callable[[], bool]:
        """Print the text, and wait for Enter in a thread."""
        print(text, flush=True)
        pressed = threading.Event()

        def listen() -> None:
            sys.stdin.readline()
            pressed.set()

        threading.Thread(target=listen, name="keyboard", daemon=True).start()
        return pressed.is_set

"""Writes an attempt while it lasts, from a thread of its own; words are on disk before the robot acknowledges them."""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

from sayso.errors import UserError
from sayso.learning.attempt import FILE_NAME, LIVE_NAME, Ending, Moment, Opening, Said, written
from sayso.runtime.hearing.saving import Saving

MOST_WAITING = 4096
"""Lines that wait for a slow disk; the writer then leaves out moments and refuses words."""
CLOSE_S = 5.0


class AttemptWriter:
    """Writes lines to the attempt in ``folder`` without delay for the caller.

    `say` answers with a `Saving` that ends after ``fsync``. After a fault of the disk nothing more is written, and
    every `Saving` ends with the fault. Raises `UserError` if the file cannot be made.
    """

    def __init__(self, folder: Path, opening: Opening) -> None:
        self.file = folder / LIVE_NAME
        self.problem = ""
        self.spoken = 0  # how often something was to be saved
        self._waiting: deque[tuple[str, Saving | None]] = deque()
        self._news, self._lock, self._ends = threading.Condition(), threading.Lock(), False
        try:
            self._out = self.file.open("wb", buffering=0)
            self._out.write(written(opening).encode())
            os.fsync(self._out.fileno())
            _sync_folder(folder)
        except OSError as error:
            raise UserError(f"cannot write {self.file}: {error.strerror or error}") from error
        self._thread = threading.Thread(target=self._work, name="attempt", daemon=True)
        self._thread.start()

    def see(self, moment: Moment) -> None:
        """Write a moment, soon; it is left out if too much waits for the disk."""
        if len(self._waiting) < MOST_WAITING:
            self._add(written(moment), None)

    def say(self, said: Said) -> Saving:
        """Write a person's words."""
        saving = Saving()
        self.spoken += 1
        if len(self._waiting) >= MOST_WAITING:
            saving.end("the disk is too slow")
        else:
            self._add(written(said), saving)
        return saving

    def close(self, ending: Ending | None = None) -> None:
        """Write the rest and the ``ending``; safe to call twice. Without an ending the file keeps its live name."""
        if ending is not None and not self._ends:
            self._add(written(ending), Saving())
        with self._news:
            self._ends = True
            self._news.notify()
        self._thread.join(CLOSE_S)
        if ending is not None and not self.problem and self.file.exists():
            with suppress(OSError):
                self.file.replace(self.file.with_name(FILE_NAME))
                _sync_folder(self.file.parent)

    def remove(self) -> None:
        """Remove the file of an attempt that was closed."""
        for name in (LIVE_NAME, FILE_NAME):
            self.file.with_name(name).unlink(missing_ok=True)

    def _add(self, line: str, saving: Saving | None) -> None:
        with self._news:
            if not self._ends and not self.problem:
                self._waiting.append((line, saving))
                self._news.notify()
                return
        if saving is not None:
            saving.end(self.problem or "the attempt has ended")

    def _work(self) -> None:
        while True:
            with self._news:
                while not self._waiting and not self._ends:
                    self._news.wait()
                lines = list(self._waiting)
                self._waiting.clear()
                if not lines and self._ends:
                    break
            self._write(lines)
        with suppress(OSError):
            self._out.close()

    def _write(self, lines: list[tuple[str, Saving | None]]) -> None:
        savings = [saving for _, saving in lines if saving is not None]
        try:
            if not self.problem:
                content = "".join(line for line, _ in lines).encode()
                while content:
                    content = content[self._out.write(content) or 0 :]
                if savings:
                    os.fsync(self._out.fileno())
        except OSError as error:
            self.problem = error.strerror or str(error)
        for saving in savings:
            saving.end(self.problem)


def _sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name safe on disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

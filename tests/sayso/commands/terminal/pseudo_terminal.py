"""The real program in a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from types import TracebackType
from typing import Self


class PseudoTerminal:
    """Runs ``sayso`` with these arguments; ``seen`` is what it has printed."""

    def __init__(self, *arguments: str) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "sayso", *arguments])
        self.seen, self._at = "", 0
        self.code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)  # which hangs up
        if self.code is None:
            os.waitpid(self.pid, 0)

    def type(self, text: str) -> None:
        """Type ``text``."""
        os.write(self._fd, text.encode())

    def until(self, text: str, seconds: float = 120.0) -> str:
        """Read up to ``text``; what was printed since the last such text. Raises AssertionError without it."""
        start, end = self._at, time.monotonic() + seconds
        while text not in self.seen[start:]:
            assert self._read(end), f"no '{text}' in:\n{self.seen[start:]}"
        self._at = self.seen.index(text, start) + len(text)
        return self.seen[start : self._at]

    def end(self, seconds: float = 120.0) -> int:
        """Read to the program's end; its exit code."""
        end = time.monotonic() + seconds
        while self._read(end):
            pass
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def _read(self, end: float) -> bool:
        """Read what is there; False after the program's end or at ``end`` s."""
        left = end - time.monotonic()
        if left <= 0 or not select.select([self._fd], [], [], left)[0]:
            return False
        try:
            more = os.read(self._fd, 4096)
        except OSError:  # the program has ended
            return False
        self.seen += more.decode(errors="replace")
        return bool(more)

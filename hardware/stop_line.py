"""The stop line: words of memory that any process can set and the loop looks at in each cycle; no queue, no lock."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from struct import Struct

from hardware.channels import attach, bytes_of

SEATS = 8
_COUNTS, _COUNT, _TIME = Struct(f"@{SEATS}Q"), Struct("@Q"), Struct("@d")
_TIMES_AT = _COUNTS.size
_SIZE = _COUNTS.size + SEATS * _TIME.size


class StopLine:
    """Stops pressed by up to `SEATS` sources; each has a seat that only it writes, with a count, odd while it is held.

    Without a ``name`` a new line is made, and closing it ends it; with the `name` of one another process joins it.
    """

    def __init__(self, name: str = "") -> None:
        self._owner = not name
        self.name = name or f"sayso-stop-{os.getpid()}-{os.urandom(6).hex()}"
        self._memory = SharedMemory(self.name, create=True, size=_SIZE) if self._owner else attach(self.name, _SIZE)
        self._words = bytes_of(self._memory)

    def press(self, seat: int, now: float, hold: bool = False) -> None:
        """Press the stop at ``now`` s; with ``hold`` it stays pressed until `let_go`."""
        count = self._count(seat)
        _TIME.pack_into(self._words, _TIMES_AT + seat * _TIME.size, now)
        self._set(seat, count + (1 if hold and not count & 1 else 2))

    def let_go(self, seat: int) -> None:
        """The stop of this seat is not held any more; that moves nothing."""
        count = self._count(seat)
        self._set(seat, count + (count & 1))

    def look(self) -> tuple[int, ...]:
        """The counts: different from an earlier look if the stop was pressed since, odd where it is held."""
        return _COUNTS.unpack_from(self._words)

    def pressed_at(self) -> float:
        """When (s) the stop was pressed last by anybody; 0 if never."""
        return max(_TIME.unpack_from(self._words, _TIMES_AT + k * _TIME.size)[0] for k in range(SEATS))

    def close(self) -> None:
        """Let go of the memory; safe to call twice."""
        self._memory.close()
        if self._owner:
            with suppress(FileNotFoundError):
                self._memory.unlink()

    def _count(self, seat: int) -> int:
        return self.look()[range(SEATS)[seat]]

    def _set(self, seat: int, count: int) -> None:
        _COUNT.pack_into(self._words, range(SEATS)[seat] * _COUNT.size, count)

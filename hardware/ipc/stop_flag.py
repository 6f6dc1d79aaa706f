"""The stop line: words of memory that any process can set and the loop looks at in each cycle; no queue, no lock."""

from __future__ import annotations

from struct import Struct

from sayso.hardware.ipc.outside_stop import SEATS, TAKEN_AT, taken_mark
from sayso.hardware.ipc.shared_memory import WORD, Shared

_COUNTS = Struct(f"@{SEATS}Q")


class StopFlag:
    """Stops pressed by up to `SEATS` sources; each has a seat that only it writes, with a count, odd while it is held.

    Without a ``name`` a new line is made, and closing it ends it; with the `name` of one another process joins it.
    The last seat belongs to `sayso.hardware.ipc.outside_stop`, which also tells whether the loop has taken the last
    stop.
    """

    def __init__(self, name: str = "") -> None:
        self._shared = Shared((TAKEN_AT + 1) * WORD, name)
        self.name = self._shared.name

    def press(self, seat: int, now: float, hold: bool = False) -> None:
        """Press the stop at ``now`` s; with ``hold`` it stays pressed until `let_go`."""
        count = self._count(seat)
        self._shared.floats[SEATS + seat] = now
        self._shared.ints[seat] = count + (1 if hold and not count & 1 else 2)

    def let_go(self, seat: int) -> None:
        """The stop of this seat is not held any more; that moves nothing."""
        count = self._count(seat)
        self._shared.ints[seat] = count + (count & 1)

    def look(self) -> tuple[int, ...]:
        """The counts: different from an earlier look if the stop was pressed since, odd where it is held."""
        return _COUNTS.unpack_from(self._shared.bytes)

    def take(self) -> tuple[int, ...]:
        """The counts, for the loop alone: it leaves word that it has seen them."""
        counts = self.look()
        self._shared.ints[TAKEN_AT] = taken_mark(counts)
        return counts

    def leave(self) -> None:
        """The loop has ended and drives nothing any more."""
        self._shared.ints[TAKEN_AT] = 0

    def pressed_at(self) -> float:
        """When (s) the stop was pressed last by anybody; 0 if never."""
        return max(self._shared.floats[SEATS : 2 * SEATS])

    def close(self) -> None:
        """Let go of the memory; safe to call twice."""
        self._shared.close()

    def _count(self, seat: int) -> int:
        return self.look()[range(SEATS)[seat]]

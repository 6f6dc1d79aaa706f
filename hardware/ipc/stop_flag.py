"""The stop flag: words of shared memory that any process can set and the loop polls each cycle; no queue, no lock."""

from __future__ import annotations

from struct import Struct

from sayso.hardware.ipc.outside_stop import SEATS, TAKEN_AT, taken_mark
from sayso.hardware.ipc.shared_memory import WORD, Shared

_COUNTS = Struct(f"@{SEATS}Q")


class StopFlag:
    """Stop counts of up to `SEATS` sources, each writing only its own slot; a count is odd while its stop is held.

    Without a ``name`` a new flag is created, and closing removes it; with a `name` the process attaches to it.
    The last slot belongs to `sayso.hardware.ipc.outside_stop`, which can also wait for the loop's acknowledgment.
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
        """Release a held stop of this slot; the release moves nothing."""
        count = self._count(seat)
        self._shared.ints[seat] = count + (count & 1)

    def look(self) -> tuple[int, ...]:
        """The counts: changed if the stop was pressed since the last call, odd where the stop is held."""
        return _COUNTS.unpack_from(self._shared.bytes)

    def take(self) -> tuple[int, ...]:
        """The counts, for the loop alone: acknowledges them."""
        counts = self.look()
        self._shared.ints[TAKEN_AT] = taken_mark(counts)
        return counts

    def leave(self) -> None:
        """Record that the loop has ended and drives nothing."""
        self._shared.ints[TAKEN_AT] = 0

    def pressed_at(self) -> float:
        """Time (s) of the last press from any source; 0 if never pressed."""
        return max(self._shared.floats[SEATS : 2 * SEATS])

    def close(self) -> None:
        """Release the memory; safe to call twice."""
        self._shared.close()

    def _count(self, seat: int) -> int:
        return self.look()[range(SEATS)[seat]]

"""A ring of time-stamped text messages about an arm in shared memory, for the operator's display."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.ipc.shared_memory import WORD, Shared

SIZE, TEXT = 64, 248  # messages kept, and bytes of each; longer ones are cut


@dataclass(frozen=True, slots=True)
class Note:
    """A message, with its time ``t`` in s on the robot's clock."""

    t: float
    text: str


class EventRing:
    """The last `SIZE` messages; one process writes, any may read. Without a ``name`` the ring is created."""

    def __init__(self, name: str = "") -> None:
        self._shared = Shared(WORD + SIZE * (WORD + TEXT), name)
        self.name = self._shared.name
        self._seen = self._shared.ints[0]

    def add(self, t: float, text: str) -> None:
        """Add a message, overwriting the oldest if the ring is full; never waits."""
        count = self._shared.ints[0]
        at = WORD + count % SIZE * (WORD + TEXT)
        self._shared.floats[at // WORD] = t
        self._shared.bytes[at + WORD : at + WORD + TEXT] = text.encode()[:TEXT].ljust(TEXT, b"\0")
        self._shared.ints[0] = count + 1

    def new(self) -> list[Note]:
        """The messages since the last call, oldest first, without those overwritten meanwhile."""
        count = self._shared.ints[0]
        found = []
        for k in range(max(self._seen, count - SIZE), count):
            at = WORD + k % SIZE * (WORD + TEXT)
            text = bytes(self._shared.bytes[at + WORD : at + WORD + TEXT]).rstrip(b"\0").decode(errors="ignore")
            found.append(Note(self._shared.floats[at // WORD], text))
        self._seen = count
        return found

    def close(self) -> None:
        """Release the memory; safe to call twice."""
        self._shared.close()

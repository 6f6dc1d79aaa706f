"""The stop line pressed by a program outside of the session: standard library only, so that it starts at once."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import mmap

SEATS, WORD = 8, 8
OUTSIDE_SEAT = SEATS - 1  # of all programs outside of the session
TAKEN_AT = 2 * SEATS  # the word after counts and times: what the loop has taken
LOOK_S = 0.002
_NAME = re.compile(r"sayso-\d+-[0-9a-f]+")


def press_from_outside(name: str) -> bool:
    """Press the stop of the `StopFlag` called ``name``; False if there is none."""
    with _mapped(name) as memory:
        if memory is None:
            return False
        with memoryview(memory) as whole, whole.cast("Q") as counts, whole.cast("d") as times:
            times[SEATS + OUTSIDE_SEAT] = time.monotonic()
            # Two programs may press at once: a random step keeps the second from writing what the first one wrote.
            counts[OUTSIDE_SEAT] = (counts[OUTSIDE_SEAT] & ~1) + 2 * (1 + int.from_bytes(os.urandom(4)))
    return True


def taken_from_outside(name: str, until: float) -> bool:
    """Whether the loop of this stop line takes all stops pressed so far, ``until`` s of the monotonic clock at most.

    True also for a loop that has not begun, or a line that is gone: then nothing drives the arm.
    """
    with _mapped(name) as memory:
        if memory is None:
            return True
        with memoryview(memory) as whole, whole.cast("Q") as words:
            wanted = taken_mark(words[:SEATS])
            while words[TAKEN_AT] not in (0, wanted, taken_mark(words[:SEATS])):
                if time.monotonic() > until:
                    return False
                time.sleep(LOOK_S)
    return True


def taken_mark(counts: Iterable[int]) -> int:
    """What the loop writes once it has taken these counts: never 0, which stands there before its first cycle."""
    return sum(counts) % (1 << 63) + 1


@contextmanager
def _mapped(name: str) -> Iterator[mmap | None]:
    """The memory of a stop line, None if there is none.

    The file is mapped here, for Python's resource tracker would end the memory together with this program.
    """
    try:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError
        file = os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            memory = mmap(file, (TAKEN_AT + 1) * WORD)
        finally:
            os.close(file)
    except (OSError, ValueError):
        yield None
        return
    with memory:
        yield memory

"""Presses a session's stop flag from another program; standard library only, so that it starts quickly."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import mmap

SEATS, WORD = 8, 8
OUTSIDE_SEAT = SEATS - 1  # shared by all programs outside the session
TAKEN_AT = 2 * SEATS  # the word after counts and times: acknowledgment by the loop
LOOK_S = 0.002
_NAME = re.compile(r"sayso-\d+-[0-9a-f]+")


def press_from_outside(name: str) -> bool:
    """Press the `StopFlag` called ``name``; return False if there is none."""
    with _mapped(name) as memory:
        if memory is None:
            return False
        with memoryview(memory) as whole, whole.cast("Q") as counts, whole.cast("d") as times:
            times[SEATS + OUTSIDE_SEAT] = time.monotonic()
            # Two programs may press at once: random steps make two equal counts unlikely, so neither press is lost.
            counts[OUTSIDE_SEAT] = (counts[OUTSIDE_SEAT] & ~1) + 2 * (1 + int.from_bytes(os.urandom(4)))
    return True


def taken_from_outside(name: str, until: float) -> bool:
    """Wait until the loop has acknowledged all stops pressed so far; False at ``until`` s of the monotonic clock.

    True at once if the loop has not begun or the flag is gone: nothing drives the arm then.
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
    """The loop's acknowledgment of these counts; never 0, the value before the first cycle."""
    return sum(counts) % (1 << 63) + 1


@contextmanager
def _mapped(name: str) -> Iterator[mmap | None]:
    """The memory of a stop flag, None if there is none.

    Maps the file itself, because Python's resource tracker would remove the memory when this program ends.
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

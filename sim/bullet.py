"""PyBullet, without the build date that its C code writes to stderr when it is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def quiet(*streams: int) -> Iterator[None]:
    """What C code writes to these file descriptors meanwhile goes nowhere."""
    kept = []
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        with suppress(OSError):  # there is none
            kept.append((stream, os.dup(stream)))
            os.dup2(nowhere, stream)
    try:
        yield
    finally:
        for stream, copy in kept:
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)


with quiet(2):
    import pybullet

__all__ = ["pybullet", "quiet"]

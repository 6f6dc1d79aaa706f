"""Imports PyBullet without the build date that its C code writes to stderr."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def quiet(*streams: int) -> Iterator[None]:
    """Discard what C code writes to these file descriptors inside the block."""
    kept = []
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        with suppress(OSError):  # the descriptor is closed
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

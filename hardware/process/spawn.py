"""Processes started so that Ctrl-C does not reach them: whoever started them ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def interrupts_held() -> Iterator[None]:
    """What is started in here never gets Ctrl-C, which reaches every process of a terminal.

    One that is just being loaded could not ignore it yet, and would print where it was. In this process Ctrl-C is heard
    afterwards.
    """
    resource_tracker.ensure_running()  # which would let Ctrl-C through again once it had to be started in here
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

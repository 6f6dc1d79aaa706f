"""Starts processes that ignore Ctrl-C, so that their parent alone ends them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Block SIGINT in processes started inside the block; a terminal sends Ctrl-C to all its processes.

    A process that is still importing could not ignore SIGINT yet and would print a traceback. A Ctrl-C during the block
    reaches this process afterwards.
    """
    resource_tracker.ensure_running()  # starting it inside the block would unblock SIGINT
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

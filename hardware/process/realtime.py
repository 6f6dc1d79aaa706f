"""Making a process fit to keep a rate: no garbage collection, and real-time scheduling where the machine allows it."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

PRIORITY = 40


def may_keep_rate() -> str:
    """Whether this computer would give a loop real-time scheduling, in words; changes nothing."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        os.sched_setscheduler(0, *before)
    except OSError as error:
        return f"no real-time priority for this user ({error}): beside other work the loop may miss ticks"
    return f"real-time priority {PRIORITY} allowed"


def keep_rate(wanted: bool = True) -> str:
    """Prepare this process and say in words what came of it; never raises.

    Threads that a maker's library has started here come just below the caller's: at ordinary priority one that holds
    Python's lock would be kept from the processor by any other process, and the loop with it.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    if not wanted:
        return "ordinary scheduling"
    try:
        for thread in _other_threads():
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(PRIORITY - 1))
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except (AttributeError, OSError) as error:
        return f"ordinary scheduling: this computer allows no real-time priority ({error})"
    return f"real-time scheduling, priority {PRIORITY}"


def _other_threads() -> list[int]:
    here = threading.get_native_id()
    return [thread for task in Path("/proc/self/task").glob("*") if (thread := int(task.name)) != here]

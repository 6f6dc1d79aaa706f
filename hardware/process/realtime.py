"""Prepares a process to keep a rate: garbage collection off, real-time scheduling where the system allows it."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

PRIORITY = 40


def may_keep_rate() -> str:
    """Describe whether this user may get real-time scheduling; changes nothing."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        os.sched_setscheduler(0, *before)
    except OSError as error:
        return f"no real-time priority for this user ({error}): beside other work the loop may miss ticks"
    return f"real-time priority {PRIORITY} allowed"


def keep_rate(wanted: bool = True) -> str:
    """Prepare this process and describe the result; never raises.

    Threads that a maker's library has started get a priority just below the caller's. At ordinary priority, any other
    process could preempt a thread that holds Python's lock, and so block the loop.
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

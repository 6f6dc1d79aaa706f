"""How long a thread keeps the processor at a time. Who asks for short turns is let in sooner; it takes no privilege.

Linux gives the processor to whoever's turn would end first (EEVDF: Stoica and Abdel-Wahab 1995), and since 6.12 lets a
process say how long its turns are (sched(7), sched_setattr(2)). Older kernels take no notice.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from pathlib import Path

SHORT_S = 1e-4  # the shortest there is
_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}  # the C library has had no name for it until lately
_ATTR = struct.Struct("=IIQiIQQQ")  # size, policy, flags, nice, priority, runtime, deadline, period


def take_turns(seconds: float = 0.0, thread: int = 0) -> bool:
    """Turns of ``seconds`` from now on for ``thread``, 0: the caller, and what it starts; 0 s: the usual ones.

    For ordinary scheduling only; any other stays as it is. Returns whether the system took it; never raises.
    """
    number = _SETATTR.get(platform.machine())
    if number is None or platform.system() != "Linux":
        return False
    try:
        nice, policy = os.getpriority(os.PRIO_PROCESS, thread), os.sched_getscheduler(thread)
    except OSError:
        return False
    if policy != os.SCHED_OTHER:
        return False
    attributes = _ATTR.pack(_ATTR.size, policy, 0, nice, 0, round(seconds * 1e9), 0, 0)
    return bool(ctypes.CDLL(None).syscall(number, thread, ctypes.create_string_buffer(attributes, _ATTR.size), 0) == 0)


def all_threads() -> list[int]:
    """The threads of this process, by the numbers that the system gives them."""
    return [int(task.name) for task in Path("/proc/self/task").glob("*")]

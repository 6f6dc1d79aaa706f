"""CPU wait time of a process, to distinguish an overloaded computer from a lost camera."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def waited_s(pid: int | None, proc: Path = PROC) -> float:
    """Total seconds that the process ``pid`` was runnable without a CPU (Linux, proc(5): run delay in schedstat);
    0 where unavailable.
    """
    try:
        return int((proc / str(pid) / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0

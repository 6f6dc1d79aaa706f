"""How long a process has waited for a processor: a slow computer is no lost camera."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def waited_s(pid: int | None, proc: Path = PROC) -> float:
    """Seconds that the process ``pid`` was ready to run and had no processor since it began (Linux, proc(5): the run
    delay of schedstat); 0 where nobody says.
    """
    try:
        return int((proc / str(pid) / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0

"""CPU steal: processor time that the host of a virtual machine withholds; no priority helps against it."""

from __future__ import annotations

from pathlib import Path

STAT = Path("/proc/stat")
_IDLE, _IO_WAIT, _STEAL, _COLUMNS = 3, 4, 7, 8
Ticks = tuple[int, int]


def ticks() -> Ticks:
    """Busy ticks since boot and stolen ticks among them (proc(5)); (0, 0) if unknown."""
    try:
        columns = [int(v) for v in STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1 : 1 + _COLUMNS]]
    except (OSError, ValueError):
        return 0, 0
    if len(columns) < _COLUMNS:
        return 0, 0
    return sum(columns) - columns[_IDLE] - columns[_IO_WAIT], columns[_STEAL]


def kept(before: Ticks, after: Ticks) -> float:
    """The stolen share between two readings, in 0..1."""
    wanted, stolen = (b - a for a, b in zip(before, after, strict=True))
    return stolen / wanted if wanted > 0 else 0.0

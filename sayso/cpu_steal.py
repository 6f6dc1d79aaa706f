"""What the host of a virtual computer keeps of the time that this one wanted: no priority helps against it."""

from __future__ import annotations

from pathlib import Path

STAT = Path("/proc/stat")
_IDLE, _IO_WAIT, _STEAL, _COLUMNS = 3, 4, 7, 8
Ticks = tuple[int, int]


def ticks() -> Ticks:
    """Ticks that processes have wanted since this computer was started, and those of them that the host kept (proc(5)).

    (0, 0) where nobody says.
    """
    try:
        columns = [int(v) for v in STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1 : 1 + _COLUMNS]]
    except (OSError, ValueError):
        return 0, 0
    if len(columns) < _COLUMNS:
        return 0, 0
    return sum(columns) - columns[_IDLE] - columns[_IO_WAIT], columns[_STEAL]


def kept(before: Ticks, after: Ticks) -> float:
    """The share that the host kept between two looks, in 0..1."""
    wanted, stolen = (b - a for a, b in zip(before, after, strict=True))
    return stolen / wanted if wanted > 0 else 0.0

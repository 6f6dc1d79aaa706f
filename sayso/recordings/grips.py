"""Finds where a gripper takes something and lets go, from its opening and, where recorded, from its command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array

SWING = 0.08
"""Smallest change of the opening that is a closing or an opening, as a share of the largest opening."""
HELD, SQUEEZED = 0.04, 0.04
ARRIVED = 0.15
"""A closing has ended when this share of its way is left, an opening has begun when it has gone this far."""


@dataclass(frozen=True, slots=True)
class Grip:
    """A grasp or release from frame ``begin`` to ``end``; ``opening`` is the one while holding, 0 to 1."""

    kind: Literal["grasp", "release"]
    begin: int
    end: int
    opening: float


def find_grips(opening: Array, commanded: Array | None = None) -> list[Grip]:
    """Grasps and releases, in turn, of a gripper with the ``opening`` (T,), 0 shut to 1, and its command (T,).

    A closing is a grasp if the gripper is commanded to close further than it can; where a recording's commands only
    repeat what was measured, or there are none, if the gripper stops before it is shut.
    """
    smooth = _median(np.asarray(opening, np.float64))
    turns = _turns(smooth)
    swings = [_swing(smooth, turns, k, commanded) for k in range(len(turns) - 1)]
    tells = any(swing.squeeze > SQUEEZED for swing in swings if swing.closes)
    out: list[Grip] = []
    for swing in swings:
        holding = bool(out) and out[-1].kind == "grasp"
        held = swing.squeeze > SQUEEZED if tells else swing.at_rest > HELD
        if swing.closes and held and not holding:
            out.append(Grip("grasp", swing.begin, swing.end, swing.at_rest))
        elif holding and not swing.closes:
            out.append(Grip("release", swing.begin, swing.end, out[-1].opening))
    return out


@dataclass(frozen=True, slots=True)
class _Swing:
    """A closing or opening; ``at_rest`` is the opening after it, ``squeeze`` how much further the command goes then."""

    closes: bool
    begin: int
    end: int
    at_rest: float
    squeeze: float


def _swing(smooth: Array, turns: list[int], k: int, commanded: Array | None) -> _Swing:
    first, last = turns[k], turns[k + 1]
    begin, end = _span(smooth, first, last)
    until = _span(smooth, last, turns[k + 2])[0] if k + 2 < len(turns) else len(smooth)
    rest = slice(end, max(until, end + 1))
    at_rest = float(np.median(smooth[rest]))
    squeeze = 0.0 if commanded is None else at_rest - float(np.median(np.asarray(commanded)[rest]))
    return _Swing(bool(smooth[last] < smooth[first]), begin, end, at_rest, squeeze)


def _turns(values: Array) -> list[int]:
    """Frames at which the direction turns, without swings smaller than `SWING`; first and last frame included."""
    turns, low, high, direction = [0], 0, 0, 0
    for i, value in enumerate(values.tolist()):
        low = i if value < values[low] else low
        high = i if value > values[high] else high
        if direction <= 0 and value - values[low] >= SWING:
            if direction < 0 or low > 0:
                turns.append(low)
            direction, high = 1, i
        elif direction >= 0 and values[high] - value >= SWING:
            if direction > 0 or high > 0:
                turns.append(high)
            direction, low = -1, i
    if direction:
        turns.append(high if direction > 0 else low)
    return turns


def _span(values: Array, first: int, last: int) -> tuple[int, int]:
    """Where the change between two turns begins and ends."""
    last = min(last, len(values) - 1)
    gone = np.abs(values[first : last + 1] - values[first])
    way = gone[-1] or 1.0
    begun = first + int(np.argmax(gone > ARRIVED * way))
    ended = first + int(np.argmax(gone >= (1 - ARRIVED) * way))
    return begun, ended


def _median(values: Array, width: int = 5) -> NDArray[np.float64]:
    padded = np.pad(values, width // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))

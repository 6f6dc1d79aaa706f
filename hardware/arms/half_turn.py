"""The way in which a hand with two fingers turns: half a turn leaves it as it was."""

from __future__ import annotations

from math import pi

FARTHEST = 1.75  # rad from the neutral heading: farther round the wrist ends
NEUTRAL = 0.5  # how much less a turn back to the neutral heading costs than one away from it


def quarter_turn(yaw: float, tool_yaw: float) -> float:
    """The smallest turn (rad) of a hand at heading ``tool_yaw`` to an edge of a block at ``yaw``, modulo 90°."""
    return (yaw - tool_yaw + pi / 4) % (pi / 2) - pi / 4


def half_turn(yaw: float, tool_yaw: float) -> float:
    """The turn (rad) of a hand at heading ``tool_yaw`` to ``yaw``, modulo 180°: a small one, and near to neutral."""
    base = (yaw - tool_yaw + pi / 2) % pi - pi / 2
    return min((base - pi, base, base + pi), key=lambda turn: turn_cost(turn, tool_yaw))


def turn_cost(turn: float, tool_yaw: float) -> float:
    """What a ``turn`` (rad) costs a hand at ``tool_yaw``, in rad."""
    ends = abs(tool_yaw + turn)
    return abs(turn) + NEUTRAL * ends + (10.0 if ends > FARTHEST else 0.0)

"""A grasp from above: where the fingers take a thing."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.types import Array


@dataclass(frozen=True, slots=True)
class Grasp:
    """Where the fingers take a thing from above.

    ``position`` (3,) m is the point midway between the fingertips when they close, base frame, where the arm's tool
    point goes; ``yaw`` rad, modulo
    180°, is the heading of the line along which they close; ``width`` m is what lies between them; ``quality`` 0..1 is
    the probability that the thing is lifted and held.
    """

    position: Array
    yaw: float
    width: float
    quality: float

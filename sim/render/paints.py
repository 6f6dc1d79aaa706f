"""Random paints for training: each color name in all its shades, alone or in patterns."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray

from sayso.sim.things.paint import COLOR_NAMES, PATTERNS, Paint, painted

# Hue (degrees), saturation and value of what people call by each name; between the ranges lies what they argue about.
RANGES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-8, 9), (0.65, 1.0), (0.38, 0.95)),
    "orange": ((18, 34), (0.72, 1.0), (0.78, 1.0)),
    "yellow": ((45, 62), (0.5, 1.0), (0.75, 1.0)),
    "green": ((80, 160), (0.3, 1.0), (0.2, 0.9)),
    "cyan": ((168, 192), (0.4, 1.0), (0.5, 0.95)),
    "blue": ((205, 245), (0.45, 1.0), (0.22, 0.95)),
    "purple": ((262, 295), (0.35, 1.0), (0.25, 0.8)),
    "pink": ((315, 350), (0.25, 0.6), (0.8, 1.0)),
    "brown": ((12, 35), (0.45, 0.8), (0.2, 0.48)),
    "gray": ((0, 360), (0.0, 0.10), (0.28, 0.62)),
    "white": ((0, 360), (0.0, 0.08), (0.84, 1.0)),
    "black": ((0, 360), (0.0, 0.35), (0.02, 0.13)),
}
PLAIN = 0.5


def shades(rng: np.random.Generator) -> NDArray[np.float32]:
    """One shade (3,) sRGB in 0..1 of every color, in the order of `COLOR_NAMES`."""
    out = []
    for name in COLOR_NAMES:
        hue, saturation, value = (float(rng.uniform(*limits)) for limits in RANGES[name])
        out.append(colorsys.hsv_to_rgb(hue / 360 % 1.0, saturation, value))
    return np.array(out, dtype=np.float32)


def random_paint(rng: np.random.Generator) -> Paint:
    """A paint in one color, with print, or with a pattern."""
    pattern = "plain" if rng.random() < PLAIN else str(rng.choice(PATTERNS[1:]))
    return painted(str(rng.choice(COLOR_NAMES)), pattern, rng, shades(rng))

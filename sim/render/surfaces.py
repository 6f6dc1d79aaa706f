"""Colors of tables, floors and walls: images made from noise, grain and patterns."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.sim.scenes.palette import ALL_COLORS
from sayso.sim.things.paint import painted

SIDE = 192
PRINTS = ("stripes", "checks", "dots", "print")


@dataclass(frozen=True, slots=True)
class Surface:
    """A rectangle in space: ``center`` (3,) m, unit axes ``across`` and ``along`` (3,), ``half`` extents (2,) m.

    ``image`` (n, n, 3) float32 sRGB in 0..1 is repeated every ``repeat`` m. A ``blind`` one, as of glass, gives depth
    cameras little.
    """

    center: Array
    across: Array
    along: Array
    half: Array
    image: NDArray[np.float32]
    repeat: float
    blind: bool = False

    @property
    def normal(self) -> Array:
        """The unit normal (3,)."""
        return np.cross(self.across, self.along)

    def color_at(self, places: NDArray) -> NDArray[np.float32]:
        """The color (n, 3) at ``places`` (n, 2) m from the center."""
        index = (places / self.repeat * len(self.image)).astype(np.int64) % len(self.image)
        return self.image[index[:, 1], index[:, 0]]


def noise(rng: np.random.Generator, side: int, cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise (side, side) in about -1..1 with ``cells`` (rows, columns) of detail; opposite edges differ."""
    return np.asarray(
        cv2.resize(rng.uniform(-1, 1, cells).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    )


def table_image(rng: np.random.Generator) -> NDArray[np.float32]:
    """A table top: wood, plain, stone, or a printed cloth; sometimes with sheets of paper on it."""
    way = rng.random()
    if way < 0.35:  # wood
        base = np.array([0.62, 0.45, 0.30]) * rng.uniform(0.45, 1.4) + rng.uniform(-0.06, 0.06, 3)
        grain = [noise(rng, SIDE, (int(n), 3)) / k for k, n in enumerate(rng.integers(12, 100, 4), 1)]
        swing = 0.5 * np.sum(grain, axis=0)
        if rng.random() < 0.5:
            swing[:: int(rng.integers(30, 90))] -= 1.5  # gaps between boards
    elif way < 0.75:  # plain or stone
        base = np.repeat(rng.uniform(0.03, 0.97), 3) + rng.uniform(-0.06, 0.06, 3)
        if rng.random() < 0.4:
            base = rng.uniform(0.05, 0.95, 3)
        swing = noise(rng, SIDE, (4, 4)) * 0.3 + noise(rng, SIDE, (64, 64)) * rng.uniform(0, 0.8)
    else:
        cloth = painted(str(rng.choice(list(ALL_COLORS))), str(rng.choice(PRINTS)), rng)
        image = cv2.resize(cloth.shades[cloth.names], (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
        return np.asarray(np.clip(image * rng.uniform(0.6, 1.05), 0, 1), np.float32)
    out = np.clip(base, 0.02, 1) * (1 + rng.uniform(0.02, 0.25) * swing[..., None])
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 5))):
            _sheet(out, rng)
    return np.clip(out, 0, 1).astype(np.float32)


def _sheet(image: NDArray, rng: np.random.Generator) -> None:
    """A flat sheet of paper or a mat, plain or printed, at any angle."""
    size = rng.integers(10, 60, 2)
    corners = cv2.boxPoints(
        ((float(rng.uniform(0, SIDE)), float(rng.uniform(0, SIDE))), size.tolist(), float(rng.uniform(0, 90)))
    )
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, corners.astype(np.int32), 1)
    cloth = painted(str(rng.choice(list(ALL_COLORS))), str(rng.choice(("plain", *PRINTS))), rng)
    tiled = np.tile(cloth.shades[cloth.names], (3, 3, 1))[:SIDE, :SIDE]
    image[mask == 1] = tiled[mask == 1]


def wall_image(rng: np.random.Generator) -> NDArray[np.float32]:
    """A wall or floor: blurred patches of any color, as a room out of focus."""
    cells = rng.uniform(0, 1, (*rng.integers(2, 12, 2), 3)).astype(np.float32)
    patches = cv2.resize(cells, (SIDE, SIDE), interpolation=int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR])))
    gray = patches.mean(-1, keepdims=True)
    vivid = rng.uniform(0, 0.6)
    return np.clip((vivid * patches + (1 - vivid) * gray) * rng.uniform(0.3, 1.1), 0, 1).astype(np.float32)

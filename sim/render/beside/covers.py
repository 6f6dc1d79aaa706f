"""What walls and furniture are covered with: paint, paper, tiles, wood, cloth, doors, glass."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.sim.render.surfaces import PRINTS, SIDE, Surface, noise, table_image, wall_image
from sayso.sim.scenes.palette import ALL_COLORS
from sayso.sim.things.paint import painted

Image = NDArray[np.float32]
WHITE = 0.5  # share of covers that are nearly white or gray, as most walls are
GROOVE = 3  # pixels between tiles or doors


@dataclass(frozen=True, slots=True)
class Cover:
    """An ``image`` (n, n, 3) sRGB in 0..1, repeated every ``repeat`` m; a ``blind`` one gives depth cameras nothing."""

    image: Image
    repeat: float
    blind: bool = False

    def on(self, center: Array, across: Array, along: Array, half: Array) -> Surface:
        """The rectangle that is covered with it."""
        return Surface(center, across, along, half, self.image, self.repeat, self.blind)


def tone(rng: np.random.Generator) -> Image:
    """A color (3,) of walls and furniture, mostly without much hue."""
    gray = np.full(3, rng.uniform(0.06, 1.0) if rng.random() < 0.5 else rng.uniform(0.7, 1.0))
    hue = rng.uniform(0.05, 0.95, 3)
    share = rng.uniform(0, 0.1) if rng.random() < WHITE else rng.uniform(0.2, 1.0)
    return np.asarray((1 - share) * gray + share * hue, np.float32)


def plain(rng: np.random.Generator) -> Cover:
    """Paint or plastic, a little uneven."""
    swing = 0.04 * noise(rng, SIDE, (4, 4)) + rng.uniform(0, 0.06) * noise(rng, SIDE, (96, 96))
    return Cover(_bounded(tone(rng) * (1 + swing[..., None])), 1.5)


def tiles(rng: np.random.Generator) -> Cover:
    """Tiles, bricks or panels with grooves."""
    across, down = (int(n) for n in rng.choice([2, 4, 6, 8], 2))
    row, column = np.indices((SIDE, SIDE))
    shift = (row * down // SIDE % 2) * (SIDE // across // 2) * int(rng.random() < 0.4)
    number = (row * down // SIDE) * across + (column + shift) * across // SIDE % across
    shade = 1 + rng.uniform(0, 0.12) * rng.standard_normal(across * down)
    image = tone(rng) * shade[number][..., None]
    groove = (row % (SIDE // down) < GROOVE) | ((column + shift) % (SIDE // across) < GROOVE)
    image[groove] = tone(rng)
    return Cover(_bounded(image), float(rng.uniform(0.08, 0.3)) * max(across, down))


def paper(rng: np.random.Generator) -> Cover:
    """Wallpaper or cloth with a print, loud or hardly seen."""
    print_ = painted(str(rng.choice(list(ALL_COLORS))), str(rng.choice(PRINTS)), rng)
    image = cv2.resize(print_.shades[print_.names], (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    share = rng.uniform(0.05, 0.6)
    return Cover(_bounded(share * image + (1 - share) * tone(rng)), float(rng.uniform(0.15, 0.9)))


def wood(rng: np.random.Generator) -> Cover:
    """What tables are made of, too."""
    return Cover(table_image(rng), float(rng.uniform(0.4, 1.5)))


def blurred(rng: np.random.Generator) -> Cover:
    """Patches of any color, as a room out of focus."""
    return Cover(wall_image(rng), float(rng.uniform(1.0, 3.0)))


def glass(rng: np.random.Generator) -> Cover:
    """A window pane: what is outside is seen, and depth cameras measure nothing."""
    sky = np.linspace(rng.uniform(0.2, 0.9), rng.uniform(0.6, 1.0), SIDE)[:, None, None] * np.ones((1, SIDE, 3))
    image = np.where(noise(rng, SIDE, (5, 5))[..., None] > rng.uniform(-0.2, 0.8), sky, wall_image(rng))
    return Cover(_bounded(image), float(rng.uniform(0.5, 1.5)), blind=True)


def dark(rng: np.random.Generator) -> Cover:
    """A switched-off screen or black leather, of which depth cameras get little."""
    return Cover(
        _bounded(rng.uniform(0.01, 0.08) * (1 + 0.2 * noise(rng, SIDE, (4, 4))[..., None].repeat(3, -1))), 1.0, True
    )


def any_wall(rng: np.random.Generator) -> Cover:
    """A wall's cover."""
    return [plain, tiles, paper, wood, blurred][rng.choice(5, p=[0.45, 0.2, 0.15, 0.08, 0.12])](rng)


def any_furniture(rng: np.random.Generator) -> Cover:
    """A piece of furniture's cover."""
    return [plain, wood, paper, dark, blurred][rng.choice(5, p=[0.45, 0.25, 0.12, 0.1, 0.08])](rng)


def _bounded(image: NDArray) -> Image:
    return np.clip(image, 0, 1).astype(np.float32)

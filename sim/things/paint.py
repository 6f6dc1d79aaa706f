"""The surface of a thing: one color, a pattern, or a printed label, with the name of the color at every place."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.sim.scenes.palette import ALL_COLORS, MIXED

SIDE = 64
COLOR_NAMES: tuple[str, ...] = tuple(ALL_COLORS)
PATTERNS = ("plain", "label", "stripes", "checks", "dots", "print")


@dataclass(frozen=True, slots=True)
class Paint:
    """``names`` (`SIDE`, `SIDE`) uint8 are indices of `COLOR_NAMES`, ``shades`` (n, 3) the sRGB of each in 0..1."""

    names: NDArray[np.uint8]
    shades: NDArray[np.float32]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The texture (`SIDE`, `SIDE`, 3) in sRGB."""
        return np.asarray(np.clip(self.shades[self.names] * 255, 0, 255), dtype=np.uint8)


def painted(color: str, pattern: str, rng: np.random.Generator, shades: NDArray[np.float32] | None = None) -> Paint:
    """A surface with the main color ``color``, any if it is `MIXED`; ``shades`` as in `Paint`, None: the palette's."""
    if shades is None:
        shades = np.array(list(ALL_COLORS.values()), dtype=np.float32)
    main = int(rng.integers(len(COLOR_NAMES))) if color == MIXED else COLOR_NAMES.index(color)
    others = rng.permutation([i for i in range(len(COLOR_NAMES)) if i != main])[:3].tolist()
    names = np.full((SIDE, SIDE), main, dtype=np.uint8)
    draw = {"label": _label, "stripes": _stripes, "checks": _checks, "dots": _dots, "print": _print}
    if pattern in draw:
        draw[pattern](names, others, rng)
    return Paint(names, shades)


def _stripes(names: NDArray[np.uint8], others: list[int], rng: np.random.Generator) -> None:
    period, width = int(rng.integers(8, 33)), int(rng.integers(3, 17))
    for k in range(int(rng.integers(0, 8)), SIDE, period):
        band = slice(k, k + width)
        names[band if rng.random() < 0.9 else slice(0, 0)] = others[0]
    if rng.random() < 0.5:
        names[:] = names.T.copy()


def _checks(names: NDArray[np.uint8], others: list[int], rng: np.random.Generator) -> None:
    step = int(rng.integers(6, 22))
    row, column = np.indices(names.shape) // step
    names[(row + column) % 2 == 1] = others[0]


def _dots(names: NDArray[np.uint8], others: list[int], rng: np.random.Generator) -> None:
    step = int(rng.integers(10, 24))
    for y in range(step // 2, SIDE, step):
        for x in range(step // 2, SIDE, step):
            cv2.circle(names, (x, y), int(0.3 * step), int(others[0]), -1)


def _label(names: NDArray[np.uint8], others: list[int], rng: np.random.Generator) -> None:
    """A band or a field of another color with print on it."""
    top, height = int(rng.integers(4, 24)), int(rng.integers(16, 44))
    left, width = (0, SIDE) if rng.random() < 0.6 else (int(rng.integers(0, 16)), int(rng.integers(24, 48)))
    field = names[top : top + height, left : left + width]
    field[:] = others[0]
    _print(field, others[1:], rng)


def _print(names: NDArray[np.uint8], others: list[int], rng: np.random.Generator) -> None:
    """Words, lines of small text, and pictures."""
    height, width = names.shape
    field = names.copy()
    for _ in range(int(rng.integers(1, 4))):
        a = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        b = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        if rng.random() < 0.5:
            cv2.rectangle(field, a, b, int(rng.choice(others)), -1)
        else:
            cv2.ellipse(
                field, a, (int(rng.integers(3, 14)), int(rng.integers(3, 10))), 0, 0, 360, int(rng.choice(others)), -1
            )
    word = "".join(chr(int(c)) for c in rng.integers(65, 91, int(rng.integers(2, 7))))
    place = (int(rng.integers(0, max(width // 3, 1))), int(rng.integers(min(8, height - 1), height)))
    cv2.putText(
        field,
        word,
        place,
        cv2.FONT_HERSHEY_SIMPLEX,
        float(rng.uniform(0.3, 0.9)),
        int(rng.choice(others)),
        int(rng.integers(1, 3)),
    )
    for row in range(int(rng.integers(0, height)), height - 1, 3):
        field[row, int(rng.integers(0, 6)) : width - int(rng.integers(0, 12)) : int(rng.choice([1, 2]))] = others[0]
        if rng.random() < 0.2:
            break
    names[:] = field


def texture_places(points: Array, normals: Array, size: Array, round_label: bool) -> Array:
    """Where on the texture, (…, 2) in 0..1 from the top left, the ``points`` (…, 3) of a surface lie.

    ``points`` and unit ``normals`` are in the thing's own frame, about the middle of its extents ``size`` (3,).
    """
    share = points / np.asarray(size) + 0.5
    if round_label:
        around = np.arctan2(points[..., 1], points[..., 0]) / (2 * np.pi) * 2 % 1.0
        side = np.stack([around, 1 - share[..., 2]], -1)
        lid = np.stack([share[..., 0], share[..., 1]], -1)
        return np.where(np.abs(normals[..., 2:]) > 0.8, lid, side)
    axis = np.abs(normals).argmax(-1)[..., None]
    x, y, z = (share[..., i : i + 1] for i in range(3))
    flat = np.where(axis == 0, np.concatenate([y, 1 - z], -1), np.concatenate([x, 1 - z], -1))
    return np.where(axis == 2, np.concatenate([x, y], -1), flat)

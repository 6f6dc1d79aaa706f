"""How a family of models writes a point of a picture; here a point is (u, v), 0 to 1 from the left and from the top.

The forms are those of the models' own pages: Gemini Robotics-ER, Qwen2.5-VL, Qwen3-VL and GLM-V, Molmo, and LeRobot's
questions about pictures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
_TAG = re.compile(r"<point\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b([xy])\d*\s*=\s*[\"']?\s*(-?\d+(?:\.\d+)?)")
_POINTS = ("at", "point", "point_2d", "coordinate")
_BOXES = ("box_2d", "bbox_2d", "box", "bbox")
SLACK = 0.02
"""A point this far outside the picture, as a fraction of it, is on its edge."""


@dataclass(frozen=True, slots=True)
class Convention:
    """The order and the scale in which a model writes the coordinates of a point.

    ``scale`` is the number at the right and lower edge; None: the picture's size in pixels, to the nearest multiple of
    ``multiple``, as a model resizes its input.
    """

    name: str
    scale: float | None = 1.0
    x_first: bool = True
    multiple: int = 1

    def ends(self, size: tuple[int, int]) -> Point:
        """The numbers at the right and at the lower edge of a picture ``size`` (width, height) in pixels."""
        if self.scale is not None:
            return self.scale, self.scale
        width, height = (max(self.multiple, round(side / self.multiple) * self.multiple) for side in size)
        return float(width), float(height)

    def point(self, numbers: Sequence[object], size: tuple[int, int]) -> Point:
        """The point, or the middle of the box, that two or four ``numbers`` write. Raises ValueError."""
        read = [float(n) for n in numbers if isinstance(n, int | float) and not isinstance(n, bool)]
        if len(read) != len(numbers) or len(read) not in (2, 4):
            raise ValueError(f"a point is two numbers and a box four; got {str(list(numbers))[:60]}")
        if len(read) == 4:
            read = [(read[0] + read[2]) / 2, (read[1] + read[3]) / 2]
        x, y = read if self.x_first else reversed(read)
        across, down = self.ends(size)
        u, v = x / across, y / down
        if not (-SLACK <= u <= 1 + SLACK and -SLACK <= v <= 1 + SLACK):
            raise ValueError(f"the point {str(list(numbers))[:60]} is outside of the picture; write {self.said(size)}")
        return min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)

    def write(self, point: Point, size: tuple[int, int]) -> list[float]:
        """The numbers of ``point``."""
        across, down = self.ends(size)
        digits = 3 if self.scale == 1.0 else 1
        x, y = round(point[0] * across, digits), round(point[1] * down, digits)
        return [x, y] if self.x_first else [y, x]

    def said(self, size: tuple[int, int]) -> str:
        """How to write a point, for a model."""
        across, down = self.ends(size)
        order = "[x, y]" if self.x_first else "[y, x]"
        return (
            f"{order}, x from 0 at the left to {across:g} at the right, y from 0 at the top to {down:g} at the bottom"
        )


UNIT = Convention("fractions")
GEMINI = Convention("thousandths, y first", 1000.0, x_first=False)
QWEN3 = Convention("thousandths", 1000.0)
QWEN25 = Convention("pixels of the resized picture", None, multiple=28)
MOLMO = Convention("percent", 100.0)
LEROBOT = Convention("pixels", None)
CONVENTIONS = (UNIT, GEMINI, QWEN3, QWEN25, MOLMO, LEROBOT)
_FAMILIES = (
    (r"gemini|robotics-er|paligemma", GEMINI),
    (r"qwen-?2(\.5)?-?vl|cosmos-reason|ui-tars", QWEN25),
    (r"qwen-?3|glm-?4|internvl", QWEN3),
    (r"molmo", MOLMO),
    (r"lerobot|smolvl|pi0", LEROBOT),
)


def convention_of(model: str) -> Convention:
    """The convention of a model's family, by the model's name; `UNIT` for an unknown one."""
    return next((found for names, found in _FAMILIES if re.search(names, model.lower())), UNIT)


def pointed(found: object, convention: Convention, size: tuple[int, int]) -> Point | None:
    """The point that a model's JSON or tag writes in whichever of the known forms; None if it writes none.

    ``size`` is the picture's (width, height) in pixels. Raises ValueError for a point outside of it.
    """
    if isinstance(found, str):
        tag = _TAG.search(found)
        said = dict(reversed(_ATTRIBUTE.findall(tag[1]))) if tag else {}
        return MOLMO.point([float(said["x"]), float(said["y"])], size) if len(said) == 2 else None
    if not isinstance(found, Mapping):
        return None
    for keys in (_POINTS, _BOXES):
        for key in keys:
            if isinstance(numbers := found.get(key), list):
                return convention.point(numbers, size)
    if {"u", "v"} <= set(found):
        return UNIT.point([found["u"], found["v"]], size)
    if {"x", "y"} <= set(found):
        x_y = [found["x"], found["y"]]
        return convention.point(x_y if convention.x_first else x_y[::-1], size)
    return None

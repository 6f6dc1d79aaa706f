"""A small canvas on OpenCV: anti-aliased shapes and text, drawn at twice the size and scaled down."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.report.theme import INK, PAPER, Color

SCALE = 2
REGULAR, BOLD = 400, 600
# Longer than any picture is wide, so a longer text is not measured to its end.
MAX_CHARS = 500
Point = tuple[float, float]


class Canvas:
    """Coordinates are pixels of the finished picture, x to the right, y down; colors are sRGB 0..255."""

    def __init__(self, width: int, height: int, color: Color = PAPER) -> None:
        self.width, self.height = width, height
        self._image = np.full((height * SCALE, width * SCALE, 3), color, dtype=np.uint8)

    def image(self) -> NDArray[np.uint8]:
        """The finished picture, (H, W, 3) uint8 RGB."""
        return cv2.resize(self._image, (self.width, self.height), interpolation=cv2.INTER_AREA).astype(np.uint8)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, color: Color, radius: float = 0, alpha: float = 1.0
    ) -> None:
        """A filled rectangle with rounded corners; ``alpha`` below 1 is transparent."""
        self.polygon(_rounded(left, top, right, bottom, radius), color, alpha)

    def frame(self, left: float, top: float, right: float, bottom: float, color: Color, radius: float = 0) -> None:
        """The outline of a rounded rectangle, one and a half pixels wide."""
        points = _fixed(_rounded(left, top, right, bottom, radius))
        cv2.polylines(self._image, [points], True, color, round(1.5 * SCALE), cv2.LINE_AA, shift=4)

    def polygon(self, points: Sequence[Point], color: Color, alpha: float = 1.0) -> None:
        """A filled polygon."""
        fixed = _fixed(points)
        if alpha >= 1:
            cv2.fillPoly(self._image, [fixed], color, cv2.LINE_AA, shift=4)
            return
        low = np.maximum(fixed.min(0) // 16 - 1, 0)
        high = fixed.max(0) // 16 + 2
        part = self._image[low[1] : high[1], low[0] : high[0]]
        if part.size:
            drawn = part.copy()
            cv2.fillPoly(drawn, [fixed - low * 16], color, cv2.LINE_AA, shift=4)
            cv2.addWeighted(drawn, alpha, part, 1 - alpha, 0, dst=part)

    def line(self, points: Sequence[Point], color: Color, width: float = 1.0) -> None:
        """A line through ``points``."""
        thick = max(1, round(width * SCALE))
        cv2.polylines(self._image, [_fixed(points)], False, color, thick, cv2.LINE_AA, shift=4)

    def dashes(self, start: Point, end: Point, color: Color, width: float = 1.0, dash: float = 4.0) -> None:
        """A dashed straight line."""
        a, b = np.array(start), np.array(end)
        count = max(1, int(np.hypot(*(b - a)) / (2 * dash)))
        for i in range(count):
            p, q = a + (b - a) * (2 * i / (2 * count)), a + (b - a) * ((2 * i + 1) / (2 * count))
            self.line([tuple(p), tuple(q)], color, width)

    def hatch(self, left: float, top: float, right: float, bottom: float, color: Color, gap: float = 6.0) -> None:
        """Slanted lines that fill a rectangle."""
        tall = bottom - top
        start = left - tall
        while start < right:
            x0, x1 = max(start, left), min(start + tall, right)
            if x1 > x0:
                self.line([(x0, bottom - (x0 - start)), (x1, bottom - (x1 - start))], color, 1.0)
            start += gap

    def circle(self, center: Point, radius: float, color: Color) -> None:
        """A filled circle."""
        x, y = _fixed([center])[0]
        cv2.circle(self._image, (int(x), int(y)), round(radius * SCALE * 16), color, -1, cv2.LINE_AA, shift=4)

    def picture(self, rgb: NDArray[np.uint8], left: int, top: int) -> None:
        """Draw a picture (H, W, 3) at its own size."""
        big = cv2.resize(rgb, (rgb.shape[1] * SCALE, rgb.shape[0] * SCALE), interpolation=cv2.INTER_NEAREST)
        self._image[top * SCALE : top * SCALE + big.shape[0], left * SCALE : left * SCALE + big.shape[1]] = big

    def text(
        self, text: str, at: Point, size: float = 14, color: Color = INK, weight: int = REGULAR, anchor: str = "left",
        most: float | None = None,
    ) -> float:  # fmt: skip
        """Write one line with its baseline at ``at`` and return its width; cut short with "…" beyond ``most`` pixels.

        ``anchor`` says which end of the line is at ``at``: left, middle or right.
        """
        text = "".join(c if c.isprintable() else " " for c in text)
        if most is not None:
            text = shortened(text, most, size, weight)
        width = text_width(text, size, weight)
        left = at[0] - {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor] * width
        _put_text(self._image, text, (round(left * SCALE), round(at[1] * SCALE)), size * SCALE, color, weight)
        return width


def text_width(text: str, size: float, weight: int = REGULAR) -> float:
    """Width of a line of text in pixels."""
    return _advance(_printable(text[:MAX_CHARS]), round(size * SCALE), weight) / SCALE


def shortened(text: str, most: float, size: float, weight: int = REGULAR) -> str:
    """``text`` if at most ``most`` pixels wide, else the longest beginning that fits, with "…"; may be empty."""
    if text_width(text, size, weight) <= most:
        return text
    text = text[:MAX_CHARS]
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", size, weight) <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…" if low else ""


# OpenCV 5 renders TrueType fonts; OpenCV 4 has stroke fonts with ASCII only.
if hasattr(cv2, "FontFace"):
    _FONT = cv2.FontFace("sans")

    def _printable(text: str) -> str:
        return text

    def _advance(text: str, size: int, weight: int) -> float:
        # Only the cursor's advance includes trailing spaces; a canvas of one pixel suffices to measure it.
        cursor, _ = cv2.putText(
            np.zeros((1, 1, 3), np.uint8), text, (0, 0), (0, 0, 0), _FONT, size, weight, 0, (0, 10**6)
        )
        return float(cursor[0])

    def _put_text(
        image: NDArray[np.uint8], text: str, at: tuple[int, int], size: float, color: Color, weight: int
    ) -> None:
        cv2.putText(image, text, at, color, _FONT, round(size), weight, 0, (0, 10**6))

else:  # pragma: no cover
    _STROKES = cv2.FONT_HERSHEY_SIMPLEX

    def _printable(text: str) -> str:
        return (
            text.replace("…", "...")
            .replace("·", "|")
            .replace("“", '"')
            .replace("”", '"')
            .encode("ascii", "replace")
            .decode()
        )

    def _stroke(size: float, weight: int) -> tuple[float, int]:
        return size / 30, max(1, round(size / (14 if weight >= BOLD else 20)))

    def _advance(text: str, size: int, weight: int) -> float:
        return float(cv2.getTextSize(text, _STROKES, *_stroke(size, weight))[0][0])

    def _put_text(
        image: NDArray[np.uint8], text: str, at: tuple[int, int], size: float, color: Color, weight: int
    ) -> None:
        scale, thick = _stroke(size, weight)
        cv2.putText(image, _printable(text), at, _STROKES, scale, color, thick, cv2.LINE_AA)


def _fixed(points: Sequence[Point]) -> NDArray[np.int32]:
    """Points in OpenCV's fixed-point format with four binary places, in the enlarged picture."""
    return np.round((np.asarray(points, dtype=np.float64) * SCALE - 0.5) * 16).astype(np.int32)


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    r = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    if r < 0.5:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    out: list[Point] = []
    for x, y, start in (
        (right - r, top + r, -90),
        (right - r, bottom - r, 0),
        (left + r, bottom - r, 90),
        (left + r, top + r, 180),
    ):
        angles = np.radians(np.linspace(start, start + 90, 9))
        out += [(float(x + r * np.cos(a)), float(y + r * np.sin(a))) for a in angles]
    return out

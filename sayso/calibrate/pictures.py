"""Pictures of a calibration's report: residuals by place, view and joint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.files import write_atomic
from sayso.hardware.drivers.servo.sweep import Span
from sayso.perception.calibration.hand_eye import HandEye
from sayso.perception.calibration.lens import GRID, LensFit
from sayso.report.canvas import BOLD, Canvas
from sayso.report.theme import BAD, FAINT_INK, GOOD, LINE, NEUTRAL, SHADE

MARGIN, HEAD = 20, 44
MAGNIFIED = 30.0
SHEET_COLUMNS, TILE = 3, 320


def save(folder: Path, name: str, picture: NDArray[np.uint8]) -> Path:
    """Write a picture (H, W, 3) RGB as PNG; return its path. Raises `UserError`."""
    return write_atomic(folder / name, cv2.imencode(".png", picture[..., ::-1])[1].tobytes())


def corners_picture(fit: LensFit, width: int, height: int) -> NDArray[np.uint8]:
    """All corners of all views at their measured places, with their residuals magnified."""
    canvas = Canvas(width + 2 * MARGIN, height + HEAD + MARGIN)
    left, top = MARGIN, HEAD
    said = f"{sum(map(len, fit.errors))} corners in {len(fit.views)} views, off by {fit.lens.rms_px:.2f} px (rms)"
    canvas.text(said, (left, 20), 13, most=width)
    canvas.text(f"lines: the error, {MAGNIFIED:.0f} times as long", (left, 37), 12, FAINT_INK, most=width)
    canvas.rectangle(left, top, left + width, top + height, SHADE)
    for k in range(1, GRID[0]):
        canvas.line([(left + k * width / GRID[0], top), (left + k * width / GRID[0], top + height)], LINE)
    for k in range(1, GRID[1]):
        canvas.line([(left, top + k * height / GRID[1]), (left + width, top + k * height / GRID[1])], LINE)
    for view, errors in zip(fit.views, fit.errors, strict=True):
        for (x, y), (dx, dy) in zip(view.pixels, errors, strict=True):
            color = GOOD if np.hypot(dx, dy) < 1 else BAD
            end = float(np.clip(x + MAGNIFIED * dx, 0, width)), float(np.clip(y + MAGNIFIED * dy, 0, height))
            canvas.line([(left + x, top + y), (left + end[0], top + end[1])], color, 1.2)
            canvas.circle((left + x, top + y), 1.6, color)
    return canvas.image()


def bars_picture(
    title: str, rows: Sequence[tuple[str, float]], unit: str, most: float | None = None
) -> NDArray[np.uint8]:
    """One bar per row, in ``unit``; bars beyond ``most`` in red, with a line at that value."""
    tall, wide, name = 20, 420, 120
    canvas = Canvas(MARGIN * 2 + name + wide + 70, HEAD + tall * len(rows) + MARGIN)
    canvas.text(title, (MARGIN, 28), 14, weight=BOLD, most=canvas.width - 2 * MARGIN)
    longest = max([v for _, v in rows] + [most or 0.0, 1e-9])
    for k, (label, value) in enumerate(rows):
        y, x = float(HEAD + k * tall), float(MARGIN + name)
        canvas.text(label, (MARGIN, y + 14), 12, FAINT_INK, most=name - 8)
        canvas.rectangle(x, y + 3, x + wide * value / longest, y + tall - 3, BAD if most and value > most else GOOD, 2)
        canvas.text(f"{value:.2f} {unit}", (x + wide * value / longest + 6, y + 14), 12, FAINT_INK)
    if most:
        x = MARGIN + name + wide * most / longest
        canvas.dashes((x, HEAD), (x, HEAD + tall * len(rows)), NEUTRAL)
    return canvas.image()


def straight_picture(rgb: NDArray[np.uint8], fit: LensFit) -> NDArray[np.uint8]:
    """A view before and after undistortion, side by side: straight edges must be straight on the right."""
    straight = cv2.undistort(rgb, fit.lens.matrix, np.array(fit.lens.distortion))
    height, width = rgb.shape[:2]
    canvas = Canvas(2 * width + 3 * MARGIN, height + HEAD + MARGIN)
    for k, (picture, title) in enumerate(((rgb, "as it came"), (straight, "without distortion"))):
        x = MARGIN + k * (width + MARGIN)
        canvas.text(title, (x, 28), 13, FAINT_INK)
        canvas.picture(np.asarray(picture, np.uint8), x, HEAD)
    return canvas.image()


def agreement_picture(shots: Sequence[NDArray[np.uint8]], seen: Sequence[NDArray], found: HandEye) -> NDArray[np.uint8]:
    """Views with the measured corners (green) and the arm's predictions (red)."""
    chosen = np.linspace(0, len(shots) - 1, min(len(shots), SHEET_COLUMNS**2)).round().astype(int)
    scale = TILE / shots[0].shape[1]
    tall = round(shots[0].shape[0] * scale)
    rows = -(-len(chosen) // SHEET_COLUMNS)
    canvas = Canvas(SHEET_COLUMNS * (TILE + MARGIN) + MARGIN, HEAD + rows * (tall + MARGIN))
    canvas.text("corners measured (green) and predicted by the arm (red)", (MARGIN, 28), 13)
    for k, i in enumerate(chosen):
        x, y = MARGIN + k % SHEET_COLUMNS * (TILE + MARGIN), HEAD + k // SHEET_COLUMNS * (tall + MARGIN)
        canvas.picture(np.asarray(cv2.resize(shots[i], (TILE, tall), interpolation=cv2.INTER_AREA), np.uint8), x, y)
        for (u, v), (p, q) in zip(seen[i] * scale, found.predicted[i] * scale, strict=True):
            canvas.circle((x + u, y + v), 3.4, GOOD)
            canvas.line([(x + u, y + v), (x + p, y + q)], BAD, 1.0)
            canvas.circle((x + p, y + q), 1.8, BAD)
    return canvas.image()


def spans_picture(title: str, spans: Sequence[Span]) -> NDArray[np.uint8]:
    """Each joint's swept range (bar) within its mechanical range (line)."""
    tall, wide, name = 30, 420, 130
    canvas = Canvas(MARGIN * 2 + name + wide + 130, HEAD + tall * len(spans) + MARGIN)
    canvas.text(title, (MARGIN, 28), 14, weight=BOLD, most=canvas.width - 2 * MARGIN)
    longest = max(max(s.moved, s.built) for s in spans)
    for k, s in enumerate(spans):
        y, x = HEAD + k * tall, MARGIN + name
        canvas.text(s.name, (MARGIN, y + 19), 12, FAINT_INK, most=name - 8)
        canvas.rectangle(x, y + 6, x + wide * s.built / longest, y + tall - 6, SHADE, 2)
        color = NEUTRAL if s.full_turn else BAD if s.problem else GOOD
        canvas.rectangle(x, y + 9, x + wide * s.moved / longest, y + tall - 9, color, 2)
        end = x + wide * s.built / longest
        canvas.line([(end, y + 5), (end, y + tall - 5)], NEUTRAL, 1.5)
        said = "full turn" if s.full_turn else f"{s.moved:.0f}° of {s.built:.0f}°"
        canvas.text(said, (x + wide * max(s.moved, s.built) / longest + 8, y + 19), 12, FAINT_INK)
    return canvas.image()

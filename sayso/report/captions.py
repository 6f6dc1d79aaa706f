"""Captions of a video: instruction, subtask, motion and its source, time; and the operator's words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.report.canvas import BOLD, Canvas, text_width
from sayso.report.theme import DIRECTIONS, OPERATOR, OUTCOMES, PAPER, Color, direction_of, motion_of, verdict
from sayso.result import Correction, Motion, RunResult

BAR_HEIGHT = 104
SAID_S = 2.2
BACK: Color = (20, 23, 29)
SOFT: Color = (150, 158, 170)
TRACK: Color = (52, 58, 68)
PASSED: Color = (92, 150, 230)


class _Timed(Protocol):
    @property
    def t(self) -> float: ...


Item = TypeVar("Item", bound=_Timed)


def at(items: Sequence[Item], t: float) -> Item | None:
    """The last of ``items``, ordered by time, that began by ``t`` s; None before the first."""
    index = bisect_right([item.t for item in items], t)
    return items[index - 1] if index else None


def captioned(rgb: NDArray[np.uint8], result: RunResult, t: float, over: bool = False) -> NDArray[np.uint8]:
    """The picture (H, W, 3) below a caption bar of `BAR_HEIGHT` pixels per 640 of width; both dimensions even.

    The bar is on top, because players show their buttons at the bottom. ``over``: the run has ended, and its outcome
    replaces the motion.
    """
    height, width = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
    unit = width / 640
    bar_height = round(BAR_HEIGHT * unit / 2) * 2
    bar = Canvas(width, bar_height, BACK)
    _bar(bar, unit, result, t, over)
    picture = rgb[:height, :width].copy()
    said = at(result.corrections, t)
    if said is not None and t - said.t < SAID_S and not over:
        _speech(picture, unit, said)
    return np.vstack([bar.image(), picture])


def _bar(bar: Canvas, u: float, result: RunResult, t: float, over: bool) -> None:
    left, right = 18 * u, bar.width - 18 * u
    clock = f"{t:.1f} s"
    bar.text(clock, (right, 30 * u), 15 * u, SOFT, anchor="right")
    bar.text(
        result.instruction,
        (left, 30 * u),
        17 * u,
        PAPER,
        BOLD,
        most=right - left - text_width("000.0 s", 15 * u) - 16 * u,
    )
    step, motion = at(result.plan, t), at(result.motions, t)
    bar.text(step.subtask if step else "looking", (left, 56 * u), 15 * u, SOFT, most=right - left)
    if over:
        _outcome(bar, u, left, result)
    elif motion is not None:
        _motion(bar, u, left, right, motion)
    bar.rectangle(0, bar.height - 5 * u, bar.width, bar.height, TRACK)
    share = min(t / max(result.duration_s, 0.1), 1.0)
    bar.rectangle(0, bar.height - 5 * u, bar.width * share, bar.height, OUTCOMES[result.outcome] if over else PASSED)


def _motion(bar: Canvas, u: float, left: float, right: float, motion: Motion) -> None:
    operator = motion.source == "operator"
    bar.rectangle(left, 69 * u, left + 13 * u, 82 * u, DIRECTIONS[direction_of(motion_of(motion.text))], 3 * u)
    room = right - left - 22 * u - (text_width("operator", 13 * u, BOLD) + 40 * u if operator else 0)
    wide = bar.text(motion.text, (left + 22 * u, 81 * u), 15 * u, OPERATOR if operator else PAPER, most=room)
    if operator:
        _tag(bar, u, left + 34 * u + wide, "operator", OPERATOR)


def _outcome(bar: Canvas, u: float, left: float, result: RunResult) -> None:
    wide = _tag(bar, u, left, result.outcome, OUTCOMES[result.outcome])
    bar.text(
        result.question or result.refusal or verdict(result.success),
        (left + wide + 12 * u, 81 * u),
        15 * u,
        SOFT,
        most=bar.width - wide - 60 * u,
    )


def _tag(bar: Canvas, u: float, left: float, text: str, color: Color) -> float:
    wide = text_width(text, 13 * u, BOLD) + 18 * u
    bar.rectangle(left, 67 * u, left + wide, 86 * u, color, 10 * u)
    bar.text(text, (left + wide / 2, 80.5 * u), 13 * u, PAPER, BOLD, "middle")
    return wide


def _speech(picture: NDArray[np.uint8], u: float, said: Correction) -> None:
    """Draw a speech bubble with the operator's words at the upper left of ``picture``, in place."""
    text = f"“{said.text}”"
    width = min(text_width(text, 19 * u, BOLD) + 36 * u, picture.shape[1] - 36 * u)
    height, edge = round(42 * u), round(18 * u)
    patch = picture[edge : edge + height, edge : edge + round(width)]
    balloon = Canvas(patch.shape[1], patch.shape[0], OPERATOR)
    balloon.text(text, (18 * u, 27.5 * u), 19 * u, PAPER, BOLD, most=width - 36 * u)
    shape = Canvas(patch.shape[1], patch.shape[0], (0, 0, 0))
    shape.rectangle(0, 0, patch.shape[1], patch.shape[0], (255, 255, 255), 12 * u)
    mask = shape.image().astype(np.float32) / 255 * 0.94
    patch[:] = cv2.convertScaleAbs(patch * (1 - mask) + balloon.image() * mask)

"""Lens calibration: pictures of the board in, a calibration and a report out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.calibrate import pictures
from sayso.calibrate.capture import BoardWatch, elsewhere
from sayso.calibrate.live_page import LivePage
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.perception.calibration.board import Board, Corners
from sayso.perception.calibration.lens import CalibrationError, LensFit, fit_lens

Tell = Callable[[str], None]
ANYWHERE = "Show the board in another place, tilted another way."
NOT_SEEN = "The board is not seen: hold it flat, well lit, and facing the camera."


def gather(
    shots: Iterable[NDArray[np.uint8]],
    board: Board,
    wanted: int,
    tell: Tell,
    still: bool = True,
    page: LivePage | None = None,
) -> tuple[list[Corners], NDArray[np.uint8]]:
    """Corners of up to ``wanted`` distinct views of the board, and the picture of the last one.

    With ``still`` a view counts once the board holds still, for camera streams; without, every picture is a view.
    ``page`` shows the pictures, and what to show next.
    Raises `UserError` if no picture shows the board, or if the pictures differ in size.
    """
    watch, views, advice = BoardWatch(board), list[Corners](), ANYWHERE
    last: NDArray[np.uint8] | None = None
    size: tuple[int, ...] | None = None
    for rgb in shots:
        if size is not None and rgb.shape != size:
            raise UserError(f"the pictures are of different sizes: {size[1::-1]} and {rgb.shape[1::-1]}")
        size = rgb.shape
        found = watch.still(rgb) if still else board.find(rgb)
        if page is not None:
            seen, done = watch.last, f"{len(views)} of {wanted} views"
            hint = NOT_SEEN if seen is None else advice if found is not None else f"Hold the board still. {advice}"
            page.show_board(rgb, None if seen is None else seen.pixels, hint, done)
        if found is None or (still and not elsewhere(found, views, rgb.shape[1])):
            continue
        views.append(found)
        last = rgb
        tell(f"view {len(views)} of {wanted}")
        advice = _advice(views, rgb.shape[1], rgb.shape[0]) if page is not None else advice
        if len(views) == wanted:
            break
    if last is None:
        raise UserError("the board was not seen; is it the one that 'sayso calibrate board' prints, flat and well lit?")
    return views, last


def _advice(views: list[Corners], width: int, height: int) -> str:
    """What is missing most in ``views``, as soon as they are enough to tell."""
    try:
        problems = fit_lens(views, width, height).problems()
    except (CalibrationError, cv2.error):
        return ANYWHERE
    return f"{problems[0][0].upper()}{problems[0][1:]}." if problems else "Enough is seen. " + ANYWHERE


def calibrate_lens(
    name: str, device: str, views: list[Corners], last: NDArray[np.uint8], report: Path
) -> tuple[CameraCalibration, list[str]]:
    """Fit the lens and write the report; return the calibration and its problems.

    Raises `CalibrationError` if there are too few views.
    """
    height, width = last.shape[:2]
    fit = fit_lens(views, width, height)
    _report(fit, last, report)
    calibration = CameraCalibration(schema=1, camera=name, width=width, height=height, lens=fit.lens, device=device)
    return calibration, fit.problems()


def _report(fit: LensFit, last: NDArray[np.uint8], folder: Path) -> None:
    height, width = last.shape[:2]
    pictures.save(folder, "corners.png", pictures.corners_picture(fit, width, height))
    rows = [(f"view {k + 1}", float(v)) for k, v in enumerate(fit.rms)]
    pictures.save(folder, "views.png", pictures.bars_picture("Residual of each view", rows, "px", 1.0))
    pictures.save(folder, "straight.png", pictures.straight_picture(last, fit))
    numbers = {
        "rms_px": fit.lens.rms_px,
        "views": len(fit.views),
        "left_out": fit.left_out,
        "covered": fit.covered,
        "focal_error": fit.focal_error,
        "tilt_deg": fit.tilt,
        "views_px": fit.rms.tolist(),
        "lens": fit.lens.model_dump(),
        "problems": fit.problems(),
    }
    write_atomic(folder / "report.json", json.dumps(numbers, indent=1) + "\n")

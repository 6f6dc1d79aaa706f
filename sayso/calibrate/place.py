"""Hand-eye calibration: a person moves the arm, which holds the board, and pauses at many poses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.calibrate import pictures
from sayso.calibrate.capture import BoardWatch, another_pose, at_rest, reading
from sayso.calibrate.live_page import LivePage
from sayso.files import write_atomic
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.cameras.calibration import CameraCalibration, Place, look_of
from sayso.hardware.cameras.source import Source
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Pose
from sayso.perception.calibration.board import Board, Corners
from sayso.perception.calibration.hand_eye import MOST_MM, MOST_PX, HandEye, place_camera

Tell = Callable[[str], None]
NOT_SEEN = "The board is not seen: turn it to the camera."
TURN = "Move the arm to another pose, and turn the hand about another axis."


@dataclass
class Poses:
    """Data of each pose: the tool in the base frame, the corners, and the picture."""

    hands: list[Pose] = field(default_factory=list)
    views: list[Corners] = field(default_factory=list)
    shots: list[NDArray[np.uint8]] = field(default_factory=list)


def gather(
    source: Source, arm: Robot, board: Board, calibration: CameraCalibration, wanted: int, tell: Tell,
    page: LivePage | None = None,
) -> Poses:  # fmt: skip
    """Collect ``wanted`` poses at which arm and board are still and the hand differs from all poses before.

    Only reads the arm. ``page`` shows the pictures. Raises `RobotError` for pictures of another size than the
    calibration's, and the errors of camera and arm.
    """
    out, watch, kinematics = Poses(), BoardWatch(board), Kinematics(arm.spec)
    while len(out.hands) < wanted:
        before = reading(arm)
        rgb = source.read().rgb
        if rgb.shape[:2] != (calibration.height, calibration.width):
            raise RobotError(
                f"the camera gives pictures of {rgb.shape[1]} x {rgb.shape[0]}, '{calibration.camera}' was calibrated "
                f"at {calibration.width} x {calibration.height}"
            )
        found, after = watch.still(rgb), reading(arm)
        hand = kinematics.forward(after.position)
        still, new = found is not None and at_rest(before, after), another_pose(hand, out.hands)
        if page is not None:
            seen = watch.last
            hint = NOT_SEEN if seen is None else TURN if not new else "Hold the arm still."
            page.show_board(rgb, None if seen is None else seen.pixels, hint, f"{len(out.hands)} of {wanted} poses")
        if found is None or not still or not new:
            continue
        out.hands.append(hand)
        out.views.append(found)
        out.shots.append(rgb)
        tell(f"pose {len(out.hands)} of {wanted}")
    return out


def calibrate_place(
    calibration: CameraCalibration, poses: Poses, board: Board, report: Path
) -> tuple[CameraCalibration, list[str]]:
    """Solve for the camera's pose and write the report; return the calibration with its pose, and its problems.

    Raises `CalibrationError` if the poses are too few or too similar.
    """
    found = place_camera(poses.hands, poses.views, board, calibration.lens)
    _report(found, poses, report)
    looks = np.median([look_of(shot) for shot in poses.shots], axis=0).astype(np.uint8)
    update = {"place": Place.of(found.camera), "look": looks.tobytes().hex()}
    return calibration.model_copy(update=update), found.problems()


def _report(found: HandEye, poses: Poses, folder: Path) -> None:
    seen = [view.pixels for view in poses.views]
    pictures.save(folder, "agreement.png", pictures.agreement_picture(poses.shots, seen, found))
    for name, values, unit, most in (("pixels", found.pixels, "px", MOST_PX), ("millimetres", found.mm, "mm", MOST_MM)):
        rows = [(f"pose {k + 1}", float(v)) for k, v in enumerate(values)]
        title = "Distance between the board by arm and by camera"
        pictures.save(folder, f"{name}.png", pictures.bars_picture(title, rows, unit, most))
    numbers = {
        "poses": len(found.pixels),
        "pixels_median": float(np.median(found.pixels)),
        "mm_median": float(np.median(found.mm)),
        "pixels": found.pixels.tolist(),
        "mm": found.mm.tolist(),
        "camera": {"position": found.camera.position.tolist(), "rotation": found.camera.rotation.tolist()},
        "board_in_tool": {"position": found.board.position.tolist(), "rotation": found.board.rotation.tolist()},
        "problems": found.problems(),
    }
    write_atomic(folder / "report.json", json.dumps(numbers, indent=1) + "\n")

"""A camera's place without a board: a person touches the table with the fingertip and clicks on it in the picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.calibrate import pictures
from sayso.calibrate.capture import at_rest, reading
from sayso.calibrate.live_page import LivePage
from sayso.files import write_atomic
from sayso.hardware.arms.hand_shape import HandShape
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.cameras.calibration import CameraCalibration, Lens, Place, look_of
from sayso.hardware.cameras.source import Source
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, Box, RobotSpec
from sayso.outputs import json_in
from sayso.perception.calibration.lens import CalibrationError
from sayso.perception.calibration.points import LEAST_POINTS, PointsFit, place_from_points, reach_points, seen_at

Tell = Callable[[str], None]
MOST_HEIGHT_M = 0.03  # the tip by the arm's own joints, when it touches the table
NEAR_M = 0.02
GREEN, RED, WHITE = (90, 220, 120), (255, 80, 80), (255, 255, 255)
CM = 100.0


@dataclass
class Touches:
    """Touched places (x, y) m, by the arm's joints the tip's height there (m), and marked pixels (u, v)."""

    places: list[tuple[float, float]] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    marks: list[tuple[float, float]] = field(default_factory=list)
    shot: NDArray[np.uint8] | None = None

    @property
    def points(self) -> Array:
        """The touched points (n, 3) m: on the table, whatever the joints say about the height."""
        return np.array([[x, y, 0.0] for x, y in self.places]).reshape(-1, 3)

    @property
    def pixels(self) -> Array:
        """The marks (n, 2)."""
        return np.array(self.marks, float).reshape(-1, 2)

    def drop_last(self) -> None:
        """Forget the last touch."""
        for each in (self.places, self.heights, self.marks):
            del each[-1:]

    def save(self, file: Path) -> None:
        """Keep the touches for a later call. Raises `UserError`."""
        kept = {"places": self.places, "heights": self.heights, "marks": self.marks}
        write_atomic(file, json.dumps({"touches": kept}, indent=1) + "\n")

    @classmethod
    def kept(cls, file: Path) -> Touches | None:
        """The touches of an earlier call, None if there are none."""
        found = json_in(file)
        try:
            kept: Any = found["touches"]  # type: ignore[index]
            places, marks = ([(float(a), float(b)) for a, b in kept[name]] for name in ("places", "marks"))
            heights = [float(h) for h in kept["heights"]]
        except (TypeError, KeyError, ValueError):
            return None
        return cls(places, heights, marks) if len(places) == len(marks) == len(heights) > 0 else None


def suggested(spec: RobotSpec) -> list[tuple[float, float]]:
    """Places (x, y) m to touch, in this order, all over the reach."""
    reach = reach_of(spec)
    (x, y), (to_x, to_y) = reach.lower[:2], reach.upper[:2]
    middle_x, middle_y = (x + to_x) / 2, (y + to_y) / 2
    return [
        (to_x, to_y), (to_x, y), (x, y), (x, to_y), (middle_x, middle_y), (to_x, middle_y), (middle_x, y),
        (middle_x, to_y), (x, middle_y), (to_x, y / 2), (to_x, to_y / 2), (x, y / 2),
    ]  # fmt: skip


def reach_of(spec: RobotSpec) -> Box:
    """Where the arm takes and puts things. Raises `RobotError` for an arm whose description does not say."""
    if spec.reach is None:
        raise RobotError(f"the description of {spec.name} has no reach; add it to its arm.json")
    return spec.reach


def gather(
    source: Source, arm: Robot, page: LivePage, size: tuple[int, int], lens: Lens | None, wanted: int, tell: Tell,
    file: Path, begun: Touches | None = None,
) -> Touches:  # fmt: skip
    """Collect ``wanted`` touches, fewer if the person is done earlier; each one is kept in ``file`` at once.

    Only reads the arm. A click counts while the arm is at rest and its joints say that the tip is on the table. Raises
    `RobotError` for pictures of another ``size`` (width, height), and the errors of camera and arm.
    """
    out, spec = begun or Touches(), arm.spec
    fit, fitted = _fit(out, size, lens, spec), len(out.marks)
    kinematics, tip, places = Kinematics(spec), HandShape(spec).fingertip(), suggested(spec)
    before = reading(arm)
    while len(out.marks) < wanted:
        rgb, state = source.read().rgb, reading(arm)
        if rgb.shape[1::-1] != size:
            raise RobotError(f"the camera gives pictures of {rgb.shape[1]} x {rgb.shape[0]}, not {size[0]} x {size[1]}")
        out.shot, still = rgb, at_rest(before, state)
        before = state
        hand = kinematics.forward(state.position)
        at = hand.position + hand.rotation @ tip
        x, y = places[len(out.marks) % len(places)]
        if fitted != len(out.marks):
            fit, fitted = _fit(out, size, lens, spec), len(out.marks)
            if fit is not None and not fit.used.all():
                wrong = np.flatnonzero(~fit.used) + 1
                tell(f"touch {', '.join(map(str, wrong))} does not agree with the others: was the camera moved?")
        page.show(
            drawn(rgb, out.points, out.pixels, fit, spec),
            f"Touch {len(out.marks) + 1} of {wanted}: fingers closed and pointing down, put the tip on the table about "
            f"{x * CM:.0f} cm ahead of the base and {_side(y)}, hold still, and click on the tip.",
            f"{len(out.marks)} done. The tip is {at[0] * CM:.1f} cm ahead, {_side(at[1])}, "
            f"{at[2] * 1000:.0f} mm above the table by the joints.{'' if still else ' The arm moves.'}",
        )
        mark = page.mark()
        if mark is None:
            continue
        if mark == "undo":
            out.drop_last()
            out.save(file)
            tell(f"{len(out.marks)} touches left")
        elif mark == "done":
            if len(out.marks) >= LEAST_POINTS:
                return out
            tell(f"{len(out.marks)} touches; at least {LEAST_POINTS} are needed")
        elif not isinstance(mark, str):
            if problem := _why_not(mark, at, still, size, out):
                tell(problem)
                continue
            out.places.append((float(at[0]), float(at[1])))
            out.heights.append(float(at[2]))
            out.marks.append(mark)
            out.save(file)
            tell(f"touch {len(out.marks)} of {wanted}, {at[0] * CM:.1f} cm ahead, {_side(at[1])}")
    return out


def _why_not(mark: tuple[float, float], at: Array, still: bool, size: tuple[int, int], kept: Touches) -> str | None:
    """Why a click does not count, None if it does."""
    if not (0 <= mark[0] < size[0] and 0 <= mark[1] < size[1]):
        return f"not kept: {mark[0]:.0f}, {mark[1]:.0f} is outside of the picture of {size[0]} x {size[1]}"
    if not still:
        return "not kept: the arm moved; hold it still while you click"
    if abs(at[2]) > MOST_HEIGHT_M:
        return (
            f"not kept: by its joints the tip is {at[2] * 1000:.0f} mm above the table, at most "
            f"{MOST_HEIGHT_M * 1000:.0f} is allowed; if it does touch, calibrate the arm"
        )
    for k, place in enumerate(kept.places, 1):
        if float(np.linalg.norm(at[:2] - place)) < NEAR_M:
            return f"not kept: touch {k} is less than {NEAR_M * CM:.0f} cm away; touch another place"
    return None


def calibrate_place(
    name: str, device: str, before: CameraCalibration | None, size: tuple[int, int], touches: Touches,
    spec: RobotSpec, report: Path,
) -> tuple[CameraCalibration, list[str], PointsFit]:  # fmt: skip
    """Solve for the camera's pose and write the report; return the calibration, its problems, and the fit.

    ``before`` holds the lens; without it the focal length is found too. Raises `CalibrationError`.
    """
    lens = before.lens if before is not None else None
    fit = place_from_points(touches.points, touches.pixels, size, lens, reach_of(spec))
    problems = fit.problems()
    if not fit.used[-1]:
        problems.append("the last touch does not agree with the others: if the camera was moved, begin anew")
    numbers = {
        "points": len(fit.pixels),
        "used": fit.used.tolist(),
        "pixels": fit.pixels.tolist(),
        "mm": fit.mm.tolist(),
        "table_mm": fit.table_mm,
        "position_mm": fit.position_mm,
        "checked_mm": fit.checked_mm,
        "focal_error": fit.focal,
        "heights_mm": [1000 * h for h in touches.heights],
        "camera": {"position": fit.camera.position.tolist(), "rotation": fit.camera.rotation.tolist()},
        "rms_px": float(np.sqrt((fit.pixels**2).mean())),
        "problems": problems,
    }
    rows = [(f"touch {k + 1}", float(v)) for k, v in enumerate(fit.mm)]
    pictures.save(report, "millimetres.png", pictures.bars_picture("Distance between touch and click", rows, "mm", 15))
    if touches.shot is not None:
        pictures.save(report, "agreement.png", drawn(touches.shot, touches.points, touches.pixels, fit, spec))
    write_atomic(report / "report.json", json.dumps(numbers, indent=1) + "\n")
    place = {"place": Place.of(fit.camera)}
    look = {"look": look_of(touches.shot).tobytes().hex()} if touches.shot is not None else {}
    after = before or CameraCalibration(camera=name, width=size[0], height=size[1], lens=fit.lens, device=device)
    return after.model_copy(update=place | look), problems, fit


def _fit(touches: Touches, size: tuple[int, int], lens: Lens | None, spec: RobotSpec) -> PointsFit | None:
    """The fit so far, None before the touches determine one."""
    try:
        return place_from_points(touches.points, touches.pixels, size, lens, reach_of(spec))
    except CalibrationError:
        return None


def drawn(
    rgb: NDArray[np.uint8], points: Array, marks: Array, fit: PointsFit | None, spec: RobotSpec
) -> NDArray[np.uint8]:
    """The picture with marks (crosses), the points where a fit has them (dots), and the reach on the table (ring)."""
    out = rgb.copy()
    if fit is not None:
        ring = seen_at(reach_points(reach_of(spec))[:4], fit.camera, fit.lens)
        cv2.polylines(out, [np.clip(ring, -1e4, 1e4).round().astype(np.int32)], True, WHITE, 1, cv2.LINE_AA)
        for u, v in seen_at(points, fit.camera, fit.lens):
            cv2.circle(out, (round(u), round(v)), 3, RED, -1, cv2.LINE_AA)
    for u, v in marks:
        cv2.drawMarker(out, (round(u), round(v)), GREEN, cv2.MARKER_CROSS, 11, 1, cv2.LINE_AA)
    return out


def _side(y: float) -> str:
    return "in the middle" if abs(y) < 0.005 else f"{abs(y) * CM:.1f} cm to the {'left' if y > 0 else 'right'}"

"""How exact a camera's place is that touches of the fingertip give: an arm with wrong joint offsets, an unsure hand and
mouse, a camera about where the page puts one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sayso.calibrate.touches import reach_of, suggested
from sayso.emulation.hand import touching
from sayso.hardware.arms.hand_shape import HandShape
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.types import Array, Pose
from sayso.perception.calibration.lens import CalibrationError
from sayso.perception.calibration.points import MOST_MM, hits_table, place_from_points, reach_points, seen_at
from sayso.sim.camera import cameras_for, jittered

ARM, SIZE = "so101", (640, 480)
JOINT_DEG, TIP_MM, CLICK_PX = 0.6, 1.5, 2.0  # standard deviations: a joint's offset, where the tip touches, a click
MOVED_MM = 40.0
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceCell:
    """Number of ``touches``; whether the ``lens`` is known; whether the camera is ``moved`` by `MOVED_MM` half-way."""

    touches: int = 12
    lens: bool = True
    moved: bool = False


CELLS = {
    "4 touches": PlaceCell(4),
    "8 touches": PlaceCell(8),
    "12 touches": PlaceCell(),
    "12 touches, no lens": PlaceCell(lens=False),
    "camera moved after half": PlaceCell(moved=True),
}


def place_record(cell: str, seed: int) -> Record:
    """One calibration; ok: saved and within `MOST_MM` everywhere, or refused where the camera was moved."""
    plan, rng, spec = CELLS[cell], np.random.default_rng([seed, 77]), load_arm(ARM)
    camera = _camera(rng)
    focal = float(rng.uniform(0.7, 1.1)) * SIZE[0]
    bend = float(rng.uniform(-0.12, 0.05))
    lens = Lens(fx=focal, fy=focal, cx=320.0, cy=240.0, distortion=(bend, 0.0, 0.0, 0.0, 0.0))
    offsets = np.radians(rng.normal(0.0, JOINT_DEG, spec.dof))
    kinematics, tip = Kinematics(spec), HandShape(spec).fingertip()

    def believed(place: Array) -> Array:
        """Where the joints say the tip is when it touches ``place``, (3,) m on the table."""
        hand = kinematics.forward(np.array(_touching(*place[:2].tolist())) + offsets)
        return np.append((hand.position + hand.rotation @ tip)[:2], 0.0)

    places = np.zeros((plan.touches, 3))
    places[:, :2] = suggested(spec)[: plan.touches]
    points = np.array([believed(p) for p in places])
    points[:, :2] += rng.normal(0.0, TIP_MM / 1000, (plan.touches, 2))
    marks = seen_at(places, camera, lens)
    if plan.moved:
        way = rng.normal(size=3)
        away = Pose(camera.position + way / np.linalg.norm(way) * MOVED_MM / 1000, camera.rotation)
        marks[plan.touches // 2 :] = seen_at(places[plan.touches // 2 :], away, lens)
    marks += rng.normal(0.0, CLICK_PX, marks.shape)
    try:
        fit = place_from_points(points, marks, SIZE, lens if plan.lens else None, reach_of(spec))
    except CalibrationError as error:
        return {"ok": plan.moved, "saved": False, "problems": [str(error)]}
    there = reach_points(reach_of(spec))
    seen = hits_table(fit, seen_at(there, camera, lens))
    errors = 1000 * np.linalg.norm(seen - np.array([believed(p) for p in there])[:, :2], axis=1)
    problems = fit.problems()
    saved = not problems and bool(fit.used[-1])
    worst = float(errors.max())
    return {
        "ok": (not saved) if plan.moved else saved and worst <= MOST_MM,
        "saved": saved, "worst_mm": worst, "middle_mm": float(errors[-1]), "said_mm": fit.table_mm,
        "problems": problems,
    }  # fmt: skip


def figures(records: Sequence[Record]) -> Record:
    """Shares saved and within what was said; errors on the table, mm, of the saved ones."""
    saved = [r for r in records if r["saved"]]
    out: Record = {"saved": len(saved)}
    if saved:
        worst, middle = ([r[key] for r in saved] for key in ("worst_mm", "middle_mm"))
        out |= {
            "worst_mm": {"p50": float(np.median(worst)), "p95": float(np.percentile(worst, 95))},
            "middle_mm": {"p50": float(np.median(middle)), "p95": float(np.percentile(middle, 95))},
            "said_mm": float(np.median([r["said_mm"] for r in saved])),
            "within_said": float(np.mean([r["worst_mm"] <= r["said_mm"] for r in saved])),
            "wrong_and_saved": sum(r["worst_mm"] > MOST_MM for r in saved),
        }
    return out


@lru_cache(maxsize=64)
def _touching(x: float, y: float) -> tuple[float, ...]:
    """Joint positions (rad) that touch the table at x, y m."""
    return tuple(touching(load_arm(ARM), np.array([x, y, 0.0])).tolist())


def _camera(rng: np.random.Generator) -> Pose:
    """A camera within 8 cm of a place of training, at either side."""
    spec = jittered(cameras_for(load_arm(ARM))[int(rng.integers(2))], rng, 1.0)
    ahead = np.subtract(spec.target, spec.eye)
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(np.array(spec.eye), np.stack([right, np.cross(ahead, right), ahead], 1))

"""Draws where the camera goes and where an arm reaches, with numbers computed from the arm's model, as SVG.

``python -m sayso.calibrate.table_drawing so101 docs/images/so101-table.svg`` writes the drawing of the docs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from sayso.calibrate.touches import reach_of
from sayso.emulation.hand import touching
from sayso.files import write_atomic
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Box, RobotSpec
from sayso.sim.camera import CameraSpec, cameras_for

SCALE = 330.0  # drawing units a meter
WIDTH, HEIGHT, TOP, SIDE = 900, 530, 275.0, 400.0
LEAN = np.radians(10.0)
INK, FAINT, REACH, CAMERA, TABLE = "#22282d", "#7a868f", "#2e9e5b", "#c2571a", "#ece7df"


@dataclass(frozen=True, slots=True)
class TableNumbers:
    """Lengths in m, base frame: the ``reach``, how far ahead the upright hand can touch the table (``nearest``,
    ``farthest``), the arm's ``length``, and a camera of training and the point that it looks at."""

    reach: Box
    nearest: float
    farthest: float
    length: float
    camera: CameraSpec

    @property
    def distance(self) -> float:
        """From the camera to the point that it looks at."""
        return float(np.linalg.norm(np.subtract(self.camera.eye, self.camera.target)))

    @property
    def down(self) -> float:
        """Angle (degrees) by which the camera looks down."""
        way = np.subtract(self.camera.target, self.camera.eye)
        return float(np.degrees(np.arctan2(-way[2], np.hypot(way[0], way[1]))))


def table_numbers(spec: RobotSpec) -> TableNumbers:
    """The numbers of an arm."""
    kinematics = Kinematics(spec)
    touched = [x for x in np.arange(0.05, 0.6, 0.01).tolist() if _touches(spec, kinematics, x)]
    return TableNumbers(reach_of(spec), min(touched), max(touched), kinematics.length, cameras_for(spec)[0])


def _touches(spec: RobotSpec, kinematics: Kinematics, x: float) -> bool:
    """Whether the fingertip touches the table ``x`` m ahead with the hand within `LEAN` of upright."""
    try:
        q = touching(spec, np.array([x, 0.0, 0.0]))
    except ValueError:
        return False
    return float(np.linalg.norm(kinematics.forward(q).rotation[:2, 2])) < float(np.sin(LEAN))


def drawing(spec: RobotSpec) -> str:
    """The drawing: the table from above and from the side."""
    n = table_numbers(spec)
    low, high, (ex, ey, ez), tx = n.reach.lower, n.reach.upper, n.camera.eye, n.camera.target[0]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" role="img"><title>{escape(spec.name)}: where the camera goes and where the arm reaches</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    ]
    # From above: the base is at the left, ahead is to the right, the arm's left is up.
    x0 = 70.0

    def top(x: float, y: float) -> tuple[float, float]:
        return x0 + x * SCALE, TOP - y * SCALE

    out += [_text(20, 28, "From above", INK, 16), _box(top(-0.1, 0.5), top(0.62, -0.5), TABLE)]
    for sign in (1, -1):
        (cx, cy), (gx, gy) = top(ex, sign * ey), top(tx, 0)
        out += [_line(cx, cy, gx, gy, CAMERA, dashed=True), _camera(cx, cy)]
    out += [
        _box(top(low[0], high[1]), top(high[0], low[1]), "none", REACH, 2.5),
        _arc(*top(0, 0), n.farthest * SCALE),
        _box(top(-0.085, 0.05), top(0.025, -0.05), "#444b50"),
        _text(*top(0.27, 0.03), "reach: things go here", REACH),
        _text(*top(0.27, -0.02), f"{100 * low[0]:.0f}–{100 * high[0]:.0f} cm ahead,", REACH),
        _text(*top(0.27, -0.07), f"{100 * high[1]:.0f} cm to each side", REACH),
        _text(*top(-0.11, -0.09), "base", INK),
        _text(*top(ex - 0.33, ey + 0.07), f"camera: {100 * ex:.0f} cm ahead, {100 * ey:.0f} cm to the left", CAMERA),
        _text(*top(ex - 0.33, -ey - 0.09), "or to the right; or one at each side", CAMERA),
        _text(*top(0.1, -0.45), f"arc: the fingertip touches the table up to {100 * n.farthest:.0f} cm ahead", FAINT),
    ]
    # From the side.
    x0s = 520.0

    def side(x: float, z: float) -> tuple[float, float]:
        return x0s + x * SCALE, SIDE - z * SCALE

    (cx, cy), (gx, gy) = side(ex, ez), side(tx, 0)
    hands = [Kinematics(spec).points(touching(spec, np.array([(low[0] + high[0]) / 2, 0, 0.0])))]
    line = " ".join(f"{side(x, z)[0]:.1f},{side(x, z)[1]:.1f}" for x, _, z in [(0, 0, 0), *hands[0].tolist()])
    out += [
        _text(x0s - 30, 28, "From the side", INK, 16),
        _box(side(-0.1, 0), side(0.9, -0.025), TABLE),
        _line(*side(low[0], 0), *side(high[0], 0), REACH, 5),
        f'<polyline points="{line}" fill="none" stroke="#444b50" stroke-width="9" stroke-linejoin="round"/>',
        _line(cx, cy, gx, gy, CAMERA, dashed=True),
        _line(cx, cy, cx, side(0, 0)[1], FAINT, dashed=True),
        _camera(cx, cy),
        _text(cx - 8, (cy + side(0, 0)[1]) / 2, f"{100 * ez:.0f} cm high", CAMERA, anchor="end"),
        _text(cx - 12, cy - 14, f"{100 * n.distance:.0f} cm from the middle, {n.down:.0f}° down", CAMERA, anchor="end"),
        _text(*side(low[0] - 0.02, -0.08), "reach", REACH),
        _text(*side(-0.1, -0.17), f"arm stretched: {100 * n.length:.0f} cm", FAINT),
    ]
    return "\n".join([*out, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, color: str, size: int = 13, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _box(
    a: tuple[float, float], b: tuple[float, float], fill: str, edge: str = "none", wide: float = 0.0
) -> str:  # fmt: skip
    width, height = b[0] - a[0], b[1] - a[1]
    place = f'x="{a[0]:.1f}" y="{a[1]:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{fill}" stroke="{edge}" stroke-width="{wide}"/>'


def _line(x: float, y: float, to_x: float, to_y: float, color: str, wide: float = 1.5, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="6 5"' if dashed else ""
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{color}" stroke-width="{wide}"{dashes}/>'


def _arc(x: float, y: float, radius: float) -> str:
    a = f"{x:.1f} {y - radius:.1f} A {radius:.1f} {radius:.1f} 0 0 1 {x:.1f} {y + radius:.1f}"
    return f'<path d="M {a}" fill="none" stroke="{FAINT}" stroke-dasharray="2 5"/>'


def _camera(x: float, y: float) -> str:
    rings = ((9, CAMERA), (4, "#ffffff"))
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{color}"/>' for r, color in rings)


if __name__ == "__main__":
    write_atomic(Path(sys.argv[2]), drawing(load_arm(sys.argv[1])))

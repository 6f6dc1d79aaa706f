"""Converts a dataset's joint positions and gripper to radians and an opening from 0 to 1.

LeRobot writes no units down. They are stated by `--units`, by a dataset of ours, or follow from the size of the
numbers; whether they fit is checked by the place of the hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sayso.errors import UserError
from sayso.hardware.arms.kinematics import Kinematics, joint_ranges
from sayso.hardware.arms.lerobot_units import LeRobotUnits
from sayso.hardware.types import Array, RobotSpec
from sayso.recordings.columns import Place

CHECKED = 400
"""Samples by which units are checked."""
OUTSIDE_RAD, UNDER_TABLE_M = 0.35, 0.10
MOST_WRONG = 0.2
# Largest value → what it is divided by, for grippers that are not a servo's: meters, a share, percent, a byte.
_GRIPPER_SCALES = ((0.13, None), (1.3, 1.0), (130.0, 100.0), (260.0, 255.0))


class Units(StrEnum):
    """Units of joint positions in a dataset."""

    RAD = "rad"
    DEG = "deg"
    OLD_DEG = "old-deg"
    RANGE = "range"


ASSUMED = "assumed: nothing says so; --units range for a recording without LeRobot's use_degrees"
MEANING = {
    Units.RAD: "radians",
    Units.DEG: "degrees",
    Units.OLD_DEG: "degrees of LeRobot's calibration before June 2025",
    Units.RANGE: "-100 to 100 over each joint's range",
}


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts rows of a dataset of the arm ``spec`` in ``units``; ``why`` says how the units are known.

    ``scale`` divides the gripper's numbers, None for a servo's jaw, which may be ``jaw_in_rad``; ``closed_high``: large
    numbers mean shut.
    """

    spec: RobotSpec
    place: Place
    units: Units
    why: str
    scale: float | None
    jaw_in_rad: bool
    closed_high: bool

    @property
    def written(self) -> list[str] | None:
        """The units of a row, to be written down; None if they are only assumed."""
        if self.why == ASSUMED:
            return None
        numbers = len(self.place.names)
        return [str(self.units) if i in self.place.joints else "" for i in range(numbers)]

    def joints(self, rows: Array) -> Array:
        """Joint positions (T, n) rad of ``rows`` (T, width)."""
        values = np.asarray(rows, np.float64)[:, self.place.joints]
        if self.units is Units.RAD:
            return values
        if self.units is Units.RANGE:
            ranges = joint_ranges(self.spec.urdf)
            low, high = np.array([ranges[joint] for joint in self.spec.joints]).T
            return np.asarray(low + (values + 100.0) / 200.0 * (high - low))
        if self.units is Units.OLD_DEG:
            values = values.copy()
            for name, sign in (("shoulder_lift", -1.0), ("elbow_flex", 1.0)):
                column = self.spec.joints.index(name)
                values[:, column] = sign * (values[:, column] - 90.0)
        return np.radians(values) + LeRobotUnits.of(self.spec).zero

    def opening(self, rows: Array) -> Array | None:
        """The gripper's openings (T,) from 0 to 1; None without a gripper."""
        if not self.place.gripper or self.spec.gripper is None:
            return None
        values = np.asarray(rows, np.float64)[:, self.place.gripper].sum(1)
        jaw = self.spec.gripper.jaw
        if self.scale is not None:
            values = values / self.scale
        elif self.jaw_in_rad and jaw is not None:
            values = np.array([jaw.opening(v) / self.spec.gripper.width for v in values])
        else:
            units = LeRobotUnits.of(self.spec)
            values = np.array([units.opening(v) for v in values])
        return np.clip(1.0 - values if self.closed_high else values, 0.0, 1.0)


def converter_of(
    spec: RobotSpec, place: Place, rows: Array, units: Units | None, stated: tuple[str, ...], closed_high: bool
) -> Converter:
    """The converter of a dataset with the states ``rows`` (T, width), and the units ``stated`` in it (maybe none).

    Raises `UserError` where the units cannot be told or put the arm where it cannot be.
    """
    servo = spec.gripper is not None and spec.gripper.jaw is not None
    found, why = (units, "by --units") if units is not None else _told(place, rows, stated, servo)
    if found in (Units.OLD_DEG, Units.RANGE) and not servo:
        raise UserError(f"units '{found}' are of servo arms, not of the {spec.name}: deg and rad are allowed")
    scale = None
    most = float(np.abs(rows[:, place.gripper].sum(1)).max()) if place.gripper else 0.0
    if place.gripper and spec.gripper is not None and not servo:
        scales = [by or spec.gripper.width for top, by in _GRIPPER_SCALES if most <= top]
        if not scales:
            raise UserError(f"the gripper's numbers go up to {most:g}: neither meters, a share, percent nor a byte")
        scale = scales[0]
    out = Converter(spec, place, found, why, scale, found is Units.RAD and most <= 2 * np.pi, closed_high)
    _check(out, rows)
    return out


def _told(place: Place, rows: Array, stated: tuple[str, ...], servo: bool) -> tuple[Units, str]:
    said = {stated[i] for i in place.joints} if stated else set()
    if len(said) == 1 and said <= {*map(str, Units)}:
        return Units(said.pop()), "the dataset says so"
    most = float(np.abs(rows[:, place.joints]).max())
    if most <= 2 * np.pi:
        return Units.RAD, f"no number is beyond {most:.2f}"
    if not servo:
        return Units.DEG, f"joints go up to {most:.0f}"
    if place.old_calibration:
        return Units.OLD_DEG, "the joints have the names of that time"
    if most > 100.5:
        return Units.DEG, f"joints go up to {most:.0f}"
    return Units.DEG, ASSUMED


def _check(converter: Converter, rows: Array) -> None:
    """Raise `UserError` where a fifth of the samples is out of the joints' ranges or puts the hand under the table."""
    some = converter.joints(rows[np.linspace(0, len(rows) - 1, min(len(rows), CHECKED)).astype(int)])
    spec = converter.spec
    ranges = joint_ranges(spec.urdf)
    low, high = np.array([ranges[joint] for joint in spec.joints]).T
    outside = np.maximum(low - some, some - high)
    kinematics = Kinematics(spec)
    heights = np.array([kinematics.forward(q).position[2] for q in some])
    taken = f"with joints in {MEANING[converter.units]}"
    advice = f"--units ({', '.join(Units)}) or --robot names what is right"
    if (wrong := (outside > OUTSIDE_RAD).any(1).mean()) > MOST_WRONG:
        joint = spec.joints[int(np.argmax(outside.max(0)))]
        raise UserError(
            f"unknown units: {taken}, {wrong:.0%} of the samples are out of the {spec.name}'s range "
            f"(most: {joint}, by {np.degrees(outside.max()):.0f} degrees); {advice}"
        )
    if (wrong := (heights < -UNDER_TABLE_M).mean()) > MOST_WRONG:
        raise UserError(
            f"unknown units: {taken}, the {spec.name}'s hand is under the table in {wrong:.0%} of the samples "
            f"(down to {heights.min():.2f} m); {advice}"
        )

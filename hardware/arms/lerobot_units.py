"""Conversion between an arm's positions and LeRobot's dataset units (``JOINT.pos``, ``gripper.pos``).

Joints are in degrees. A servo arm's joint is 0 at the middle of its range, as in LeRobot's calibration; any other arm
keeps its own zero. The gripper goes from 0 (shut) to 100 (open): a rotary jaw by its angle over its range, as LeRobot's
RANGE_0_100, any other gripper by its opening.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.types import Array, RobotSpec

DEGREES, PERCENT = "deg", "0-100"


@dataclass(frozen=True, slots=True)
class LeRobotUnits:
    """Converter for the arm ``spec``; ``zero`` (n,) rad is the joint position at LeRobot's 0 degrees.

    ``jaw_range`` rad holds the ends of the jaw's range, the shut end first.
    """

    spec: RobotSpec
    zero: Array
    jaw_range: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, spec: RobotSpec) -> LeRobotUnits:
        """The units of ``spec``, with the ranges in its URDF."""
        if spec.gripper is None or spec.gripper.jaw is None:
            return cls(spec, np.zeros(spec.dof))
        ranges, jaw = joint_ranges(spec.urdf), spec.gripper.jaw
        low, high = ranges[jaw.joint]
        ends = (low, high) if jaw.wide > jaw.closed else (high, low)
        return cls(spec, np.array([sum(ranges[j]) / 2 for j in spec.joints]), ends)

    @property
    def names(self) -> tuple[str, ...]:
        """LeRobot's names of the numbers in a `row`."""
        return (*(f"{joint}.pos" for joint in self.spec.joints), "gripper.pos")

    @property
    def units(self) -> tuple[str, ...]:
        """The units of the numbers in a `row`."""
        return (*(DEGREES,) * self.spec.dof, PERCENT)

    def row(self, position: Array, opening: float) -> Array:
        """Joint positions (n,) rad and the gripper's opening in [0, 1] as one row (n + 1,)."""
        return np.append(np.degrees(position - self.zero), self.percent(opening))

    def percent(self, opening: float) -> float:
        """The gripper's opening in [0, 1] as LeRobot's 0 to 100."""
        gripper = self.spec.gripper
        if gripper is None or gripper.jaw is None:
            return 100.0 * opening
        low, high = self.jaw_range
        return 100.0 * (gripper.jaw.angle(opening * gripper.width) - low) / (high - low)

    def opening(self, percent: float) -> float:
        """LeRobot's 0 to 100 as the gripper's opening in [0, 1]."""
        gripper = self.spec.gripper
        if gripper is None or gripper.jaw is None:
            return min(max(percent / 100.0, 0.0), 1.0)
        low, high = self.jaw_range
        return min(max(gripper.jaw.opening(low + percent / 100.0 * (high - low)) / gripper.width, 0.0), 1.0)

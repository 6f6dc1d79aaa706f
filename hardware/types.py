"""Values that cross package borders: joint states and targets, poses and camera frames.

Arrays are float64 unless stated otherwise; lengths in metres, angles in radians, times in seconds on the clock of the
robot that made them. Frame ``base`` is the robot's base: x forward, y left, z up from the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.arms.gripper import RotaryJaw

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JointState:
    """Measured joint state: ``position`` (n,) rad, ``velocity`` (n,) rad/s, ``gripper`` opening in [0, 1]."""

    t: float
    position: Array
    velocity: Array
    gripper: float = 1.0


@dataclass(frozen=True, slots=True)
class JointTarget:
    """Joint set-point: ``position`` (n,) rad, ``velocity`` (n,) rad/s feed-forward, ``gripper`` in [0, 1].

    ``expires`` is the deadline in seconds: a later control cycle must not execute the target.
    """

    position: Array
    velocity: Array
    gripper: float
    expires: float


@dataclass(frozen=True, slots=True)
class Pose:
    """A rigid transform in the base frame: ``position`` (3,) m and ``rotation`` (3, 3), columns are axes."""

    position: Array
    rotation: Array

    @property
    def yaw(self) -> float:
        """Heading of the tool's x axis about base z, in rad, for a tool that points down."""
        return float(np.arctan2(self.rotation[1, 0], self.rotation[0, 0]))

    def matrix(self) -> Array:
        """The homogeneous (4, 4) matrix."""
        out = np.eye(4)
        out[:3, :3] = self.rotation
        out[:3, 3] = self.position
        return out


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box in the base frame: ``lower`` and ``upper`` (3,) m."""

    lower: Array
    upper: Array

    def contains(self, point: Array) -> bool:
        """Whether ``point`` (3,) m lies in the box or on its faces."""
        return bool(np.all(point >= self.lower) and np.all(point <= self.upper))


@dataclass(frozen=True, slots=True)
class GripperSpec:
    """A gripper: largest opening in metres and length of the fingers below the tool point in metres.

    ``closing_axis`` is the tool axis (0 or 1) along which both fingers close and center an object. None: a rotary
    ``jaw`` presses the object against a fixed finger.
    """

    width: float = 0.08
    fingertip: float = 0.01
    closing_axis: int | None = 1
    jaw: RotaryJaw | None = None


@dataclass(frozen=True, slots=True)
class RobotSpec:
    """Description of an arm: joints, limits, kinematics and rates.

    ``lower``/``upper`` (n,) rad, ``velocity`` (n,) rad/s, ``acceleration`` (n,) rad/s², ``jerk`` (n,) rad/s³,
    ``home`` (n,) rad. ``urdf`` and ``tip`` name the kinematic chain's file and its tool frame. ``rest`` (n,) rad is a
    pose in which the arm may go limp, None if there is none. ``reach`` bounds where objects can be taken and placed;
    its top is the highest lift. None: the default of `sayso.sim.scenes.spawn`, for an arm of about one metre.
    ``base_height`` (m) is the height of the arm's base above the table; z of the base frame counts from the table.
    """

    name: str
    joints: tuple[str, ...]
    lower: Array
    upper: Array
    velocity: Array
    acceleration: Array
    jerk: Array
    home: Array
    workspace: Box
    urdf: str
    tip: str
    gripper: GripperSpec | None = field(default_factory=GripperSpec)
    control_hz: float = 250.0
    rest: Array | None = None
    reach: Box | None = None
    base_height: float = 0.0

    @property
    def dof(self) -> int:
        """Number of arm joints, without the gripper."""
        return len(self.joints)


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera image: ``rgb`` (H, W, 3) uint8, ``depth`` (H, W) float32 m along the optical axis or None.

    Depth is 0 where none was measured. ``intrinsics`` (3, 3) is the pinhole matrix in pixels; ``pose`` the camera's in
    the base frame, OpenCV axes (x right, y down, z forward).
    """

    t: float
    camera: str
    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32] | None
    intrinsics: Array
    pose: Pose

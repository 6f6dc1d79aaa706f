"""The values that cross the borders between packages: joint states and targets, poses and camera frames.

Every array is float64 unless it says otherwise; lengths are metres, angles radians, times seconds on the
clock of the robot that made them. Frames: ``base`` is the robot's base, x forward, y left, z up from the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.arms.gripper import RotaryJaw

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JointState:
    """What an arm measures: ``position`` (n,) rad, ``velocity`` (n,) rad/s, ``gripper`` opening in [0, 1]."""

    t: float
    position: Array
    velocity: Array
    gripper: float = 1.0


@dataclass(frozen=True, slots=True)
class JointTarget:
    """Where an arm should be: ``position`` (n,) rad, ``velocity`` (n,) rad/s feed-forward, ``gripper`` in [0, 1].

    ``expires`` is the time after which it must not be carried out any more.
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
        """Whether ``point`` (3,) lies in the box, its faces included."""
        return bool(np.all(point >= self.lower) and np.all(point <= self.upper))


@dataclass(frozen=True, slots=True)
class GripperSpec:
    """A gripper: its largest opening in metres and the fingers' reach below the tool point.

    ``closing_axis`` is the tool axis (0 or 1) along which the fingers close and centre what they hold, None if they do
    not: a ``jaw`` that turns presses it against the finger that stands still.
    """

    width: float = 0.08
    fingertip: float = 0.01
    closing_axis: int | None = 1
    jaw: RotaryJaw | None = None


@dataclass(frozen=True, slots=True)
class RobotSpec:
    """What everything above needs to know of an arm: joints, limits, kinematics and rates.

    ``lower``/``upper`` (n,) rad, ``velocity`` (n,) rad/s, ``acceleration`` (n,) rad/s², ``jerk`` (n,) rad/s³,
    ``home`` (n,) rad. ``urdf`` and ``tip`` name the kinematic chain's file and its tool frame. ``rest`` (n,) rad is a
    pose in which the arm lies by itself and may go limp, None if there is none. ``reach`` is where on the table things
    can be taken and put, its top how high they can be lifted there; None: about a metre's arm's, see
    `sayso.sim.scenes.spawn`. ``base_height`` is how high (m) the arm's base stands above the table; z of the base frame
    counts from the table.
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
        """Number of arm joints, the gripper not counted."""
        return len(self.joints)


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera image: ``rgb`` (H, W, 3) uint8, ``depth`` (H, W) float32 m along the optical axis or None.

    Depth is 0 where none was measured. ``intrinsics`` (3, 3) pinhole matrix in pixels; ``pose`` is the camera in the
    base frame, OpenCV axes (x right, y down, z forward).
    """

    t: float
    camera: str
    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32] | None
    intrinsics: Array
    pose: Pose

"""The contract of a world: any simulator with an arm, cameras and tasks that Sayso steps from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2

import numpy as np

from sayso.hardware.types import Array, Frame, JointState, JointTarget, Pose, RobotSpec

ORIGIN = Pose(np.zeros(3), np.eye(3))
MAX_SEED = 2**32 - 1
"""Seeds are whole numbers from 0 to this."""


@dataclass(frozen=True, slots=True)
class Task:
    """A world's task: the instruction and its time limit in s; None: the limit follows from the length of the plan."""

    instruction: str
    limit_s: float | None = None


@dataclass(frozen=True, slots=True)
class ObjectTruth:
    """Ground truth of one object: kind, color, center (3,) m, quaternion xyzw, full extents (3,) m."""

    kind: str
    color: str
    position: Array
    quaternion: Array
    size: Array

    @property
    def yaw(self) -> float:
        """Rotation about z of an upright object, rad."""
        x, y, z, w = self.quaternion.tolist()
        return atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))

    @property
    def upright(self) -> float:
        """Cosine between the object's z axis and the vertical."""
        x, y, _, _ = self.quaternion
        return float(1 - 2 * (x * x + y * y))


class World(ABC):
    """A simulated arm at a table; time advances only in `step`, by ``step_s`` s.

    ``spec`` describes the arm; its name selects the models. Camera poses, `truth` and `place` use the world frame, z
    up: ``mount`` is the pose of the arm's base in that frame, ``table`` the height (m) of the table's top. ``depth``:
    the ``cameras`` measure depth. ``tasks`` names what `reset` can set up.
    Methods may raise `sayso.hardware.robot.RobotError` with a message for the user.
    """

    spec: RobotSpec
    step_s: float
    cameras: tuple[str, ...]
    depth: bool = True
    mount: Pose = ORIGIN
    table: float = 0.0
    tasks: tuple[str, ...] = ()

    @abstractmethod
    def reset(self, seed: int, task: str | None = None) -> Task:
        """Set up the world from ``seed`` alone; ``task`` is one of `tasks`, None: the world chooses."""

    @abstractmethod
    def read(self) -> JointState:
        """Joints in rad and rad/s, and the hand's opening as a fraction 0 to 1 of its width. ``t`` is ignored."""

    @abstractmethod
    def step(self, target: JointTarget) -> None:
        """Advance by ``step_s`` while the arm moves to ``target``, the joint positions at the end of this step."""

    @abstractmethod
    def look(self, camera: str) -> Frame:
        """The current frame of one of `cameras`; ``t`` is ignored."""

    @abstractmethod
    def success(self) -> bool | None:
        """Whether the task of the last `reset` is done by the world's own judgment; None if the world has none."""

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """Ground truth of all objects by id, for benchmarks and demonstrations; None: not provided."""
        return None

    def teach(self, state: JointState) -> JointTarget:
        """Where the world's own teacher, from ``state``, would have the arm one step on; asked only beside `truth`.

        Optional: without it Sayso's teacher demonstrates.
        """
        raise NotImplementedError(f"{type(self).__name__} has no teacher")

    def place(self, object_id: str, position: Array, yaw: float = 0.0) -> None:
        """Put an object's center at ``position`` (3,) m, at rest, for disturbances. Optional."""
        raise NotImplementedError(f"{type(self).__name__} places no objects")

    def close(self) -> None:  # noqa: B027 - a world that holds nothing need not write one
        """Release all resources; safe to call twice."""

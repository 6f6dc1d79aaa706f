"""The contract of a world: a simulator of anybody's with an arm, cameras and tasks, driven from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2

import numpy as np

from sayso.hardware.types import Array, Frame, JointState, JointTarget, Pose, RobotSpec

ORIGIN = Pose(np.zeros(3), np.eye(3))


@dataclass(frozen=True, slots=True)
class Task:
    """What a world asks for, as a sentence, and the seconds that it allows; None: by the length of the plan."""

    instruction: str
    limit_s: float | None = None


@dataclass(frozen=True, slots=True)
class ObjectTruth:
    """The truth about one object: its kind and color by name, center (3,) m, quaternion xyzw, full extents (3,) m."""

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
    """A simulated arm at a table. Its time moves only in `step`, by ``step_s`` s, at whatever rate that is.

    ``spec`` describes the arm; its name chooses the models. Camera poses, `truth` and `place` are in the world's own
    frame, z up: ``mount`` is the pose of the arm's base in it, ``table`` the height (m) of the table's top. ``depth``
    says whether the ``cameras`` measure depth. ``tasks`` names what `reset` can set up.
    Methods may raise `sayso.hardware.robot.RobotError`, in words for the user.
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
        """Set everything up anew, by ``seed`` alone; ``task`` is one of `tasks`, None: the world chooses."""

    @abstractmethod
    def read(self) -> JointState:
        """The joints now: rad, rad/s, and the hand's opening from 0 to 1 of its width. ``t`` is ignored."""

    @abstractmethod
    def step(self, target: JointTarget) -> None:
        """Let ``step_s`` pass while the arm goes to ``target``: where its joints are to be at the end of this step."""

    @abstractmethod
    def look(self, camera: str) -> Frame:
        """What one of `cameras` sees now; ``t`` is ignored."""

    @abstractmethod
    def success(self) -> bool | None:
        """Whether the task of the last `reset` is done, by the world's own judgment; None if the world has none."""

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """Where everything really is, for benchmarks and demonstrations; None: the world does not tell."""
        return None

    def place(self, object_id: str, position: Array, yaw: float = 0.0) -> None:
        """Put an object's center at ``position`` (3,) m, at rest: for disturbances. Optional."""
        raise NotImplementedError(f"{type(self).__name__} places no objects")

    def close(self) -> None:  # noqa: B027 - a world that holds nothing need not write one
        """Let go of everything; safe to call twice."""

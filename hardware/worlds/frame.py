"""Transforms between a world's frame and the base frame (x forward, y left of the arm's base, z up from the table)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from sayso.hardware.types import Array, Frame, Pose
from sayso.hardware.world import ORIGIN, ObjectTruth, World


class WorldFrame:
    """Transforms camera frames, ground truth and placements of ``world``."""

    def __init__(self, world: World) -> None:
        self.height = float(world.mount.position[2]) - world.table
        """Height (m) of the arm's base above the table."""
        self._same = world.mount is ORIGIN and not world.table
        self._origin = np.array([*world.mount.position[:2], world.table])
        self._turn = world.mount.rotation

    def frame(self, frame: Frame) -> Frame:
        """A camera frame with the camera's pose in the base frame."""
        if self._same:
            return frame
        pose = frame.pose
        return replace(frame, pose=Pose(self._point(pose.position), self._turn.T @ pose.rotation))

    def truth(self, truth: Mapping[str, ObjectTruth] | None) -> Mapping[str, ObjectTruth] | None:
        """Ground truth in the base frame."""
        if truth is None or self._same:
            return truth
        back = Rotation.from_matrix(self._turn).inv()
        return {
            name: replace(
                o, position=self._point(o.position), quaternion=(back * Rotation.from_quat(o.quaternion)).as_quat()
            )
            for name, o in truth.items()
        }

    def out(self, position: Array, yaw: float) -> tuple[Array, float]:
        """A placement in the base frame, (3,) m and rad, transformed to the world's frame."""
        if self._same:
            return position, yaw
        turn = float(np.arctan2(self._turn[1, 0], self._turn[0, 0]))
        return self._turn @ position + self._origin, yaw + turn

    def _point(self, position: Array) -> Array:
        return np.asarray(self._turn.T @ (np.asarray(position) - self._origin))

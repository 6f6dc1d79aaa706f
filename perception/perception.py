"""Cameras, detector and tracker put together: what a session asks for the scene."""

from __future__ import annotations

from collections.abc import Sequence

from hardware.robot import Camera
from hardware.types import Frame, JointState, Pose
from perception.detector import Detector
from perception.scene import Scene
from perception.tracker import Tracker


class Perception:
    """Looks with all ``cameras`` when told to, and predicts in between; ``frames`` are those of the last look."""

    def __init__(self, detector: Detector, tracker: Tracker, cameras: Sequence[Camera]) -> None:
        self._detector, self._tracker, self._cameras = detector, tracker, tuple(cameras)
        self.frames: tuple[Frame, ...] = ()

    def look(self, now: float, state: JointState, tool: Pose, closing: bool) -> Scene:
        """Read the cameras, detect and track: the scene at ``now`` s, with the arm's ``state`` and ``tool`` pose."""
        self.frames = tuple(camera.read() for camera in self._cameras)
        return self._tracker.update(self._detector.detect(self.frames), self.frames, state, tool, closing, now)

    def predict(self, now: float, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The scene at ``now`` s between looks."""
        return self._tracker.predict(state, tool, closing, now)

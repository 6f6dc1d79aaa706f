"""A small arm's spec, detections and a depth camera made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sayso.hardware.types import Box, Frame, GripperSpec, JointState, Pose, RobotSpec
from sayso.perception.scene import COLORS, KINDS
from sayso.perception.votes import Detection

DOWN = np.diag([1.0, -1.0, -1.0])


@pytest.fixture
def spec() -> RobotSpec:
    one = np.ones(1)
    box = Box(np.full(3, -1.0), np.full(3, 1.0))
    return RobotSpec(
        "one", ("j",), -one, one, one, one, one, 0 * one, box, "none.urdf", "tip", GripperSpec(0.08, 0.008)
    )


@pytest.fixture
def detect() -> Callable[..., Detection]:
    def make(
        x: float,
        y: float,
        z: float = 0.02,
        color: str = "red",
        kind: str = "block",
        yaw: float = 0.0,
        sure: float = 0.9,
    ) -> Detection:
        size = np.array([0.15, 0.15, 0.055]) if kind == "bowl" else np.full(3, 0.04)
        kinds = {k: 0.95 if k == kind else 0.05 for k in KINDS}
        colors = {c: 0.91 if c == color else 0.01 for c in COLORS}
        return Detection(kinds, colors, np.array([x, y, z]), size, yaw, sure, 0.003, 30)

    return make


def tool_at(x: float, y: float, z: float, yaw: float = 0.0) -> Pose:
    c, s = np.cos(yaw), np.sin(yaw)
    return Pose(np.array([x, y, z]), np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ DOWN)


def joints(opening: float, t: float = 0.0) -> JointState:
    return JointState(t, np.zeros(1), np.zeros(1), opening / 0.08)


def overhead(depth: float = 1.0) -> Frame:
    """A camera 1 m above (0.5, 0, 0) looking straight down on a plane at ``depth`` m."""
    k = np.array([[200.0, 0, 99.5], [0, 200.0, 99.5], [0, 0, 1]])
    image = np.full((200, 200), depth, dtype=np.float32)
    return Frame(0.0, "top", np.zeros((200, 200, 3), np.uint8), image, k, Pose(np.array([0.5, 0, 1.0]), DOWN))

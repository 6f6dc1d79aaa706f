"""Simulated RGB-D cameras, rendered on the CPU."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.clock import Clock
from sayso.hardware.robot import Camera
from sayso.hardware.types import Array, Frame, Pose, RobotSpec
from sayso.sim.bullet import pybullet as p
from sayso.sim.physics import Physics

NEAR, FAR = 0.05, 3.0


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """A camera's pose and lens: ``eye`` and ``target`` (3,) m in the base frame, vertical ``fov`` in degrees."""

    name: str
    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov: float = 42.0
    width: int = 208
    height: int = 160


# Two views from across the table: one sees objects that the arm hides from the other.
DEFAULT_CAMERAS = (
    CameraSpec("left", (1.05, 0.62, 0.72), (0.46, 0.0, 0.0)),
    CameraSpec("right", (1.05, -0.62, 0.72), (0.46, 0.0, 0.0)),
)
TABLE_X = 0.51  # x (m) of the center of the workspace that the default cameras view


def cameras_for(spec: RobotSpec) -> tuple[CameraSpec, ...]:
    """`DEFAULT_CAMERAS`, shifted in x with the center of the arm's workspace."""
    ahead = float(spec.workspace.lower[0] + spec.workspace.upper[0]) / 2 - TABLE_X
    return tuple(
        replace(c, eye=(c.eye[0] + ahead, *c.eye[1:]), target=(c.target[0] + ahead, *c.target[1:]))
        for c in DEFAULT_CAMERAS
    )


SHOWN_X = 0.80
OBSERVER = CameraSpec("observer", (1.45, -0.75, 0.75), (0.40, 0.0, 0.14), fov=38.0, width=640, height=480)


def nearer(camera: CameraSpec, spec: RobotSpec) -> CameraSpec:
    """``camera`` scaled from an arm with a workspace up to `SHOWN_X` to the arm of ``spec``, by the ratio of their
    workspaces."""
    share = float(spec.workspace.upper[0]) / SHOWN_X
    eye, target = ((x * share, y * share, z * share) for x, y, z in (camera.eye, camera.target))
    return replace(camera, eye=eye, target=target)


def jittered(spec: CameraSpec, rng: np.random.Generator, scale: float) -> CameraSpec:
    """The camera with a random displacement of up to 8 cm, and 3 cm of its target, times ``scale``."""
    eye = np.array(spec.eye) + rng.uniform(-0.08, 0.08, 3) * scale
    target = np.array(spec.target) + rng.uniform(-0.03, 0.03, 3) * scale
    return CameraSpec(spec.name, tuple(eye.tolist()), tuple(target.tolist()), spec.fov, spec.width, spec.height)


class SimCamera(Camera):
    """A pinhole camera in a `Physics` with known calibration; ``depth`` false drops its depth."""

    def __init__(
        self, world: Physics, clock: Clock, spec: CameraSpec, shadows: bool = False, depth: bool = True
    ) -> None:
        self.name = spec.name
        self.spec = spec
        self._world, self._clock, self._shadows, self._depth = world, clock, shadows, depth
        self._view = p.computeViewMatrix(spec.eye, spec.target, [0, 0, 1])
        self._projection = p.computeProjectionMatrixFOV(spec.fov, spec.width / spec.height, NEAR, FAR)
        f = spec.height / 2 / np.tan(np.radians(spec.fov) / 2)
        # TinyRenderer samples half a pixel to the left of and below the center: measured, and covered by a test.
        self.intrinsics = np.array([[f, 0, spec.width / 2], [0, f, spec.height / 2 - 1], [0, 0, 1.0]])
        camera_from_base = np.diag([1.0, -1.0, -1.0, 1.0]) @ np.array(self._view).reshape(4, 4).T
        base_from_camera = np.linalg.inv(camera_from_base)
        self.pose = Pose(base_from_camera[:3, 3], base_from_camera[:3, :3])

    def standing(self, spec: CameraSpec) -> SimCamera:
        """A camera of the same world in the place of ``spec``."""
        return SimCamera(self._world, self._clock, spec, self._shadows, self._depth)

    def read(self) -> Frame:
        """Render a frame."""
        frame = self._render(p.ER_NO_SEGMENTATION_MASK)[0]
        return frame if self._depth else replace(frame, depth=None)

    def labelled(self) -> tuple[Frame, NDArray[np.int32]]:
        """A frame and the body id (H, W) of every pixel, -1 for background. For training labels only."""
        return self._render(0)

    def _render(self, flags: int) -> tuple[Frame, NDArray[np.int32]]:
        s, look = self.spec, self._world.appearance
        image = p.getCameraImage(
            s.width, s.height, self._view, self._projection, lightDirection=look.light, lightColor=[1, 1, 1],
            lightAmbientCoeff=look.ambient, lightDiffuseCoeff=look.diffuse, lightSpecularCoeff=look.specular,
            shadow=int(self._shadows), renderer=p.ER_TINY_RENDERER, flags=flags, physicsClientId=self._world.client,
        )  # fmt: skip
        rgb = np.asarray(image[2], dtype=np.uint8).reshape(s.height, s.width, 4)[..., :3].copy()
        buffer = np.asarray(image[3], dtype=np.float64).reshape(s.height, s.width)
        depth: Array = FAR * NEAR / (FAR - (FAR - NEAR) * buffer)
        frame = Frame(self._clock.now(), self.name, rgb, depth.astype(np.float32), self.intrinsics, self.pose)
        bodies = (
            np.asarray(image[4], dtype=np.int32).reshape(s.height, s.width)
            if flags == 0
            else np.empty((0, 0), np.int32)
        )
        return frame, bodies

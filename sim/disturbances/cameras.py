"""Cameras that are bumped, blocked or in the dark; the robot knows nothing of it but what it sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.robot import Camera
from sayso.hardware.types import Frame
from sayso.sim.camera import SimCamera
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Course

BUMP_M, BUMP_RAD = 0.015, np.radians(2.0)
BLOCKED_S, DARK_S = 4.0, 4.0
HAND, HAND_M = (176, 128, 104), 0.09  # color and distance of what is in front of the lens
DIMMED, SENSOR_NOISE = 0.06, 2.5


class Altered(Camera):
    """A camera whose frames are altered by ``alter``."""

    def __init__(self, camera: Camera, alter: Callable[[Frame], Frame]) -> None:
        self.name, self._camera, self._alter = camera.name, camera, alter

    def read(self) -> Frame:
        """The altered frame."""
        return self._alter(self._camera.read())


def camera_bumped(stage: Backstage) -> Course:
    """One camera stands otherwise from now on, and still says that it stands where it stood."""
    name = str(stage.rng.choice(sorted(stage.table.lenses)))
    lens = stage.table.lenses[name]
    assert isinstance(lens, SimCamera)
    eye, target = np.array(lens.spec.eye), np.array(lens.spec.target)
    shift, turn = (v / np.linalg.norm(v) for v in stage.rng.normal(size=(2, 3)))
    far = float(np.linalg.norm(target - eye))
    at = eye + BUMP_M * shift
    toward = target + BUMP_M * shift + far * np.tan(BUMP_RAD) * _across(turn, target - eye)
    bumped = lens.standing(replace(lens.spec, eye=tuple(at.tolist()), target=tuple(toward.tolist())))
    stage.table.lenses[name] = Altered(bumped, lambda frame: replace(frame, pose=lens.pose))
    yield f"the {name} camera is bumped: shifted by {1000 * BUMP_M:.0f} mm and turned by {np.degrees(BUMP_RAD):.0f}°"


def _across(v: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The part of ``v`` across ``axis``, of length 1."""
    axis = axis / np.linalg.norm(axis)
    rest = v - (v @ axis) * axis
    return np.asarray(rest / np.linalg.norm(rest))


def camera_blocked(stage: Backstage) -> Course:
    """Something is right in front of one camera."""
    name = str(stage.rng.choice(sorted(stage.table.lenses)))
    yield from _block(stage, (name,), f"the {name} camera", "is")


def cameras_blocked(stage: Backstage) -> Course:
    """Something is right in front of all cameras, as when a person leans over the table."""
    yield from _block(stage, tuple(stage.table.lenses), "all cameras", "are")


def _block(stage: Backstage, names: Sequence[str], told: str, verb: str) -> Course:
    def block(frame: Frame) -> Frame:
        noise = stage.rng.normal(0.0, SENSOR_NOISE, frame.rgb.shape)
        rgb = np.clip(np.array(HAND) + noise, 0, 255).astype(np.uint8)
        depth = None if frame.depth is None else np.full_like(frame.depth, HAND_M)
        return replace(frame, rgb=rgb, depth=depth)

    before = {name: stage.table.lenses[name] for name in names}
    stage.table.lenses.update({name: Altered(camera, block) for name, camera in before.items()})
    try:
        yield f"something is in front of {told}"
        yield BLOCKED_S
    finally:
        stage.table.lenses.update(before)
    yield f"{told} {verb} free again"


def camera_dark(stage: Backstage) -> Course:
    """The light is out: all cameras see next to nothing; those that measure depth still do."""

    def dim(frame: Frame) -> Frame:
        noise = stage.rng.normal(0.0, SENSOR_NOISE, frame.rgb.shape)
        return replace(frame, rgb=np.clip(DIMMED * frame.rgb + noise, 0, 255).astype(np.uint8))

    before = dict(stage.table.lenses)
    for name, camera in before.items():
        stage.table.lenses[name] = Altered(camera, dim)
    try:
        yield "the light goes out"
        yield DARK_S
    finally:
        stage.table.lenses.update(before)
    yield "the light is on again"

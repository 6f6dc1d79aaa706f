"""Cameras that fail during a session: the delay of detection, and the refusal of their pictures."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.cameras.calibration import CameraCalibration, Lens, Place, look_of
from sayso.hardware.cameras.device_camera import CameraPlan
from sayso.hardware.cameras.health import CameraError, Fault
from sayso.hardware.cameras.rig import CameraRig
from sayso.hardware.clock import FakeClock
from sayso.hardware.emulated.mjpeg import MjpegServer
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.camera import SimCamera, cameras_for
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.scene_choice import scene_for

KNOWN_MS, PATIENCE_S = 500.0, 5.0
NOISE = 1.5  # grey levels


class _Views:
    """Pictures of two cameras over a table, with a sensor's noise; exchanged if ``swapped``."""

    def __init__(self, arm: str, seed: int) -> None:
        model, self._rng = arm_model(arm), np.random.default_rng(seed)
        scene = scene_for(model.spec, None, seed)
        world = Physics(scene, model, random_appearance(self._rng, len(scene.objects)))
        cameras = [SimCamera(world, FakeClock(), c) for c in cameras_for(model.spec)]
        self._seen = {c.name: c.read().rgb for c in cameras}
        self.calibrations = {c.name: self._calibration(c) for c in cameras}
        self.swapped = False
        world.close()

    def grab(self, name: str) -> NDArray[np.uint8]:
        other = {a: b for a, b in zip(self._seen, reversed(self._seen), strict=True)}
        rgb = self._seen[other[name] if self.swapped else name]
        return np.clip(np.round(rgb + self._rng.normal(0, NOISE, rgb.shape)), 0, 255).astype(np.uint8)

    def _calibration(self, camera: SimCamera) -> CameraCalibration:
        k, look = camera.intrinsics, look_of(self._seen[camera.name])
        return CameraCalibration(
            schema=1, camera=camera.name, width=camera.spec.width, height=camera.spec.height,
            lens=Lens(fx=k[0, 0], fy=k[1, 1], cx=k[0, 2], cy=k[1, 2]), place=Place.of(camera.pose),
            look=look.tobytes().hex(),
        )  # fmt: skip


def blind(arm: str, fault: Fault, seed: int) -> dict[str, Any]:
    """Let a camera fail at a random moment: ms until detection, and whether its pictures are refused (D1)."""
    views = _Views(arm, seed)
    server = MjpegServer({name: partial(views.grab, name) for name in views.calibrations}, fps=10.0)
    plans = [CameraPlan(server.urls[name], calibration) for name, calibration in views.calibrations.items()]
    try:
        with CameraRig(plans) as rig:
            clock, camera = rig.clock, rig.cameras[0]
            clock.sleep_until(clock.now() + float(np.random.default_rng(seed).uniform(0.5, 0.8)))
            start = clock.now()
            if fault is Fault.SWAPPED:
                views.swapped = True
            else:
                server.fault(camera.name, "gone" if fault is Fault.LOST else str(fault))
            known: list[float] = []
            while not known and clock.now() < start + PATIENCE_S:
                clock.sleep_until(clock.now() + 0.01)
                known = [e.t for e in rig.events if e.camera == camera.name and e.fault is fault and e.t > start]
            refused = _refused(camera.read)
    finally:
        server.close()
    ms = [round((known[0] - start) * 1e3, 1)] if known else []
    return {"ok": bool(ms and ms[0] <= KNOWN_MS and refused), "ms": ms}


def _refused(read: Any) -> bool:
    try:
        read()
    except CameraError:
        return True
    return False

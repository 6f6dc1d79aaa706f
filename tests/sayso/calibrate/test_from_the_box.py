"""From new motors to a camera that knows its place, as docs/from-the-box.md has it, on one emulated arm."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from sayso.calibrate import motors, servos
from sayso.calibrate.live_page import Mark
from sayso.calibrate.motors import set_up_motors
from sayso.calibrate.servos import calibrate_servos
from sayso.calibrate.touches import calibrate_place, gather, suggested
from sayso.emulation.hand import touching
from sayso.hardware.arms.load import load_arm
from sayso.hardware.cameras.calibration import CameraCalibration, write_camera
from sayso.hardware.cameras.open import camera_file, camera_plan
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo import sts_bus
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.perception.calibration.points import seen_at
from tests.sayso.calibrate.test_calibrate_arm import Hand, Limp, bus_of
from tests.sayso.calibrate.test_motors import Person
from tests.sayso.calibrate.test_touches import CAMERA, LENS, SIZE, Gray, table_error
from tests.waiting import until

pytest.importorskip("scservo_sdk")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


class Clicking:
    """Somebody who moves the limp arm to each place in turn, waits, and clicks on the tip in the page's picture."""

    def __init__(self, body: Limp) -> None:
        self.body, self.places, self.looks = body, suggested(body.spec), 0

    def show(self, rgb: Array, hint: str, done: str = "") -> None: ...

    def mark(self) -> Mark | None:
        x, y = self.places[0]
        self.body.position[:5] = touching(self.body.spec, np.array([x, y, 0.0]))
        self.looks += 1
        if self.looks % 4:
            return None
        self.places.pop(0)
        u, v = seen_at(np.array([[x, y, 0.0]]), CAMERA, LENS)[0]
        return float(u), float(v)


def test_from_new_motors_to_the_cameras_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sts_bus, "SILENT_S", 0.1)
    monkeypatch.setattr(motors, "PATIENCE_MS", 200.0)
    monkeypatch.setattr(servos, "PATIENCE_MS", 400.0)
    body = Limp(load_arm("so101"))
    bus, said = bus_of("so101", body), list[str]()
    try:
        bus.fault("factory-new")
        until(lambda: all(bus.id_of(i) == 1 for i in bus.names))
        with pytest.raises(RobotError, match="of so101 does not answer"):
            open_driver("so101", Connection(bus.address, Mode.READ_ONLY)).connect()
        set_up_motors("so101", bus.address, Person(bus), said.append)  # type: ignore[arg-type]
        with pytest.raises(RobotError, match=r"shoulder_pan \(id 1\) is not calibrated"):
            open_driver("so101", Connection(bus.address, Mode.READ_ONLY)).connect()
        kept = tmp_path / "so101.json"
        calibrate_servos("so101", bus.address, kept, tmp_path / "arm", Hand(body), FakeClock(), said.append)
        options = {"answer_ms": "400"}
        with open_driver("so101", Connection(bus.address, Mode.READ_ONLY, kept, options)) as arm:
            touched = gather(
                Gray(), arm, Clicking(body), SIZE, LENS, 8, said.append, tmp_path / "touches.json"  # type: ignore[arg-type]
            )  # fmt: skip
        before = CameraCalibration(camera="left", width=640, height=480, lens=LENS)
        after, problems, fit = calibrate_place("left", "", before, SIZE, touched, body.spec, tmp_path / "place")
        assert problems == [] and table_error(fit, CAMERA) < 3.0, "servo ticks and the sweep's middle alone are wrong"
        write_camera(camera_file("left", tmp_path), after)
        plan = camera_plan("left=http://127.0.0.1:9/left.mjpg", tmp_path)
        assert plan.calibration.place is not None
    finally:
        bus.close()

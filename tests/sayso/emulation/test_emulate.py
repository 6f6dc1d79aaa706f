"""``sayso emulate so101`` and ``koch``: another program drives them with the maker's library and sees their cameras."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.emulation.emulators import emulated_arm
from sayso.hardware.check import check_robot
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo import serial_port
from sayso.hardware.drivers.servo.bus import ServoError, ServoFault
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

SDKS = {"so101": "scservo_sdk", "koch": "dynamixel_sdk"}


@dataclass
class Emulated:
    """A running ``sayso emulate``."""

    process: subprocess.Popen[str]
    port: str
    cameras: dict[str, str]

    def say(self, line: str) -> str:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine may take longer to answer than any arm would."""
    monkeypatch.setattr(serial_port, "ANSWER_MS", 500.0)


@contextmanager
def emulate(arm: str, *options: str) -> Iterator[Emulated]:
    command = [sys.executable, "-c", "from sayso.cli import main; main()", "emulate", arm, *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdin
        port, cameras = "", {}
        while not (line := process.stdout.readline()).startswith("faults"):
            assert line, "it ended"
            if line.startswith(f"{arm} at "):
                port = line.split()[-1]
            if line.startswith("camera "):
                cameras[line.split()[1]] = line.split()[-1]
        yield Emulated(process, port, cameras)
        process.stdin.close()
        assert process.wait(10) == 0


def test_an_arm_with_physics_behind_it_keeps_the_contract() -> None:
    pytest.importorskip("scservo_sdk")
    with emulate("so101") as emulated:
        assert check_robot(open_driver("so101", Connection(emulated.port, Mode.LIVE))) == []


@pytest.mark.parametrize("arm", ["so101", "koch"])
def test_a_calibrated_arm_loses_a_servo_on_request(arm: str, tmp_path: Path) -> None:
    pytest.importorskip(SDKS[arm])
    file = tmp_path / "calibration.json"
    with emulate(arm, "--calibration", str(file)) as emulated:
        robot = open_driver(arm, Connection(emulated.port, Mode.READ_ONLY, file))
        rest = robot.spec.rest
        assert rest is not None
        with robot:
            # The hand of a limp arm rolls as it likes.
            assert np.abs(robot.read().position - rest)[:3].max() < 0.5, "it lies limp in its rest pose"
            assert emulated.say("dead 2") == "fault dead 2"
            with pytest.raises(ServoError, match="servo 2 at") as error:
                for _ in range(3):
                    robot.read()
            assert error.value.fault is ServoFault.NO_ANSWER
            assert emulated.say("recover") == "recovered"
            robot.read()


def test_its_cameras_are_opened_by_address_and_freeze_on_request_and_a_hand_moves_it() -> None:
    with emulate("so101") as emulated:
        assert set(emulated.cameras) == {"left", "right"}
        for url in emulated.cameras.values():
            stream = cv2.VideoCapture(url)
            ok, picture = stream.read()
            stream.release()
            assert ok and picture.shape[:2] == (160, 208) and picture.std() > 20, "there is something to see"
        assert emulated.say("frozen left") == "fault frozen left"
        assert emulated.say("move elbow_flex 30 gripper 50") == "done: move elbow_flex 30 gripper 50"
        joints = json.loads(emulated.say("joints"))[1]
        assert np.degrees(joints[2]) == pytest.approx(30, abs=0.5)
        assert emulated.say("only gripper") == "fault only gripper" and emulated.say("recover") == "recovered"
        assert emulated.say("nonsense").startswith("no fault 'nonsense'; there are: drop, ")
        assert "frozen" not in emulated.say("events")


def test_what_cannot_be_emulated_is_one_line() -> None:
    code = "from sayso.cli import run_command; import sys; sys.exit(run_command(['emulate', 'so999']))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("sayso: no emulated arm 'so999'; there are: so101, koch, ur5e")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("where", "lies"), [((0.157, 0.0), False), ((0.2, 0.15), True)])
def test_it_does_not_lie_in_a_bowl(where: tuple[float, float], lies: bool) -> None:
    scene = SceneSpec((ObjectSpec("w1", "bowl", "blue", where),))
    with emulated_arm("so101", scene) as (_, world, device):
        pose = world.arm.spec.rest if lies else world.arm.spec.home
        assert pose is not None
        assert np.abs(device.read().position - pose)[:3].max() < 0.5

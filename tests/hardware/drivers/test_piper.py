"""A Piper through the unmodified ``piper-sdk``, against an emulated arm on a CAN bus with physics behind it."""

import struct
from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.drivers.can_channel import can_channel
from sayso.hardware.drivers.driver import REDUCED_SPEED, Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointTarget
from tests.hardware.drivers.conformance import ArmConformance, Device, drive
from tests.hardware.emulated_arm import EmulatedArm, own_host

can = pytest.importorskip("can", reason="needs the extra piper")
piper = pytest.importorskip("sayso.hardware.drivers.piper", reason="needs the extra piper")
CHANNEL = own_host(30).replace("127.", "udp_multicast:239.", 1)


def at(channel: str) -> Robot:
    return open_driver("piper", Connection(channel, Mode.LIVE))


@pytest.fixture(scope="module")
def emulated() -> Iterator[EmulatedArm]:
    with EmulatedArm("piper", "--host", CHANNEL) as arm:
        yield arm


@pytest.fixture
def device(emulated: EmulatedArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    # A machine that runs tests beside other things stands still for longer than a control loop may.
    monkeypatch.setattr(piper, "STALE_S", 10.0)

    def cut() -> None:
        monkeypatch.setattr(piper, "STALE_S", 0.5)
        emulated.tell("unplugged")

    def mend() -> None:
        monkeypatch.setattr(piper, "STALE_S", 10.0)
        emulated.tell("recover")

    def absent(channel: str) -> Robot:
        monkeypatch.setattr(piper, "FIRST_S", 0.1)
        return at(channel)

    yield Device(
        open=lambda mode: open_driver("piper", Connection(CHANNEL, mode)),
        joints=emulated.joints,
        told=lambda: emulated.tell("events"),
        cut=cut,
        mend=mend,
        lost="no joint state for .* check the CAN cable",
        absent=[
            (lambda: absent("virtual:nobody"), r"piper at virtual:nobody does not answer; is it on"),
            (lambda: absent("can77"), r"piper at can77: the CAN channel does not open; .*ip link set can0 up"),
            (lambda: absent(""), "give the CAN channel"),
        ],
    )
    emulated.tell("recover")


@pytest.fixture
def arm(device: Device) -> Iterator[piper.Piper]:
    robot = device.open(Mode.LIVE)
    yield robot
    robot.disconnect()


class TestPiper(ArmConformance):
    """The Piper does what every arm does."""


def test_without_a_watchdog_it_is_kept_slow_and_holds_what_it_was_told_last(arm: piper.Piper) -> None:
    arm.connect()
    start = arm.read()
    at, told = start.position, []
    goal = at + np.array([-1.0, 0, 0, 0, 0, 0]) * np.sign(at[0] + 1e-9)
    for _ in range(20):
        told.append(arm.write(JointTarget(goal, np.zeros(6), 1.0, arm.clock.now() + 0.5)).position)
        arm.clock.sleep_until(arm.clock.now() + 0.01)
    tool = [Kinematics(arm.spec).forward(q).position for q in told]
    steps = np.linalg.norm(np.diff(tool, axis=0), axis=1)
    # A late loop may catch up by two periods in one.
    assert 0 < steps.max() <= 2.1 * REDUCED_SPEED / arm.spec.control_hz
    until = arm.clock.now() + 30.0
    while not np.allclose(arm.read().position, told[-1], atol=2e-3) and arm.clock.now() < until:
        arm.clock.sleep_until(arm.clock.now() + 0.1)
    arm.clock.sleep_until(arm.clock.now() + 0.5)
    assert np.allclose(arm.read().position, told[-1], atol=2e-3)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("emergency-stop", "its emergency stop is active"),
        ("collision", "it hit something"),
        ("driver-error", "the motor of joint2 reports a fault|a joint reports a fault"),
    ],
)
def test_a_stop_is_named_and_latched_until_somebody_connects_again(
    emulated: EmulatedArm, arm: piper.Piper, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    monkeypatch.setattr(piper, "STALE_S", 0.5)
    monkeypatch.setattr(piper, "FIRST_S", 0.3)
    arm.connect()
    drive(arm, 0.2)
    emulated.tell(fault)
    with pytest.raises(RobotError, match=says):
        drive(arm, 30.0, speed=0.02)
    with pytest.raises(RobotError, match=f"{says}|does not answer"):
        arm.connect()
    emulated.tell("recover")
    monkeypatch.setattr(piper, "FIRST_S", 5.0)
    arm.connect()
    drive(arm, 0.1)


def test_an_adapter_without_permission_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/dev/ttyACM0")

    monkeypatch.setattr(piper.C_PiperInterface_V2, "CreateCanBus", refused)
    with pytest.raises(RobotError, match="no permission to open /dev/ttyACM0: sudo usermod -aG dialout"):
        open_driver("piper", Connection("slcan:/dev/ttyACM0", Mode.LIVE)).connect()


def test_a_channel_alone_is_a_socketcan_one() -> None:
    assert can_channel("can0") == ("socketcan", "can0")
    assert can_channel("slcan:/dev/ttyACM0") == ("slcan", "/dev/ttyACM0")


def test_the_frames_to_the_byte(emulated: EmulatedArm, arm: piper.Piper) -> None:
    """Angles in 0.001 degrees, two a frame; a joint told by hand goes there and says so."""
    interface, channel = can_channel(CHANNEL)
    with can.Bus(interface=interface, channel=channel) as bus:

        def send(number: int, data: bytes) -> None:
            bus.send(can.Message(arbitration_id=number, data=data, is_extended_id=False))

        def receive(number: int) -> bytes:
            while (message := bus.recv(20.0)) is not None:
                if message.arbitration_id == number:
                    return bytes(message.data)
            raise AssertionError(f"no frame {number:#x}")

        first, second = struct.unpack(">ii", receive(0x2A5))
        send(0x151, bytes([1, 1, 100, 0, 0, 0, 0, 0]))
        send(0x155, struct.pack(">ii", first + 2000, second))
        for _ in range(2000):
            now = struct.unpack(">ii", receive(0x2A5))
            if abs(now[0] - first - 2000) < 200:
                break
        assert abs(now[0] - first - 2000) < 200 and abs(now[1] - second) < 200
        assert receive(0x2A1)[:3] == b"\x01\x00\x01", "CAN control, normal, MOVE J"
        # An angle out of the joint's range is not followed.
        send(0x155, struct.pack(">ii", 170_000, second))
        for _ in range(50):
            assert abs(struct.unpack(">ii", receive(0x2A5))[0] - first - 2000) < 5000
        send(0x151, bytes(8))

"""A Panda through the unmodified ``franky``, against an emulated control box with physics behind it."""

import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget
from tests.hardware.drivers.conformance import ArmConformance, Device, drive
from tests.hardware.emulated_arm import EmulatedArm, at_rest, own_host

panda = pytest.importorskip("sayso.hardware.drivers.panda", reason="needs the extra panda")
HOST, NOBODY = own_host(40), own_host(41)


@pytest.fixture(scope="module")
def emulated() -> Iterator[EmulatedArm]:
    with EmulatedArm("panda", "--host", HOST) as arm:
        yield arm


@pytest.fixture
def device(emulated: EmulatedArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    # A machine that runs tests beside other things stands still for longer than a control loop may.
    monkeypatch.setattr(panda, "STALE_S", 10.0)

    def cut() -> None:
        monkeypatch.setattr(panda, "STALE_S", 0.3)
        emulated.tell("lost-connection")

    def mend() -> None:
        monkeypatch.setattr(panda, "STALE_S", 10.0)
        emulated.tell("recover")

    yield Device(
        open=lambda mode: open_driver("panda", Connection(HOST, mode)),
        joints=emulated.joints,
        told=lambda: emulated.tell("events"),
        cut=cut,
        mend=mend,
        lost=rf"panda at {HOST}: .*then connect again",
        absent=[
            (lambda: open_driver("panda", Connection(NOBODY, Mode.LIVE)), rf"panda at {NOBODY}: .*FCI active"),
            (lambda: open_driver("panda", Connection("", Mode.LIVE)), "give the control box's address"),
        ],
    )
    emulated.tell("recover")


@pytest.fixture
def arm(device: Device) -> Iterator[panda.Panda]:
    robot = device.open(Mode.LIVE)
    yield robot
    robot.disconnect()


class TestPanda(ArmConformance):
    """The Panda does what every arm does."""


def test_an_arm_whose_loop_died_stands_still_by_itself(arm: panda.Panda) -> None:
    arm.connect()
    drive(arm, 0.5)
    at = arm.read().position
    arm.clock.sleep_until(arm.clock.now() + 1.0)
    assert np.abs(at_rest(arm) - at).max() < 0.15, "0.2 rad/s for more than a second would be over 0.2 rad"
    drive(arm, 0.1)


def test_a_stop_brakes_to_rest_and_the_arm_stays_there(arm: panda.Panda) -> None:
    """A loop that got no processor for a while brakes toward a point that the arm has left behind."""
    arm.connect()
    drive(arm, 0.5, speed=0.5)
    still, behind = np.zeros(7), arm.read().position - 0.05 * np.eye(7)[0]
    arm.brake(JointTarget(behind, still, 1.0, np.inf))
    rests, begin = at_rest(arm), arm.clock.now()
    assert rests[0] > behind[0] + 0.04
    while arm.clock.now() < begin + 1.0:
        told = arm.brake(JointTarget(behind, still, 1.0, np.inf))
        arm.clock.sleep_until(arm.clock.now() + 1 / arm.spec.control_hz)
    assert np.abs(arm.read().position - rests).max() < 0.002
    assert np.abs(told.position - rests).max() < 0.002
    drive(arm, 0.5)
    assert arm.read().position[0] > rests[0] + 0.02, "and it goes on when it is told to"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("reflex", "joint_motion_generator_velocity_limits_violation"),
        ("user-stop", "User Stop pressed"),
    ],
)
def test_a_stop_is_named_and_latched_until_somebody_connects_again(
    emulated: EmulatedArm, arm: panda.Panda, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    monkeypatch.setattr(panda, "STALE_S", 0.3)
    arm.connect()
    drive(arm, 0.2)
    emulated.tell(fault)
    with pytest.raises(RobotError, match=says):
        drive(arm, 30.0, speed=0.02)
    emulated.tell("recover")
    with pytest.raises(RobotError, match=says):
        arm.write(JointTarget(arm.spec.home, np.zeros(7), 1.0, np.inf))
    if fault == "user-stop":
        emulated.tell(fault)
        with pytest.raises(RobotError, match="its stop is pressed; release it"):
            arm.connect()
        emulated.tell("recover")
    arm.connect()
    drive(arm, 0.1)


def receive(client: socket.socket, length: int) -> bytes:
    return client.recv(length, socket.MSG_WAITALL)


def test_the_interface_to_the_byte(emulated: EmulatedArm) -> None:
    with socket.create_connection((HOST, 1337)) as client, socket.socket(type=socket.SOCK_DGRAM) as states:
        states.bind(("127.0.0.1", 0))
        states.settimeout(20.0)
        client.sendall(struct.pack("<III HH", 0, 1, 16, 9, states.getsockname()[1]))
        assert receive(client, 20) == struct.pack("<III HH4x", 0, 1, 20, 1, 10), "version 9 is not spoken"
        client.sendall(struct.pack("<III HH", 0, 2, 16, 10, states.getsockname()[1]))
        assert receive(client, 20) == struct.pack("<III HH4x", 0, 2, 20, 0, 10)
        sizes, numbers = set(), []
        for _ in range(5):
            data = states.recv(4096)
            sizes.add(len(data))
            numbers.append(struct.unpack_from("<Q", data)[0])
        assert sizes == {8 + 4 * 320 + 2 + 82 + 1 + 4}
        assert numbers == sorted(set(numbers))
        client.sendall(struct.pack("<III", 10, 3, 12))
        assert receive(client, 13) == struct.pack("<III B", 10, 3, 13, 0), "errors of other tests are cleared"
        torque = struct.pack("<II 3d 3d ? 7d", 2, 4, *[0.0] * 6, False, *[0.0] * 7)
        client.sendall(struct.pack("<III", 1, 3, 12 + len(torque)) + torque)
        assert receive(client, 13) == struct.pack("<III B", 1, 3, 13, 7), "torque motions are refused"
        client.sendall(struct.pack("<III", 77, 4, 12))
        assert receive(client, 13) == struct.pack("<III B", 77, 4, 13, 1)
        client.sendall(struct.pack("<III", 1, 5, 4))
        assert client.recv(1) == b"", "a message shorter than its own head ends the conversation"


def test_one_planner_failure_a_second_is_passed_over(arm: panda.Panda) -> None:
    """What franky raises when packets were lost to a velocity that is just being reached."""
    failure = RuntimeError("Motion planner failed with error code -110")
    arm.connect()
    drive(arm, 0.2)
    arm._ended(failure)
    drive(arm, 0.2)
    with pytest.raises(RobotError, match="Motion planner failed with error code -110; check what it ran into"):
        arm._replanned = arm.clock.now()
        arm._ended(failure)

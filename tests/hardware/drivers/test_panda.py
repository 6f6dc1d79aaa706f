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
from tests.hardware.emulated_arm import EmulatedArm, at_rest, own_host, problems_of

panda = pytest.importorskip("sayso.hardware.drivers.panda", reason="needs the extra panda")
HOST, NOBODY = own_host(40), own_host(41)


@pytest.fixture(scope="module")
def device() -> Iterator[EmulatedArm]:
    with EmulatedArm("panda", "--host", HOST) as arm:
        yield arm


@pytest.fixture
def arm(device: EmulatedArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[panda.Panda]:
    # A machine that runs tests beside other things stands still for longer than a control loop may.
    monkeypatch.setattr(panda, "STALE_S", 10.0)
    robot = open_driver("panda", Connection(HOST, Mode.LIVE))
    yield robot
    robot.disconnect()
    device.tell("recover")


def drive(robot: panda.Panda, seconds: float, gripper: float = 1.0, speed: float = 0.2) -> None:
    """Turn the base on from where it is, at ``speed`` rad/s, and write all the while."""
    start, begin = robot.read().position, robot.clock.now()
    while (t := robot.clock.now() - begin) < seconds:
        turn = np.eye(robot.spec.dof)[0] * speed
        robot.write(JointTarget(start + turn * t, turn, gripper, robot.clock.now() + 0.5))
        robot.clock.sleep_until(begin + t + 1 / robot.spec.control_hz)


def test_it_keeps_the_contract(arm: panda.Panda) -> None:
    assert problems_of(arm) == []


def test_its_hand_goes_where_it_is_told(arm: panda.Panda) -> None:
    arm.connect()
    for opening in (0.25, 0.0, 1.0):
        until = arm.clock.now() + 30.0
        while abs(arm.read().gripper - opening) > 0.02 and arm.clock.now() < until:
            drive(arm, 0.1, gripper=opening, speed=0.0)
        assert arm.read().gripper == pytest.approx(opening, abs=0.02)


def test_read_only_starts_no_motion(device: EmulatedArm) -> None:
    before = device.tell("events")
    with open_driver("panda", Connection(HOST, Mode.READ_ONLY)) as robot:
        at = at_rest(robot)
        told = robot.write(JointTarget(at + 0.2, np.zeros(7), 0.0, robot.clock.now() + 1.0))
        robot.clock.sleep_until(robot.clock.now() + 0.2)
        assert np.allclose(told.position, at, atol=1e-3)
        assert np.allclose(robot.read().position, at, atol=1e-3) and robot.read().gripper > 0.9
    assert device.tell("events") == before


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
        ("lost-connection", rf"panda at {HOST}: .*then connect again"),
    ],
)
def test_a_stop_is_named_and_latched_until_somebody_connects_again(
    device: EmulatedArm, arm: panda.Panda, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    monkeypatch.setattr(panda, "STALE_S", 0.3)
    arm.connect()
    drive(arm, 0.2)
    device.tell(fault)
    with pytest.raises(RobotError, match=says):
        drive(arm, 30.0, speed=0.02)
    device.tell("recover")
    with pytest.raises(RobotError, match=says):
        arm.write(JointTarget(arm.spec.home, np.zeros(7), 1.0, np.inf))
    if fault == "user-stop":
        device.tell(fault)
        with pytest.raises(RobotError, match="its stop is pressed; release it"):
            arm.connect()
        device.tell("recover")
    arm.connect()
    drive(arm, 0.1)


def test_where_there_is_no_box_one_line_says_so() -> None:
    with pytest.raises(RobotError, match=rf"panda at {NOBODY}: .*FCI active"):
        open_driver("panda", Connection(NOBODY, Mode.LIVE)).connect()
    with pytest.raises(RobotError, match="give the control box's address"):
        open_driver("panda", Connection("", Mode.LIVE)).connect()


def receive(client: socket.socket, length: int) -> bytes:
    return client.recv(length, socket.MSG_WAITALL)


def test_the_interface_to_the_byte(device: EmulatedArm) -> None:
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
    with pytest.raises(RobotError, match="Motion planner failed with error code -110; look what it ran into"):
        arm._replanned = arm.clock.now()
        arm._ended(failure)

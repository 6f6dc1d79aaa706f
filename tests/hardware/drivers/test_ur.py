"""A UR5e through the unmodified ``ur-rtde``, against an emulated controller with physics behind it."""

import multiprocessing
import re
import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.rtde_probe import check_answers
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget
from tests.hardware.emulated_arm import EmulatedArm, at_rest, own_host, problems_of
from tests.hardware.lost_line import drive_until_lost

ur = pytest.importorskip("sayso.hardware.drivers.ur", reason="needs the extra ur")
robotiq = pytest.importorskip("sayso.hardware.drivers.robotiq")
HOST, NOBODY = own_host(30), own_host(31)


@pytest.fixture(scope="module")
def device() -> Iterator[EmulatedArm]:
    with EmulatedArm("ur5e", "--host", HOST) as arm:
        yield arm


@pytest.fixture
def arm(device: EmulatedArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[ur.Ur]:
    # A machine that runs tests beside other things stands still for longer than a controller waits.
    monkeypatch.setattr(ur, "WATCHDOG_S", 5.0)
    monkeypatch.setattr(ur, "STALE_S", 10.0)
    monkeypatch.setattr(robotiq, "TIMEOUT_S", 10.0)
    robot = open_driver("ur5e", Connection(HOST, Mode.LIVE))
    yield robot
    robot.disconnect()
    device.tell("recover")


def drive(robot: ur.Ur, seconds: float, gripper: float = 1.0, speed: float = 0.2) -> None:
    """Turn the base on from where it is, at ``speed`` rad/s, and write all the while."""
    start, begin = robot.read().position, robot.clock.now()
    while (t := robot.clock.now() - begin) < seconds:
        turn = np.eye(robot.spec.dof)[0] * speed
        robot.write(JointTarget(start + turn * t, turn, gripper, robot.clock.now() + 0.5))
        robot.clock.sleep_until(begin + t + 1 / robot.spec.control_hz)


def test_it_keeps_the_contract(device: EmulatedArm, arm: ur.Ur) -> None:
    before = device.tell("events").count("program started")
    assert problems_of(arm) == []
    told = device.tell("events")
    assert told.count("program started") == before + 1 and told.endswith("stopped by its client")


def test_its_gripper_goes_where_it_is_told(arm: ur.Ur) -> None:
    arm.connect()
    for opening in (0.25, 1.0):
        until = arm.clock.now() + 30.0
        while abs(arm.read().gripper - opening) > 0.02 and arm.clock.now() < until:
            drive(arm, 0.1, gripper=opening, speed=0.0)
        assert arm.read().gripper == pytest.approx(opening, abs=0.02)


def test_read_only_starts_no_program_and_moves_nothing(device: EmulatedArm) -> None:
    before = device.tell("events")
    with open_driver("ur5e", Connection(HOST, Mode.READ_ONLY)) as robot:
        at = at_rest(robot)
        told = robot.write(JointTarget(at + 0.2, np.zeros(6), 0.0, robot.clock.now() + 1.0))
        robot.clock.sleep_until(robot.clock.now() + 0.2)
        assert np.allclose(told.position, at, atol=1e-3)
        assert np.allclose(robot.read().position, at, atol=1e-3) and robot.read().gripper > 0.9
    assert device.tell("events") == before


def test_a_stop_is_named_latched_and_must_be_set_right_by_a_person(device: EmulatedArm, arm: ur.Ur) -> None:
    arm.connect()
    drive(arm, 0.3)
    device.tell("protective-stop")
    with pytest.raises(RobotError, match="protective stop; look what it ran into"):
        drive(arm, 30.0, speed=0.02)
    device.tell("recover")
    with pytest.raises(RobotError, match="protective stop; look what it ran into"):
        arm.write(JointTarget(arm.spec.home, np.zeros(6), 1.0, np.inf))
    arm.connect()
    drive(arm, 0.1)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("protective-stop", "protective stop"),
        ("emergency-stop", "emergency stop is pressed"),
        ("local-control", "local control"),
    ],
)
def test_a_stop_is_named_before_its_bits_have_come(
    device: EmulatedArm, arm: ur.Ur, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    """A program that ended is known by another connection than the safety status is."""
    arm.connect()
    drive(arm, 0.1)
    monkeypatch.setattr(arm, "_stopped", lambda: "")
    device.tell(fault)
    with pytest.raises(RobotError, match=says):
        drive(arm, 30.0, speed=0.02)


def test_after_a_stop_its_program_is_started_again(device: EmulatedArm, arm: ur.Ur) -> None:
    arm.connect()
    begun = device.tell("events").count("program started")
    for again in range(3):
        drive(arm, 0.1)
        arm.stop()
        assert device.tell("events").count("program started") == begun + again


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("protective-stop", r"is stopped \(Safetystatus: PROTECTIVE_STOP\); look why"),
        ("local-control", "is in local control; switch it to remote control at the pendant"),
        ("power-off", r"is not ready \(Robotmode: POWER_OFF\); power it on"),
    ],
)
def test_an_arm_that_may_not_move_is_not_connected_to(device: EmulatedArm, arm: ur.Ur, fault: str, says: str) -> None:
    device.tell(fault)
    with pytest.raises(RobotError, match=says):
        arm.connect()


def test_the_controller_stops_an_arm_whose_computer_died(
    device: EmulatedArm, arm: ur.Ur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ur, "WATCHDOG_S", 1.0)
    arm.connect()
    drive(arm, 0.3)
    until = arm.clock.now() + 30.0
    while "watchdog" not in device.tell("events") and arm.clock.now() < until:
        arm.clock.sleep_until(arm.clock.now() + 0.1)
    assert "program ended: watchdog: no input for 1.000 s" in device.tell("events")
    with pytest.raises(RobotError, match=r"its program ended: nothing reached it for 1 s, or somebody pressed stop"):
        while arm.clock.now() < until:  # the news may still be on its way
            arm.read()


def test_a_lost_connection_is_told_and_the_library_left_alone(device: EmulatedArm) -> None:
    context = multiprocessing.get_context("spawn")
    pipe, other = context.Pipe()
    process = context.Process(target=drive_until_lost, args=(HOST, other), daemon=True)
    process.start()
    other.close()
    assert pipe.recv() == "drives"
    device.tell("lost-connection")
    assert re.search(f"ur5e at {HOST}: .*(connection was lost|stopped answering).*then connect again", pipe.recv())
    assert pipe.recv().endswith("its connection was lost in this process; start the program again")
    process.join(30.0)
    assert process.exitcode == 0
    device.tell("recover")


def test_where_there_is_no_controller_one_line_says_so() -> None:
    with pytest.raises(RobotError, match=rf"ur5e at {NOBODY}: .*is the controller on"):
        open_driver("ur5e", Connection(NOBODY, Mode.LIVE)).connect()
    with pytest.raises(RobotError, match="give the controller's address"):
        open_driver("ur5e", Connection("", Mode.LIVE)).connect()


def ask(client: socket.socket, kind: bytes, payload: bytes) -> bytes:
    client.sendall(struct.pack(">Hc", len(payload) + 3, kind) + payload)
    size, got = struct.unpack(">Hc", client.recv(3, socket.MSG_WAITALL))
    assert got == kind
    return client.recv(size - 3, socket.MSG_WAITALL)


def test_rtde_to_the_byte(device: EmulatedArm) -> None:
    with socket.create_connection((HOST, 30004)) as client:
        assert ask(client, b"V", b"\x00\x02") == b"\x01"
        assert ask(client, b"V", b"\x00\x03") == b"\x00", "there is no version 3"
        assert ask(client, b"v", b"") == struct.pack(">IIII", 5, 11, 0, 108249)
        wanted = struct.pack(">d", 125.0) + b"timestamp,actual_q,no_such_thing"
        assert ask(client, b"O", wanted) == b"\x00DOUBLE,VECTOR6D,NOT_FOUND"
        assert ask(client, b"S", b"") == b"\x00", "nothing to send"
        assert ask(client, b"O", struct.pack(">d", 125.0) + b"timestamp,actual_q,") == b"\x01DOUBLE,VECTOR6D"
        assert ask(client, b"I", b"input_int_register_40,") == b"\x01INT32"
        assert ask(client, b"S", b"") == b"\x01"
        times = []
        for _ in range(3):
            head = client.recv(4, socket.MSG_WAITALL)
            assert head == b"\x00\x3cU\x01", "60 bytes: size, kind, recipe, seven doubles"
            values = struct.unpack(">7d", client.recv(56, socket.MSG_WAITALL))
            times.append(values[0])
            assert np.isfinite(values).all()
        assert times == sorted(set(times))
        client.sendall(struct.pack(">Hc", 2, b"U"))
        while client.recv(4096):
            pass  # a package shorter than its own head ends the conversation


def test_dashboard_and_gripper_answer_in_their_own_words(device: EmulatedArm) -> None:
    with socket.create_connection((HOST, 29999)) as client, client.makefile("rwb", buffering=0) as lines:
        assert lines.readline() == b"Connected: Universal Robots Dashboard Server\n"
        for said, answer in (
            (b"robotmode", b"Robotmode: RUNNING\n"),
            (b"is in remote control", b"true\n"),
            (b"dance", b'could not understand: "dance"\n'),
        ):
            lines.write(said + b"\n")
            assert lines.readline() == answer
    with socket.create_connection((HOST, 63352)) as client:
        for said, answer in (
            (b"SET POS 300\n", b"?\n"),
            (b"SET ACT 1\n", b"ack"),
            (b"GET STA\n", b"STA 3\n"),
            (b"GET XYZ\n", b"?\n"),
            (b"SET SPE 9\n", b"ack"),
        ):
            client.sendall(said)
            assert client.recv(100) == answer


def test_an_address_that_takes_a_connection_and_says_nothing_is_refused_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setattr("sayso.hardware.drivers.rtde_probe.PORT", mute.getsockname()[1])
        monkeypatch.setattr("sayso.hardware.drivers.rtde_probe.ANSWER_S", 0.2)
        with pytest.raises(RobotError, match=r"127.0.0.1 does not answer at port \d+ within 0 s; is it a UR\?"):
            check_answers("127.0.0.1")

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
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointTarget
from tests.hardware.drivers.conformance import ArmConformance, Device, drive
from tests.hardware.emulated_arm import EmulatedArm, own_host
from tests.hardware.lost_line import drive_until_lost

ur = pytest.importorskip("sayso.hardware.drivers.ur", reason="needs the extra ur")
robotiq = pytest.importorskip("sayso.hardware.drivers.robotiq")
HOST, NOBODY = own_host(30), own_host(31)


@pytest.fixture(scope="module")
def emulated() -> Iterator[EmulatedArm]:
    with EmulatedArm("ur5e", "--host", HOST) as arm:
        yield arm


@pytest.fixture
def device(emulated: EmulatedArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    # A machine that runs tests beside other things stands still for longer than a controller waits.
    monkeypatch.setattr(ur, "WATCHDOG_S", 5.0)
    monkeypatch.setattr(ur, "STALE_S", 10.0)
    monkeypatch.setattr(robotiq, "TIMEOUT_S", 10.0)
    yield Device(
        open=lambda mode: open_driver("ur5e", Connection(HOST, mode)),
        joints=emulated.joints,
        told=lambda: emulated.tell("events"),
        cut=lambda: emulated.tell("lost-connection"),
        mend=lambda: emulated.tell("recover"),
        lost=f"ur5e at {HOST}: .*(connection was lost|stopped answering).*then connect again",
        absent=[
            (lambda: open_driver("ur5e", Connection(NOBODY, Mode.LIVE)), f"ur5e at {NOBODY}: .*is the controller on"),
            (lambda: open_driver("ur5e", Connection("", Mode.LIVE)), "give the controller's address"),
        ],
    )
    emulated.tell("recover")


@pytest.fixture
def arm(device: Device) -> Iterator[ur.Ur]:
    robot = device.open(Mode.LIVE)
    yield robot
    robot.disconnect()


class TestUr(ArmConformance):
    def test_it_keeps_the_contract(self, arm: Robot, emulated: EmulatedArm) -> None:  # type: ignore[override]
        before = emulated.tell("events").count("program started")
        super().test_it_keeps_the_contract(arm)
        told = emulated.tell("events")
        assert told.count("program started") == before + 1 and told.endswith("stopped by its client")

    def test_a_lost_line_is_named_and_lasts_until_somebody_connects_again(self, device: Device, arm: Robot) -> None:
        """The maker's library may crash a process whose line was lost: it is driven in another, and left alone then."""
        context = multiprocessing.get_context("spawn")
        pipe, other = context.Pipe()
        process = context.Process(target=drive_until_lost, args=(HOST, other), daemon=True)
        process.start()
        other.close()
        assert pipe.recv() == "drives"
        device.cut()
        assert re.search(device.lost, pipe.recv())
        assert pipe.recv().endswith("its connection was lost in this process; start the program again")
        process.join(30.0)
        assert process.exitcode == 0


def test_a_stop_is_named_latched_and_must_be_set_right_by_a_person(emulated: EmulatedArm, arm: ur.Ur) -> None:
    arm.connect()
    drive(arm, 0.3)
    emulated.tell("protective-stop")
    with pytest.raises(RobotError, match="protective stop; check what it ran into"):
        drive(arm, 30.0, speed=0.02)
    emulated.tell("recover")
    with pytest.raises(RobotError, match="protective stop; check what it ran into"):
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
    emulated: EmulatedArm, arm: ur.Ur, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    """A program that ended is known by another connection than the safety status is."""
    arm.connect()
    drive(arm, 0.1)
    monkeypatch.setattr(arm, "_stopped", lambda: "")
    emulated.tell(fault)
    with pytest.raises(RobotError, match=says):
        drive(arm, 30.0, speed=0.02)


def test_after_a_stop_its_program_is_started_again(emulated: EmulatedArm, arm: ur.Ur) -> None:
    arm.connect()
    begun = emulated.tell("events").count("program started")
    for again in range(3):
        drive(arm, 0.1)
        arm.stop()
        assert emulated.tell("events").count("program started") == begun + again


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("protective-stop", r"is stopped \(Safetystatus: PROTECTIVE_STOP\); find the cause"),
        ("local-control", "is in local control; switch it to remote control at the pendant"),
        ("power-off", r"is not ready \(Robotmode: POWER_OFF\); power it on"),
    ],
)
def test_an_arm_that_may_not_move_is_not_connected_to(emulated: EmulatedArm, arm: ur.Ur, fault: str, says: str) -> None:
    emulated.tell(fault)
    with pytest.raises(RobotError, match=says):
        arm.connect()


def test_the_controller_stops_an_arm_whose_computer_died(
    emulated: EmulatedArm, arm: ur.Ur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ur, "WATCHDOG_S", 1.0)
    arm.connect()
    drive(arm, 0.3)
    until = arm.clock.now() + 30.0
    while "watchdog" not in emulated.tell("events") and arm.clock.now() < until:
        arm.clock.sleep_until(arm.clock.now() + 0.1)
    assert "program ended: watchdog: no input for 1.000 s" in emulated.tell("events")
    with pytest.raises(RobotError, match=r"its program ended: nothing reached it for 1 s, or stop was pressed"):
        while arm.clock.now() < until:  # the news may still be on its way
            arm.read()


def ask(client: socket.socket, kind: bytes, payload: bytes) -> bytes:
    client.sendall(struct.pack(">Hc", len(payload) + 3, kind) + payload)
    size, got = struct.unpack(">Hc", client.recv(3, socket.MSG_WAITALL))
    assert got == kind
    return client.recv(size - 3, socket.MSG_WAITALL)


def test_rtde_to_the_byte(emulated: EmulatedArm) -> None:
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


def test_dashboard_and_gripper_answer_in_their_own_words(emulated: EmulatedArm) -> None:
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

"""A ROS 2 arm over rosbridge: the client and the driver against a server on this machine with physics behind it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.driver import REDUCED_SPEED, Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointTarget
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.device import SimDevice
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import SceneSpec
from tests.hardware.drivers.conformance import ArmConformance, Device, holding

pytest.importorskip("websockets", reason="needs the extra rosbridge")

import sayso.hardware.drivers.ros.rosbridge as driver
from tests.hardware.emulated_rosbridge import COMMANDS, GRIPPER, GRIPPER_JOINT, STATES, RosbridgeArm

STALE_S = driver.STALE_S
OPTIONS = {"gripper": GRIPPER, "gripper_joint": GRIPPER_JOINT}


@pytest.fixture(scope="module")
def server() -> Iterator[RosbridgeArm]:
    world = Physics(SceneSpec(()), ARMS["ur5e"]())
    with SimDevice(world) as body:
        arm = RosbridgeArm(body, port=0)
        yield arm
        arm.close()
    world.close()


@pytest.fixture(autouse=True)
def patience(server: RosbridgeArm, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A machine that runs tests beside other things stands still for longer than a control loop may.
    monkeypatch.setattr(driver, "STALE_S", 10.0)
    yield
    server.recover()


def open_arm(server: RosbridgeArm, mode: Mode = Mode.LIVE, **options: str) -> Robot:
    return open_driver("rosbridge:ur5e", Connection(server.address, mode, options=OPTIONS | options))


@pytest.fixture
def device(server: RosbridgeArm) -> Device:
    def at(address: str, **options: str) -> Robot:
        return open_driver("rosbridge:ur5e", Connection(address, Mode.LIVE, options=options))

    return Device(
        open=lambda mode: open_arm(server, mode),
        joints=lambda: server.device.read().position,
        told=lambda: list(server.events),
        cut=lambda: server.fault("lost-connection"),
        mend=server.recover,
        lost="the connection was lost|closed the connection",
        absent=[
            (
                lambda: at("127.0.0.1:1", **OPTIONS),
                r"ur5e at 127.0.0.1:1: no rosbridge answers .*ros2 launch rosbridge_server",
            ),
            (lambda: at("127.0.0.1"), "ur5e has a gripper: name the topic"),
        ],
    )


class TestRosbridge(ArmConformance):
    def test_it_keeps_the_contract(self, arm: Robot, server: RosbridgeArm) -> None:  # type: ignore[override]
        super().test_it_keeps_the_contract(arm)
        assert server.events[-1] == "trajectory"


def test_its_tool_keeps_to_reduced_speed(server: RosbridgeArm) -> None:
    with open_arm(server) as arm:
        goal = arm.read().position + np.array([0.5, 0, 0, 0, 0, 0])
        told = []
        for _ in range(10):
            told.append(arm.write(JointTarget(goal, np.zeros(6), 1.0, arm.clock.now() + 0.5)))
            arm.clock.sleep_until(arm.clock.now() + 1 / arm.spec.control_hz)
        tool = [Kinematics(arm.spec).forward(t.position).position for t in told]
        steps = np.linalg.norm(np.diff(tool, axis=0), axis=1)
        # A late loop may catch up by two periods in one.
        assert 0 < steps.max() <= 2.1 * REDUCED_SPEED / arm.spec.control_hz
        assert not told[-1].velocity.any(), "a trajectory's last point stands still"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("silent", r"no joint state for .* on /joint_states"),
        ("nulls", "/joint_states has an invalid message"),
        ("other-robot", "/joint_states has no joint shoulder_pan_joint, .*; it has other_"),
    ],
)
def test_what_goes_wrong_is_named_and_latched(
    server: RosbridgeArm, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    monkeypatch.setattr(driver, "STALE_S", 0.3)
    arm = open_arm(server)
    arm.connect()
    server.fault(fault)
    until = arm.clock.now() + 30.0
    with pytest.raises(RobotError, match=says):
        while arm.clock.now() < until:
            arm.read()
            arm.clock.sleep_until(arm.clock.now() + 0.01)
    server.recover()
    with pytest.raises(RobotError, match="then connect again"):
        arm.write(JointTarget(arm.spec.home, np.zeros(6), 1.0, np.inf))
    monkeypatch.setattr(driver, "STALE_S", 10.0)
    arm.connect()
    arm.read()
    arm.disconnect()


def test_silence_is_bridged_holds_the_arm_and_is_a_fault_within_a_tenth_of_a_second(
    server: RosbridgeArm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "STALE_S", STALE_S)
    arm = open_arm(server)
    assert isinstance(arm, driver.Rosbridge)
    arm.connect()
    real, clock = arm.clock, FakeClock(arm.clock.now())
    arm.clock = clock

    def until_it_speaks() -> None:
        clock.t += 1e-6
        until = real.now() + 30.0
        while arm._state is None or arm._state.t < clock.t:
            assert real.now() < until

    def until_it_is_silent() -> None:
        server.fault("silent")
        before = None
        while before is not (before := arm._state):  # what was under way has come
            real.sleep_until(real.now() + 0.1)

    until_it_speaks()
    stepped = holding(arm)
    until_it_speaks()
    until_it_is_silent()
    assert [stepped.cycle().state for _ in range(2)] == [State.RUNNING] * 2, "one or two late packets"
    server.recover()
    until_it_speaks()
    assert stepped.cycle().state is State.RUNNING
    until_it_speaks()
    until_it_is_silent()
    last, states = stepped.cycle().report.measured.t, []
    with pytest.raises(RobotError, match=r"ur5e at 127.0.0.1:.*no joint state for 0\.0"):
        while clock.t - last < 1.0:
            states.append(stepped.cycle().state)
    assert clock.t - last <= 0.1
    held = states.index(State.HOLDING)
    assert set(states[:held]) == {State.RUNNING} and set(states[held:]) == {State.HOLDING}
    arm.disconnect()


def test_a_network_that_stands_still_now_and_then_is_given_more_time(server: RosbridgeArm) -> None:
    patient = open_arm(server, stale_ms="400")
    assert isinstance(patient, driver.Rosbridge)
    with patient:
        patient.clock = clock = FakeClock(patient.clock.now())
        server.fault("silent")
        clock.t = patient.read().t + 0.3
        patient.read()
    with pytest.raises(RobotError, match="option stale_ms is '0'; from 1 to 1000 ms are allowed"):
        open_arm(server, stale_ms="0")


@pytest.mark.parametrize(
    ("fault", "options", "says"),
    [
        ("silent", {}, "no message on /joint_states"),
        ("other-robot", {}, "no joint shoulder_pan_joint, .*, gripper_joint; it has other_"),
        ("", {"gripper_joint": "thumb"}, "no joint thumb; it has wrist_3_joint, gripper_joint, "),
        ("", {"gripper": COMMANDS}, f"rosbridge says: {COMMANDS} is of type trajectory_msgs/msg/JointTrajectory"),
        ("", {"states": "/else"}, "no message on /else"),
    ],
)
def test_an_arm_that_is_not_there_is_told_at_once(
    server: RosbridgeArm, monkeypatch: pytest.MonkeyPatch, fault: str, options: dict[str, str], says: str
) -> None:
    monkeypatch.setattr(driver, "FIRST_S", 0.3)
    if fault:
        server.fault(fault)
    with pytest.raises(RobotError, match=says), open_arm(server, **options) as arm:
        until = arm.clock.now() + 5.0
        while arm.clock.now() < until:
            arm.read()


def halves(server: RosbridgeArm, share: int) -> list[dict[str, Any]]:
    """The joint states as several publishers send them, with things of others in between."""
    spec = server.device.spec
    names, position = [*spec.joints], server.device.read().position.tolist()
    nan = {"name": ["wheel", *names[:share]], "position": [None, *position[:share]], "velocity": [None]}
    return [
        nan,
        {"name": ["finger", "other_arm"], "position": [1.0, 2.0], "velocity": []},
        {"name": names[share:], "position": position[share:], "velocity": [0.0] * (len(names) - share)},
        {"name": [GRIPPER_JOINT, "lamp"], "position": [0.04, None], "velocity": []},
        {"name": ["lamp"], "position": [], "velocity": [], "effort": [None]},
    ]


def feed(arm: Robot, message: Any) -> None:
    assert isinstance(arm, driver.Rosbridge)
    arm._take(message)


@pytest.mark.parametrize("share", [0, 3, 6])
def test_a_message_is_taken_for_what_it_holds(server: RosbridgeArm, share: int) -> None:
    arm = open_arm(server)
    arm.connect()
    server.fault("silent")
    clock = FakeClock(arm.clock.now() + 1.0)
    arm.clock = clock
    for message in halves(server, share):
        feed(arm, message)
        clock.t += 0.002
    state = arm.read()
    assert np.allclose(state.position, server.device.read().position, atol=1e-3) and not state.velocity.any()
    assert arm.spec.gripper is not None and state.gripper == pytest.approx(0.04 / arm.spec.gripper.width)
    arm.disconnect()


def test_half_an_arm_that_falls_silent_is_missed(server: RosbridgeArm, monkeypatch: pytest.MonkeyPatch) -> None:
    arm = open_arm(server)
    arm.connect()
    server.fault("silent")
    monkeypatch.setattr(driver, "STALE_S", STALE_S)
    clock = FakeClock(arm.clock.now() + 1.0)
    arm.clock = clock
    first, _, second, gripper, _ = halves(server, 3)
    for message in (first, second, gripper):
        feed(arm, message)
    arm.read()
    for _ in range(10):
        clock.t += 0.01
        feed(arm, second)
    with pytest.raises(RobotError, match=r"no joint shoulder_pan_joint, .*elbow_joint; it has .*wrist_1_joint"):
        arm.read()
    arm.disconnect()


def test_the_protocol_to_the_letter(server: RosbridgeArm) -> None:
    from websockets.sync.client import connect

    with connect(f"ws://{server.address}", compression=None, proxy=None) as client:

        def say(**message: Any) -> None:
            client.send(json.dumps(message))

        def complaint() -> str:
            answer = json.loads(client.recv(20.0))
            assert (answer["op"], answer["level"]) == ("status", "error")
            return str(answer["msg"])

        joints = list(server.device.spec.joints)
        client.send("not json")
        assert "not a message of rosbridge" in complaint()
        say(op="publish", topic=COMMANDS, msg={})
        assert complaint() == f"{COMMANDS} was not advertised"
        say(op="advertise", topic=COMMANDS, type="trajectory_msgs/msg/JointTrajectory")
        point = {"positions": [0.0] * 6, "velocities": [0.1] * 6, "time_from_start": {"sec": 1, "nanosec": 0}}
        say(op="publish", topic=COMMANDS, msg={"joint_names": joints, "points": [point]})
        assert complaint() == "the last point has a velocity that is not zero"
        say(op="publish", topic=COMMANDS, msg={"joint_names": joints[:5], "points": [point]})
        assert "are not those of the controller" in complaint()
        say(op="subscribe", topic=STATES, type="sensor_msgs/msg/JointState")
        message = json.loads(client.recv(20.0))
        assert message["op"] == "publish" and message["topic"] == STATES
        assert set(message["msg"]) == {"header", "name", "position", "velocity", "effort"}
        assert sorted(message["msg"]["name"]) == sorted([*joints, GRIPPER_JOINT])

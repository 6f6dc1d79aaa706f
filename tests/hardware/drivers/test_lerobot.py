"""A class with LeRobot's Robot interface drives like any arm: flat keys in degrees, and what was really sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.hardware.types import JointTarget
from tests.hardware.drivers.conformance import ArmConformance, Device

NAMES = load_arm("so101").joints
MOST = 45.0  # degrees an action may be away, as LeRobot's max_relative_target


@dataclass
class StandInConfig:
    """As LeRobot's configurations are."""

    port: str
    id: str | None = None
    use_degrees: bool = False
    disable_torque_on_disconnect: bool = True


class StandIn:
    """A follower arm that is at once where it is told to be, in LeRobot's words."""

    config_class = StandInConfig
    made: ClassVar[list["StandIn"]] = []

    def __init__(self, config: StandInConfig) -> None:
        self.config, self.is_calibrated, self.is_connected, self.broken = config, config.id != "new", False, False
        self.at = {f"{name}.pos": 10.0 for name in NAMES} | {"gripper.pos": 50.0}
        self.most = MOST
        self.fell_from: list[float] | None = None
        StandIn.made.append(self)

    @property
    def observation_features(self) -> dict[str, Any]:
        return dict.fromkeys(self.at, float) | {"front": (480, 640, 3)}

    @property
    def action_features(self) -> dict[str, Any]:
        return dict.fromkeys(self.at, float)

    def connect(self, calibrate: bool = True) -> None:
        assert not calibrate, "LeRobot's calibration asks on the terminal"
        if self.config.port == "nowhere":
            raise ConnectionError("\nCould not connect on port 'nowhere'.\nTry running `lerobot-find-port`\n")
        self.is_connected = True

    def get_observation(self) -> dict[str, Any]:
        if self.broken:
            raise ConnectionError("There is no status packet!")
        return self.at | {"front": np.zeros((2, 2, 3), np.uint8)}

    def send_action(self, action: dict[str, Any]) -> dict[str, Any]:
        if self.broken:
            raise ConnectionError("There is no status packet!")
        self.at = {key: min(max(action[key], at - self.most), at + self.most) for key, at in self.at.items()}
        return dict(self.at)

    def disconnect(self) -> None:
        self.is_connected = False
        if getattr(self.config, "disable_torque_on_disconnect", True):
            self.fell_from = [self.at[f"{name}.pos"] for name in NAMES]

    def __del__(self) -> None:
        if self.is_connected:
            self.disconnect()


@dataclass
class ForgetfulConfig:
    """One that knows no such option."""

    port: str
    id: str | None = None


class Forgetful(StandIn):
    """A class that always lets go of its arm when it disconnects."""

    config_class = ForgetfulConfig  # type: ignore[assignment]


class Headless(StandIn):
    """A class that has only some of the joints."""

    @property
    def action_features(self) -> dict[str, Any]:
        return {"shoulder_pan.pos": float}


@pytest.fixture(autouse=True)
def none_made() -> Iterator[None]:
    StandIn.made.clear()
    yield
    StandIn.made.clear()


def arm(kind: str = "StandIn", port: str = "/dev/ttyACM0", mode: Mode = Mode.LIVE, **options: str) -> Robot:
    given = Connection(port, mode, options={"arm": "so101", **options})
    return open_driver(f"lerobot:{__name__}:{kind}", given, FakeClock(1.0))


def follower() -> StandIn:
    """LeRobot's object for the arm that was opened last, or one that nobody has switched on."""
    return StandIn.made[-1] if StandIn.made else StandIn(StandInConfig("/dev/ttyACM0"))


@pytest.fixture
def device() -> Device:
    def broken(is_so: bool) -> None:
        for made in StandIn.made:
            made.broken = is_so

    return Device(
        open=lambda mode: arm(mode=mode),
        joints=lambda: np.radians([follower().at[f"{name}.pos"] for name in NAMES]),
        told=lambda: dict(follower().at),
        cut=lambda: broken(True),
        mend=lambda: broken(False),
        lost="There is no status packet!; check its cable and power",
        absent=[
            (lambda: arm(port="nowhere"), ": Could not connect on port 'nowhere'. Try running `lerobot-find-port`$")
        ],
        holds=lambda: follower().fell_from is None,
    )


class TestLeRobot(ArmConformance):
    still_rad = 1e-6

    def test_it_keeps_the_contract(self) -> None:  # type: ignore[override]
        super().test_it_keeps_the_contract(arm(id="left"))
        (made,) = StandIn.made
        config = StandInConfig("/dev/ttyACM0", "left", use_degrees=True, disable_torque_on_disconnect=False)
        assert made.config == config and not made.is_connected

    def test_only_listening_tells_the_device_nothing(self, device: Device) -> None:
        """It is refused: LeRobot's robots switch torque on when they connect."""
        with pytest.raises(RobotError, match="LeRobot switches torque on when it connects"):
            device.open(Mode.READ_ONLY).connect()


def test_degrees_become_radians() -> None:
    with arm(signs="1,-1,1,1,1", zeros="0,0,90,0,0") as robot:
        state = robot.read()
        assert np.allclose(np.degrees(state.position), [10, -10, -80, 10, 10])
        assert isinstance(robot.clock, FakeClock)
        sent = robot.write(JointTarget(np.radians([11.0, -12, -81, 10, 10]), np.zeros(5), 0.6, 5.0))
        (made,) = StandIn.made
        told = [made.at[f"{name}.pos"] for name in NAMES]
        # Reduced speed may have left less to send than was asked for, and then that is what is returned.
        assert np.allclose(np.degrees(sent.position), [told[0], -told[1], told[2] - 90, told[3], told[4]])
        assert 10 < told[0] <= 11 and 10 < told[1] <= 12 and 9 <= told[2] < 10 and sent.gripper == pytest.approx(0.6)
        robot.clock.t += 0.1
        assert robot.read().velocity[0] == pytest.approx((sent.position[0] - np.radians(10)) / 0.1)


def test_what_was_really_sent_is_returned() -> None:
    with arm() as robot:
        (made,) = StandIn.made
        made.send_action = lambda action: {"elbow_flex.pos": 7.0}  # type: ignore[method-assign]
        sent = robot.write(JointTarget(np.radians([10.0] * 5), np.zeros(5), 0.5, 5.0))
        assert np.degrees(sent.position[NAMES.index("elbow_flex")]) == pytest.approx(7.0)


@pytest.mark.parametrize("name", ["so101", "koch"])
def test_the_gripper_goes_by_the_angle_of_its_jaw(name: str) -> None:
    """LeRobot's 0 to 100 is of the angle that was swept; the width is reached long before its end."""
    spec = load_arm(name)
    assert spec.gripper is not None and spec.gripper.jaw is not None
    jaw = spec.gripper.jaw
    low, high = joint_ranges(spec.urdf)[jaw.joint]
    with arm(arm=name) as robot:
        (made,) = StandIn.made
        for per_cent, opening in ((0.0, 0.0), (100.0, 1.0), (20.0, None)):
            made.at["gripper.pos"] = per_cent
            angle = low + per_cent / 100 * (high - low)
            expected = jaw.opening(angle) / spec.gripper.width if opening is None else opening
            assert robot.read().gripper == pytest.approx(expected, abs=0.01)
        made.at["gripper.pos"] = 50.0
        sent = robot.write(JointTarget(robot.read().position, np.zeros(spec.dof), 1.0, 5.0))
        assert sent.gripper == pytest.approx(1.0)
        wide = 100 * (jaw.angle(spec.gripper.width) - low) / (high - low)
        assert made.at["gripper.pos"] == pytest.approx(wide) and wide < 90, "open is the width, not the joint's end"


def test_one_lost_packet_is_bridged_and_the_loop_goes_on() -> None:
    with arm() as robot:
        before = robot.read()
        StandIn.made[0].broken = True
        with pytest.raises(NoReading, match="There is no status packet!"):
            robot.read()
        held = robot.write(JointTarget(np.zeros(5), np.zeros(5), 0.5, 5.0))
        assert np.array_equal(held.position, before.position), "what was not sent is not told as sent"
        StandIn.made[0].broken = False
        robot.read()
        robot.write(JointTarget(before.position, np.zeros(5), 0.5, 5.0))


def test_a_bus_that_stays_silent_is_told_and_latched() -> None:
    with arm() as robot:
        assert isinstance(robot.clock, FakeClock)
        robot.read()
        StandIn.made[0].broken = True
        with pytest.raises(NoReading):
            robot.read()
        robot.clock.t += 0.6
        with pytest.raises(RobotError, match="There is no status packet!; check its cable and power") as error:
            robot.read()
        assert not isinstance(error.value, NoReading)
        StandIn.made[0].broken = False
        with pytest.raises(RobotError, match="no status packet"):
            robot.write(JointTarget(np.zeros(5), np.zeros(5), 0.5, 5.0))


@pytest.mark.parametrize("gone", [OSError(5, "Input/output error"), RuntimeError("Overload error!")])
def test_a_port_that_is_gone_is_a_fault_at_once(gone: Exception) -> None:
    with arm() as robot:
        robot.read()

        def raises() -> dict[str, Any]:
            raise gone

        StandIn.made[0].get_observation = raises  # type: ignore[method-assign]
        with pytest.raises(RobotError) as error:
            robot.read()
        assert not isinstance(error.value, NoReading)


def lying(robot: Robot, stopped: Callable[[], bool] = lambda: False) -> bool:
    StandIn.made[-1].most = 5.0  # degrees a cycle
    return robot.rest(stopped)


@pytest.mark.parametrize("kind", ["StandIn", "Forgetful"])
def test_it_lies_down_before_it_goes_limp(kind: str) -> None:
    robot = arm(kind)
    robot.connect()
    (made,) = StandIn.made
    assert lying(robot)
    robot.disconnect()
    rest = load_arm("so101").rest
    assert rest is not None and made.fell_from is not None
    assert np.allclose(made.fell_from, np.degrees(rest), atol=3.0)


@pytest.mark.parametrize("kind", ["StandIn", "Forgetful"])
def test_a_stop_keeps_it_where_it_is_with_its_torque(kind: str) -> None:
    robot = arm(kind)
    robot.connect()
    (made,) = StandIn.made
    cycles = iter(range(10**6))
    assert not lying(robot, lambda: next(cycles) > 20)
    robot.disconnect()
    made.__del__()  # as LeRobot's robots do when the program ends
    assert made.fell_from is None
    robot.connect()
    assert robot.read() and (len(StandIn.made) == 1) == (kind == "Forgetful")
    robot.disconnect()


def test_one_that_stayed_connected_and_is_gone_is_made_anew() -> None:
    robot = arm("Forgetful")
    robot.connect()
    robot.disconnect()
    StandIn.made[0].broken = True
    with pytest.raises(RobotError, match="status packet"):
        robot.connect()
    robot.connect()
    assert len(StandIn.made) == 2 and robot.read() is not None
    robot.disconnect()


def test_at_end_hold_leaves_it_where_it_is() -> None:
    robot = arm(at_end="hold")
    robot.connect()
    assert not robot.rest(lambda: False)
    robot.disconnect()
    assert StandIn.made[0].fell_from is None and StandIn.made[0].at["elbow_flex.pos"] == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "new"}, "is not calibrated; run lerobot-calibrate"),
        ({"kind": "Headless"}, r"its class takes no shoulder_lift\.pos, .*; it has shoulder_pan\.pos"),
        ({"kind": "Nothing"}, "cannot be made: .* has no attribute 'Nothing'"),
        ({"names": "a,b"}, "so101 has 5 joints; names names 2: a,b"),
        ({"names": "a,b,c,d,e"}, r"observes no a\.pos, b\.pos"),
        ({"signs": "1,1,1,1,0"}, "signs has '0'; 1 or -1 are allowed"),
        ({"zeros": "0,0,0,0,up"}, "zeros has 'up'; degrees are allowed"),
    ],
)
def test_what_is_wrong_is_one_line(change: dict[str, Any], says: str) -> None:
    with pytest.raises(RobotError, match=says):
        arm(**change).connect()


def test_without_lerobot_its_types_are_refused_with_what_to_do() -> None:
    robot = open_driver("lerobot:so101_follower", Connection("/dev/ttyACM0", Mode.LIVE))
    assert robot.spec.name == "so101"
    try:
        import lerobot  # type: ignore[import-not-found]  # noqa: F401
    except ModuleNotFoundError:
        with pytest.raises(RobotError, match="needs lerobot, which is not installed: pip install lerobot"):
            robot.connect()

"""A class with LeRobot's Robot interface drives like any arm: flat keys in degrees, and what was really sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from hardware.arms.load import load_arm
from hardware.check import check_robot
from hardware.clock import FakeClock
from hardware.drivers.driver import Connection, Mode
from hardware.drivers.open import open_driver
from hardware.robot import Robot, RobotError
from hardware.types import JointTarget

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
            raise ConnectionError("Could not connect on port 'nowhere'")
        self.is_connected = True

    def get_observation(self) -> dict[str, Any]:
        if self.broken:
            raise ConnectionError("There is no status packet!")
        return self.at | {"front": np.zeros((2, 2, 3), np.uint8)}

    def send_action(self, action: dict[str, Any]) -> dict[str, Any]:
        if self.broken:
            raise ConnectionError("There is no status packet!")
        self.at = {key: min(max(action[key], at - MOST), at + MOST) for key, at in self.at.items()}
        return dict(self.at)

    def disconnect(self) -> None:
        self.is_connected = False


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


def test_it_keeps_the_contract() -> None:
    assert check_robot(arm(id="left")) == []
    (made,) = StandIn.made
    assert made.config == StandInConfig("/dev/ttyACM0", "left", use_degrees=True, disable_torque_on_disconnect=False)
    assert not made.is_connected


def test_degrees_become_radians_and_per_cent_an_opening() -> None:
    with arm(signs="1,-1,1,1,1", zeros="0,0,90,0,0") as robot:
        state = robot.read()
        assert np.allclose(np.degrees(state.position), [10, -10, -80, 10, 10]) and state.gripper == 0.5
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


def test_a_bus_that_fails_is_told_and_latched() -> None:
    with arm() as robot:
        robot.read()
        StandIn.made[0].broken = True
        with pytest.raises(RobotError, match="There is no status packet!; see its cable and power"):
            robot.read()
        StandIn.made[0].broken = False
        with pytest.raises(RobotError, match="no status packet"):
            robot.write(JointTarget(np.zeros(5), np.zeros(5), 0.5, 5.0))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"port": "nowhere"}, "Could not connect on port 'nowhere'"),
        ({"id": "new"}, "is not calibrated; run lerobot-calibrate"),
        ({"mode": Mode.READ_ONLY}, "LeRobot switches torque on when it connects"),
        ({"kind": "Headless"}, r"is told no shoulder_lift\.pos, .*; it has shoulder_pan\.pos"),
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

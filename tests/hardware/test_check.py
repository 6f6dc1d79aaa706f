"""`check_robot` and `check_camera` pass what is right and name what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.gripper import RotaryJaw
from sayso.hardware.check import (
    CONNECTS,
    FITS,
    FOLLOWS,
    LETS_GO,
    check_camera,
    check_robot,
    check_spec,
    examine_robot,
)
from sayso.hardware.clock import FakeClock, SimulatedClock
from sayso.hardware.mock_robot import Fault, MockRobot
from sayso.hardware.robot import Camera, NoReading, RobotError
from sayso.hardware.types import Box, Frame, GripperSpec, JointTarget, Pose, RobotSpec


class MockCamera(Camera):
    """Grey frames, ten a second, with the given parts exchanged."""

    def __init__(self, **parts: object) -> None:
        self.name, self.parts, self.frames = "front", parts, 0

    def read(self) -> Frame:
        self.frames += 1
        intrinsics = np.array([[50.0, 0.0, 32.0], [0.0, 50.0, 24.0], [0.0, 0.0, 1.0]])
        rgb, depth = np.full((48, 64, 3), 127, np.uint8), np.ones((48, 64), np.float32)
        frame = Frame(self.frames / 10, "front", rgb, depth, intrinsics, Pose(np.zeros(3), np.eye(3)))
        return replace(frame, **self.parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("clock", [FakeClock(), SimulatedClock(0.002)])
def test_mock_arms_pass(planar: RobotSpec, panda: RobotSpec, clock) -> None:
    assert check_robot(MockRobot(planar, clock)) == []
    robot = MockRobot(panda, clock)
    assert check_robot(robot) == []
    with pytest.raises(RobotError, match="cannot read panda: it is not connected"):
        robot.read()


def test_without_move_nothing_is_written(planar: RobotSpec) -> None:
    robot = MockRobot(planar)
    assert check_robot(robot, move=False) == []
    assert robot.written == []


def test_the_check_moves_within_limits(panda: RobotSpec) -> None:
    robot = MockRobot(panda)
    check_robot(robot)
    path = np.array([t.position for t in robot.written])
    period = 1 / panda.control_hz
    assert (np.abs(np.diff(path, axis=0)) / period <= panda.velocity).all()
    assert (np.abs(np.diff(path, 2, axis=0)) / period**2 <= panda.acceleration).all()
    assert 0.02 < np.abs(path - panda.home).max() < 0.05


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.READ_RAISES, "RobotError is not allowed here: planar: the mock is set to fail on read"),
        (Fault.READ_NAN, "read().position is not finite"),
        (Fault.READ_SHORT, "read().position has shape (1,); (2,) is needed"),
        (Fault.WRITE_RAISES, "fail on write"),
        (Fault.WRITE_RETURNS_NOTHING, "write() returned None; it must return the JointTarget that was really sent"),
        (Fault.STUCK, "shoulder is 0.0300 rad from its target after going there; 0.01 rad is allowed"),
        (Fault.STOP_RAISES, "fail on stop"),
        (Fault.CLOCK_STANDS_STILL, "time does not advance"),
    ],
)
def test_each_fault_is_named(planar: RobotSpec, fault: Fault, words: str) -> None:
    problems = check_robot(MockRobot(planar, faults=fault))
    assert any(words in p for p in problems), problems


class Returns(MockRobot):
    """Says that it sent something else than joint positions of this arm."""

    def write(self, target: JointTarget) -> JointTarget:
        return replace(super().write(target), position=np.zeros(5))


class Drifts(MockRobot):
    """Goes on moving after stop()."""

    def read(self):
        state = super().read()
        return replace(state, position=state.position + (self.clock.now() * 0.1 if self.stops else 0.0), gripper=2.0)


def test_subtler_faults_are_named_too(planar: RobotSpec) -> None:
    assert "write() returned the position" in check_robot(Returns(planar))[0]
    assert check_robot(Drifts(planar)) == ["read().gripper is 2.0; 0 to 1 is allowed"] * 1
    drifting = Drifts(planar)
    drifting.read = lambda: replace(Drifts.read(drifting), gripper=1.0)  # type: ignore[method-assign]
    assert any("after stop(); 0.01 rad is allowed" in p for p in check_robot(drifting))
    timeless = MockRobot(planar)
    timeless.read = lambda: replace(MockRobot.read(timeless), t=np.nan)  # type: ignore[method-assign]
    assert "read().t is nan" in check_robot(timeless)


class StopsOnlyWhenConnected(MockRobot):
    """Cannot let go of what it does not hold."""

    def disconnect(self) -> None:
        if not self._connected:
            raise RobotError("not connected")
        super().disconnect()


def test_disconnect_must_be_safe_more_than_once(planar: RobotSpec) -> None:
    problems = check_robot(StopsOnlyWhenConnected(planar))
    assert problems == ["disconnect() raised RobotError('not connected'); it must be safe at any time, more than once"]


def test_checks_come_one_by_one_and_say_what_was_not_tried(planar: RobotSpec) -> None:
    checks = {check.what: check for check in examine_robot(MockRobot(planar), move=False)}
    assert [c.what for c in checks.values() if not c.passed] == [FOLLOWS]
    assert checks[FOLLOWS].skipped == "it moves the arm"

    failed = list(examine_robot(MockRobot(planar, faults=Fault.READ_NAN)))
    assert [c.what for c in failed if c.problems] == ["it reads its joints"]
    after = [c for c in failed if c.skipped]
    assert len(after) == 4 and {c.skipped for c in after} == {"an earlier check failed"}
    assert failed[-1].what == LETS_GO and failed[-1].passed

    assert [c.what for c in examine_robot(MockRobot(replace(planar, control_hz=0.0))) if not c.skipped] == [FITS]


def test_whoever_has_seen_enough_leaves_no_arm_connected(planar: RobotSpec) -> None:
    robot = MockRobot(planar)
    checks = examine_robot(robot)
    while next(checks).what != CONNECTS:
        pass
    robot.read()
    checks.close()
    with pytest.raises(RobotError, match="not connected"):
        robot.read()


class Hesitates(MockRobot):
    """Gives no reading ``misses`` times out of ``misses`` + 1."""

    misses = reads = 0

    def read(self):
        self.reads += 1
        if self.reads % (self.misses + 1):
            raise NoReading("no answer")
        return super().read()


@pytest.mark.parametrize(("misses", "passes"), [(1, True), (2, True), (3, False)])
def test_one_or_two_missing_readings_are_bridged_as_any_loop_does(planar: RobotSpec, misses: int, passes: bool) -> None:
    robot = Hesitates(planar)
    robot.misses = misses
    problems = check_robot(robot)
    assert problems == ([] if passes else ["NoReading is not allowed here: no answer"])


def test_a_joint_beyond_its_mechanical_range_is_in_another_order_or_of_another_zero(planar: RobotSpec) -> None:
    robot = MockRobot(planar)
    robot.read = lambda: replace(MockRobot.read(robot), position=np.array([0.0, -2.61]))  # type: ignore[method-assign]
    (problem,) = check_robot(robot)
    assert "elbow is at -2.610 rad; its mechanical range is -2.500 to 2.500" in problem
    robot.read = lambda: replace(MockRobot.read(robot), position=np.array([2.05, 2.59]))  # type: ignore[method-assign]
    assert check_robot(robot, move=False) == [], "limp arms hang a little beyond their range"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"joints": ()}, "at least one"),
        ({"joints": ("elbow", "elbow")}, "distinct names"),
        ({"home": np.zeros(3)}, "home is [0. 0. 0.]; 2 finite numbers are needed"),
        ({"velocity": np.array([1.0, np.nan])}, "velocity is"),
        ({"lower": np.array([3.0, -2.5])}, "shoulder: lower limit 3.0 is not below upper limit 2.0"),
        ({"home": np.array([0.0, 2.6])}, "elbow: home 2.6 is outside of -2.5 to 2.5"),
        ({"jerk": np.array([0.0, 1.0])}, "shoulder: jerk limit is 0.0; it must be above 0"),
        ({"control_hz": 0.0}, "control_hz is 0.0"),
        ({"gripper": GripperSpec(width=0.0)}, "gripper width is 0.0 m"),
        ({"gripper": GripperSpec(jaw=RotaryJaw("nose", 0.0, 1.0, 0.1, 0.2))}, "jaw is on the joint 'nose'; beside"),
        ({"gripper": GripperSpec(jaw=RotaryJaw("elbow", 0.0, 1.0, 0.1, 0.2))}, "jaw is on the joint 'elbow'; beside"),
        ({"workspace": Box(np.ones(3), np.zeros(3))}, "workspace goes from"),
        ({"workspace": Box(np.ones(3) * 5, np.ones(3) * 6)}, "at home the tool is at"),
        ({"urdf": "nowhere.urdf"}, "there is no URDF file nowhere.urdf"),
        ({"tip": "nose"}, "has no frame 'nose'; it has"),
        ({"joints": ("elbow", "shoulder")}, "joint order of planar"),
        ({"joints": ("shoulder", "knee")}, "has no joint ['knee']"),
    ],
)
def test_a_wrong_description_is_named_and_the_arm_left_alone(planar: RobotSpec, change: dict, words: str) -> None:
    robot = MockRobot(replace(planar, **change))
    problems = check_robot(robot)
    assert problems == check_spec(robot.spec)
    assert any(words in p for p in problems), problems
    assert robot.stops == 0


def test_a_urdf_that_is_none_is_named(planar: RobotSpec, tmp_path) -> None:
    file = tmp_path / "broken.urdf"
    file.write_text("<robot")
    assert len(check_spec(replace(planar, urdf=str(file)))) == 1


def test_cameras_that_are_right_pass() -> None:
    assert check_camera(MockCamera()) == []
    assert check_camera(MockCamera(depth=None)) == []


MIRROR = np.diag([1.0, 1.0, -1.0])


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"camera": "back"}, "the frame says it is from 'back'; the camera's name is 'front'"),
        ({"rgb": np.zeros((4, 4), np.uint8)}, "rgb is (4, 4) uint8; (H, W, 3) uint8 is needed"),
        ({"rgb": np.zeros((48, 64, 3))}, "float64; (H, W, 3) uint8"),
        ({"depth": np.ones((48, 64))}, "depth is (48, 64) float64; (48, 64) float32 is needed"),
        ({"depth": np.ones((2, 2), np.float32)}, "depth is (2, 2)"),
        ({"depth": np.zeros((48, 64), np.float32)}, "contains no measurement"),
        ({"depth": np.full((48, 64), -1.0, np.float32)}, "below 0 m"),
        ({"depth": np.full((48, 64), np.inf, np.float32)}, "not finite"),
        ({"intrinsics": np.ones((3, 3))}, "[[fx, s, cx], [0, fy, cy], [0, 0, 1]] is needed"),
        ({"intrinsics": np.diag([-5.0, 5.0, 1.0])}, "positive focal lengths"),
        ({"pose": Pose(np.zeros(3), np.eye(3) * 2)}, "is not orthonormal"),
        ({"pose": Pose(np.zeros(3), MIRROR)}, "its determinant is -1"),
        ({"pose": Pose(np.full(3, np.nan), np.eye(3))}, "pose position is"),
        ({"t": np.nan}, "frame time is nan"),
    ],
)
def test_each_fault_of_a_camera_is_named(part: dict, words: str) -> None:
    problems = check_camera(MockCamera(**part))
    assert len(problems) == 1
    assert words in problems[0]


def test_cameras_that_fail_or_go_back_in_time_are_named() -> None:
    backward = MockCamera()
    backward.read = lambda: replace(MockCamera.read(backward), t=-backward.frames)  # type: ignore[method-assign]
    assert "time went back from -1 s to -2 s" in check_camera(backward)

    broken = MockCamera()
    broken.read = lambda: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    assert "read() raised ZeroDivisionError" in check_camera(broken)[0]

"""Contract checks for arms and cameras, after Gymnasium's ``check_env``; every fault is reported by name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np

from sayso.hardware.arms.check_spec import check_spec
from sayso.hardware.arms.kinematics import Kinematics, joint_ranges
from sayso.hardware.bounded_robot import Blocks, BoundedRobot
from sayso.hardware.control.clearance import Clearance
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.drivers.driver import REDUCED_SPEED
from sayso.hardware.foreign import exit_in_words
from sayso.hardware.robot import Camera, NoReading, Robot, RobotError, watchdog_of
from sayso.hardware.smooth_step import smooth_step, smooth_step_slope
from sayso.hardware.types import Array, Frame, JointState, JointTarget, RobotSpec

STEP_RAD = 0.03
SETTLE_S = 1.0
TOLERANCE_RAD = 0.01
PLACE_SLACK_RAD = 0.1
MISSES_BRIDGED = 2
LIES_RAD = 0.8  # from the rest pose; the jaw's weight turns an unpowered wrist this far


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check: ``what`` was checked, its ``problems``, or why it was ``skipped``."""

    what: str
    problems: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check ran and found no problem."""
        return not self.problems and not self.skipped


FITS, CONNECTS, LETS_GO = "its description is complete", "it connects", "it disconnects, even twice"
FOLLOWS = f"every joint goes {STEP_RAD} rad there and back"


def check_robot(robot: Robot, move: bool = True, tolerance: float = TOLERANCE_RAD) -> list[str]:
    """Check an arm against the `Robot` contract; return one sentence per problem, an empty list if there is none.

    Connects and disconnects the robot. With ``move``, each joint moves up to `STEP_RAD` there and back at reduced speed
    and must end within ``tolerance`` rad of the target. Waits on the robot's own clock.
    """
    return [problem for check in examine_robot(robot, move, tolerance) for problem in check.problems]


def examine_robot(
    robot: Robot, move: bool = True, tolerance: float = TOLERANCE_RAD, stopped: Callable[[], bool] = lambda: False
) -> Generator[Check]:
    """Yield the checks of `check_robot` one by one; checks after a failed one are skipped.

    An arm that moved and passed goes to its rest pose at the end, if it has one. Raises `StoppedError` once
    ``stopped()`` is true; the arm then holds its position.
    """
    robot = BoundedRobot(robot, stopped)
    wrong = [*check_spec(robot.spec), *_said(partial(_check_attributes, robot))]
    wrong = wrong or _said(partial(_check_geometry, robot.spec))
    yield Check(FITS, tuple(wrong))
    looks: list[tuple[str, Callable[[], list[str]]]] = [
        (CONNECTS, partial(_connect, robot)),
        ("it reads its joints", lambda: _state_problems(_read(robot), robot.spec)),
        ("its clock advances", partial(_check_clock, robot)),
        ("its joints are where its description allows", partial(_check_place, robot)),
        (FOLLOWS, partial(_check_write, robot, tolerance, stopped)),
        ("it stands still after a stop", partial(_check_stop, robot)),
    ]
    untouched = bool(wrong)
    try:
        for what, look in looks:
            if wrong:
                yield Check(what, skipped="an earlier check failed")
            elif what == FOLLOWS and not move:
                yield Check(what, skipped="it moves the arm")
            else:
                wrong = _said(look)
                yield Check(what, tuple(wrong))
            if stopped():
                raise StoppedError(f"{robot.spec.name} was stopped; it stays where it is")
        if move and not wrong:
            robot.rest(stopped)
    except BaseException:  # disconnect also when the caller abandons the generator
        _let_go(robot)
        raise
    if not untouched:
        yield Check(LETS_GO, tuple(_let_go(robot)))


def _check_attributes(robot: Robot) -> list[str]:
    try:
        watchdog_of(robot)
    except RobotError as error:
        return [str(error)]
    if not isinstance(robot.events, list):
        return [f"events is {robot.events!r}; a list of sentences is needed"]
    return []


def _check_geometry(spec: RobotSpec) -> list[str]:
    try:
        Clearance(spec)
    except RobotError as error:
        return [str(error)]
    return []


def _said(look: Callable[[], list[str]]) -> list[str]:
    try:
        return look()
    except StoppedError:
        raise
    except Blocks as error:
        return [str(error)]
    except SystemExit as error:
        return [exit_in_words(error)]
    except Exception as error:
        return [f"{type(error).__name__} is not allowed here: {error}"]


def _read(robot: Robot) -> JointState:
    """Read the joints, bridging up to `MISSES_BRIDGED` missing readings, as the control loop does."""
    for _ in range(MISSES_BRIDGED):
        with suppress(NoReading):
            return robot.read()
    return robot.read()


def _connect(robot: Robot) -> list[str]:
    try:
        robot.connect()
    except StoppedError:
        raise
    except RobotError as error:  # a failed connection is the finding of this check
        return [str(error)]
    return []


def _let_go(robot: Robot) -> list[str]:
    try:
        robot.disconnect()
        robot.disconnect()
    except Blocks as error:
        return [str(error)]
    except (Exception, SystemExit) as error:
        return [f"disconnect() raised {error!r}; it must be safe at any time, more than once"]
    return []


def check_camera(camera: Camera, frames: int = 3) -> list[str]:
    """Check a camera's frames; return one sentence per problem, an empty list if there is none."""
    problems: list[str] = []
    last = -np.inf
    for _ in range(frames):
        try:
            frame = camera.read()
        except Exception as error:
            return [*problems, f"read() raised {error!r}"]
        problems += frame_problems(frame, camera.name)
        if frame.t < last:
            problems.append(f"time went back from {last} s to {frame.t} s")
        last = frame.t
    return list(dict.fromkeys(problems))


def _check_clock(robot: Robot) -> list[str]:
    first = _read(robot)
    _wait(robot, 3 / robot.spec.control_hz)
    second = _read(robot)
    if not second.t > first.t:
        return [f"time does not advance: {first.t} s, and {second.t} s after three control periods"]
    return _state_problems(second, robot.spec)


def _check_place(robot: Robot) -> list[str]:
    """Report joints out of their mechanical range: a wrong joint order, zero or calibration."""
    spec, position = robot.spec, _read(robot).position
    out, ranges = [], joint_ranges(spec.urdf)
    for name, at in zip(spec.joints, position.tolist(), strict=True):
        lower, upper = ranges[name]
        if not lower - PLACE_SLACK_RAD <= at <= upper + PLACE_SLACK_RAD:
            out.append(
                f"{name} is at {at:.3f} rad; its mechanical range is {lower:.3f} to {upper:.3f}:"
                " is the joint order, zero or calibration that of another arm?"
            )
    return out


def _state_problems(state: JointState, spec: RobotSpec) -> list[str]:
    problems = []
    for name in ("position", "velocity"):
        value = getattr(state, name)
        if np.shape(value) != (spec.dof,):
            problems.append(f"read().{name} has shape {np.shape(value)}; ({spec.dof},) is needed")
        elif not np.isfinite(value).all():
            problems.append(f"read().{name} is not finite: {value}")
    if not 0.0 <= state.gripper <= 1.0:
        problems.append(f"read().gripper is {state.gripper}; 0 to 1 is allowed")
    if not np.isfinite(state.t):
        problems.append(f"read().t is {state.t}")
    return problems


def _check_write(robot: Robot, tolerance: float, stopped: Callable[[], bool]) -> list[str]:
    spec, start = robot.spec, _read(robot)
    if _lies(spec, start.position):
        assert spec.rest is not None
        _move(robot, spec.rest, start.gripper, stopped)
        start = _read(robot)
    # Toward the middle of the range, so that every goal stays inside the range.
    away = np.where(start.position < 0.5 * (spec.lower + spec.upper), STEP_RAD, -STEP_RAD)
    problems = []
    for goal, way in ((start.position + away, "there"), (start.position, "back")):
        sent = _move(robot, goal, start.gripper, stopped)
        if not isinstance(sent, JointTarget):
            return [f"write() returned {sent!r}; it must return the JointTarget that was really sent"]
        if np.shape(sent.position) != (spec.dof,) or not np.isfinite(sent.position).all():
            return [f"write() returned the position {sent.position}; {spec.dof} finite numbers are needed"]
        off = np.abs(_read(robot).position - sent.position)
        for i in np.flatnonzero(off > tolerance):
            problems.append(
                f"{spec.joints[i]} is {off[i]:.4f} rad from its target after going {way}; {tolerance} rad is allowed"
            )
    return problems


def _lies(spec: RobotSpec, position: Array) -> bool:
    """Whether the arm lies at its rest pose: contact with the table would keep joints from reaching their targets."""
    if spec.rest is None or float(np.abs(position - spec.rest).max()) > LIES_RAD:
        return False
    return Clearance(spec).clear_way(position.tolist(), spec.rest.tolist())


def _move(robot: Robot, goal: Array, gripper: float, stopped: Callable[[], bool]) -> object:
    """Move to ``goal`` along a smooth step at most at a quarter of the joint limits, then wait `SETTLE_S`.

    An arm without a watchdog also keeps its tool below `REDUCED_SPEED`.
    """
    spec, start = robot.spec, _read(robot).position
    # The smooth step 3s²-2s³ has a maximum slope of 1.5 and a maximum curvature of 6.
    way = np.abs(goal - start)
    duration = max(
        float(np.max(6.0 * way / spec.velocity)), float(np.max(np.sqrt(24.0 * way / spec.acceleration))), 0.1
    )
    if watchdog_of(robot) is None:
        tool_way = float(np.linalg.norm(Kinematics(spec).jacobian(start)[:3] @ (goal - start)))
        duration = max(duration, 2.0 * tool_way / REDUCED_SPEED)
    begin, period = robot.clock.now(), 1 / spec.control_hz
    sent: object = None
    k = 0
    while k * period < duration + SETTLE_S:
        if stopped():
            robot.stop()
            raise StoppedError(f"{spec.name} was stopped; it stays where it is")
        s = min(k * period / duration, 1.0)
        position = start + (goal - start) * smooth_step(s)
        velocity = (goal - start) * smooth_step_slope(s) / duration
        sent = robot.write(JointTarget(position, velocity, gripper, begin + k * period + 0.1))
        if not isinstance(sent, JointTarget):
            return sent
        k += 1
        robot.clock.sleep_until(begin + k * period)
    return sent


def _check_stop(robot: Robot) -> list[str]:
    problems = []
    robot.stop()
    robot.stop()
    _wait(robot, SETTLE_S)
    before = _read(robot).position
    _wait(robot, 0.2)
    drift = float(np.max(np.abs(_read(robot).position - before)))
    if drift > TOLERANCE_RAD:
        problems.append(f"the arm moved {drift:.4f} rad in 0.2 s after stop(); {TOLERANCE_RAD} rad is allowed")
    return problems


def _wait(robot: Robot, seconds: float) -> None:
    robot.clock.sleep_until(robot.clock.now() + seconds)


def frame_problems(frame: Frame, name: str) -> Iterator[str]:
    """Yield the problems of one frame of the camera ``name``, one sentence each."""
    rgb, depth, k = frame.rgb, frame.depth, np.asarray(frame.intrinsics)
    if frame.camera != name:
        yield f"the frame says it is from '{frame.camera}'; the camera's name is '{name}'"
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        yield f"rgb is {rgb.shape} {rgb.dtype}; (H, W, 3) uint8 is needed"
        return
    height, width = rgb.shape[:2]
    if depth is not None:
        if depth.shape != (height, width) or depth.dtype != np.float32:
            yield f"depth is {depth.shape} {depth.dtype}; ({height}, {width}) float32 is needed"
        elif not np.isfinite(depth).all() or not (depth >= 0).all() or not depth.any():
            yield "depth has values that are not finite or below 0 m, or contains no measurement"
    if k.shape != (3, 3) or not np.isfinite(k).all() or not np.allclose(k[2], (0, 0, 1)) or k[1, 0] != 0:
        yield f"intrinsics are {k.tolist()}; [[fx, s, cx], [0, fy, cy], [0, 0, 1]] is needed"
    elif not (k[0, 0] > 0 and k[1, 1] > 0 and 0 <= k[0, 2] <= width and 0 <= k[1, 2] <= height):
        yield f"intrinsics {k.tolist()} need positive focal lengths and a center inside {width} x {height} pixels"
    rotation, position = np.asarray(frame.pose.rotation), np.asarray(frame.pose.position)
    if position.shape != (3,) or not np.isfinite(position).all():
        yield f"pose position is {position}; three finite numbers are needed"
    if rotation.shape != (3, 3) or not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6):
        yield f"pose rotation {rotation.tolist()} is not orthonormal"
    elif np.linalg.det(rotation) < 0:
        yield "pose rotation mirrors: its determinant is -1"
    if not np.isfinite(frame.t):
        yield f"frame time is {frame.t}"

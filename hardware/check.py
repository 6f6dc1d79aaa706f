"""Whether an arm or a camera keeps its contract, in the spirit of Gymnasium's ``check_env``: each fault is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hardware.kinematics import Kinematics
from hardware.robot import Camera, Robot, RobotError
from hardware.types import Array, Frame, JointState, JointTarget, RobotSpec

STEP_RAD = 0.03
SETTLE_S = 1.0
TOLERANCE_RAD = 0.01


def check_robot(robot: Robot, move: bool = True, tolerance: float = TOLERANCE_RAD) -> list[str]:
    """What is wrong with an arm, one sentence each; nothing if it keeps the contract.

    The robot is connected and disconnected. With ``move`` each joint goes up to `STEP_RAD` there and back, slowly, and
    must end within ``tolerance`` rad of the target. Time is waited for on the robot's own clock.
    """
    problems = check_spec(robot.spec)
    if problems:
        return problems
    try:
        with robot:
            problems += _check_read(robot)
            if not problems:
                problems += _check_write(robot, tolerance) if move else []
                problems += _check_stop(robot)
        robot.disconnect()
    except Exception as error:
        problems.append(f"{type(error).__name__} where none is allowed: {error}")
        try:
            robot.disconnect()
        except Exception as second:
            problems.append(f"disconnect() after a fault raised {second!r}; it must be safe at any time")
    return problems


def check_camera(camera: Camera, frames: int = 3) -> list[str]:
    """What is wrong with a camera's frames, one sentence each; nothing if it keeps the contract."""
    problems: list[str] = []
    last = -np.inf
    for _ in range(frames):
        try:
            frame = camera.read()
        except Exception as error:
            return [*problems, f"read() raised {error!r}"]
        problems += _frame_problems(frame, camera.name)
        if frame.t < last:
            problems.append(f"time went back from {last} s to {frame.t} s")
        last = frame.t
    return list(dict.fromkeys(problems))


def require(device: Robot | Camera) -> None:
    """Check an arm or a camera and raise RobotError with everything that is wrong."""
    problems = check_robot(device) if isinstance(device, Robot) else check_camera(device)
    if problems:
        name = device.spec.name if isinstance(device, Robot) else device.name
        raise RobotError(f"{name} does not keep its contract:\n- " + "\n- ".join(problems))


def check_spec(spec: RobotSpec) -> list[str]:
    """What is wrong with a robot's description: shapes, limits, home, kinematics."""
    return list(_spec_problems(spec))


def _spec_problems(spec: RobotSpec) -> Iterator[str]:
    n = spec.dof
    if n == 0 or len(set(spec.joints)) != n:
        yield f"joints are {spec.joints}; they must be at least one and have distinct names"
        return
    vectors = ("lower", "upper", "velocity", "acceleration", "jerk", "home")
    bad = [v for v in vectors if np.shape(getattr(spec, v)) != (n,) or not np.isfinite(getattr(spec, v)).all()]
    for name in bad:
        yield f"{name} is {getattr(spec, name)}; {n} finite numbers are needed, one for each joint"
    if bad:
        return
    for i, joint in enumerate(spec.joints):
        if not spec.lower[i] < spec.upper[i]:
            yield f"{joint}: lower limit {spec.lower[i]} is not below upper limit {spec.upper[i]}"
        elif not spec.lower[i] <= spec.home[i] <= spec.upper[i]:
            yield f"{joint}: home {spec.home[i]} is outside of {spec.lower[i]} to {spec.upper[i]}"
        for name in ("velocity", "acceleration", "jerk"):
            if not getattr(spec, name)[i] > 0:
                yield f"{joint}: {name} limit is {getattr(spec, name)[i]}; it must be above 0"
    if not (np.isfinite(spec.control_hz) and spec.control_hz > 0):
        yield f"control_hz is {spec.control_hz}; it must be above 0"
    if spec.gripper is not None and not spec.gripper.width > 0:
        yield f"gripper width is {spec.gripper.width} m; it must be above 0"
    box = spec.workspace
    if np.shape(box.lower) != (3,) or np.shape(box.upper) != (3,) or not np.all(box.lower < box.upper):
        yield f"workspace goes from {box.lower} to {box.upper}; three lower numbers below three upper ones are needed"
        return
    if not Path(spec.urdf).is_file():
        yield f"there is no URDF file {spec.urdf}"
        return
    try:
        tool = Kinematics(spec).forward(spec.home).position
    except (RobotError, ValueError) as error:
        yield str(error)
        return
    if not box.contains(tool):
        yield f"at home the tool is at {np.round(tool, 3)}, outside of the workspace {box.lower} to {box.upper}"


def _check_read(robot: Robot) -> list[str]:
    first = robot.read()
    problems = _state_problems(first, robot.spec)
    if problems:
        return problems
    _wait(robot, 3 / robot.spec.control_hz)
    second = robot.read()
    if not second.t > first.t:
        problems.append(f"time does not advance: {first.t} s, and {second.t} s after three control periods")
    return problems + _state_problems(second, robot.spec)


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


def _check_write(robot: Robot, tolerance: float) -> list[str]:
    spec, start = robot.spec, robot.read()
    # Toward the middle of the range, so that no joint is sent out of it.
    away = np.where(start.position < 0.5 * (spec.lower + spec.upper), STEP_RAD, -STEP_RAD)
    problems = []
    for goal, way in ((start.position + away, "there"), (start.position, "back")):
        sent = _move(robot, goal, start.gripper)
        if not isinstance(sent, JointTarget):
            return [f"write() returned {sent!r}; it must return the JointTarget that was really sent"]
        if np.shape(sent.position) != (spec.dof,) or not np.isfinite(sent.position).all():
            return [f"write() returned the position {sent.position}; {spec.dof} finite numbers are needed"]
        off = np.abs(robot.read().position - sent.position)
        for i in np.flatnonzero(off > tolerance):
            problems.append(
                f"{spec.joints[i]} is {off[i]:.4f} rad from its target after going {way}; {tolerance} rad is allowed"
            )
    return problems


def _move(robot: Robot, goal: Array, gripper: float) -> object:
    """Glide to ``goal`` at a quarter of the speed limits or slower, and give the arm time to settle."""
    spec, start = robot.spec, robot.read().position
    # The steepest slope of the smooth step is 1.5 and its strongest curvature 6.
    way = np.abs(goal - start)
    duration = max(
        float(np.max(6.0 * way / spec.velocity)), float(np.max(np.sqrt(24.0 * way / spec.acceleration))), 0.1
    )
    begin, period = robot.clock.now(), 1 / spec.control_hz
    sent: object = None
    k = 0
    while k * period < duration + SETTLE_S:
        s = min(k * period / duration, 1.0)
        position = start + (goal - start) * s * s * (3 - 2 * s)
        velocity = (goal - start) * 6 * s * (1 - s) / duration
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
    before = robot.read().position
    _wait(robot, 0.2)
    drift = float(np.max(np.abs(robot.read().position - before)))
    if drift > TOLERANCE_RAD:
        problems.append(f"the arm moved {drift:.4f} rad in 0.2 s after stop(); {TOLERANCE_RAD} rad is allowed")
    return problems


def _wait(robot: Robot, seconds: float) -> None:
    robot.clock.sleep_until(robot.clock.now() + seconds)


def _frame_problems(frame: Frame, name: str) -> Iterator[str]:
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
        elif not np.isfinite(depth).all() or not (depth > 0).all():
            yield "depth has values that are not finite or not above 0 m"
    if k.shape != (3, 3) or not np.isfinite(k).all() or not np.allclose(k[2], (0, 0, 1)) or k[1, 0] != 0:
        yield f"intrinsics are {k.tolist()}; [[fx, s, cx], [0, fy, cy], [0, 0, 1]] is needed"
    elif not (k[0, 0] > 0 and k[1, 1] > 0 and 0 <= k[0, 2] <= width and 0 <= k[1, 2] <= height):
        yield f"intrinsics {k.tolist()} need positive focal lengths and a centre inside {width} x {height} pixels"
    rotation, position = np.asarray(frame.pose.rotation), np.asarray(frame.pose.position)
    if position.shape != (3,) or not np.isfinite(position).all():
        yield f"pose position is {position}; three finite numbers are needed"
    if rotation.shape != (3, 3) or not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-6):
        yield f"pose rotation {rotation.tolist()} is not orthonormal"
    elif np.linalg.det(rotation) < 0:
        yield "pose rotation mirrors: its determinant is -1"
    if not np.isfinite(frame.t):
        yield f"frame time is {frame.t}"

"""Contract checks for worlds, after Gymnasium's ``check_env``; every fault is reported by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sayso.hardware.arms.check_spec import HIGHEST_M, check_spec
from sayso.hardware.check import Check, examine_robot, frame_problems
from sayso.hardware.clock import FakeClock
from sayso.hardware.foreign import in_words
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, Frame, JointTarget
from sayso.hardware.world import Task, World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.robot import WorldCamera, WorldRobot

SLOWEST_HZ, FASTEST_HZ = 5.0, 2000.0
UPRIGHT = 0.999  # cosine between the base's z axis and the vertical
TABLE_M, BIN_M, ROUND_M = 0.01, 0.004, 0.3  # tolerance of the table height; histogram bin; searched range around 0
HAND_S, OPEN, CLOSED = 2.0, 0.9, 0.1
SAME_RAD, SAME_M = 1e-6, 1e-6
FOLLOWS_RAD = 0.02  # a world stepped at 20 Hz ends its moves less exactly than a motor


def check_world(world: World, seed: int = 0) -> list[str]:
    """Check a world, stepping and closing it; return one sentence per problem, an empty list if there is none."""
    return [problem for check in examine_world(world, seed) for problem in check.problems]


def examine_world(world: World, seed: int = 0) -> Iterator[Check]:
    """Yield the checks of `check_world` one by one; checks after a failed one are skipped."""
    wrong = _said(lambda: _description(world))
    yield Check("its description is complete", tuple(wrong))
    looks: list[tuple[str, Callable[[], list[str]]]] = [
        ("a reset gives a task, and the same seed gives the same start", lambda: _resets(world, seed)),
        ("its cameras are valid and see the table at its height", lambda: _cameras(world)),
        ("its hand opens and closes", lambda: _hand(world)),
        ("success is not reported at the start", lambda: _verdict(world, seed)),
        ("its ground truth, if any, is about objects on the table", lambda: _truth(world)),
    ]
    for what, look in looks:
        if wrong:
            yield Check(what, skipped="an earlier check failed")
            continue
        wrong = _said(look)
        yield Check(what, tuple(wrong))
    if not wrong:
        arm = WorldRobot(world)
        for check in examine_robot(arm, tolerance=FOLLOWS_RAD):
            yield Check(f"its arm: {check.what}", check.problems, check.skipped)
    yield Check("it closes, even twice", tuple(_said(lambda: [*_closes(world), *_closes(world)])))


def _said(look: Callable[[], list[str]]) -> list[str]:
    try:
        return look()
    except RobotError as error:
        return [str(error)]
    except Exception as error:
        return [f"unexpected error: {in_words(error)}"]


def _description(world: World) -> list[str]:
    wrong = [f"its arm: {problem}" for problem in check_spec(world.spec)]
    if not 1 / FASTEST_HZ <= world.step_s <= 1 / SLOWEST_HZ:
        wrong.append(f"step_s is {world.step_s} s; {1 / FASTEST_HZ:g} to {1 / SLOWEST_HZ:g} s are allowed")
    if not world.cameras or len(set(world.cameras)) != len(world.cameras):
        wrong.append(f"cameras are {world.cameras}; at least one name is needed, and no name twice")
    turn, height = np.asarray(world.mount.rotation), WorldFrame(world).height
    if turn.shape != (3, 3) or turn[2, 2] < UPRIGHT:
        wrong.append("mount leans; the arm's base must stand upright, its z axis up")
    if not abs(height) <= HIGHEST_M:
        wrong.append(
            f"the arm's base is {height:g} m above the table by mount and table; "
            f"{-HIGHEST_M:g} to {HIGHEST_M:g} m are allowed: are both in the world's own frame?"
        )
    return wrong


def _resets(world: World, seed: int) -> list[str]:
    wrong, seen = [], []
    for task in (None, *world.tasks):
        asked: object = world.reset(seed, task)
        if not isinstance(asked, Task) or not isinstance(asked.instruction, str) or not asked.instruction.strip():
            wrong.append(f"reset({seed}, {task!r}) gives {asked!r}; a Task with a sentence is needed")
        elif asked.limit_s is not None and not asked.limit_s > 0:
            wrong.append(f"reset({seed}, {task!r}) allows {asked.limit_s} s; more than 0, or None, is needed")
    for _ in range(2):
        world.reset(seed)
        truth = world.truth() or {}
        seen.append((world.read().position, {name: o.position for name, o in truth.items()}))
    (first, there), (again, then) = seen
    if np.shape(first) != np.shape(again) or np.abs(first - again).max() > SAME_RAD:
        wrong.append(f"the joints begin at {first} and, with the same seed, at {again}")
    if there.keys() != then.keys() or any(np.abs(there[k] - then[k]).max() > SAME_M for k in there):
        wrong.append("objects are elsewhere after a second reset with the same seed")
    return wrong


def _cameras(world: World) -> list[str]:
    wrong, frames = [], []
    for name in world.cameras:
        frame = WorldCamera(world, name, FakeClock()).read()
        found = list(frame_problems(frame, name))
        if (frame.depth is not None) != world.depth:
            found.append(
                f"its frames have {'no ' if frame.depth is None else ''}depth; the world's depth says otherwise"
            )
        wrong += [f"camera {name}: {problem}" for problem in found]
        frames += [] if found else [frame]
    if wrong or not world.depth:
        return wrong
    return wrong + [p for frame in frames for p in _table(frame, world)]


def _table(frame: Frame, world: World) -> list[str]:
    """Check that the most frequent height among the points within the arm's reach is the table's height."""
    points = _points(frame)
    low, high = world.spec.workspace.lower, world.spec.workspace.upper
    within = np.all((points[:, :2] > low[:2]) & (points[:, :2] < high[:2]), axis=1) & (np.abs(points[:, 2]) < ROUND_M)
    if within.sum() < points.shape[0] / 50:
        return [
            f"camera {frame.camera}: less than 2 % of what it sees lies where the arm reaches: "
            "are its pose, mount and intrinsics right, and its axes x right, y down, z forward?"
        ]
    heights = points[within, 2]
    count, edges = np.histogram(heights, np.arange(-ROUND_M, ROUND_M + BIN_M, BIN_M))
    at = float(np.median(heights[np.abs(heights - edges[int(np.argmax(count))] - BIN_M / 2) < BIN_M]))
    if abs(at) > TABLE_M:
        return [
            f"camera {frame.camera}: it sees the table {1000 * abs(at):.0f} mm {'above' if at > 0 else 'below'} `table`"
        ]
    return []


def _points(frame: Frame) -> Array:
    """Back-project a frame's depth to points (k, 3) m in the base frame."""
    assert frame.depth is not None
    v, u = np.nonzero(frame.depth > 0)
    z, k = frame.depth[v, u].astype(np.float64), frame.intrinsics
    rays = np.stack([(u - k[0, 2]) / k[0, 0], (v - k[1, 2]) / k[1, 1], np.ones(len(u))], axis=1)
    return np.asarray((rays * z[:, None]) @ frame.pose.rotation.T + frame.pose.position)


def _hand(world: World) -> list[str]:
    if world.spec.gripper is None:
        return []
    wrong, hold = [], world.read().position
    for gripper, good, said in ((1.0, lambda x: x >= OPEN, "open"), (0.0, lambda x: x <= CLOSED, "closed")) * 2:
        target = JointTarget(hold, np.zeros(world.spec.dof), gripper, np.inf)
        for _ in range(round(HAND_S / world.step_s)):
            world.step(target)
        opening = world.read().gripper
        if not good(opening):
            wrong.append(f"{HAND_S:g} s after a target {said} the hand reads {opening:.2f}; 1 is open, 0 is closed")
    return list(dict.fromkeys(wrong))


def _verdict(world: World, seed: int) -> list[str]:
    world.reset(seed)
    done: object = world.success()
    if done is not None and not isinstance(done, bool):
        return [f"success() gives {done!r}; True, False or None is needed"]
    return ["success() is True right after a reset"] if done else []


def _truth(world: World) -> list[str]:
    truth = WorldFrame(world).truth(world.truth())
    wrong = []
    for name, o in (truth or {}).items():
        numbers = np.concatenate([o.position, o.quaternion, o.size])
        if numbers.shape != (10,) or not np.isfinite(numbers).all() or abs(np.linalg.norm(o.quaternion) - 1) > 1e-3:
            wrong.append(f"{name} is at {o.position}, {o.quaternion}, {o.size} large; finite numbers are needed")
        elif not -TABLE_M < o.position[2] - o.size[2] / 2 < ROUND_M:
            wrong.append(f"{name} has its foot {o.position[2] - o.size[2] / 2:.3f} m above the table: is it a center?")
    return wrong


def _closes(world: World) -> list[str]:
    world.close()
    return []

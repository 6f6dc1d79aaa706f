"""The contract of a world, on a tiny one that needs no simulator: an arm that follows, a drawn table, a thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.check_world import check_world
from sayso.hardware.clock import FakeClock
from sayso.hardware.types import Array, Frame, JointState, JointTarget, Pose
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.robot import WorldCamera, WorldRobot
from sayso.hardware.worlds.views import looking_at, pinhole

FLAT = np.array([0.0, 0.0, 0.0, 1.0])
QUARTER = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


class Tiny(World):
    """An arm that is where it was told at the end of each step, before a table that is nothing but its depth."""

    spec, cameras, tasks = load_arm("panda"), ("above",), ("push", "pull")

    def __init__(self, step_s: float = 0.05, height: float = 0.3, mount: Pose | None = None) -> None:
        self.step_s, self.table = step_s, height
        self.mount = mount or Pose(np.array([1.0, 2.0, height]), QUARTER)
        self.steps = 0

    def reset(self, seed: int, task: str | None = None) -> Task:
        rng = np.random.default_rng(seed)
        self.joints, self.hand = self.spec.home + rng.normal(0, 0.01, self.spec.dof), 1.0
        self.block = self.mount.rotation @ [0.5, float(rng.uniform(-0.1, 0.1)), 0.0]
        return Task(f"{task or 'push'} the red block", 9.0)

    def read(self) -> JointState:
        return JointState(0.0, self.joints.copy(), np.zeros(self.spec.dof), self.hand)

    def step(self, target: JointTarget) -> None:
        self.steps += 1
        self.joints = target.position.copy()
        self.hand += float(np.clip(target.gripper - self.hand, -self.step_s, self.step_s))

    def look(self, camera: str) -> Frame:
        at = self.mount.rotation @ [0.5, 0.0, 0.0] + self._origin(0.0)
        pose, matrix = looking_at(at + np.array([0.01, 0.0, 0.8]), at), pinhole(40, 30, 40.0)
        v, u = np.mgrid[:30, :40]
        rays = np.stack([(u - matrix[0, 2]) / matrix[0, 0], (v - matrix[1, 2]) / matrix[1, 1], np.ones((30, 40))], -1)
        depth = ((self.table - pose.position[2]) / (rays @ pose.rotation.T)[..., 2]).astype(np.float32)
        return Frame(0.0, camera, np.zeros((30, 40, 3), np.uint8), depth, matrix, pose)

    def _origin(self, height: float) -> Array:
        return np.array([*self.mount.position[:2], self.table + height])

    def success(self) -> bool | None:
        return False

    def truth(self) -> dict[str, ObjectTruth]:
        at = self.block + self._origin(0.02)
        return {"b1": ObjectTruth("block", "red", at, FLAT, np.full(3, 0.04))}


def test_a_world_that_keeps_the_contract_has_nothing_wrong() -> None:
    assert check_world(Tiny()) == []
    assert check_world(Tiny(1 / 250, height=0.0, mount=Pose(np.array([0.0, 0.0, 0.1]), np.eye(3)))) == []


def wrong(**changed: object) -> Tiny:
    world = Tiny()
    for name, value in changed.items():
        setattr(world, name, value)
    return world


def _seeing(change: Callable[[Frame], Frame]) -> Tiny:
    world = Tiny()
    look = world.look
    world.look = lambda camera: change(look(camera))  # type: ignore[method-assign]
    return world


def _unseeded() -> Tiny:
    world, rng = Tiny(), np.random.default_rng()
    reset = world.reset
    world.reset = lambda seed, task=None: reset(int(rng.integers(1 << 30)), task)  # type: ignore[method-assign]
    return world


WRONG: dict[str, tuple[Callable[[], Tiny], str]] = {
    "step": (lambda: wrong(step_s=2.0), r"step_s is 2.0 s; 0.0005 to 0.2 s are allowed"),
    "no camera": (lambda: wrong(cameras=()), "at least one name is needed"),
    "leaning": (lambda: wrong(mount=Pose(np.zeros(3), np.diag([1.0, -1.0, -1.0]))), "must stand upright"),
    "table in another frame": (lambda: wrong(table=2.3), "the arm's base is -2 m above the table by mount and table"),
    "table 3 cm off": (lambda: _table(0.03), r"sees the table 30 mm below"),
    "mirrored": (lambda: _seeing(_mirrored), "mirrors: its determinant is -1"),
    "looks elsewhere": (lambda: _seeing(_turned_away), "less than 2 % of what it sees lies where the arm reaches"),
    "no depth": (lambda: _seeing(lambda f: replace(f, depth=None)), "no depth; the world's depth says otherwise"),
    "dice": (_unseeded, "with the same seed"),
    "silent": (lambda: _silent(), "a Task with a sentence is needed"),
    "hand in metres": (lambda: _hand(0.08), "2 s after a target open the hand reads 0.08; 1 is open"),
    "number": (lambda: wrong(success=lambda: 1), "success() gives 1; True, False or None is needed"),
    "too early": (lambda: wrong(success=lambda: True), "success() is True right after a reset"),
    "feet": (lambda: wrong(truth=lambda: {"b1": replace(_fresh().truth()["b1"], position=np.zeros(3))}), "above the"),
    "stuck": (lambda: wrong(step=lambda target: None), "the hand reads"),
    "error": (lambda: wrong(success=lambda: 1 / 0), "unexpected error: ZeroDivisionError: division by zero"),
}  # fmt: skip


def _silent() -> Tiny:
    world = Tiny()
    reset = world.reset
    world.reset = lambda seed, task=None: replace(reset(seed, task), instruction=" ")  # type: ignore[method-assign]
    return world


def _fresh() -> Tiny:
    world = Tiny()
    world.reset(0)
    return world


def _table(off: float) -> Tiny:
    world = Tiny()
    look, height = world.look, world.table

    def seen(camera: str) -> Frame:
        world.table = height
        try:
            return look(camera)
        finally:
            world.table = height + off

    world.table, world.look = height + off, seen  # type: ignore[method-assign]
    return world


def _mirrored(frame: Frame) -> Frame:
    return replace(frame, pose=Pose(frame.pose.position, frame.pose.rotation * [-1.0, 1.0, 1.0]))


def _turned_away(frame: Frame) -> Frame:
    return replace(frame, pose=Pose(frame.pose.position, frame.pose.rotation @ np.diag([1.0, -1.0, -1.0])))


def _hand(share: float) -> Tiny:
    world = Tiny()
    read = world.read
    world.read = lambda: replace(read(), gripper=read().gripper * share)  # type: ignore[method-assign]
    return world


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_of_a_world_is_named(name: str) -> None:
    make, says = WRONG[name]
    problems = check_world(make())
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize("hz", [20, 25, 60, 240, 250, 500])
def test_only_steps_move_a_worlds_time_at_its_own_rate(hz: float) -> None:
    world = Tiny(1 / hz)
    world.reset(0)
    robot = WorldRobot(world)
    robot.connect()
    for _ in range(7):
        robot.read()
    assert world.steps == 0
    robot.clock.sleep_until(3.0)
    assert world.steps == 3 * hz and robot.clock.now() == pytest.approx(3.0, abs=1e-6)


@pytest.mark.parametrize("hz", [20, 25, 250])
def test_at_the_end_of_a_step_the_arm_is_where_the_loop_wants_it_then(hz: float) -> None:
    world = Tiny(1 / hz)
    world.reset(0)
    robot = WorldRobot(world)
    start, speed = robot.read().position, np.full(7, 0.2)
    period = 1 / robot.spec.control_hz

    def target(t: float) -> Array:
        return start + speed * t

    while robot.clock.now() < 1.0:
        t = robot.clock.now() + period
        robot.write(JointTarget(target(t), speed, 1.0, t + 1.0))
        robot.clock.sleep_until(t)
    late = target(world.steps / hz) - robot.read().position
    assert np.abs(late).max() < 1.01 * 0.2 * period


def test_everything_is_seen_from_the_arms_own_base_and_from_the_table() -> None:
    world = Tiny(mount=Pose(np.array([1.0, 2.0, 0.42]), QUARTER))
    world.reset(3)
    base, robot = WorldFrame(world), WorldRobot(world)
    assert robot.spec.base_height == pytest.approx(0.12)
    truth = base.truth(world.truth())
    assert truth is not None
    assert truth["b1"].position == pytest.approx([0.5, truth["b1"].position[1], 0.02])
    assert truth["b1"].yaw == pytest.approx(-np.pi / 2)
    place, yaw = base.out(truth["b1"].position, truth["b1"].yaw)
    assert place == pytest.approx(world.truth()["b1"].position) and yaw == pytest.approx(0.0)
    assert WorldCamera(world, "above", FakeClock()).read().pose.position == pytest.approx([0.51, 0.0, 0.8], abs=0.011)

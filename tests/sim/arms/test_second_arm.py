"""Nothing assumes seven joints, 250 Hz or a Panda: a five-joint arm at 100 Hz does the same with the same code."""

from collections.abc import Iterator
from dataclasses import replace

import gymnasium
import numpy as np
import pytest

from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.check import check_robot
from sayso.hardware.control.guard import Guard, GuardEvent
from sayso.hardware.control.loop import ControlLoop, Cycle
from sayso.hardware.types import JointTarget
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.film import Film
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS
from sayso.skills.features import feature_names, features
from sayso.skills.goal import SubtaskGoal
from sayso.skills.policy import Executor, chunk_from_velocity
from sayso.skills.proprioception import ProprioceptionEstimator

SCENE = SceneSpec((ObjectSpec("b1", "block", "red", (0.5, 0.1), 0.3), ObjectSpec("w1", "bowl", "blue", (0.5, -0.15))))
GOAL = SubtaskGoal.of_box(np.array([0.5, 0.1, 0.02]), np.full(3, 0.04), 0.3)


@pytest.fixture
def world(five: ArmModel) -> Iterator[Physics]:
    world = Physics(SCENE, five)
    yield world
    world.close()


def test_it_keeps_the_contract(world: Physics) -> None:
    assert check_robot(SimArm(world)) == []


def test_an_arm_without_fingers_keeps_the_contract(five: ArmModel) -> None:
    bare = replace(
        five, spec=replace(five.spec, gripper=None), finger_joints=(), finger_open=0.0, lite_urdf=five.lite_urdf
    )
    world = Physics(SCENE, bare)
    arm = SimArm(world)
    assert check_robot(arm) == []
    with arm:
        arm.write(JointTarget(bare.spec.home, np.zeros(5), 0.0, np.inf))
        arm.clock.sleep_until(arm.clock.now() + 0.1)
        assert arm.read().gripper == 1.0
    world.close()


def test_guard_and_loop_drive_it_through_the_executor(world: Physics) -> None:
    arm = SimArm(world)
    arm.connect()
    spec = arm.spec
    executor, velocity = Executor(spec), np.array([0.2, 0.1, -0.1, 0.1, -0.3])
    executor.reset(arm.read())
    cycles: list[Cycle] = []
    loop = ControlLoop(arm, Guard(spec, 1 / spec.control_hz), lambda s: executor.sample(s.t), cycles.append)
    loop.run(0.2)
    start = arm.read()
    executor.push(chunk_from_velocity(start.t, executor.start(start), velocity, closed=False))
    loop.run(1.0)
    assert {c.event for c in cycles} == {GuardEvent.OK} and loop.missed == 0
    # The chunk is eight ticks of 20 ms long; then its last position is held.
    assert np.allclose(arm.read().position - start.position, 0.16 * velocity, atol=0.01)
    assert np.abs(arm.read().velocity).max() < 0.01


def test_it_feels_itself(world: Physics) -> None:
    arm = SimArm(world)
    arm.connect()
    state = arm.read()
    body = ProprioceptionEstimator(arm.spec).sense(state, state.position, closing=False)
    assert body.opening == pytest.approx(0.08, abs=1e-3)
    seen = features(body, GOAL)
    assert seen.shape == (len(feature_names(5)),) == (len(feature_names(7)) - 4,)
    assert seen.dtype == np.float32 and np.isfinite(seen).all()
    where = feature_names(5).index
    assert seen[where("joint4")] == pytest.approx(arm.spec.home[4], abs=1e-6) and "joint5" not in feature_names(5)
    gap = GOAL.position - Kinematics(arm.spec).forward(state.position).position
    assert np.allclose([seen[where(f"object_{a}")] for a in "xyz"], 3 * gap, atol=1e-3)


def test_inverse_kinematics_moves_its_tool_as_told_and_keeps_the_hand_down(five: ArmModel) -> None:
    spec = five.spec
    ik, kinematics = DifferentialIK(spec), Kinematics(spec)
    q = spec.home.copy()
    goal = np.array([0.45, 0.2, 0.1])
    for _ in range(150):
        tool = kinematics.forward(q)
        twist = np.array([*np.clip(5 * (goal - tool.position), -0.2, 0.2), 0, 0, 0])
        dq = ik.velocities(q, tool, np.stack([twist, np.zeros(6)]))
        assert dq.shape == (2, 5) and (np.abs(dq) <= 0.8 * spec.velocity + 1e-9).all()
        q = np.clip(q + dq[0] * 0.02, spec.lower, spec.upper)
    tool = kinematics.forward(q)
    assert np.linalg.norm(tool.position - goal) < 0.01
    assert tool.rotation[2, 2] < -0.99


def test_the_teacher_puts_a_block_into_a_bowl_with_it(world: Physics) -> None:
    run = OracleRun(TableWorld.around(world), np.random.default_rng(0))
    film = Film(world, run.robot.clock, fps=1.0)
    assert run.run(Task("b1", TASKS["put in"], "w1"), 12.0)
    assert film.snapshots[0].joints.shape == (7,), "five joints and two fingers"
    assert run.runtime.loop.missed == 0


def test_it_is_an_environment_too(five: ArmModel) -> None:
    env = gymnasium.make("sayso/Tabletop-v0", arm=five, scene=SCENE, cameras=())
    assert env.action_space.shape == (6,)
    first, _ = env.reset(seed=0)
    assert first["joints"].shape == (5,)
    env.action_space.seed(0)  # five unseeded actions now and then cancel each other out
    for _ in range(5):
        seen, *_ = env.step(env.action_space.sample())
        assert env.observation_space.contains(seen)
    assert np.abs(seen["joints"] - first["joints"]).max() > 0.05
    env.close()

"""Simulation checks that an arm must pass before hours of training, or before its real counterpart is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from xml.etree import ElementTree as Xml

import numpy as np

from sayso.backends.real import table_below
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.urdf import read_urdf
from sayso.hardware.check import Check
from sayso.hardware.control.clearance import Clearance
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointTarget, Pose
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.bullet import pybullet as p
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_choice import scene_for
from sayso.sim.scenes.spawn import spawn_area
from sayso.sim.table_world import TableWorld

SAME_M = 0.002
LEAN_RAD = 0.35  # largest angle between the hand's z axis at home and straight down
NEAR_M, STEP_S, STEPS = 0.05, 0.05, 200
GRASP_M, LIFT_M = 0.02, 0.1  # heights of the tool over the table
SHUT, WIDE, SETTLE_S = 0.1, 0.9, 1.5
TRIES, PICK_S = 3, 20.0
FELT = 0.08  # least opening (fraction of the width) that a hand with a block in it must read
POSES = 8


def sim_checks(model: ArmModel) -> Iterator[Check]:
    """Yield the checks one by one, each when it has run; checks after a failed one are skipped."""
    looks: list[tuple[str, Callable[[], str]]] = [
        ("its links can be checked for clearance", partial(_clearance, model)),
        ("the simulator's arm matches its URDF", partial(_same_arm, model)),
        ("at home its hand points down, over the table", partial(_home, model)),
        ("its hand gets everywhere within its reach", partial(_reach, model)),
        ("its hand opens and shuts", partial(_hand, model)),
        ("its hand picks up a block", partial(_pick, model)),
    ]
    wrong = ""
    for what, look in looks:
        if wrong:
            yield Check(what, skipped="an earlier check failed")
            continue
        try:
            wrong = look()
        except (RobotError, ValueError, p.error) as error:
            wrong = str(error)
        yield Check(what, (wrong,) if wrong else ())


def check_fit(model: ArmModel) -> None:
    """Raise `RobotError` with the first problem, unless the arm passes all checks."""
    for check in sim_checks(model):
        if check.problems:
            raise RobotError(f"{model.spec.name}: not true that {check.what}: {check.problems[0]}")


def _clearance(model: ArmModel) -> str:
    spec = model.spec
    clearance = Clearance(spec, (table_below(spec),))
    if not clearance.watched:
        return "no pair of links can be checked: has its URDF collision geometry, in metres?"
    return ""


def _same_arm(model: ArmModel) -> str:
    """Compare the tip's position in Pinocchio, which the guard uses, with that in PyBullet."""
    spec, kinematics, world = model.spec, Kinematics(model.spec), _world(model)
    rng = np.random.default_rng(0)
    try:
        if bare := _bare_links(world):
            return (
                f"the simulator finds no collision geometry in {', '.join(bare)}: it reads boxes, spheres, cylinders, "
                "and meshes in OBJ, COLLADA and binary STL"
            )
        for q in (spec.home, *rng.uniform(spec.lower, spec.upper, (POSES, spec.dof))):
            world.set_joints(q)
            built, said = _tool(world), kinematics.forward(q).position
            if (off := float(np.linalg.norm(built - said))) > SAME_M:
                return f"with its joints at {np.round(q, 2).tolist()} its tip is {off:.3f} m from where its URDF has it"
    finally:
        world.close()
    return ""


def _bare_links(world: Physics) -> list[str]:
    """Links with collision geometry in the URDF and none in the simulator."""
    c, urdf = world.client, Xml.fromstring(read_urdf(world.arm.spec.urdf).text)
    index = {"": -1}
    for j in range(p.getNumJoints(world.robot, physicsClientId=c)):
        index[p.getJointInfo(world.robot, j, physicsClientId=c)[12].decode()] = j
    solid = [link.get("name", "") for link in urdf.findall("link") if link.find("collision") is not None]
    return [x for x in solid if not p.getCollisionShapeData(world.robot, index.get(x, -1), physicsClientId=c)]


def _tool(world: Physics) -> Array:
    """Position (3,) m of the tip's link in the simulator."""
    c, tip = world.client, world.arm.spec.tip
    for j in range(p.getNumJoints(world.robot, physicsClientId=c)):
        info = p.getJointInfo(world.robot, j, physicsClientId=c)
        if tip in (info[12].decode(), info[1].decode()):
            state = p.getLinkState(world.robot, j, computeForwardKinematics=True, physicsClientId=c)
            return np.array(state[4])
    raise RobotError(f"the simulator's arm has no tip {tip}")


def _home(model: ArmModel) -> str:
    tool = Kinematics(model.spec).forward(model.spec.home)
    lean = float(np.arccos(np.clip(-tool.rotation[2, 2], -1.0, 1.0)))
    if lean > LEAN_RAD:
        return f"the tip's z axis is {np.degrees(lean):.0f}° from straight down; at most {np.degrees(LEAN_RAD):.0f}°"
    if tool.position[2] < GRASP_M:
        return f"the tip is at a height of {tool.position[2]:.3f} m; the table is at 0"
    return ""


def _reach(model: ArmModel) -> str:
    spec = model.spec
    (x0, x1), (y0, y1) = spawn_area(spec.reach)
    missed = []
    for x, y, z in product((x0, x1), (y0, y1), (GRASP_M, LIFT_M)):
        off = _gets_to(model, np.array([x, y, z]))
        if off > NEAR_M:
            missed.append(f"{x:.2f} {y:.2f} {z:.2f} ({off:.3f} m off)")
    if not missed:
        return ""
    return f"it does not get to {', '.join(missed)}; name a smaller reach in arm.json, or a home nearer to it"


def _gets_to(model: ArmModel, goal: Array) -> float:
    """Distance (m) left to ``goal`` when the arm moves there from home as the teacher does, hand down."""
    spec = model.spec
    ik, kinematics, q = DifferentialIK(spec), Kinematics(spec), model.spec.home.copy()
    over = np.array([*goal[:2], max(goal[2], LIFT_M)])
    for k in range(2 * STEPS):
        tool: Pose = kinematics.forward(q)
        way = (over if k < STEPS else goal) - tool.position
        twist = np.array([*np.clip(2.0 * way, -0.3, 0.3), 0.0, 0.0, 0.0])
        q = np.clip(q + STEP_S * ik.velocities(q, tool, twist[None])[0], spec.lower, spec.upper)
    return float(np.linalg.norm(kinematics.forward(q).position - goal))


def _hand(model: ArmModel) -> str:
    world = _world(model)
    try:
        arm = SimArm(world)
        arm.connect()
        for wanted in (0.0, 1.0):
            at = _close(arm, wanted)
            if at > SHUT if wanted == 0.0 else at < WIDE:
                return f"told to go to {wanted:g} of its width, the hand reads {at:.2f}"
    finally:
        world.close()
    return ""


def _close(arm: SimArm, gripper: float) -> float:
    """The hand's reading after it had `SETTLE_S` to move to ``gripper``."""
    spec, end = arm.spec, arm.clock.now() + SETTLE_S
    while arm.clock.now() < end:
        arm.write(JointTarget(spec.home, np.zeros(spec.dof), gripper, arm.clock.now() + 1.0))
        arm.clock.sleep_until(arm.clock.now() + 1.0 / spec.control_hz)
    return arm.read().gripper


def _pick(model: ArmModel) -> str:
    """Check that the teacher can pick up a block and that the hand's reading shows it."""
    for seed in range(TRIES):
        world = Physics(scene_for(model.spec, None, seed), model)
        try:
            block = next(o.id for o in world.scene.objects if o.kind == "block")
            run = OracleRun(TableWorld.around(world), np.random.default_rng(seed))
            if run.run(Task(block), PICK_S):
                held = run.robot.read().gripper
                return "" if held > FELT else f"with a block in it the hand reads {held:.2f} of its width, as if empty"
        finally:
            world.close()
    return (
        f"the teacher did not pick up a block in {TRIES} tries of {PICK_S:g} s: see the hand's width, its strength "
        "and where the tip is"
    )


def _world(model: ArmModel) -> Physics:
    return Physics(scene_for(model.spec, None), model)

"""An arm that does not follow its targets: noise, a burst of noise, one joint that is slow, off or weak."""

from __future__ import annotations

from math import inf

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Course

NOISE_M, STEP_S = 0.004, 0.05
BURST_M, BURST_STEPS = 0.04, 5
SLUGGISH, WEAK, OFFSET_RAD = 1 / 6, 1 / 5, np.radians(1.5)
DAMPING = 0.05


def noise(stage: Backstage) -> Course:
    """The targets of all joints shake, so that the tool does, to the end of the run."""
    arm, kinematics = stage.table.arm, Kinematics(stage.table.spec)
    yield f"the targets shake by {1000 * NOISE_M:.0f} mm at the tool"
    try:
        while True:
            arm.shift = _shake(stage, kinematics, NOISE_M)
            yield STEP_S
    finally:
        arm.shift = None


def burst(stage: Backstage) -> Course:
    """Five steps of strong noise."""
    arm, kinematics = stage.table.arm, Kinematics(stage.table.spec)
    yield f"a burst of {BURST_STEPS} steps of {100 * BURST_M:.0f} cm"
    try:
        for _ in range(BURST_STEPS):
            arm.shift = _shake(stage, kinematics, BURST_M)
            yield STEP_S
    finally:
        arm.shift = None


def _shake(stage: Backstage, kinematics: Kinematics, sigma: float) -> Array:
    """Joint displacements (n,) rad that displace the tool by a normal deviate of ``sigma`` m along each axis."""
    jacobian = kinematics.jacobian(stage.table.arm.read().position)[:3]
    inverse = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + DAMPING**2 * np.eye(3))
    return np.asarray(inverse @ stage.rng.normal(0.0, sigma, 3))


def joint_sluggish(stage: Backstage) -> Course:
    """One joint's motor answers with less speed to the same error of position."""
    arm, joint = stage.table.arm, _joint(stage)
    arm.gains[joint] *= SLUGGISH
    yield f"{stage.table.spec.joints[joint]} is sluggish"
    try:
        yield inf
    finally:
        arm.gains[joint] /= SLUGGISH


def joint_offset(stage: Backstage) -> Course:
    """One joint is beside its reading: its encoder has slipped."""
    arm, joint = stage.table.arm, _joint(stage)
    zero = np.zeros(stage.table.spec.dof)
    zero[joint] = OFFSET_RAD * stage.rng.choice((-1.0, 1.0))
    arm.zero = zero
    yield f"{stage.table.spec.joints[joint]} is {np.degrees(zero[joint]):+.1f}° beside its reading"


def joint_weak(stage: Backstage) -> Course:
    """One joint's motor has less torque."""
    arm, joint = stage.table.arm, _joint(stage)
    limits = np.append(stage.table.model.forces, stage.table.model.finger_force)
    limits[joint] *= WEAK
    arm.limit_torque(limits)
    yield f"{stage.table.spec.joints[joint]} has {limits[joint]:.0f} Nm left"
    try:
        yield inf
    finally:
        arm.limit_torque(np.append(stage.table.model.forces, stage.table.model.finger_force))


def _joint(stage: Backstage) -> int:
    """One of the joints that move the tool most: all but the last two."""
    return int(stage.rng.integers(max(stage.table.spec.dof - 2, 1)))

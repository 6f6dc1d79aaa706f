"""What the hand holds, felt from the true scene."""

import numpy as np

from sayso.demonstrations.ground_truth import GroundTruthPerception
from sayso.hardware.types import JointState, Pose
from sayso.hardware.world import ObjectTruth
from sayso.sim.arms.own_arm import arm_model

SPEC = arm_model("panda").spec
BLOCK, BOWL = np.array([0.5, 0.03, 0.05]), np.array([0.5, 0.0, 0.03])


def _truth(kind: str, at: np.ndarray, size: tuple[float, float, float]) -> ObjectTruth:
    return ObjectTruth(kind, "red", at, np.array([0.0, 0.0, 0.0, 1.0]), np.array(size))


def test_the_block_is_held_and_not_the_bowl_around_the_fingers() -> None:
    assert SPEC.gripper is not None
    things = {"bowl": _truth("bowl", BOWL, (0.15, 0.15, 0.06)), "block": _truth("block", BLOCK, (0.04, 0.04, 0.04))}
    for at in (BLOCK, BLOCK + np.array([0.0, 0.03, 0.0])):  # in the middle of the bowl, and at its wall
        things["block"] = _truth("block", at, (0.04, 0.04, 0.04))
        felt = GroundTruthPerception(SPEC, lambda: things)
        closed = 0.04 / SPEC.gripper.width
        for t in np.arange(0.0, 0.2, 0.02):
            state = JointState(float(t), SPEC.home, np.zeros(SPEC.dof), closed)
            scene = felt.update(state, Pose(at, np.diag([1.0, -1.0, -1.0])), True)
        assert scene.held == "block"
    things.pop("block")
    assert felt.update(state, Pose(BOWL, np.diag([1.0, -1.0, -1.0])), True).held is None


def test_a_tall_block_is_held_also_near_its_top_and_not_above_it() -> None:
    """A block of 10 cm that is held 4 cm above its middle was not felt, and the hand opened again."""
    assert SPEC.gripper is not None
    at = np.array([0.5, 0.0, 0.05])
    things = {"block": _truth("block", at, (0.04, 0.04, 0.10))}
    for above, held in ((0.04, "block"), (0.07, None)):
        felt = GroundTruthPerception(SPEC, lambda: things)
        for t in np.arange(0.0, 0.2, 0.02):
            state = JointState(float(t), SPEC.home, np.zeros(SPEC.dof), 0.04 / SPEC.gripper.width)
            hand = Pose(at + np.array([0.0, 0.0, above]), np.diag([1.0, -1.0, -1.0]))
            scene = felt.update(state, hand, True)
        assert scene.held == held

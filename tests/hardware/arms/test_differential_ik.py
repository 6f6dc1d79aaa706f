"""The teacher's inverse kinematics: asked for many places at once it answers as for each by itself."""

import numpy as np
import pytest

from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.sim.arms.own_arm import arm_model


@pytest.mark.parametrize("arm", ["panda", "so101"])
def test_many_places_and_one_give_the_same_digits(arm: str) -> None:
    spec, rng = arm_model(arm).spec, np.random.default_rng(2)
    ik, kinematics = DifferentialIK(spec), Kinematics(spec)
    q = np.clip(spec.home + rng.uniform(-0.4, 0.4, (5, spec.dof)), spec.lower, spec.upper)
    tools, twists = [kinematics.forward(x) for x in q], rng.normal(size=(5, 2, 6))
    twists[1, 0, 3:] = 0.0  # asks for no rotation: the hand comes back to the vertical
    at_once = ik.answers(ik.around(q, tools), twists)
    assert np.array_equal(at_once, [ik.velocities(*each) for each in zip(q, tools, twists, strict=True)])
    around_one = ik.answers(ik.around(q[:1], tools[:1]), twists)
    assert np.array_equal(around_one, [ik.velocities(q[0], tools[0], each) for each in twists])

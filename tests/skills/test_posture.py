"""An arm on a pedestal feels and moves as one that stands on the table: both ways, with seven, six and five joints."""

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.robot import RobotError
from sayso.hardware.worlds.standing import standing
from sayso.skills.posture import Posture, posture_of


@pytest.mark.parametrize(("arm", "height"), [("panda", 0.1), ("panda", -0.1), ("ur5e", 0.1), ("so101", 0.04)])
def test_the_tool_is_as_far_above_the_table_whatever_the_base_stands_on(arm: str, height: float) -> None:
    spec, rng = load_arm(arm), np.random.default_rng(0)
    raised = standing(spec, height)
    own, alike, posture = Kinematics(raised), Kinematics(spec), Posture(raised)
    assert own.forward(raised.home).position == pytest.approx(alike.forward(spec.home).position, abs=2e-3)
    assert own.forward(spec.home).position - alike.forward(spec.home).position == pytest.approx([0, 0, height])
    for _ in range(20):
        q = raised.home + rng.uniform(-0.15, 0.15, spec.dof)
        as_known = posture.standing(q)
        assert alike.forward(as_known).position == pytest.approx(own.forward(q).position, abs=2e-3)
        assert posture.own(as_known) == pytest.approx(q, abs=0.03)


def test_a_motion_is_the_same_motion_of_the_tool() -> None:
    spec = load_arm("panda")
    raised = standing(spec, 0.1)
    posture, own, alike = Posture(raised), Kinematics(raised), Kinematics(spec)
    velocity = np.array([0.1, -0.2, 0.1, 0.3, 0.0, 0.2, -0.1])
    (known,) = posture.velocities(raised.home, velocity[None])
    moves = own.jacobian(raised.home) @ velocity, alike.jacobian(posture.standing(raised.home)) @ known
    assert moves[0] == pytest.approx(moves[1], abs=0.01)


def test_on_the_table_nothing_is_worked_out_and_out_of_reach_is_said() -> None:
    spec = load_arm("panda")
    assert posture_of(spec) is None and standing(spec, 0.0) is spec
    with pytest.raises(RobotError, match=r"base 50\.0 cm above the table does not reach"):
        standing(load_arm("so101"), 0.5)

"""An arm on a pedestal feels and moves as one that stands on the table: both ways, with seven, six and five joints."""

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.hardware.worlds.standing import standing
from sayso.skills.features import Observation
from sayso.skills.motion import HOLD, LanguageMotion
from sayso.skills.policy import ActionChunk, chunk_from_velocity
from sayso.skills.posture import Posture, StandingPolicy, posture_of, standing_policy


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


class Turns:
    """A policy that turns one joint of the arm that it knows at 0.2 rad/s; ``starts`` is where it was to begin."""

    def __init__(self) -> None:
        self.starts: list[Array] = []

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        self.starts.append(start)
        return chunk_from_velocity(now, start, np.array([0.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0]), True)


def test_a_policy_for_an_arm_on_the_table_moves_one_on_a_pedestal_as_it_would_move_its_own() -> None:
    raised, known = standing(load_arm("panda"), 0.1), Turns()
    policy = standing_policy(known, raised)
    assert isinstance(policy, StandingPolicy)
    chunk = policy.act(None, HOLD, 1.0, raised.home)  # type: ignore[arg-type]
    posture, own, alike = Posture(raised), Kinematics(raised), Kinematics(load_arm("panda"))
    assert known.starts[0] == pytest.approx(posture.standing(raised.home))
    assert chunk.positions[0] == pytest.approx(raised.home) and chunk.closed and chunk.expires == chunk.times[-1]
    lasts = chunk.times[-1] - chunk.times[0]
    goes = own.forward(chunk.positions[-1]).position - own.forward(raised.home).position
    wanted = known.starts[0] + lasts * np.array([0.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert goes == pytest.approx(alike.forward(wanted).position - alike.forward(known.starts[0]).position, abs=2e-3)


def test_on_the_table_the_policy_is_itself() -> None:
    policy = Turns()
    assert standing_policy(policy, load_arm("panda")) is policy
    assert isinstance(posture_of(standing(load_arm("panda"), -0.1)), Posture)

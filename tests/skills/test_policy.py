"""A policy from a file: one question a tick with what it takes, and a chunk from where the arm is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.skills.features import Observation, Proprioception, feature_counts
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import ENCODING_SIZE, parse
from sayso.skills.policy import HORIZON, POLICY_HZ, OnnxPolicy

FORWARD = parse("move arm forward")
START = np.array([0.1, 0.2])


class Network:
    """Takes inputs of these names and answers a velocity and a logit for closing."""

    features = feature_counts(2)[0]

    def __init__(self, *takes: str, closing: float = -1.0) -> None:
        self.takes, self.closing, self.asked = takes, closing, list[dict[str, np.ndarray]]()

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name, shape=[None, self.features]) for name in self.takes]

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name, shape=[None, 2]) for name in ("velocity", "closing")]

    def run(self, outputs: list[str], given: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.asked.append(given)
        return [np.array([[0.5, -0.25]], np.float32), np.array([[self.closing]], np.float32)]


def seen() -> Observation:
    body = Proprioception(START, START, Pose(np.zeros(3), np.eye(3)), 0.04, 0.0, False)
    return Observation.of(body, SubtaskGoal.of_box(np.zeros(3), np.full(3, 0.04), 0.0))


def test_it_goes_on_from_the_start_with_the_velocity_that_the_network_says() -> None:
    chunk = OnnxPolicy(Network("features", "motion")).act(seen(), FORWARD, 2.0, START)  # type: ignore[arg-type]
    assert chunk.times[0] == 2.0 and len(chunk.times) == HORIZON + 1
    assert np.allclose(chunk.positions[0], START)
    assert np.allclose(chunk.positions[1] - START, np.array([0.5, -0.25]) / POLICY_HZ)
    assert chunk.expires == pytest.approx(2.0 + HORIZON / POLICY_HZ)


@pytest.mark.parametrize(("logit", "closed"), [(0.1, True), (0.0, False), (-0.1, False)])
def test_the_hand_closes_where_the_network_thinks_so(logit: float, closed: bool) -> None:
    network = Network("features", "motion", closing=logit)
    assert OnnxPolicy(network).act(seen(), FORWARD, 0.0, START).closed is closed  # type: ignore[arg-type]


def test_it_is_asked_with_one_row_of_features_and_the_motion_it_is_under() -> None:
    network, observation = Network("features", "motion"), seen()
    OnnxPolicy(network).act(observation, FORWARD, 0.0, START)  # type: ignore[arg-type]
    (given,) = network.asked
    assert np.array_equal(given["features"], observation.features[None])
    assert given["motion"].shape == (1, ENCODING_SIZE) and given["motion"].dtype == np.float32
    assert np.allclose(given["motion"][0], FORWARD.encode())


def test_one_that_takes_no_motion_is_given_none() -> None:
    network = Network("features")
    OnnxPolicy(network).act(seen(), FORWARD, 0.0, START)  # type: ignore[arg-type]
    assert set(network.asked[0]) == {"features"}


def test_a_model_from_before_grasps_is_given_what_it_knows() -> None:
    network, observation = Network("features", "motion"), seen()
    assert not OnnxPolicy(network).earlier  # type: ignore[arg-type]
    network.features = feature_counts(2)[1]
    policy = OnnxPolicy(network)  # type: ignore[arg-type]
    policy.act(observation, FORWARD, 0.0, START)
    assert policy.earlier and np.array_equal(network.asked[0]["features"], observation.features[None, :-3])


@pytest.mark.parametrize("takes", [("features", "image"), ("motion",), ()])
def test_a_model_that_takes_something_else_is_no_policy(takes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"a policy takes 'features' and 'motion'; this model takes \["):
        OnnxPolicy(Network(*takes))  # type: ignore[arg-type]

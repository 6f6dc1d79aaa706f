"""Demonstrations by hand, and the actions that policies learn from: of moments, under the motion that was in force."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.bench.corrections.episode import TAUGHT_BASE, attempt
from sayso.bench.corrections.learned.compared import action, known_moments
from sayso.learning.attempt import Attempt, Moment
from sayso.learning.lessons import Lesson
from sayso.model_store import PACKAGED, ModelStore
from sayso.skills.features import feature_counts, feature_names
from sayso.skills.motion import parse
from sayso.skills.onnx_model import open_model
from tests.sayso.learning.attempts import leave, moment, said

UP = parse("move arm up")


def test_who_moves_the_arm_by_hand_takes_the_tall_block_at_its_top(tmp_path: Path) -> None:
    """The shipped models fail in this scene; the record holds what a policy learns from."""
    assert attempt("tall blocks", TAUGHT_BASE, None, False, tmp_path, by_hand=True).ok
    kept = Attempt.load(tmp_path)
    rows = [(m, action(kept, Lesson(m, parse(m.motion), 0), 7)) for m in kept.moments]
    done = np.array([row for _, row in rows if row is not None])
    assert len(done) > 0.8 * len(rows) and len(done) > 20
    assert np.abs(done[:, :7]).max() < 3.0 and np.abs(done[:, :7]).max(axis=1).mean() > 0.05
    assert done[0, 7] == 0.0 and done[-1, 7] == 1.0
    way = sum((row[:7] * 0.1 for _, row in rows if row is not None), np.zeros(7))
    joints = np.array([m.features[:7] for m, row in rows if row is not None])
    np.testing.assert_allclose(way, joints[-1] - joints[0], atol=0.15)


def _at(t: float, command: float, by: str = "operator", closing: float = 0.0) -> Moment:
    """A moment at which the first of seven joints is measured at 0 and commanded to ``command`` rad."""
    features = np.zeros(feature_counts(7)[0])
    features[7], features[feature_names(7).index("closing")] = 10 * command, closing
    return moment(t, str(UP), by).model_copy(update={"features": tuple(features.tolist())})


def test_an_action_is_what_was_commanded_until_the_next_moment(tmp_path: Path) -> None:
    moments = [_at(1.0, 0.0, "planner"), _at(1.1, 0.0), _at(1.2, 0.05, closing=1.0), _at(1.5, 0.1)]
    kept = Attempt.load(leave(tmp_path, [*moments[:1], said(1, 1.05, str(UP)), *moments[1:]]))
    lessons = [Lesson(m, UP, 0, kept.said[0]) for m in kept.moments]
    assert action(kept, lessons[0], 7) is None, "the words were not in force yet"
    np.testing.assert_allclose(action(kept, lessons[1], 7), [0.5, *[0.0] * 6, 1.0], atol=1e-6)
    assert action(kept, lessons[2], 7) is None, "nobody knows what was commanded in between"
    assert action(kept, lessons[3], 7) is None, "nothing follows"


def test_a_policy_from_before_grasps_learns_from_the_features_that_it_takes() -> None:
    """Every policy of the comparison, whatever it takes, gets as many features as it has inputs."""
    counts, lessons = feature_counts(7), [Lesson(_at(1.0, 0.0), UP, 0)]
    for name in ("policy-panda", "policy-panda-flat", "motion-panda"):
        model = ModelStore(PACKAGED).file(name)
        (taken,) = {given.shape[-1] for given in open_model(model).get_inputs() if given.name == "features"}
        assert known_moments(lessons, model).shape == (1, taken) and taken in counts

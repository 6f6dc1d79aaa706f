"""The motion layer's bench: what no demonstration may hold is not in them, and each arm is told what its name says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.bench.motion_layer.demonstrations import SKILLS, UNSEEN, has_pair, sizes_of, without_pair, world_of
from sayso.bench.motion_layer.suite import SEEDS, training_of
from sayso.bench.suites import cells_of
from sayso.skills.motion import parse

PAIR, LEFT = (
    parse(text).encode().astype(np.float32) for text in ("move arm forward and slightly left", "move arm left")
)


def test_a_pair_of_directions_is_found_with_any_degrees_and_company() -> None:
    far = parse("move arm far left and forward and slightly up").encode()
    right = parse("move arm forward and right").encode()
    assert has_pair(np.array([PAIR, far, LEFT, right], np.float32)).tolist() == [True, True, False, False]


def test_rows_that_say_the_pair_are_left_out_and_other_motions_asked_about_are_replaced() -> None:
    n = 4
    columns = {
        "observation.features": np.arange(n, dtype=np.float32)[:, None],
        "motion.own": np.array([LEFT, PAIR, LEFT, LEFT]), "motion.said": np.array([LEFT, LEFT, LEFT, LEFT]),
        "action": np.arange(2 * n, dtype=np.float32).reshape(n, 2),
        "counterfactual.motion": np.array([np.concatenate([PAIR, LEFT])] * n),
        "counterfactual.action": np.full((n, 4), 9.0, np.float32),
        "neighbour.features": np.zeros((n, 1), np.float32), "neighbour.own": np.array([LEFT] * n),
        "neighbour.motion": np.array([np.concatenate([LEFT, other]) for other in (LEFT, LEFT, PAIR, LEFT)]),
        "neighbour.action": np.zeros((n, 4), np.float32),
    }  # fmt: skip
    kept = without_pair(columns)
    assert kept["observation.features"][:, 0].tolist() == [0.0, 3.0]
    assert not has_pair(kept["counterfactual.motion"].reshape(-1, len(PAIR))).any()
    np.testing.assert_array_equal(kept["counterfactual.action"], [[0, 1, 9, 9], [6, 7, 9, 9]])
    assert columns["counterfactual.action"].min() == 9.0  # what was given is as it was


def test_no_demonstration_has_an_unseen_composition() -> None:
    assert all(size not in sizes_of(skill) for skill, size in UNSEEN)
    assert all(sizes_of(skill) for skill in SKILLS)
    world, task, _ = world_of("put left", "large", 3, "panda")
    try:
        assert 0.043 <= world.truth()[task.block].size[0] <= 0.046 and task.reference is not None
    finally:
        world.close()


def test_its_cells_are_three_arms_at_three_sizes(tmp_path: Path) -> None:
    names = [plan.name for plan in cells_of("motion-layer", work=tmp_path)]
    assert len(names) == len(set(names)) == 3 * (3 + 3 + 2)
    assert not any("flat: an unseen phrase" in name for name in names) and not list(tmp_path.iterdir())


def test_fifty_episodes_in_a_row_try_one_training() -> None:
    assert {training_of(seed) for seed in range(50)} == {0}
    assert [training_of(seed) for seed in (49, 50, 149, 150)] == [0, 1, 2, 0]
    assert {training_of(seed) for seed in range(150)} == set(range(SEEDS))

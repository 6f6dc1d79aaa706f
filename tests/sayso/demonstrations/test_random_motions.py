"""What is drawn at less cost is what numpy itself draws: a seed's demonstrations stay as they are."""

import numpy as np
import pytest

from sayso.demonstrations.random_motions import chosen, cumulated


@pytest.mark.parametrize("chances", [(0.15, 0.15, 0.7), (0.6, 0.3, 0.1), (0.15, 0.7, 0.15), (1.0,)])
def test_an_index_is_drawn_as_by_choice(chances: tuple[float, ...]) -> None:
    ours, numpys, sums = np.random.default_rng(5), np.random.default_rng(5), cumulated(chances)
    for _ in range(500):
        assert chosen(ours, sums) == numpys.choice(len(chances), p=chances)
    assert ours.random() == numpys.random()

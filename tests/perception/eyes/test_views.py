"""A thing that two cameras see is listed once."""

from dataclasses import replace

import numpy as np

from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.views import seen_by_all

MUG = Instance(
    np.zeros((2, 2), bool), (0.0, 0.0, 1.0, 1.0), (0.5, 0.5), {"mug": 1.0}, {"red": 1.0}, np.array([0.5, 0.0, 0.05]),
    np.array([0.10, 0.08, 0.10]), 0.0, 2, 0.8, 0.004, 1.0,
)  # fmt: skip


def test_the_surest_sight_of_a_thing_is_listed() -> None:
    beside = replace(MUG, position=MUG.position + np.array([0.02, 0.01, 0.0]), confidence=0.9)
    assert seen_by_all([[MUG], [beside]]) == [(1, beside)]


def test_two_things_of_one_view_stay_two_and_so_do_things_apart() -> None:
    close, far = (
        replace(MUG, position=MUG.position + np.array([step, 0.0, 0.0]), confidence=0.5) for step in (0.03, 0.2)
    )
    assert seen_by_all([[MUG, close], [far]]) == [(0, MUG), (0, close), (1, far)]

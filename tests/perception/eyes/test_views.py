"""A thing that two cameras see is listed once."""

from dataclasses import replace

import numpy as np

from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.views import grouped, seen_by_all

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


LEFT, RIGHT = np.array([0.5, -0.8, 0.6]), np.array([1.3, 0.0, 0.6])


def without_depth(eye: np.ndarray, off: float, confidence: float = 0.8) -> Instance:
    """The mug as a camera at ``eye`` sees it that takes it for ``off`` m farther than it is."""
    way = (MUG.position - eye) / np.linalg.norm(MUG.position - eye)
    return replace(MUG, position=MUG.position + off * way, confidence=confidence)


def test_without_depth_a_thing_is_one_along_the_lines_of_sight() -> None:
    near, far = without_depth(LEFT, -0.05), without_depth(RIGHT, 0.05, 0.7)
    assert len(grouped([[near], [far]])) == 2, "two cameras with depth do not measure 7 cm apart"
    assert grouped([[near], [far]], [LEFT, RIGHT]) == [[near, far]]
    assert seen_by_all([[near], [far]], [LEFT, RIGHT]) == [(0, near)]
    beside = replace(far, position=far.position + np.array([0.0, 0.09, 0.0]))
    assert len(grouped([[near], [beside]], [LEFT, RIGHT])) == 2
    assert grouped([[MUG], [far]], [None, RIGHT]) == [[MUG, far]], "one camera measures"

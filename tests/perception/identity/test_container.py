"""What lies in a container may be hidden there, and is gone only when nothing can hide it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sayso.perception.identity.container import container_of, look_into
from sayso.perception.track import Track
from sayso.perception.visibility import Visibility
from sayso.perception.votes import Detection
from tests.perception.conftest import overhead

Detect = Callable[..., Detection]


def track(detection: Detection) -> Track:
    return Track.start("t", detection, 0.0)


def test_a_block_between_the_walls_lies_in_the_bowl(detect: Detect) -> None:
    bowl = track(detect(0.5, 0.0, 0.0275, kind="bowl"))
    inside, above, beside = detect(0.52, 0.0, 0.03), detect(0.5, 0.0, 0.12), detect(0.5, 0.12)
    assert container_of(track(inside), [bowl]) is bowl
    assert container_of(track(above), [bowl]) is container_of(track(beside), [bowl]) is container_of(bowl, []) is None


def test_a_bowl_seen_to_its_floor_is_empty(detect: Detect) -> None:
    bowl, block = track(detect(0.5, 0.0, 0.0275, kind="bowl")), track(detect(0.5, 0.0, 0.026))
    assert look_into(block, bowl, [overhead(0.994)]) is Visibility.EMPTY


def test_a_block_on_top_may_hide_another_one(detect: Detect) -> None:
    bowl, block = track(detect(0.5, 0.0, 0.0275, kind="bowl")), track(detect(0.5, 0.0, 0.026))
    frame = overhead(0.994)
    assert frame.depth is not None
    frame.depth[95:105, 105:115] = 0.95
    assert look_into(block, bowl, [frame]) is Visibility.HIDDEN, "it may have been pushed aside, below the other one"


def test_nobody_looks_nothing_is_empty(detect: Detect) -> None:
    bowl, block = track(detect(0.5, 0.0, 0.0275, kind="bowl")), track(detect(0.5, 0.0, 0.026))
    assert look_into(block, bowl, []) is Visibility.HIDDEN
    blind = overhead()
    assert blind.depth is not None
    blind.depth[:] = np.nan
    assert look_into(block, bowl, [blind]) is Visibility.HIDDEN


def test_a_cup_lies_in_the_bowl_that_is_wider(detect: Detect) -> None:
    bowl, cup = track(detect(0.5, 0.0, 0.0275, kind="bowl")), track(detect(0.51, 0.0, 0.07, kind="block"))
    cup.kind, cup.size = "cup", np.array([0.07, 0.07, 0.12])
    assert container_of(cup, [bowl]) is bowl
    cup.size = np.array([0.20, 0.20, 0.12])
    assert container_of(cup, [bowl]) is None, "it does not fit in"


def test_a_tall_thing_may_have_toppled_in_the_bowl(detect: Detect) -> None:
    bowl, box = track(detect(0.5, 0.0, 0.0275, kind="bowl")), track(detect(0.5, 0.0, 0.05))
    box.size = np.array([0.11, 0.035, 0.095])
    frame = overhead(0.994)
    assert frame.depth is not None
    frame.depth[90:110, 90:110] = 0.96
    assert look_into(box, bowl, [frame]) is Visibility.HIDDEN

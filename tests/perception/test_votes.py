"""Votes become the objects that they were made for, in the base frame, whichever way the camera looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from sayso.hardware.types import Array
from sayso.perception.encoding import Encoded
from sayso.perception.pipeline import Detector
from sayso.perception.scene import COLORS, KINDS
from sayso.perception.votes import COLOR, KIND, LEAST_PIXELS, OUTPUTS, SIZE, TURN, UNIT, VOTE, gather, read_votes


@dataclass(frozen=True)
class Thing:
    kind: str
    color: str
    position: Array
    size: Array
    yaw: float = 0.0
    pixels: int = 20


def scene(things: list[Thing], heading: float, noise: float = 0.0) -> tuple[Array, Encoded]:
    """The network's output if it were perfect but for ``noise`` (m), one row of pixels for each thing."""
    rng = np.random.default_rng(1)
    width = max(t.pixels for t in things)
    raw = np.zeros((OUTPUTS, len(things) + 1, width), dtype=np.float32)
    points = np.zeros((len(things) + 1, width, 3), dtype=np.float32)
    raw[0] = 5.0
    c, s = np.cos(heading), np.sin(heading)
    for row, t in enumerate(things):
        own = slice(0, t.pixels)
        points[row, own] = t.position + rng.uniform(-0.5, 0.5, (t.pixels, 3)) * t.size
        step = (t.position + rng.normal(0, noise, (t.pixels, 3)) - points[row, own]) @ np.array(
            [[c, -s, 0], [s, c, 0], [0, 0, 1]]
        )
        raw[0, row, own] = 0.0
        raw[KIND.start + KINDS.index(t.kind), row, own] = 6.0
        raw[VOTE, row, own] = step.T / UNIT
        raw[SIZE, row, own] = (t.size / UNIT)[:, None]
        raw[TURN, row, own] = np.array([np.sin(4 * (t.yaw - heading)), np.cos(4 * (t.yaw - heading))])[:, None]
        raw[COLOR.start + COLORS.index(t.color), row, own] = 6.0
    where = np.broadcast_to(np.array([c, s], dtype=np.float32), (*points.shape[:2], 2))
    return raw, Encoded(
        np.zeros((1, 1, 1), np.float32), points, where, np.ones(points.shape[:2], bool), np.zeros_like(where)
    )


CUBE = np.full(3, 0.04)
BOWL = np.array([0.15, 0.15, 0.055])


@pytest.mark.parametrize("heading", [0.0, 1.0, -2.5])
def test_a_block_is_found_with_everything_about_it(heading: float) -> None:
    block = Thing("block", "cyan", np.array([0.5, 0.1, 0.02]), np.array([0.04, 0.04, 0.036]), 0.3)
    raw, seen = scene([block], heading)
    (found,) = gather(read_votes(raw[None], [seen]))
    assert np.allclose(found.position, block.position, atol=1e-5) and np.allclose(found.size, block.size, atol=1e-5)
    assert found.yaw == pytest.approx(0.3, abs=1e-4) and found.confidence > 0.9
    assert found.color == "cyan" and found.kinds["block"] > 0.9


def test_blocks_that_touch_or_stand_on_each_other_stay_apart_and_a_block_in_a_bowl_is_seen() -> None:
    things = [
        Thing("block", "red", np.array([0.5, 0.0, 0.02]), CUBE),
        Thing("block", "red", np.array([0.5, 0.036, 0.02]), CUBE),
        Thing("block", "blue", np.array([0.5, 0.0, 0.058]), CUBE),
        Thing("bowl", "green", np.array([0.6, -0.2, 0.0275]), BOWL, pixels=140),
        Thing("block", "pink", np.array([0.6, -0.2, 0.026]), CUBE),
    ]
    raw, seen = scene(things, 0.4, noise=0.004)
    found = gather(read_votes(raw[None], [seen]))
    assert len(found) == len(things)
    for t in things:
        near = min(found, key=lambda d: float(np.linalg.norm(d.position - t.position)) + (d.kinds[t.kind] < 0.5))
        assert np.linalg.norm(near.position - t.position) < 0.004
        assert near.colors[t.color] > 0.8


def test_two_cameras_agree_on_one_object() -> None:
    block = Thing("block", "gray", np.array([0.5, 0.1, 0.02]), CUBE)
    views = [scene([block], heading) for heading in (0.5, -1.5)]
    (found,) = gather(read_votes(np.stack([v[0] for v in views]), [v[1] for v in views]))
    assert found.pixels == 40


def test_a_few_stray_pixels_are_no_object() -> None:
    raw, seen = scene([Thing("block", "red", np.array([0.5, 0.0, 0.02]), CUBE, pixels=LEAST_PIXELS["block"] - 1)], 0.0)
    assert gather(read_votes(raw[None], [seen])) == ()


def test_the_stray_votes_of_an_edge_are_no_second_object_but_a_half_hidden_block_is() -> None:
    block = Thing("block", "red", np.array([0.5, 0.0, 0.02]), CUBE, pixels=50)
    for color, count in (("red", 1), ("blue", 2)):
        beside = Thing("block", color, np.array([0.5, 0.026, 0.02]), CUBE, pixels=15)
        raw, seen = scene([block, beside], 0.0)
        assert len(gather(read_votes(raw[None], [seen]))) == count


def test_pixels_without_depth_do_not_vote() -> None:
    raw, seen = scene([Thing("block", "red", np.array([0.5, 0.0, 0.02]), CUBE)], 0.0)
    seen.valid[:] = False
    assert gather(read_votes(raw[None], [seen])) == ()


def test_a_model_of_another_shape_is_refused() -> None:
    class Node:
        name, shape = "x", [1, 3, 8, 8]

    class Session:
        def get_inputs(self) -> list[Node]:
            return [Node()]

        get_outputs = get_inputs

    with pytest.raises(ValueError, match="a detector takes 9 channels"):
        Detector(Session())  # type: ignore[arg-type]


def test_in_a_tower_votes_between_two_blocks_are_no_block_and_the_middle_block_is() -> None:
    """Mixed edges of a purple and a cyan block look blue; between the two there is no room for a blue one."""
    heights = {"yellow": (0.024, 34), "purple": (0.052, 25), "blue": (0.076, 10), "cyan": (0.100, 49)}
    things = [Thing("block", c, np.array([0.46, 0.12, z]), CUBE, pixels=n) for c, (z, n) in heights.items()]
    raw, seen = scene(things, 0.4)
    assert sorted(d.color for d in gather(read_votes(raw[None], [seen]))) == ["cyan", "purple", "yellow"]

"""A place is empty where a camera sees past it, filled where it sees something there, else hidden."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from sayso.hardware.types import Frame
from sayso.perception.track import Track
from sayso.perception.visibility import MARGIN, Visibility, look_at
from sayso.perception.votes import Detection
from tests.perception.conftest import overhead

Detect = Callable[..., Detection]
KINDS = (("block", 0.02), ("bowl", 0.0275))


def block(detect: Detect, x: float = 0.5, y: float = 0.0) -> Track:
    return Track.start("block-1", detect(x, y), 0.0)


@pytest.mark.parametrize(("kind", "z"), KINDS)
def test_the_bare_table_shows_that_it_is_empty(detect: Detect, kind: str, z: float) -> None:
    track = Track.start("t", detect(0.5, 0.0, z, kind=kind), 0.0)
    assert look_at(track, [overhead()]) is Visibility.EMPTY


@pytest.mark.parametrize(("kind", "z"), KINDS)
def test_a_surface_where_it_should_be_shows_that_it_is_there(detect: Detect, kind: str, z: float) -> None:
    track = Track.start("t", detect(0.5, 0.0, z, kind=kind), 0.0)
    top = 1.0 - (z + track.size[2] / 2)
    assert look_at(track, [overhead(top)]) is Visibility.FILLED


def test_something_in_front_hides_it(detect: Detect) -> None:
    assert look_at(block(detect), [overhead(0.6)]) is Visibility.HIDDEN


@pytest.mark.parametrize("at", [(0.5, 0.9), (1.2, 0.0), (-0.3, 0.0), (0.5, -0.9)])
def test_out_of_every_picture_it_is_hidden(detect: Detect, at: tuple[float, float]) -> None:
    assert look_at(block(detect, *at), [overhead()]) is Visibility.HIDDEN


def test_behind_the_camera_it_is_hidden(detect: Detect) -> None:
    track = Track.start("t", detect(0.5, 0.0, 1.5), 0.0)
    assert look_at(track, [overhead()]) is Visibility.HIDDEN


@pytest.mark.parametrize("depth", [0.0, np.nan])
def test_a_pixel_without_a_measured_depth_says_nothing(detect: Detect, depth: float) -> None:
    assert look_at(block(detect), [overhead(depth)]) is Visibility.HIDDEN


def test_a_camera_without_depth_says_nothing(detect: Detect) -> None:
    blind = dataclasses.replace(overhead(), depth=None)
    assert look_at(block(detect), [blind]) is Visibility.HIDDEN
    assert look_at(block(detect), [blind, overhead()]) is Visibility.EMPTY
    assert look_at(block(detect), []) is Visibility.HIDDEN


@pytest.mark.parametrize("order", [1, -1])
def test_one_camera_that_sees_it_outweighs_one_that_does_not(detect: Detect, order: int) -> None:
    frames: list[Frame] = [overhead(), overhead(0.96)]
    assert look_at(block(detect), frames[::order]) is Visibility.FILLED


def test_one_camera_that_sees_past_it_is_enough(detect: Detect) -> None:
    assert look_at(block(detect), [overhead(), overhead(0.6)]) is Visibility.EMPTY


def test_a_little_behind_its_middle_is_still_there(detect: Detect) -> None:
    assert look_at(block(detect), [overhead(0.98 + 0.9 * MARGIN)]) is Visibility.FILLED
    assert look_at(block(detect), [overhead(0.98 + 1.1 * MARGIN)]) is Visibility.EMPTY


def test_a_bowl_of_which_most_of_the_rim_is_not_there_is_gone(detect: Detect) -> None:
    track = Track.start("t", detect(0.5, 0.0, 0.0275, kind="bowl"), 0.0)
    half, hidden = overhead(), overhead(0.6)
    assert half.depth is not None and hidden.depth is not None
    half.depth[:, :97] = 0.955  # a thing as high as the rim stands on one side of it
    assert look_at(track, [half]) is Visibility.EMPTY
    other = overhead()
    assert other.depth is not None
    other.depth[:, 102:] = 0.955
    assert look_at(track, [other]) is Visibility.EMPTY, "on whichever side"
    hidden.depth[:, :90] = 1.0
    assert look_at(track, [hidden]) is Visibility.HIDDEN, "of a quarter nothing is known"


def thing(kind: str, size: tuple[float, float, float], yaw: float = 0.0) -> Track:
    at = np.array([0.5, 0.0, size[2] / 2])
    return Track.start("t", Detection({kind: 0.95}, {"red": 0.95}, at, np.array(size), yaw, 0.9, 0.003, 30), 0.0)


def test_a_plate_is_there_though_its_middle_is_lower_than_its_brim() -> None:
    plate, frame = thing("plate", (0.18, 0.18, 0.03)), overhead()
    assert look_at(plate, [frame]) is Visibility.EMPTY
    assert frame.depth is not None
    v, u = np.mgrid[:200, :200] - 99.5
    frame.depth[np.hypot(u, v) < 0.092 * 200] = 0.972
    frame.depth[np.hypot(u, v) < 0.06 * 200] = 0.998
    assert look_at(plate, [frame]) is Visibility.FILLED


def test_an_l_turned_any_way_is_there_though_nothing_is_in_its_middle() -> None:
    for yaw in (0.0, 0.8, 2.5):
        ell, frame = thing("thing", (0.12, 0.12, 0.03), yaw), overhead()
        assert look_at(ell, [frame]) is Visibility.EMPTY
        assert frame.depth is not None
        v, u = np.mgrid[:200, :200] - 99.5
        x, y = u / 200, -v / 200  # the camera looks down: its second axis is against y
        along, across = np.cos(yaw) * x + np.sin(yaw) * y, np.cos(yaw) * y - np.sin(yaw) * x
        inside = np.maximum(abs(along), abs(across)) < 0.06
        frame.depth[inside & ((along < -0.03) | (across < -0.03))] = 0.97
        assert look_at(ell, [frame]) is Visibility.FILLED

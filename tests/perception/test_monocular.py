"""One camera without depth knows the direction of an object well and its distance less so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sayso.perception.encoding import STRIDE, WIDTH
from sayso.perception.encoding_rgb import encode_rgb
from sayso.perception.monocular import TABLE, inferred_depth, read_sightings
from sayso.perception.track import Track
from sayso.perception.visibility import Visibility, look_at
from tests.perception.one_camera import LEFT, frame, votes
from tests.perception.test_fusion import sighting


def test_one_view_knows_the_direction_better_than_the_distance() -> None:
    place = np.array([0.5, 0.05, 0.10])
    seen = encode_rgb(frame())
    (low,) = read_sightings(votes(seen, place, 0.07), seen)
    gap = low.detection.position - place
    toward = (place - seen.eye) / np.linalg.norm(place - seen.eye)
    assert np.linalg.norm(np.cross(gap, toward)) < 1e-3 and low.detection.position[2] == pytest.approx(0.07, abs=1e-4)
    spread = np.sqrt(np.linalg.eigvalsh(low.covariance))
    assert spread[2] > 5 * spread[1] and low.detection.deviation >= spread[2]
    assert np.cos(4 * (low.detection.yaw - 0.2)) > 0.999


def test_two_objects_are_two_sightings_each_with_its_color() -> None:
    seen = encode_rgb(frame())
    raw = votes(seen, np.array([0.5, 0.05, 0.02]), 0.02)
    other = votes(seen, np.array([0.45, -0.15, 0.02]), 0.02, color="blue")
    here = other[0] < raw[0]
    raw[:, here] = other[:, here]
    found = {sighting.detection.color: sighting.detection.position for sighting in read_sightings(raw, seen)}
    assert set(found) == {"red", "blue"}
    assert np.allclose(found["blue"], [0.45, -0.15, 0.02], atol=2e-3)


def test_an_empty_table_shows_nothing() -> None:
    seen = encode_rgb(frame())
    raw = votes(seen, np.array([0.5, 0.05, 5.0]), 0.02)  # far above what the camera sees
    assert read_sightings(raw, seen) == ()


def test_a_table_that_is_not_at_height_zero() -> None:
    seen = encode_rgb(frame(), table=-0.05)
    place = np.array([0.5, 0.05, -0.03])
    (found,) = read_sightings(votes(seen, place, 0.02), seen, table=-0.05)
    assert np.allclose(found.detection.position, place, atol=1e-3)


def test_what_is_seen_of_the_table_tells_that_a_place_is_empty() -> None:
    place = np.array([0.5, 0.05, 0.02])
    seen = encode_rgb(frame())
    raw = votes(seen, place, 0.02)
    view = frame()
    there = Track.start("block-1", read_sightings(raw, seen)[0].detection, 0.0)
    gone = Track.start("block-2", sighting(0.4).detection, 0.0)
    raw[TABLE, :, : WIDTH // 8] = -5.0
    full = np.repeat(np.repeat(inferred_depth(raw, seen, LEFT.rotation[:, 2]), STRIDE, 0), STRIDE, 1)
    shown = [dataclasses.replace(view, depth=full)]
    assert look_at(there, shown) is Visibility.FILLED
    assert look_at(gone, shown) is Visibility.EMPTY
    hidden = [dataclasses.replace(view, depth=np.full_like(full, np.nan))]
    assert look_at(gone, hidden) is Visibility.HIDDEN

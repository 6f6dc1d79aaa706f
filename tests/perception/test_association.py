"""Which detection is which track goes by place, kind and color, all at once."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.assignment import NEVER
from sayso.perception.association import DISTANCE, MOST_COST, UNLIKE_COLOR, Comparison
from sayso.perception.track import Track
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]


def track(detection: Detection) -> Track:
    return Track.start("t", detection, 0.0)


def cost(seen_before: Detection, now: Detection) -> float:
    known = track(seen_before)
    return Comparison([known], [now]).cost(known, now)


def test_a_detection_in_the_same_place_costs_nothing(detect: Detect) -> None:
    assert cost(detect(0.5, 0.0), detect(0.5, 0.0)) == pytest.approx(0.0)


def test_every_two_centimeters_cost_one(detect: Detect) -> None:
    assert cost(detect(0.5, 0.0), detect(0.5, 2 * DISTANCE)) == pytest.approx(2.0)


def test_another_color_costs_more(detect: Detect) -> None:
    assert cost(detect(0.5, 0.0), detect(0.5, 0.0, color="blue")) == pytest.approx(UNLIKE_COLOR)


def test_what_surely_is_of_another_kind_or_is_too_far_off_is_no_pair(detect: Detect) -> None:
    bowl = replace(detect(0.5, 0.0), kinds={"block": 0.0, "bowl": 1.0})
    block = replace(detect(0.5, 0.0), kinds={"block": 1.0, "bowl": 0.0})
    assert cost(bowl, block) == NEVER
    assert cost(block, replace(block, position=np.array([0.5, 1.01 * MOST_COST * DISTANCE, 0.02]))) == NEVER


def test_likeness_is_of_kind_and_of_color(detect: Detect) -> None:
    known, same, other = track(detect(0.5, 0.0)), detect(0.5, 0.0), detect(0.5, 0.0, color="blue", kind="bowl")
    compared = Comparison([known], [same, other])
    assert compared.alike(known, same) == min(compared.alike_kind(known, same), compared.alike_color(known, same)) > 0.8
    assert max(compared.alike_kind(known, other), compared.alike_color(known, other)) < 0.15


def test_beliefs_that_have_changed_are_compared_anew(detect: Detect) -> None:
    known, now = track(detect(0.5, 0.0)), detect(0.5, 0.0, color="pink")
    compared = Comparison([known], [now])
    before = compared.alike_color(known, now)
    for _ in range(5):
        known.attributes(now, 0.1)
    assert compared.alike_color(known, now) == before
    compared.renew(known)
    assert compared.alike_color(known, now) > 0.5 > before


def test_two_that_stand_close_together_are_told_apart_by_their_color(detect: Detect) -> None:
    tracks = [track(detect(0.50, 0.0)), track(detect(0.52, 0.0, color="blue"))]
    now = [detect(0.51, 0.0, color="blue"), detect(0.51, 0.0)]
    assert sorted(Comparison(tracks, now).pairs(tracks, now)) == [(0, 1), (1, 0)]
    assert Comparison(tracks, now).pairs(tracks[1:], now) == [(0, 0)], "some of them alone, by their place in the list"


def test_without_tracks_or_detections_there_are_no_pairs(detect: Detect) -> None:
    known, now = [track(detect(0.5, 0.0))], [detect(0.5, 0.0)]
    assert Comparison([], now).pairs([], now) == [] == Comparison(known, []).pairs(known, [])

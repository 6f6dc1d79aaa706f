"""Which detection is which track goes by place, kind and color, all at once."""

from collections.abc import Callable

import pytest

from sayso.perception.assignment import NEVER
from sayso.perception.association import DISTANCE, MOST_COST, UNLIKE_COLOR, associate, cost
from sayso.perception.track import Track
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]


def track(detection: Detection) -> Track:
    return Track.start("t", detection, 0.0)


def test_a_detection_in_the_same_place_costs_nothing(detect: Detect) -> None:
    assert cost(track(detect(0.5, 0.0)), detect(0.5, 0.0)) == pytest.approx(0.0)


def test_every_two_centimeters_cost_one(detect: Detect) -> None:
    assert cost(track(detect(0.5, 0.0)), detect(0.5, 2 * DISTANCE)) == pytest.approx(2.0)


def test_another_color_costs_more(detect: Detect) -> None:
    red = track(detect(0.5, 0.0))
    assert cost(red, detect(0.5, 0.0, color="blue")) == pytest.approx(UNLIKE_COLOR)


def test_what_surely_is_of_another_kind_or_is_too_far_off_is_no_pair(detect: Detect) -> None:
    sure = detect(0.5, 0.0)
    bowl = Detection({"block": 0.0, "bowl": 1.0}, sure.colors, sure.position, sure.size, 0.0, 0.9, 0.003, 30)
    block = Detection({"block": 1.0, "bowl": 0.0}, sure.colors, sure.position, sure.size, 0.0, 0.9, 0.003, 30)
    assert cost(track(bowl), block) == NEVER
    assert cost(track(sure), detect(0.5, 1.01 * MOST_COST * DISTANCE)) == NEVER


def test_two_that_stand_close_together_are_told_apart_by_their_color(detect: Detect) -> None:
    tracks = [track(detect(0.50, 0.0)), track(detect(0.52, 0.0, color="blue"))]
    pairs = associate(tracks, [detect(0.51, 0.0, color="blue"), detect(0.51, 0.0)])
    assert sorted(pairs) == [(0, 1), (1, 0)]


def test_without_tracks_or_detections_there_are_no_pairs(detect: Detect) -> None:
    assert associate([], [detect(0.5, 0.0)]) == [] == associate([track(detect(0.5, 0.0))], [])

"""Which detection is which track goes by place, kind and color, all at once."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sayso.perception.assignment import NEVER
from sayso.perception.association import FARTHEST, MOST_COST, Comparison, place_odds
from sayso.perception.track import Track
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]


def track(detection: Detection) -> Track:
    return Track.start("t", detection, 0.0)


def cost(seen_before: Detection, now: Detection) -> float:
    known = track(seen_before)
    return Comparison([known], [now]).cost(known, now)


def test_the_farther_off_the_less_likely(detect: Detect) -> None:
    costs = [cost(detect(0.5, 0.0), detect(0.5, gap)) for gap in (0.0, 0.01, 0.03, 0.08)]
    assert costs == sorted(costs) and costs[-1] < MOST_COST, "a thing may be shoved, though"


def test_another_color_in_its_place_is_likelier_than_its_own_color_far_off(detect: Detect) -> None:
    unlike, shoved = detect(0.5, 0.0, color="blue"), detect(0.5, 0.08)
    assert cost(detect(0.5, 0.0), unlike) < cost(detect(0.5, 0.0), shoved)


def test_another_color_beside_its_place_is_another_thing(detect: Detect) -> None:
    assert cost(detect(0.5, 0.0), detect(0.5, 0.05, color="blue")) == NEVER


def test_a_place_that_is_known_worse_says_less() -> None:
    assert place_odds(0.0, 0.005) > place_odds(0.0, 0.03) > place_odds(0.0, 0.1)
    assert place_odds(0.05, 0.03) > place_odds(0.05, 0.005)


def test_of_two_pairs_the_better_one_is_not_given_up_to_pair_all(detect: Detect) -> None:
    """The second detection is too far from both tracks but for a shove of the first, which is seen in its place."""
    tracks = [track(detect(0.5, 0.0)), track(detect(0.5, 0.09))]
    now = [detect(0.5, 0.0), detect(0.5, -0.09)]
    assert Comparison(tracks, now).pairs(tracks, now) == [(0, 0)]


def test_what_surely_is_of_another_kind_or_is_too_far_off_is_no_pair(detect: Detect) -> None:
    bowl = replace(detect(0.5, 0.0), kinds={"block": 0.0, "bowl": 1.0})
    block = replace(detect(0.5, 0.0), kinds={"block": 1.0, "bowl": 0.0})
    assert cost(bowl, block) == NEVER
    assert cost(block, replace(block, position=np.array([0.5, 1.01 * FARTHEST, 0.02]))) == NEVER


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

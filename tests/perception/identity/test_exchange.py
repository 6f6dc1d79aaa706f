"""Which known thing now stands where another one stood."""

from __future__ import annotations

from collections.abc import Callable

from sayso.perception.identity.exchange import exchanges
from sayso.perception.track import Track
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]


def known(detection: Detection, name: str) -> Track:
    track = Track.start(name, detection, 0.0)
    for k in range(10):
        track.see(detection, 0.1 * k)
    return track


def looks_like(track: Track, detection: Detection, times: int) -> None:
    for _ in range(times):
        track.weigh(detection, -3.0, 2.0)


def test_two_that_look_like_each_other_have_changed_places(detect: Detect) -> None:
    red, blue = known(detect(0.4, 0.1), "red"), known(detect(0.5, -0.1, color="blue"), "blue")
    looks_like(red, detect(0.4, 0.1, color="blue"), 2)
    looks_like(blue, detect(0.5, -0.1), 2)
    assert exchanges([red, blue], []) == [(red, blue), (blue, red)]


def test_one_unlike_look_at_one_of_them_changes_nothing(detect: Detect) -> None:
    red = known(detect(0.4, 0.1), "red")
    looks_like(red, detect(0.4, 0.1, color="blue"), 1)
    assert exchanges([red], [known(detect(0.5, -0.1, color="green"), "green")]) == []


def test_what_looks_like_nothing_known_is_new(detect: Detect) -> None:
    red = known(detect(0.4, 0.1), "red")
    looks_like(red, detect(0.4, 0.1, color="blue"), 4)
    assert exchanges([red], [known(detect(0.5, -0.1, color="green"), "green")]) == [(red, None)]


def test_what_was_out_of_sight_may_have_come_there(detect: Detect) -> None:
    red, hidden = known(detect(0.4, 0.1), "red"), known(detect(0.5, -0.1, color="blue"), "blue")
    looks_like(red, detect(0.4, 0.1, color="blue"), 4)
    assert exchanges([red], [hidden]) == [(red, hidden)]


def test_in_a_place_that_another_track_has_there_is_nothing_to_give_away(detect: Detect) -> None:
    red, hidden = known(detect(0.4, 0.1), "red"), known(detect(0.5, -0.1, color="blue"), "blue")
    looks_like(red, detect(0.4, 0.1, color="blue"), 4)
    assert exchanges([red], [hidden], crowded={0}) == [(red, None)]

"""One object over time: what it is grows surer with every look, where it is starts anew when it was moved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from sayso.perception.grasps.grasp import Grasp
from sayso.perception.track import LEAST_DEVIATION, MOVED, SETTLE_S, Track
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]


def started(detection: Detection) -> Track:
    return Track.start("block-1", detection, 0.0)


def test_a_track_begins_as_what_was_detected(detect: Detect) -> None:
    track = started(detect(0.5, 0.1, yaw=0.3))
    thing = track.as_object(1.5, held=True)
    assert (thing.id, thing.name, thing.held, thing.age) == ("block-1", "red block", True, 1.5)
    assert np.allclose(thing.position, [0.5, 0.1, 0.02]) and thing.yaw == pytest.approx(0.3)
    assert thing.deviation == pytest.approx(0.003) and track.width == 0.04 and not track.confirmed


def test_no_detection_is_believed_to_be_exact(detect: Detect) -> None:
    exact = dataclasses.replace(detect(0.5, 0.1), deviation=0.0)
    assert started(exact).as_object(0.0, False).deviation == pytest.approx(LEAST_DEVIATION)


def test_a_bowl_has_no_heading_and_time_does_not_run_back(detect: Detect) -> None:
    thing = started(detect(0.5, 0.1, kind="bowl", yaw=0.3)).as_object(-1.0, False)
    assert thing.yaw == 0.0 and thing.age == 0.0


def test_its_age_counts_from_when_it_was_seen_last(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.see(detect(0.5, 0.1), 0.5)
    assert track.as_object(1.5, held=False).age == 1.0


def test_looks_at_one_place_are_averaged(detect: Detect) -> None:
    track = started(detect(0.500, 0.1))
    before = track.variance
    track.see(detect(0.504, 0.1), 0.1)
    assert 0.501 < track.position[0] < 0.503 and track.variance < before
    assert track.seen == 0.1 and track.hits == 2


def test_the_heading_is_averaged_modulo_a_quarter_turn(detect: Detect) -> None:
    track = started(detect(0.5, 0.1, yaw=np.pi / 4 - 0.05))
    for k in range(20):
        track.see(detect(0.5, 0.1, yaw=-np.pi / 4 + 0.05), 0.1 * k)
    assert np.cos(4 * (track.yaw - np.pi / 4)) > 0.98, "a block at 45 degrees is one at -45 degrees"


def test_seen_elsewhere_once_it_may_be_half_hidden_and_twice_it_was_moved(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.see(detect(0.5, 0.1 + 4 * MOVED), 0.1)
    assert track.position[1] == 0.1 and track.strayed
    track.see(detect(0.5, 0.1 + 4 * MOVED), 0.2)
    assert track.position[1] == pytest.approx(0.1 + 4 * MOVED) and not track.strayed


def test_seen_where_it_was_again_nothing_was_moved(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.see(detect(0.5, 0.2), 0.1)
    track.see(detect(0.5, 0.1), 0.2)
    assert not track.strayed and track.position[1] == pytest.approx(0.1)


def test_gone_from_its_place_it_is_where_it_is_seen(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.see(detect(0.5, 0.2), 0.1, gone=True)
    assert track.position[1] == pytest.approx(0.2) and not track.strayed
    track.see(detect(0.5, 0.2), 0.2, gone=True)
    assert track.position[1] == pytest.approx(0.2), "in its place it is averaged as ever"


def test_what_was_let_go_is_where_it_is_seen_until_it_has_settled(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.unsettled_since = 0.0
    track.see(detect(0.503, 0.1), SETTLE_S / 2)
    assert track.position[0] == pytest.approx(0.503) and track.unsettled_since == 0.0
    track.see(detect(0.506, 0.1), SETTLE_S)
    assert track.position[0] == pytest.approx(0.506) and track.unsettled_since is None
    track.see(detect(0.503, 0.1), 1.0)
    assert 0.503 < track.position[0] < 0.506


def test_an_uncertain_detection_is_elsewhere_only_farther_off(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    there = detect(0.55, 0.1)
    assert track.is_elsewhere(there)
    assert not track.is_elsewhere(dataclasses.replace(there, deviation=0.02))


def test_a_name_changes_only_after_several_looks(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    names = []
    for k in range(4):
        track.attributes(detect(0.5, 0.1, color="pink"), 0.1 * k)
        names.append(track.as_object(1.0, False).name)
    assert names[0] == "red block" and names[-1] == "pink block"


def test_the_attributes_leave_the_place_alone(detect: Detect) -> None:
    track = started(detect(0.5, 0.1, sure=0.5))
    track.empty_since = 0.0
    track.attributes(dataclasses.replace(detect(0.9, 0.9), size=np.full(3, 0.06), confidence=1.0), 0.5)
    assert np.allclose(track.position, [0.5, 0.1, 0.02]) and np.allclose(track.size, 0.06)
    assert track.confidence == pytest.approx(0.65) and track.seen == 0.5 and track.empty_since is None


def at(x: float) -> tuple[Grasp, ...]:
    return (Grasp(np.array([x, 0.1, 0.02]), 0.0, 0.03, 0.9),)


def taken_at(track: Track) -> list[float]:
    return [float(grasp.position[0]) for grasp in track.as_object(1.0, held=False).grasps]


def test_below_the_hand_a_thing_keeps_the_grasps_of_a_clear_look(detect: Detect) -> None:
    clear, half = (dataclasses.replace(detect(0.5, 0.1), grasps=at(x)) for x in (0.5, 0.52))
    half = dataclasses.replace(half, shaded=True)
    track = started(clear)
    track.see(half, 0.2)
    assert taken_at(track) == [0.5]
    track.see(dataclasses.replace(half, shaded=False), 0.4)
    assert taken_at(track) == [0.52]


def test_a_thing_that_was_moved_below_the_hand_has_new_grasps(detect: Detect) -> None:
    track = started(dataclasses.replace(detect(0.5, 0.1), grasps=at(0.5)))
    for k in range(1, 5):
        track.see(dataclasses.replace(detect(0.53, 0.1), grasps=at(0.53), shaded=True), 0.2 * k)
    assert taken_at(track) == [0.53]


def test_a_thing_first_seen_below_the_hand_has_the_grasps_of_that_look(detect: Detect) -> None:
    track = started(detect(0.5, 0.1))
    track.see(dataclasses.replace(detect(0.5, 0.1), grasps=at(0.5), shaded=True), 0.2)
    assert taken_at(track) == [0.5]

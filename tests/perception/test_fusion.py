"""Sightings of several cameras become one set of objects: where two lines of sight meet, the distance is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sayso.perception.encoding_rgb import encode_rgb
from sayso.perception.fusion import FARTHEST, fuse
from sayso.perception.monocular import MonocularDetection, read_sightings
from sayso.perception.scene import COLORS, KINDS
from sayso.perception.votes import Detection
from tests.perception.one_camera import LEFT, RIGHT, frame, votes


def test_two_views_meet_where_the_object_is_though_both_misjudge_its_height() -> None:
    place = np.array([0.5, 0.05, 0.10])
    views = [encode_rgb(frame(pose)) for pose in (LEFT, RIGHT)]
    sightings = [read_sightings(votes(v, place, guess), v) for v, guess in zip(views, (0.085, 0.12), strict=True)]
    (one,) = fuse(sightings)
    single = [float(np.linalg.norm(s[0].detection.position - place)) for s in sightings]
    assert np.linalg.norm(one.position - place) < 0.005 < min(single)
    assert one.deviation < min(s[0].detection.deviation for s in sightings)
    assert one.pixels == sum(s[0].detection.pixels for s in sightings)
    assert np.cos(4 * (one.yaw - 0.2)) > 0.999


def sighting(x: float, color: str = "red", kind: str = "block") -> MonocularDetection:
    colors = {c: 0.91 if c == color else 0.01 for c in COLORS}
    kinds = {k: 0.95 if k == kind else 0.05 for k in KINDS}
    at = np.array([x, 0.0, 0.02])
    return MonocularDetection(
        Detection(kinds, colors, at, np.full(3, 0.04), 0.0, 0.9, 0.01, 20), np.diag([1e-4, 1e-4, 1e-4])
    )


def test_sightings_of_different_things_stay_apart() -> None:
    assert len(fuse([[sighting(0.5)], [sighting(0.51)]])) == 1
    assert len(fuse([[sighting(0.5)], [sighting(0.62)]])) == 2
    assert len(fuse([[sighting(0.5)], [sighting(0.5, kind="bowl")]])) == 2
    near = fuse([[sighting(0.5), sighting(0.54, "blue")], [sighting(0.535, "blue"), sighting(0.505)]])
    assert [d.color for d in near] == ["red", "blue"]
    assert np.allclose([d.position[0] for d in near], [0.5025, 0.5375])
    assert fuse([]) == () and len(fuse([[], [sighting(0.5)], []])) == 1


def test_what_is_too_many_deviations_away_stays_apart_though_it_is_near() -> None:
    sure = dataclasses.replace(sighting(0.5), covariance=np.diag([1e-6, 1e-6, 1e-6]))
    beside = dataclasses.replace(sighting(0.52), covariance=np.diag([1e-6, 1e-6, 1e-6]))
    assert len(fuse([[sure], [beside]])) == 2
    assert len(fuse([[sure], [sighting(0.52)]])) == 1, "one that knows its place less may be there"


def test_what_is_farther_than_any_error_stays_apart_however_unsure_it_is() -> None:
    vague = dataclasses.replace(sighting(0.5 + 1.01 * FARTHEST), covariance=np.eye(3))
    assert len(fuse([[sighting(0.5)], [vague]])) == 2


def test_the_surer_sighting_counts_for_more_and_pixels_share_the_rest() -> None:
    sure = dataclasses.replace(sighting(0.50), covariance=np.diag([1e-5, 1e-5, 1e-5]))
    (one,) = fuse([[sure], [sighting(0.51)]])
    assert 0.500 < one.position[0] < 0.502
    assert one.pixels == 40 and one.deviation < 0.01 and one.confidence == 0.9


@pytest.mark.parametrize(("kind", "yaw"), [("block", 0.3), ("bowl", 0.0)])
def test_a_bowl_has_no_heading(kind: str, yaw: float) -> None:
    def turned(x: float) -> MonocularDetection:
        seen = sighting(x, kind=kind)
        return dataclasses.replace(seen, detection=dataclasses.replace(seen.detection, yaw=0.3))

    (one,) = fuse([[turned(0.5)], [turned(0.501)]])
    assert one.yaw == pytest.approx(yaw)

"""Without depth: rays, the table and two views say where objects are, and how surely."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sayso.hardware.types import Array, Frame, Pose
from sayso.perception.encoding import FOCAL, HEIGHT, STRIDE, WIDTH
from sayso.perception.encoding_rgb import EncodedRgb, encode_rgb
from sayso.perception.fusion import fuse
from sayso.perception.monocular import (
    HEIGHT_SPREAD,
    OUTPUTS_RGB,
    TABLE,
    MonocularDetection,
    inferred_depth,
    read_sightings,
)
from sayso.perception.scene import COLORS, KINDS
from sayso.perception.track import Track
from sayso.perception.visibility import Visibility, look_at
from sayso.perception.votes import COLOR, KIND, SIZE, SPREAD, TURN, UNIT, VOTE, Detection

K = np.array([[FOCAL, 0, WIDTH / 2 - 0.5], [0, FOCAL, HEIGHT / 2 - 0.5], [0, 0, 1.0]])
BLANK = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def looking(eye: Array, target: Array) -> Pose:
    ahead = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(eye, np.stack([right, np.cross(ahead, right), ahead], 1))


LEFT = looking(np.array([1.05, 0.62, 0.72]), np.array([0.46, 0.0, 0.0]))
RIGHT = looking(np.array([1.05, -0.62, 0.72]), np.array([0.46, 0.0, 0.0]))


def frame(pose: Pose = LEFT, rgb: np.ndarray = BLANK) -> Frame:
    return Frame(0.0, "c", rgb, None, K, pose)


def votes(
    seen: EncodedRgb, place: Array, guess: float, color: str = "red", kind: str = "block", yaw: float = 0.2
) -> np.ndarray:
    """A network's output that knows where ``place`` (3,) is seen and thinks that it is ``guess`` m high."""
    raw = np.zeros((OUTPUTS_RGB, *seen.depth.shape), np.float32)
    raw[0], raw[TABLE] = 5.0, 5.0
    step = place - seen.eye
    unit = step / np.linalg.norm(step)
    own = np.arccos(np.clip(seen.rays @ unit, -1, 1)) < 0.02
    ahead = seen.rays[own] @ step
    raw[0][own], raw[TABLE][own] = 0.0, -5.0
    raw[KIND.start + KINDS.index(kind)][own] = 6.0
    raw[VOTE.start][own] = seen.lefts[own] @ step / ahead / UNIT
    raw[VOTE.start + 1][own] = seen.ups[own] @ step / ahead / UNIT
    raw[VOTE.start + 2][own] = guess / UNIT
    raw[SPREAD.start][own], raw[HEIGHT_SPREAD.start][own] = np.log(0.003 / UNIT), np.log(0.03 / UNIT)
    raw[SIZE][:, own] = 0.04 / UNIT
    turn = 4 * (yaw - np.arctan2(seen.heading[own][:, 1], seen.heading[own][:, 0]))
    raw[TURN.start][own], raw[TURN.start + 1][own] = np.sin(turn), np.cos(turn)
    raw[COLOR.start + COLORS.index(color)][own] = 6.0
    return raw


def test_every_ray_meets_the_table_where_it_says() -> None:
    seen = encode_rgb(frame(), table=0.07)
    points = seen.eye + seen.rays * (seen.depth / (seen.rays @ LEFT.rotation[:, 2]))[..., None]
    assert np.allclose(points[..., 2], 0.07, atol=1e-5)
    for across in (seen.lefts, seen.ups):
        assert np.allclose((across * seen.rays).sum(-1), 0, atol=1e-6)
        assert np.allclose(np.linalg.norm(across, axis=-1), 1, atol=1e-6)
    assert (seen.ups[..., 2] > 0).all()


@pytest.mark.parametrize("yaw", [0.0, 0.3, -0.6])
def test_edges_on_the_table_say_their_heading_wherever_they_are_seen(yaw: float) -> None:
    clear = encode_rgb(frame())
    v, u = np.mgrid[:HEIGHT, :WIDTH]
    rays = np.stack([(u - K[0, 2]) / FOCAL, (v - K[1, 2]) / FOCAL, np.ones(u.shape)], -1) @ LEFT.rotation.T
    points = LEFT.position + rays * (-LEFT.position[2] / rays[..., 2])[..., None]
    c, s = np.cos(yaw), np.sin(yaw)
    local = (points[..., :2] - [0.46, 0.0]) @ np.array([[c, -s], [s, c]])
    # A soft square of 20 cm, so that pixels do not make stairs of its edges.
    inside = np.clip((0.1 - np.abs(local).max(-1)) / 0.01 + 0.5, 0, 1)
    rgb = (60 + 150 * inside[..., None] * [1, 0.3, 0.2]).astype(np.uint8)
    edges = encode_rgb(frame(rgb=rgb)).inputs[5:8, ::STRIDE, ::STRIDE]
    strong = edges[2] > 0.5
    heading = np.arctan2(clear.heading[..., 1], clear.heading[..., 0])[strong]
    wanted = np.stack([np.cos(4 * (yaw - heading)), np.sin(4 * (yaw - heading))])
    agree = (edges[:2, strong] * wanted).sum(0) / edges[2, strong]
    assert strong.sum() > 60 and np.median(agree) > 0.97
    assert np.abs(clear.inputs[7]).max() == 0.0


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


def test_a_table_that_is_not_at_height_zero() -> None:
    seen = encode_rgb(frame(), table=-0.05)
    place = np.array([0.5, 0.05, -0.03])
    (found,) = read_sightings(votes(seen, place, 0.02), seen, table=-0.05)
    assert np.allclose(found.detection.position, place, atol=1e-3)


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

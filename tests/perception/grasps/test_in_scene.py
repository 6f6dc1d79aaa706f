"""Grasps from the eyes to the scene: whose they are, and how long they count."""

import numpy as np
import pytest

from sayso.perception.grasps.grasp import Grasp
from sayso.perception.sight.explained import grasps_on
from sayso.perception.track import Track
from sayso.perception.votes import Detection
from sayso.session import Options, Session
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec


def detection(x: float, z: float, size: float = 0.04, grasps: tuple[Grasp, ...] = ()) -> Detection:
    kinds = {"block": 1.0}
    return Detection(
        kinds, {"red": 1.0}, np.array([x, 0.0, z]), np.full(3, size), 0.0, 1.0, 0.001, 40, grasps=grasps
    )  # fmt: skip


def grasp(x: float, z: float) -> Grasp:
    return Grasp(np.array([x, 0.0, z]), 0.0, 0.04, 0.9)


def test_of_two_blocks_seen_as_one_thing_each_has_its_own_grasps() -> None:
    low, high = detection(0.4, 0.02), detection(0.4, 0.06)
    grasps = (grasp(0.4, 0.065), grasp(0.4, 0.021))
    assert grasps_on(high, [low, high], grasps) == grasps[:1]
    assert grasps_on(low, [low, high], grasps) == grasps[1:]


def test_a_track_has_the_grasps_of_the_last_look_that_showed_any() -> None:
    first, second = (grasp(0.4, 0.02),), (grasp(0.401, 0.02),)
    track = Track.start("block-1", detection(0.4, 0.02, grasps=first), 0.0)
    assert track.as_object(0.0, held=False).grasps == first
    track.see(detection(0.4, 0.02, grasps=second), 0.2)
    track.see(detection(0.4, 0.02), 0.4)
    assert track.as_object(0.4, held=False).grasps == second


def test_what_is_held_or_was_moved_has_no_grasps() -> None:
    track = Track.start("block-1", detection(0.4, 0.02, grasps=(grasp(0.4, 0.02),)), 0.0)
    assert track.as_object(0.0, held=True).grasps == ()
    track.position = np.array([0.5, 0.1, 0.02])
    assert track.as_object(0.0, held=False).grasps == ()


def test_a_thing_that_took_anothers_place_has_the_grasps_there() -> None:
    here = Track.start("block-1", detection(0.4, 0.02, grasps=(grasp(0.4, 0.02),)), 0.0)
    there = Track.start("block-2", detection(0.6, 0.02, grasps=(grasp(0.6, 0.02),)), 0.0)
    here.become(there)
    assert [g.position[0] for g in here.as_object(0.0, held=False).grasps] == [pytest.approx(0.6)]


OBJECTS = (
    ObjectSpec("can", "can", "purple", (0.45, -0.1), 0.0, (0.06, 0.06, 0.115)),
    ObjectSpec("block", "block", "yellow", (0.4, 0.05), 0.5),
    ObjectSpec("bowl", "bowl", "blue", (0.6, 0.15)),
)


def test_what_the_eyes_see_in_a_simulated_scene_has_grasps() -> None:
    with Session("sim", SceneSpec(OBJECTS), 3, options=Options(eyes=True, listen=False)) as session:
        seen = {o.kind: o for o in session.look().objects}
    for item in OBJECTS:
        best = seen[item.kind].grasps[0]
        aside = float(np.hypot(*(best.position[:2] - item.position[:2])))
        assert aside == pytest.approx(item.extents[0] / 2 if item.kind == "bowl" else 0.0, abs=0.022), item.id
        assert 0.5 < best.quality <= 1 and best.position[2] < item.extents[2]

"""The detector of blocks and bowls and the eyes together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.hardware.worlds.robot import WorldCamera, WorldRobot
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.footprint import UprightBox, measured, rounded, without_strays
from sayso.perception.eyes.outline import by_outline
from sayso.perception.pipeline import Detector
from sayso.perception.sight.explained import is_explained
from sayso.perception.sight.sight import Sight
from sayso.perception.sight.thing import Thing
from sayso.perception.votes import Detection
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld

GUESS = UprightBox(np.array([0.5, 0.0, 0.03]), np.array([0.09, 0.08, 0.05]), 0.0, 0)
EVENLY = {"box": 0.25, "can": 0.25, "cup": 0.25, "mug": 0.25}


def surface(long: float, short: float, yaw: float, height: float, round_: bool = False) -> np.ndarray:
    """Points (n, 3) m of a thing's top at (0.5, 0)."""
    u, v = (x.ravel() for x in np.meshgrid(np.linspace(-1, 1, 25), np.linspace(-1, 1, 25)))
    if round_:
        u, v = u[np.hypot(u, v) <= 1], v[np.hypot(u, v) <= 1]
    u, v = u * long / 2, v * short / 2
    turned = np.cos(yaw) * u - np.sin(yaw) * v, np.sin(yaw) * u + np.cos(yaw) * v
    return np.stack([0.5 + turned[0], turned[1], np.full_like(u, height)], 1).astype(np.float32)


def test_a_box_is_measured_whatever_the_network_estimates() -> None:
    stray = np.array([[0.7, 0.1, 0.05]], np.float32)
    box = measured(np.concatenate([surface(0.12, 0.06, 0.7, 0.05), stray]), GUESS, 0.0)
    assert box.size == pytest.approx([0.12, 0.06, 0.05], abs=1e-3)
    assert box.position == pytest.approx([0.5, 0.0, 0.025], abs=1e-3)
    assert box.fold == 2 and abs((box.yaw - 0.7 + np.pi / 2) % np.pi - np.pi / 2) < 0.02


def test_what_a_depth_camera_smears_behind_a_thing_is_not_its_size() -> None:
    top = surface(0.08, 0.06, 0.4, 0.05)
    edge = top[np.argsort(top[:, 0])[-12:]]
    behind = np.array([0.008, 0.001, -0.005], np.float32)
    smeared = np.concatenate([edge + k * behind for k in range(1, 9)])[::5]
    both = np.concatenate([top, smeared])
    assert measured(both, GUESS, 0.0).size[0] > 0.1
    assert measured(without_strays(both), GUESS, 0.0).size == pytest.approx([0.08, 0.06, 0.05], abs=6e-3)


def test_a_thin_row_of_points_has_no_strays() -> None:
    row = np.stack([np.linspace(0.4, 0.55, 20), np.zeros(20), np.full(20, 0.01)], 1).astype(np.float32)
    assert len(without_strays(row)) == 20 and len(without_strays(row[:1])) == 1


def test_without_measured_points_the_estimate_stays() -> None:
    assert measured(np.zeros((3, 3), np.float32), GUESS, 0.0) is GUESS


def test_a_round_thing_is_as_wide_as_what_is_seen_of_it() -> None:
    half = surface(0.066, 0.066, 0.0, 0.1, round_=True)
    box = rounded(measured(half[half[:, 0] < 0.51], GUESS, 0.0), GUESS)
    assert box.size[0] == box.size[1] == pytest.approx(0.066, abs=2e-3) and box.fold == 0


def test_the_outline_tells_a_box_from_a_can() -> None:
    square = by_outline(EVENLY, measured(surface(0.1, 0.06, 0.3, 0.05), GUESS, 0.0))
    disk = by_outline(EVENLY, measured(surface(0.07, 0.07, 0.0, 0.05, round_=True), GUESS, 0.0))
    assert max(square, key=lambda k: square[k]) == "box" and square["can"] < 0.1
    assert max(disk, key=lambda k: disk[k]) == "can" and disk["box"] < 0.1, "its top is closed: it is no cup"
    assert sum(square.values()) == pytest.approx(1.0)


def test_a_slender_outline_says_nothing() -> None:
    assert by_outline(EVENLY, measured(surface(0.15, 0.012, 0.3, 0.012), GUESS, 0.0)) == EVENLY


OBJECTS = (
    ObjectSpec("below", "block", "green", (0.45, 0.2)),
    ObjectSpec("above", "block", "red", (0.45, 0.2, 0.04)),
    ObjectSpec("top", "block", "gray", (0.45, 0.2, 0.08)),  # three of them look like a bottle
    ObjectSpec("alone", "block", "yellow", (0.4, 0.05), 0.5),
    ObjectSpec("bowl", "bowl", "blue", (0.62, 0.1)),
    ObjectSpec("can", "can", "purple", (0.45, -0.1), 0.0, (0.066, 0.066, 0.115)),
    ObjectSpec("box", "box", "orange", (0.6, -0.12), 0.4, (0.06, 0.10, 0.06)),
    ObjectSpec("stick", "stick", "pink", (0.45, -0.26), 0.9),
)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    world = TableWorld("panda", SceneSpec(OBJECTS))
    world.reset(3)
    robot = WorldRobot(world)
    taken = [WorldCamera(world, name, robot.clock, True).read() for name in world.cameras]
    world.close()
    return taken


@pytest.fixture(scope="module")
def seen(frames: list[Frame]) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """What the detector alone and both together see of `OBJECTS`."""
    store = ModelStore()
    detector = Detector(store.load("detector"))
    sight = Sight(detector, Eyes(store.load("eyes")))
    blind = [replace(frame, depth=None) for frame in frames]
    with pytest.raises(ValueError, match="without depth"):
        sight.perceive(blind)
    return detector.perceive(frames)[0], sight.perceive(frames)[0]


def test_every_thing_is_seen_once(seen: tuple[tuple[Detection, ...], tuple[Detection, ...]]) -> None:
    alone, both = seen
    assert sorted((d.color, d.kind) for d in both) == sorted((o.color, o.kind) for o in OBJECTS)
    assert len(alone) > len(OBJECTS), "the detector takes other things for blocks"


def test_blocks_and_bowls_are_the_detectors(seen: tuple[tuple[Detection, ...], tuple[Detection, ...]]) -> None:
    alone, both = seen
    kept = [d for d in both if d.kind in ("block", "bowl")]
    assert len(kept) == 5 and all(any(np.array_equal(d.position, own.position) for own in alone) for d in kept)


ROOM = Detection({"block": 1.0}, {"red": 1.0}, np.array([0.3, -0.35, 0.02]), np.full(3, 0.04), 0.0, 0.95, 0.002, 20)


@pytest.mark.parametrize(("tool", "kept"), [(None, 0), ((0.6, 0.3, 0.3), 0), ((0.3, -0.35, 0.03), 1)])
def test_what_the_detector_alone_sees_counts_in_the_hand_alone(
    frames: list[Frame], tool: tuple[float, float, float] | None, kept: int
) -> None:
    """Before a real room every part of the furniture is a block to the detector."""

    class Imagines:
        def perceive(self, frames: Sequence[Frame], tool: Pose | None = None):
            return (ROOM,), tuple(frames)

    pose = None if tool is None else Pose(np.array(tool), np.eye(3))
    sight = Sight(Imagines(), Eyes(ModelStore().load("eyes")))
    found = sight.perceive(frames, pose)[0]
    assert sum(d is ROOM for d in found) == kept
    blind = [replace(frame, depth=None) for frame in frames]
    assert sight.perceive(blind, pose)[0] == (ROOM,), "there are no eyes for these"


def test_things_are_where_they_are_and_as_large(seen: tuple[tuple[Detection, ...], tuple[Detection, ...]]) -> None:
    for o in OBJECTS[5:]:
        found = next(d for d in seen[1] if d.kind == o.kind)
        assert np.hypot(*(found.position[:2] - o.position[:2])) < 0.012, o.id
        assert found.size[:2] == pytest.approx(sorted(o.extents[:2], reverse=True), abs=0.015)
        assert found.size[2] == pytest.approx(o.extents[2], abs=0.004)


def test_a_thing_below_the_hand_may_be_half_hidden(frames: list[Frame]) -> None:
    store = ModelStore()
    sight = Sight(Detector(store.load("detector")), Eyes(store.load("eyes")))
    found = sight.perceive(frames, Pose(np.array([0.42, -0.06, 0.3]), np.eye(3)))[0]
    assert {d.kind for d in found if d.shaded} == {"can"}


@pytest.mark.parametrize(("height", "explained"), [(0.05, True), (0.026, False)])
def test_what_is_much_lower_than_wide_is_no_block(height: float, explained: bool) -> None:
    size, kinds = np.array([0.06, 0.053, height]), {"block": 0.6, "box": 0.4}
    own = replace(ROOM, kinds=kinds, position=np.array([0.5, 0.0, height / 2]), size=size)
    block = replace(ROOM, position=np.array([0.5, 0.0, 0.026]), size=np.full(3, 0.052))
    assert is_explained(Thing(own, surface(0.06, 0.053, 0.0, height), 0.98), [block]) is explained


@pytest.mark.parametrize(("block", "explained"), [(0.02, False), (0.4, True)])
def test_a_flat_box_is_not_four_blocks_unless_the_eyes_see_blocks(block: float, explained: bool) -> None:
    kinds, at = {"box": 1 - block, "block": block}, np.array([0.5, 0.0, 0.0175])
    own = replace(ROOM, kinds=kinds, position=at, size=np.array([0.1, 0.1, 0.035]))
    four = [
        replace(ROOM, position=at + np.array([x, y, 0]), size=np.full(3, 0.042))
        for x in (-0.025, 0.025)
        for y in (-0.025, 0.025)
    ]
    assert is_explained(Thing(own, surface(0.1, 0.1, 0.0, 0.035), 0.99), four) is explained
    tower = [replace(ROOM, position=np.array([0.5, 0.0, z])) for z in (0.02, 0.06)]
    high = replace(own, position=np.array([0.5, 0.0, 0.04]), size=np.array([0.04, 0.04, 0.08]))
    assert is_explained(Thing(high, surface(0.04, 0.04, 0.0, 0.08), 0.99), tower), "a tower looks like a box"
    close = [replace(ROOM, position=np.array([0.5, 0.0, z])) for z in (0.02, 0.04, 0.06)]
    assert not is_explained(Thing(high, surface(0.04, 0.04, 0.0, 0.08), 0.99), close), "blocks do not overlap"


@pytest.mark.parametrize(("ball", "round_", "explained"), [(0.5, True, False), (0.4, True, True), (0.5, False, True)])
def test_a_small_ball_is_no_block_where_outline_and_eyes_say_so(ball: float, round_: bool, explained: bool) -> None:
    kinds, size = {"ball": ball, "block": 0.85 - ball, "thing": 0.15}, np.full(3, 0.038)
    own = replace(ROOM, kinds=kinds, position=np.array([0.5, 0.0, 0.019]), size=size)
    block = replace(own, kinds={"block": 1.0})
    seen = Thing(own, surface(0.038, 0.038, 0.0, 0.038, round_=round_), 0.79 if round_ else 0.97)
    assert is_explained(seen, [block]) is explained


@pytest.mark.parametrize(("plate", "height", "explained"), [(0.7, 0.029, False), (0.7, 0.05, True), (0.4, 0.029, True)])
def test_a_plate_is_no_bowl_where_height_and_eyes_say_so(plate: float, height: float, explained: bool) -> None:
    kinds, at = {"plate": plate, "bowl": 1 - plate}, np.array([0.5, 0.0, height / 2])
    own = replace(ROOM, kinds=kinds, position=at, size=np.array([0.17, 0.17, height]))
    bowl = replace(own, kinds={"bowl": 1.0}, position=np.array([0.5, 0.0, 0.024]), size=np.array([0.17, 0.17, 0.048]))
    seen = Thing(own, surface(0.17, 0.17, 0.0, height, round_=True), 0.79)
    assert is_explained(seen, [bowl]) is explained

"""Detector and eyes together on pictures without depth: no point is measured, the boxes in the pictures count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.instances import Instance
from sayso.perception.sight.boxes import box_of
from sayso.perception.sight.sight import Sight
from sayso.perception.votes import Detection

MATRIX = np.array([[400.0, 0, 320], [0, 400.0, 240], [0, 0, 1]])


def camera(name: str, at: tuple[float, float, float], to: tuple[float, float, float] = (0.5, 0.0, 0.0)) -> Frame:
    """A frame without depth of a camera ``at`` a place (m) that looks ``to`` another."""
    ahead = (np.array(to) - at) / np.linalg.norm(np.array(to) - at)
    right = np.cross(ahead, [0.0, 0.0, 1.0]) / np.linalg.norm(np.cross(ahead, [0.0, 0.0, 1.0]))
    pose = Pose(np.array(at), np.stack([right, np.cross(ahead, right), ahead], 1))
    return Frame(0.0, name, np.zeros((480, 640, 3), np.uint8), None, MATRIX, pose)


FRAMES = camera("left", (0.5, -0.8, 0.6)), camera("right", (1.3, 0.0, 0.6))
MUG = Detection(
    {"mug": 1.0}, {"red": 1.0}, np.array([0.5, 0.05, 0.05]), np.array([0.1, 0.1, 0.1]), 0.0, 0.8, 0.02, 9, 0
)
BLOCK = Detection({"block": 1.0}, {"red": 1.0}, np.array([0.5, 0.05, 0.02]), np.full(3, 0.04), 0.0, 0.9, 0.004, 20)


class Sees:
    """Sees these ``instances`` in every frame, or those detections."""

    def __init__(self, seen: Sequence[Detection], off: float = 0.0) -> None:
        self.seen, self.off = seen, off

    def perceive(self, frames: Sequence[Frame], tool: Pose | None = None):
        return tuple(self.seen), tuple(frames)

    def sees(self, frame: Frame) -> bool:
        return True

    def look(self, frame: Frame) -> tuple[Instance, ...]:
        return tuple(self.instance(d, frame) for d in self.seen)

    def instance(self, d: Detection, frame: Frame) -> Instance:
        """As a network without depth estimates it: right in the picture, wrong by ``off`` m in the distance."""
        way = (d.position - frame.pose.position) / np.linalg.norm(d.position - frame.pose.position)
        table = frame.pose.position - way * frame.pose.position[2] / way[2]
        box = box_of(d, frame)
        return Instance(
            np.ones((4, 4), bool), box, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), d.kinds, d.colors,
            d.position + self.off * way, d.size, 0.0, d.fold, d.confidence, 0.006, 1.0,
            np.tile(table, (16, 1)).astype(np.float32),
        )  # fmt: skip


def seen(blocks: Sequence[Detection], things: Sequence[Detection], frames: Sequence[Frame] = FRAMES, off: float = 0.0):
    return Sight(Sees(blocks), Sees(things, off)).perceive(frames)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("off", [-0.05, 0.05])
def test_two_cameras_place_a_thing_that_each_sees_too_near_or_too_far(off: float) -> None:
    (mug,) = seen([BLOCK], [MUG], off=off)
    (alone,) = seen([BLOCK], [MUG], FRAMES[:1], off=off)
    assert mug.kind == alone.kind == "mug" and not mug.grasps
    assert mug.position[2] == pytest.approx(0.05), "it stands on the table"
    right, one = (float(np.hypot(*(d.position - MUG.position)[:2])) for d in (mug, alone))
    assert right < 0.02 < one < 0.05 and mug.deviation < alone.deviation


def test_a_block_that_fits_what_the_eyes_see_is_the_detectors() -> None:
    likely = replace(BLOCK, kinds={"block": 0.4, "box": 0.6})
    assert seen([BLOCK], [likely], off=0.03) == (BLOCK,)
    part = replace(BLOCK, position=MUG.position + np.array([0.0, 0.02, 0.0]))
    assert [d.kind for d in seen([part], [replace(MUG, kinds={"block": 0.4, "mug": 0.6})])] == ["mug"]


def test_print_on_a_box_is_no_blocks_and_a_tower_is() -> None:
    box = replace(MUG, kinds={"box": 1.0}, size=np.array([0.12, 0.05, 0.06]), fold=2)
    left, right = (
        replace(BLOCK, position=np.array([0.5 + x, 0.05, 0.03]), colors={c: 1.0}, size=np.array([0.055, 0.05, 0.055]))
        for x, c in ((-0.032, "red"), (0.032, "blue"))
    )
    assert [d.kind for d in seen([left, right], [box])] == ["box"]
    can = replace(MUG, kinds={"can": 1.0}, size=np.array([0.045, 0.045, 0.085]), position=np.array([0.5, 0.05, 0.042]))
    tower = [replace(BLOCK, position=np.array([0.5, 0.05, z])) for z in (0.02, 0.06)]
    assert [d.kind for d in seen(tower, [can])] == ["block", "block"]


def test_what_the_eyes_do_not_see_is_not_there() -> None:
    assert seen([BLOCK], []) == ()

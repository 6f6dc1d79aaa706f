"""Two ways of seeing together: blocks and bowls by the detector, every other thing by the eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array, Frame, Pose
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.views import grouped, sights_of
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.grasps.seen import grasps_of
from sayso.perception.pipeline import Sees
from sayso.perception.sight.explained import SURE, grasps_on, is_explained, lies_on
from sayso.perception.sight.near_hand import NearHand
from sayso.perception.sight.thing import Thing, no_block, painted, thing_of
from sayso.perception.votes import Detection

GRIP = 0.06  # m from the tool within which what the detector alone sees is in the hand
UNDER = 0.12  # m beside the tool where a thing is shaded
SAME_PLACE, REMEMBERED = 0.06, 10  # m and looks within which a thing in the hand is the one seen before


class Sight:
    """The ``detector`` of blocks and bowls and the ``eyes`` for any thing as one detector.

    Blocks and bowls are the detector's. One of its detections counts as mistaken where it lies on a thing whose pixels
    blocks and bowls do not explain; then the thing is a detection, with the eyes' kinds. One also counts as mistaken
    where the eyes see nothing that it explains, and the hand does not hold it: the detector knows nothing but blocks
    and bowls, and takes furniture for them. What the hand touches looks like one with the hand: there nothing is
    measured, and a thing seen before stays a thing. A thing below the hand is shaded. Frames for which there are no
    eyes have the detector alone. ``table`` is the table's height (m) in the base frame. With ``grasps`` everything that
    the eyes see has its grasps. ``hand`` says what is at the hand.
    """

    def __init__(
        self, detector: Sees, eyes: Eyes, table: float = 0.0, grasps: GraspFinder | None = None,
        hand: NearHand | None = None,
    ) -> None:  # fmt: skip
        self._detector, self._eyes, self._table, self._grasps = detector, eyes, table, grasps
        self._hand = hand or NearHand()
        self._known: list[tuple[Array, int]] = []  # where things were seen that are no blocks, and looks since then

    def perceive(
        self, frames: Sequence[Frame], tool: Pose | None = None
    ) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """As `Detector.perceive`."""
        plain, out = self._detector.perceive(frames, tool)
        seen = [frame for frame in frames if self._eyes.sees(frame)]
        if not seen:
            return plain, out
        views = [self._eyes.look(frame) for frame in seen]
        groups = grouped(views, sights_of(seen))
        flat = {id(i): frame for frame, view in zip(seen, views, strict=True) if frame.depth is None for i in view}
        things = [thing_of(group, flat, self._table) for group in groups]
        if self._grasps is not None:
            sure = [g for g in groups if g[0].confidence >= SURE]  # they come first
            found = grasps_of(self._grasps, seen, views, sure)
            things = [replace(t, grasps=g) for t, g in zip(things, found, strict=False)] + things[len(sure) :]
        return self._together(plain, things, tool, alone=len(seen) < len(frames)), out

    def _together(
        self, plain: Sequence[Detection], things: Sequence[Thing], tool: Pose | None, alone: bool
    ) -> tuple[Detection, ...]:
        """The ``plain`` blocks and bowls that are real, and the ``things`` that are neither, surest first.

        With ``alone`` the detector may be right where the eyes see nothing: they do not have all frames.
        """
        out: list[Detection] = []
        mistaken: set[int] = set()
        grasps: dict[int, tuple[Grasp, ...]] = {}
        known: list[tuple[Array, int]] = []
        for thing in things:
            there = [d for d in plain if id(d) not in mistaken and lies_on(d, thing)]
            handled = tool is not None and self._is_touched(thing, tool)
            if not self._is_known(thing) if handled else is_explained(thing, there):
                grasps |= {id(d): grasps_on(d, there, thing.grasps) for d in there}
                continue
            if thing.detection.confidence < SURE:
                continue
            mistaken |= {id(d) for d in there}
            known.append((thing.detection.position, 0))
            if not handled:
                shaded = tool is not None and _is_below(thing, tool)
                out.append(replace(no_block(painted(thing.detection, there)), grasps=thing.grasps, shaded=shaded))
        self._known = known + [
            (at, looks + 1)
            for at, looks in self._known
            if looks < REMEMBERED and all(np.linalg.norm(at - other) > SAME_PLACE for other, _ in known)
        ]
        kept = (d for d in plain if id(d) in grasps or (id(d) not in mistaken and (alone or _is_held(d, tool))))
        return (*(replace(d, grasps=grasps[id(d)]) if id(d) in grasps else d for d in kept), *out)

    def _is_known(self, thing: Thing) -> bool:
        return any(np.linalg.norm(thing.detection.position - at) < SAME_PLACE for at, _ in self._known)

    def _is_touched(self, thing: Thing, tool: Pose) -> bool:
        """Whether some of a thing's points are at the hand."""
        points = thing.detection.position[None] if thing.boxes else thing.points
        return self._hand.touches(points, tool)


def _is_below(thing: Thing, tool: Pose) -> bool:
    """Whether the hand is over some of a thing, so that the cameras may not see all of it."""
    points = thing.points if len(thing.points) else thing.detection.position[None]
    return bool((np.hypot(*(points - tool.position)[:, :2].T) < UNDER).any())


def _is_held(detection: Detection, tool: Pose | None) -> bool:
    return tool is not None and float(np.linalg.norm(detection.position - tool.position)) < GRIP

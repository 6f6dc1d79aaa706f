"""Where the table ends: what stands beside it, as a chair, is no thing on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.encoding import EyeInput
from sayso.perception.eyes.instances import Instance

LEVEL = 0.012  # m from the table's plane within which a point is of the table
LEAST, PIECE = 150, 0.3  # output pixels of a table whose edge is known; share of the largest piece that is of it, too
BEYOND = 0.04  # m past the seen table up to which a thing may stand: it hides some of the table itself
ON = 0.5  # share of a thing's points that are above the table
AROUND = np.ones((9, 9), np.uint8)  # output pixels around a thing
DEEP, LOWER = 0.03, 0.25  # m below the table, and share of what is around a thing that is lower if it stands beside it
SOME = 60  # points of a thing that are looked at
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SeenTable:
    """What a ``frame`` shows of the table at ``height`` m: its ``outline`` (n, 1, 2) m, without dents.

    ``lower`` (h, w) are the output pixels where something below the table shows, as the floor beside it.
    """

    outline: NDArray[np.float32]
    lower: Mask
    height: float
    frame: Frame

    def carries(self, thing: Instance, things: Mask) -> bool:
        """Whether a thing may be on the table: above it, or above what is hidden or not in the picture.

        ``things`` (h, w) are the pixels of all things. A lost depth alone proves no edge: around what stands beside the
        table something lower shows.
        """
        around = (cv2.dilate(thing.mask.astype(np.uint8), AROUND) > 0) & ~things
        return self.lower[around].sum() < LOWER * max(int(around.sum()), 1) or self._share_on(thing) >= ON

    def _share_on(self, thing: Instance) -> float:
        """The share of a thing's points that are above the table, or above a place that the frame does not show."""
        some = thing.points[:: max(len(thing.points) // SOME, 1)]
        if not len(some):
            return 1.0
        foot = np.column_stack([some[:, :2], np.full(len(some), self.height)])
        u, v, w = ((foot - self.frame.pose.position) @ self.frame.pose.rotation @ self.frame.intrinsics.T).T
        height, width = self.frame.rgb.shape[:2]
        shown = (w > 0) & (u >= 0) & (v >= 0) & (u < width * w) & (v < height * w)
        near = [cv2.pointPolygonTest(self.outline, (float(x), float(y)), True) > -BEYOND for x, y in some[:, :2]]
        return float((~shown | np.array(near)).mean())


def seen_table(seen: EyeInput, frame: Frame, height: float) -> SeenTable | None:
    """The table in a fitted ``frame`` and its encoding; None where too little of it is to be seen."""
    above = seen.points[..., 2] - height
    level = (np.abs(above) < LEVEL) & seen.known
    # What touches by a corner alone hangs together by chance: a chair behind the table that its plane cuts.
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.erode(level.astype(np.uint8), np.ones((2, 2), np.uint8))
    )
    sizes = stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or sizes.max() < LEAST:
        return None
    own = np.isin(labels, 1 + np.flatnonzero(sizes >= PIECE * sizes.max()))
    outline = np.asarray(cv2.convexHull(seen.points[..., :2][own].astype(np.float32)), np.float32)
    return SeenTable(outline, (above < -DEEP) & seen.known, height, frame)


def on_table(things: Sequence[Instance], seen: EyeInput, frame: Frame, height: float) -> tuple[Instance, ...]:
    """``things`` without those that stand beside the table at ``height`` m in the base frame."""
    table = seen_table(seen, frame, height)
    if table is None or not things:
        return tuple(things)
    pixels = np.any([one.mask for one in things], axis=0)
    return tuple(one for one in things if table.carries(one, pixels))

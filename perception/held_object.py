"""Detects and tracks the held object from joint measurements: the fingers stop at the object's width."""

from __future__ import annotations

import cmath
from collections import deque
from collections.abc import Iterable

import numpy as np

from sayso.hardware.types import Array, GripperSpec, JointState, Pose
from sayso.perception.grasps.by_shape import RIMMED
from sayso.perception.scene import KINDS
from sayso.perception.track import Track

TIGHTER, WIDER = 0.014, 0.012
LEAST_SHARE = 0.4  # of a thing's width
STALLED = -0.05
LATERAL, VERTICAL = 0.03, 0.035
RATE_S = 0.06
# After this time (s) fingers that stall on a block's corners will not turn the block any more.
CORNERS, CORNERS_S = 2**0.5, 0.5


EMPTY, WALL = 0.0025, 0.03  # m: an empty hand closes farther; no wall or tube of a rim is thicker
ASIDE = 0.008  # m along the closing axis from where on a thing is not held by its middle
RIM = 0.6  # of a vessel's radius, beyond which the fingers are at its rim


def _at_rim(track: Track, tool: Pose) -> bool:
    """Whether the fingers are at the thing's rim."""
    x, y, z = (tool.position - track.position).tolist()
    radius = min(track.size[:2].tolist()) / 2
    is_near = RIM * radius < float(np.hypot(x, y)) < radius + LATERAL / 2
    return track.kind in RIMMED and is_near and abs(z) < track.size[2] / 2 + LATERAL / 2


def _least(track: Track, rim: bool) -> float:
    """The opening (m) above which the fingers hold the thing; a slender one is held by fingers that nearly meet.

    One whose grasps were seen may be narrower there than it is wide.
    """
    if rim:
        return EMPTY
    if track.grasps:
        return max(EMPTY, LEAST_SHARE * min(track.grip, *(grasp.width for grasp in track.grasps)))
    return max(track.grip - TIGHTER, LEAST_SHARE * track.grip)


class HeldObjectTracker:
    """Attaches an object to the tool while the gripper holds it.

    Two fingers center an object, so its offset along the gripper's closing axis is zero and the cameras' measurement is
    ignored; a rotary jaw does not center, and a rim or an arm of it is not its
    middle.
    """

    def __init__(self, gripper: GripperSpec | None) -> None:
        self._width = gripper.width if gripper else 0.0
        self._axis = gripper.closing_axis if gripper else None
        self._recent: deque[tuple[float, float]] = deque()
        self._stalled_since = np.inf
        self.held: Track | None = None
        self._rim = self._aside = False  # held by its rim; held beside its middle
        self._offset = np.zeros(3)
        self._turn, self._long = 1 + 0j, 0j

    def update(self, tracks: Iterable[Track], state: JointState, tool: Pose, closing: bool, now: float) -> Track | None:
        """Move the held object with the tool, detect a grasp, or a release; returns the object just released."""
        if not self._width:
            return None
        opening = state.gripper * self._width
        rate = self._rate(opening, now)
        if self.held is not None:
            self._move(self.held, tool)
            if closing and opening > _least(self.held, self._rim):
                return None
            dropped, self.held = self.held, None
            return dropped
        if not closing or rate <= STALLED:
            self._stalled_since = np.inf
        else:
            self._stalled_since = min(self._stalled_since, now)
            widest = CORNERS if now - self._stalled_since >= CORNERS_S else 1.0
            near = [t for t in tracks if t.confirmed and self._between(t, opening, tool, widest)]
            if near:
                self._take(min(near, key=lambda t: float(np.linalg.norm(t.position - tool.position))), tool)
        return None

    def refine(self, position: Array, tool: Pose, gain: float) -> None:
        """Shift the held object in the hand by the fraction ``gain`` toward ``position`` (3,) m, seen at this pose."""
        self._offset += gain * (tool.rotation.T @ (position - tool.position) - self._offset)
        self._center()

    def exchange(self, track: Track) -> None:
        """What is held has turned out to be ``track``."""
        self.held = track

    def held_position(self, tool: Pose) -> Array:
        """The held object's position (3,) m for the tool pose ``tool``."""
        return tool.position + tool.rotation @ self._offset

    def _rate(self, opening: float, now: float) -> float:
        while self._recent and now <= self._recent[-1][0]:
            self._recent.pop()
        self._recent.append((now, opening))
        while len(self._recent) > 2 and now - self._recent[1][0] >= RATE_S - 1e-9:
            self._recent.popleft()
        then, before = self._recent[0]
        return (opening - before) / (now - then) if now > then else 0.0

    @staticmethod
    def _between(track: Track, opening: float, tool: Pose, widest: float) -> bool:
        if _at_rim(track, tool):
            return EMPTY < opening < WALL
        if not _least(track, False) < opening < widest * track.grip + WIDER:
            return False
        if any(float(np.linalg.norm(grasp.position - tool.position)) < LATERAL for grasp in track.grasps):
            return True
        gap = track.position - tool.position
        # The fingers may hold a tall object anywhere on its side.
        return bool(max(abs(gap[:2])) < LATERAL and abs(gap[2]) < max(VERTICAL, track.size[2] / 2))

    def _take(self, track: Track, tool: Pose) -> None:
        self.held, self._stalled_since, self._rim = track, np.inf, _at_rim(track, tool)
        self._offset = tool.rotation.T @ (track.position - tool.position)
        aside = self._axis is not None and abs(float(self._offset[self._axis])) > ASIDE
        self._aside = self._rim or (aside and track.kind not in KINDS)
        self._center()
        # The fingers turn a block until its faces lie against them: a multiple of 90° from the tool's yaw.
        self._turn = 1 + 0j
        along = track.long * cmath.exp(-2j * tool.yaw)
        self._long = 0j if along == 0 else complex(np.sign(along.real) or 1.0)
        self._move(track, tool)

    def _center(self) -> None:
        if self._axis is not None and not self._aside:
            self._offset[self._axis] = 0.0

    def _move(self, track: Track, tool: Pose) -> None:
        track.position = self.held_position(tool)
        track.turn = self._turn * cmath.exp(4j * tool.yaw)
        track.long = self._long * cmath.exp(2j * tool.yaw)

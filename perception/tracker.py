"""Tracks objects over intermittent detections: association, memory, and the held object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Frame, JointState, Pose, RobotSpec
from sayso.perception.association import DISTANCE, UNLIKE, UNLIKE_COLOR, Comparison
from sayso.perception.held_object import HeldObjectTracker
from sayso.perception.scene import Scene
from sayso.perception.track import SETTLE_S, UNSURE, Track
from sayso.perception.visibility import Visibility, look_at
from sayso.perception.votes import Detection

SURE = 0.5
FORGET_S = 1.0
UNCONFIRMED_S = 0.6
CONFIRMING_HITS = 3
FLOATING = 0.025
HIGHEST = 0.16
BOWL_FLOOR = 0.006
DOUBTED_S, DOUBTED_HITS = 1.5, 8
HELD_GAP = 0.05
SPREADS = 3.0  # standard deviations within which a detection may belong to the held object
ARM_REACH = 0.25
REFINE = 0.15
FALL, FALL_S = 0.012, 0.2


class Tracker:
    """Keeps objects with stable ids through occlusion, stacking and grasps.

    ``update`` processes detections at the cameras' rate; ``predict`` runs in between, in well under 100 µs. ``table``
    is the table's height in m.
    """

    def __init__(self, spec: RobotSpec, *, table: float = 0.0) -> None:
        self._table = table
        self._base_radius = max(float(spec.workspace.lower[0]), 0.0)  # the tool cannot come closer to the base's axis
        self._grasp = HeldObjectTracker(spec.gripper)
        self._tracks: list[Track] = []
        self._count: Counter[str] = Counter()
        self._falling: tuple[Track, float] | None = None
        self._looked = False
        self._felt = -np.inf

    def update(
        self,
        detections: Sequence[Detection],
        frames: Sequence[Frame],
        state: JointState,
        tool: Pose,
        closing: bool,
        now: float,
    ) -> Scene:
        """Process the detections of ``frames``, with the tool's pose and the last gripper command.

        All belong to the time ``now`` of the frames, which may lie before the last `predict`.
        """
        if now >= self._felt:
            self._follow_hand(state, tool, closing, now)
        compared = Comparison(self._tracks, detections)
        left = self._see_held([d for d in detections if self._believable(d, compared)], tool, now, compared)
        doubtful = [d for d in left if self._in_arm(d, tool, compared)]
        left = [d for d in left if not any(d is x for x in doubtful)]
        tracks = [t for t in self._tracks if t is not self._grasp.held]
        pairs = compared.pairs(tracks, left)
        for t, d in pairs:
            gone = tracks[t].is_elsewhere(left[d]) and look_at(tracks[t], frames) is Visibility.EMPTY
            tracks[t].see(left[d], now, gone)
            tracks[t].confirmed |= tracks[t].hits >= CONFIRMING_HITS
        missed = [t for i, t in enumerate(tracks) if i not in {p[0] for p in pairs}]
        spare = [*doubtful, *(d for i, d in enumerate(left) if i not in {p[1] for p in pairs})]
        missed = self._miss(missed, frames, now)
        # From the table up, so that an object on another one does not count as floating.
        for detection in sorted(spare, key=lambda d: float(d.position[2])):
            moved = self._moved(missed, detection, compared)
            if moved is not None:
                missed.remove(moved)
                moved.unsettled_since = now - SETTLE_S
                moved.see(detection, now)
            elif detection.confidence >= SURE and not self._floats(detection) and not self._vague(detection):
                self._start(detection, now)
        self._looked = True
        return self._scene(state, tool, now)

    def predict(self, state: JointState, tool: Pose, closing: bool, now: float) -> Scene:
        """The scene at ``now`` without new detections: the held object moves with the tool, all others age."""
        self._follow_hand(state, tool, closing, now)
        return self._scene(state, tool, now)

    def _scene(self, state: JointState, tool: Pose, now: float) -> Scene:
        held = self._grasp.held
        objects = tuple(t.as_object(now, t is held) for t in self._tracks if t.confirmed)
        return Scene(now, objects, tool, state.gripper, held.id if held else None)

    def _follow_hand(self, state: JointState, tool: Pose, closing: bool, now: float) -> None:
        self._felt = now
        dropped = self._grasp.update(self._tracks, state, tool, closing, now)
        if dropped is not None:
            dropped.unsettled_since = now
            self._falling = (dropped, now)
        if self._falling is not None and now - self._falling[1] >= FALL_S:
            if self._falling[0] is not self._grasp.held:
                self._fall(self._falling[0])
            self._falling = None

    def _fall(self, track: Track) -> None:
        """Lower an object released in the air onto its support."""
        fall = float(track.position[2] - track.size[2] / 2 - self._support(track.position, track))
        if fall > FALL:
            track.position = track.position - np.array([0.0, 0.0, fall])
            track.variance = max(track.variance, UNSURE**2)

    def _support(self, position: Array, but: Track | None = None, rims: bool = False) -> float:
        """Height (m) of the highest support known under ``position`` (3,): a block's top, a bowl's floor, the table.

        With ``rims`` a bowl counts up to its rim, on which an object may lean.
        """
        top = self._table
        for t in self._tracks:
            gap = float(np.hypot(*(t.position - position)[:2]))
            if t is but or t is self._grasp.held or t.position[2] > position[2] or gap > t.width / 2 + 0.005:
                continue
            solid = rims or t.kind != "bowl"
            top = max(top, float(t.position[2] + t.size[2] / 2) if solid else self._table + BOWL_FLOOR)
        return top

    def _believable(self, detection: Detection, compared: Comparison) -> bool:
        """Reject objects high in the air, except one just held, and detections of the arm's own base."""
        if float(np.hypot(*detection.position[:2])) < self._base_radius:
            return False
        foot = detection.position[2] - detection.size[2] / 2 - self._table
        return bool(foot < HIGHEST or any(compared.alike(t, detection) > UNLIKE for t in self._loose()))

    def _in_arm(self, detection: Detection, tool: Pose, compared: Comparison) -> bool:
        """Whether the detection is part of the arm: in the air near the hand, without a known object there."""
        aside = float(np.hypot(*(detection.position - tool.position)[:2]))
        loose = any(compared.alike(t, detection) > UNLIKE for t in self._loose())
        return aside < ARM_REACH and not loose and self._floats(detection)

    def _loose(self) -> list[Track]:
        """Tracks that may be in the air: held, or just released."""
        return [t for t in self._tracks if t is self._grasp.held or t.unsettled_since is not None]

    def _floats(self, detection: Detection) -> bool:
        """Whether the detection has no support below, like a part of the arm mistaken for an object."""
        foot = detection.position[2] - detection.size[2] / 2
        # Bowls always stand on the table.
        support = self._table if detection.kind == "bowl" else self._support(detection.position, rims=True)
        return bool(foot - support > FLOATING)

    def _vague(self, detection: Detection) -> bool:
        """Whether the position is so uncertain along a ray that the detection may belong to a known object."""
        return self._looked and detection.deviation > UNSURE

    def _see_held(self, detections: list[Detection], tool: Pose, now: float, compared: Comparison) -> list[Detection]:
        """Remove the held object's own detections; the best one refines its offset in the hand."""
        held = self._grasp.held
        if held is None:
            return detections
        place = self._grasp.held_position(tool)
        own = [
            d
            for d in detections
            if np.linalg.norm(d.position - held.position) < self._held_gap(d, compared)
            and compared.alike_kind(held, d) > UNLIKE
            and not self._other(held, place, d, compared)
        ]
        if own:
            best = max(own, key=lambda d: compared.alike_color(held, d) * d.confidence)
            if compared.alike_color(held, best) > UNLIKE:
                held.attributes(best, now)
                compared.renew(held)
                near = np.linalg.norm(best.position - held.position) < HELD_GAP
                if best.confidence > SURE and near:
                    self._grasp.refine(best.position, tool, REFINE)
        return [d for d in detections if not any(d is o for o in own)]

    def _held_gap(self, detection: Detection, compared: Comparison) -> float:
        """Largest distance (m) of a detection of the held object; wider along a ray for a camera without depth."""
        held = self._grasp.held
        assert held is not None
        alike = compared.alike_color(held, detection) > UNLIKE
        return max(HELD_GAP, SPREADS * detection.deviation if alike else 0.0)

    def _other(self, held: Track, place: Array, detection: Detection, compared: Comparison) -> bool:
        """Whether another known object explains the detection better than the held one."""
        gap = float(np.linalg.norm(detection.position - place)) / max(DISTANCE, detection.deviation)
        own = gap + UNLIKE_COLOR * (compared.alike_color(held, detection) < UNLIKE)
        return any(compared.cost(t, detection) < own for t in self._tracks if t is not held)

    def _miss(self, missed: Sequence[Track], frames: Sequence[Frame], now: float) -> list[Track]:
        """Remove tracks whose place is visibly empty; hidden ones stay. Returns the remaining ``missed``."""
        for track in missed:
            if not track.confirmed and now - track.seen > UNCONFIRMED_S:
                self._tracks.remove(track)
                continue
            sight = look_at(track, frames)
            if sight is not Visibility.EMPTY:
                track.empty_since = None
                # The place is filled but no longer detected: a track with few hits was a false detection.
                if sight is Visibility.FILLED and track.hits < DOUBTED_HITS and now - track.seen > DOUBTED_S:
                    self._tracks.remove(track)
                continue
            if track.empty_since is None:
                track.empty_since = now
            if now - track.empty_since >= FORGET_S:
                self._tracks.remove(track)
        return [t for t in missed if t in self._tracks]

    @staticmethod
    def _moved(missed: Sequence[Track], detection: Detection, compared: Comparison) -> Track | None:
        """The track that this detection continues at a new place: alike, and gone from its old place."""
        gone = [
            t
            for t in missed
            if (t.empty_since is not None or t.unsettled_since is not None) and compared.alike(t, detection) > 0.3
        ]
        return min(gone, key=lambda t: float(np.linalg.norm(t.position - detection.position)), default=None)

    def _start(self, detection: Detection, now: float) -> None:
        self._count[detection.kind] += 1
        track = Track.start(f"{detection.kind}-{self._count[detection.kind]}", detection, now)
        # The first update has nothing to compare with; later ones need further hits to confirm a track.
        track.confirmed = not self._looked
        self._tracks.append(track)

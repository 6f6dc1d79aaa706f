"""Tracks objects over intermittent detections: association, memory, identity, and the held object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Frame, JointState, Pose, RobotSpec
from sayso.perception.association import UNLIKE, WITHIN, Comparison, place_odds
from sayso.perception.held_object import HeldObjectTracker
from sayso.perception.identity.container import container_of, look_into
from sayso.perception.identity.exchange import ALIKE, exchanges, looks_alike, other_light
from sayso.perception.identity.pile import SAME_COLOR, see_parts, see_piles
from sayso.perception.scene import HOLLOW, KINDS, Scene
from sayso.perception.track import EXCHANGED, KNOWN_HITS, MOVED, SETTLE_S, UNSURE, Track
from sayso.perception.visibility import Visibility, look_at
from sayso.perception.votes import Detection

SURE = 0.5
FORGET_S = 1.0
UNCONFIRMED_S = 0.6
CONFIRMING_HITS = KNOWN_HITS
FLOATING = 0.025
HIGHEST = 0.16
BOWL_FLOOR = 0.006
DOUBTED_S, DOUBTED_HITS = 1.5, 8
HELD_GAP = 0.05
IN_HAND = 0.03  # a thing of other looks as near as this to where the held one must be is in its place
UNSEEN_S = 0.35  # unseen for this long, a hidden thing may have been taken elsewhere
REMEMBERED_S = 120.0
HAND = 0.015  # m that a held thing may be off its place in the hand
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
        self._absent: list[Track] = []
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
        left, piled = see_piles(left, tracks, now)
        left, parted = see_parts(left, tracks, now, compared)
        tracks = [t for t in tracks if t not in piled]
        pairs = compared.pairs(tracks, left)
        self._see(tracks, left, pairs, frames, now, compared)
        missed = [t for i, t in enumerate(tracks) if i not in {p[0] for p in pairs} and t not in parted]
        spare = [*doubtful, *(d for i, d in enumerate(left) if i not in {p[1] for p in pairs})]
        crowded = self._crowd(missed, left, now, compared)
        missed = self._miss([t for t in missed if t not in crowded], frames, now)
        # From the table up, so that an object on another one does not count as floating.
        for detection in sorted(spare, key=lambda d: float(d.position[2])):
            moved = self._moved([*missed, *crowded], detection, compared)
            if moved is not None:
                missed = [t for t in missed if t is not moved]
                crowded = [t for t in crowded if t is not moved]
                moved.unsettled_since = now - SETTLE_S
                moved.trust()
                moved.see(detection, now)
            elif detection.confidence >= SURE and not self._floats(detection) and not self._vague(detection):
                self._start(detection, now)
        self._exchange(missed, crowded, frames, now, seen=len(pairs))
        self._contain()
        self._looked = True
        return self._scene(state, tool, now)

    def _see(
        self,
        tracks: Sequence[Track],
        detections: Sequence[Detection],
        pairs: Sequence[tuple[int, int]],
        frames: Sequence[Frame],
        now: float,
        compared: Comparison,
    ) -> None:
        """Update the paired tracks; what lies unseen in a container moves with it."""
        before = {id(t): t.position for t in tracks}
        for i, j in pairs:
            track, detection = tracks[i], detections[j]
            gone = track.is_elsewhere(detection) and look_at(track, frames) is Visibility.EMPTY
            known = track.weigh(detection, compared.evidence(track, detection), now)
            track.see(detection, now, gone, known)
            if not track.confirmed and track.hits >= CONFIRMING_HITS:
                track.confirmed = True
                self._recognise(track, now)
        seen = {i for i, _ in pairs}
        for i, track in enumerate(tracks):
            box = track.container
            if i not in seen and box is not None and id(box) in before:
                shift = box.position - before[id(box)]
                if float(np.linalg.norm(shift)) > MOVED:
                    track.position = track.position + shift

    def _crowd(
        self, missed: Sequence[Track], detections: Sequence[Detection], now: float, compared: Comparison
    ) -> list[Track]:
        """Weigh what is seen so near to tracks of other looks that both cannot be there; returns these tracks."""
        out = []
        for track in missed:
            if not track.confirmed or track.container is not None:
                continue
            reach = WITHIN * float(track.size.min())
            near = [d for d in detections if float(np.linalg.norm(d.position - track.position)) < reach]
            near = [d for d in near if d.confidence >= SURE and compared.alike_kind(track, d) > UNLIKE]
            if near and not track.weigh(near[0], compared.evidence(track, near[0]), now):
                out.append(track)
        return out

    def _exchange(
        self, missed: Sequence[Track], crowded: Sequence[Track], frames: Sequence[Frame], now: float, seen: int
    ) -> None:
        """Give each place where another thing is seen to that thing's track, or to a new one."""
        doubted = [t for t in self._tracks if t.stranger is not None]
        if not doubted:
            return
        # Its place is empty, or the thing has been out of sight there, as behind the arm.
        free = [
            t
            for t in missed
            if t.confirmed
            and t.stranger is None
            and t.container is None
            and (t.empty_since is not None or now - t.seen > UNSEEN_S)
            and look_at(t, frames) is not Visibility.FILLED
        ]
        full = {i for i, t in enumerate(doubted) if t in crowded}
        pairs = exchanges(doubted, [*free, *self._absent], full)
        dim = other_light(doubted, pairs, seen)
        for track in dim:
            track.against = min(track.against, EXCHANGED)
        found = [(p, p.stranger, thing) for p, thing in pairs if p not in dim]
        moved = {id(thing) for *_, thing in found}
        held = self._grasp.held
        for place, *_ in found:
            if id(place) not in moved:
                self._leave(place, now)
        for place, stranger, thing in found:
            assert stranger is not None
            if thing is not None:
                thing.become(stranger)
                if thing in self._absent:
                    self._absent.remove(thing)
                    self._tracks.append(thing)
            elif place not in crowded:
                thing = stranger
                thing.id, thing.confirmed = self._new_id(thing.kind), thing.hits >= CONFIRMING_HITS - 1
                self._tracks.append(thing)
            if place is held and thing is not None:
                self._grasp.exchange(thing)

    def _leave(self, track: Track, now: float) -> None:
        """Drop a track whose thing is not in its place any more; a well-known one is remembered."""
        self._tracks.remove(track)
        self._absent = [t for t in self._absent if now - t.seen < REMEMBERED_S]
        if track.confirmed and track.hits >= DOUBTED_HITS:
            track.trust()
            track.container = track.unsettled_since = None
            self._absent.append(track)

    def _recognise(self, track: Track, now: float) -> None:
        """Give a new track the id of the remembered thing that it looks like."""
        alike = [(looks_alike(t, track), t) for t in self._absent if now - t.seen < REMEMBERED_S]
        best = max(alike, key=lambda pair: pair[0], default=(0.0, track))
        if best[0] > ALIKE:
            track.id = best[1].id
            self._absent.remove(best[1])

    def _contain(self) -> None:
        """Note which things lie in which containers; a thing out of sight stays where it was."""
        for track in self._tracks:
            if track is self._grasp.held:
                track.container = None
            elif track.container not in self._tracks or track.empty_since is None:
                track.container = container_of(track, self._tracks)

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
            solid = rims or t.kind not in HOLLOW
            top = max(top, float(t.position[2] + t.size[2] / 2) if solid else self._table + BOWL_FLOOR)
        return top

    def _believable(self, detection: Detection, compared: Comparison) -> bool:
        """Reject objects high in the air, except one just held, and detections of the arm's own base."""
        if float(np.hypot(*detection.position[:2])) < self._base_radius:
            return False
        foot = detection.position[2] - detection.size[2] / 2 - self._table
        held = self._grasp.held
        in_hand = held is not None and float(np.linalg.norm(detection.position - held.position)) < IN_HAND
        return bool(foot < HIGHEST or in_hand or any(compared.alike(t, detection) > UNLIKE for t in self._loose()))

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
            in_place = best.confidence > SURE and float(np.linalg.norm(best.position - place)) < IN_HAND
            evidence = compared.evidence(held, best)
            if (evidence >= 0 or in_place) and held.weigh(best, evidence, now):
                held.attributes(best, now)
                compared.renew(held)
                near = np.linalg.norm(best.position - held.position) < HELD_GAP
                if best.confidence > SURE and near:
                    self._grasp.refine(best.position, tool, REFINE)
        own += [d for d in detections if self._is_of_held(d, compared) and not self._other(held, place, d, compared)]
        return [d for d in detections if not any(d is o for o in own)]

    def _is_of_held(self, detection: Detection, compared: Comparison) -> bool:
        """Whether the detection lies within the held thing and has its color: in the hand a can may look like a block.

        It says nothing about the thing.
        """
        held = self._grasp.held
        assert held is not None
        if held.kind in KINDS or compared.alike_color(held, detection) < SAME_COLOR:
            return False
        return float(np.linalg.norm(detection.position - held.position)) < float(np.linalg.norm(held.size)) / 2

    def _held_gap(self, detection: Detection, compared: Comparison) -> float:
        """Largest distance (m) of a detection of the held object; wider along a ray for a camera without depth."""
        held = self._grasp.held
        assert held is not None
        alike = compared.alike_color(held, detection) > UNLIKE
        return max(HELD_GAP, SPREADS * detection.deviation if alike else 0.0)

    def _other(self, held: Track, place: Array, detection: Detection, compared: Comparison) -> bool:
        """Whether another known object explains the detection better than the held one."""
        gap = float(np.linalg.norm(detection.position - place))
        own = -place_odds(gap, max(HAND, detection.deviation)) - compared.evidence(held, detection)
        return any(compared.cost(t, detection) < own for t in self._tracks if t is not held)

    def _miss(self, missed: Sequence[Track], frames: Sequence[Frame], now: float) -> list[Track]:
        """Remove tracks whose place is visibly empty; hidden ones stay. Returns the remaining ``missed``."""
        for track in missed:
            if not track.confirmed and now - track.seen > UNCONFIRMED_S:
                self._tracks.remove(track)
                continue
            box = track.container
            sight = look_at(track, frames) if box is None else look_into(track, box, frames)
            if sight is not Visibility.EMPTY:
                track.empty_since = None
                # The place is filled but no longer detected: a track with few hits was a false detection.
                doubted = track.kind in KINDS and track.hits < DOUBTED_HITS
                if sight is Visibility.FILLED and doubted and now - track.seen > DOUBTED_S:
                    self._tracks.remove(track)
                continue
            if track.empty_since is None:
                track.empty_since = now
            if now - track.empty_since >= FORGET_S:
                self._leave(track, now)
        return [t for t in missed if t in self._tracks]

    @staticmethod
    def _moved(missed: Sequence[Track], detection: Detection, compared: Comparison) -> Track | None:
        """The track that this detection continues at a new place: alike, and gone from its old place."""
        gone = [
            t
            for t in missed
            if (t.empty_since is not None or t.unsettled_since is not None or t.stranger is not None)
            and compared.evidence(t, detection) > ALIKE
        ]
        return min(gone, key=lambda t: float(np.linalg.norm(t.position - detection.position)), default=None)

    def _start(self, detection: Detection, now: float) -> None:
        track = Track.start(self._new_id(detection.kind), detection, now)
        # The first update has nothing to compare with; later ones need further hits to confirm a track.
        track.confirmed = not self._looked
        self._tracks.append(track)

    def _new_id(self, kind: str) -> str:
        self._count[kind] += 1
        return f"{kind}-{self._count[kind]}"

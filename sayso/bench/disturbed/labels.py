"""What truly came of every moment of a rollout: done right, failing, and why; from the simulator's truth alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sayso.bench.disturbed.moments import Witnessed
from sayso.bench.disturbed.rollouts import Rollout
from sayso.hardware.types import Array
from sayso.planner.outlook.cause import CAUSES, Cause
from sayso.planner.plan import Relation, Subtask, Verb

HORIZON_S = 3.0  # failure within this time
HAND_M, GRIPS = 0.045, 0.4  # a thing in the hand is so near, and the fingers are apart by this fraction of its width
FALLS_S = 0.6  # within so long a thing that was let go has come to rest
SHUT_S = 0.4  # fingers that have been closing for so long have closed
AWAY_M = 1.5  # of the base: a thing so far away is gone
RISEN_M = 0.02
ELSEWHERE_M, SAME_M = 0.06, 0.03  # a thing is believed elsewhere; another one is where it is believed
PROGRESS_M = 0.005
RESTS_M, ON_M = 0.015, 0.004
SEEN_LESS = ("camera-bumped", "camera-blocked", "camera-dark", "covered")
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Labels:
    """For each moment (N,): `right`, `succeeds`, `failing` (1, 0, `UNKNOWN`) and the number of its `cause`.

    ``failing``: the attempt fails within `HORIZON_S` or has failed, by what has happened so far; a failure that a later
    disturbance causes does not count before it. ``failures`` are (moment of failure s, of its cause s, cause).
    """

    right: NDArray[np.int64]
    succeeds: NDArray[np.int64]
    failing: NDArray[np.int64]
    cause: NDArray[np.int64]
    failures: tuple[tuple[float, float, Cause], ...]


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt at a subtask: its moments, the true thing and target, and how the robot thinks that it ended."""

    seen: Sequence[Witnessed]
    thing: str | None
    target: str | None
    outcome: str

    @property
    def subtask(self) -> Subtask:
        return self.seen[0].moment.subtask


def labels(rollout: Rollout) -> Labels:
    """The labels of all moments of ``rollout``."""
    rows: list[tuple[int, int, int, int]] = []
    failures: list[tuple[float, float, Cause]] = []
    names, placed = {f"{color} {kind}": name for name, (kind, color, _) in rollout.objects.items()}, _placed(rollout)
    for _, group in groupby(rollout.seen, key=lambda one: one.moment.attempt):
        seen = tuple(group)
        first = seen[0].moment
        outcome = rollout.steps[first.attempt - 1][1]
        asked = names.get(first.subtask.object_name, placed.get(first.subtask.object_id))
        one = _Try(seen, asked, names.get(first.subtask.reference_name or ""), outcome)
        rows += _labeled(one, rollout, failures)
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Labels(columns[0], columns[1], columns[2], columns[3], tuple(failures))


def _placed(rollout: Rollout) -> dict[str, str]:
    """The true thing of each one that is seen at first: a thing without a name of its own is found by its place."""
    first = rollout.seen[0] if rollout.seen else None
    out: dict[str, str] = {}
    for item in first.moment.scene.objects if first is not None else ():
        assert first is not None
        gaps = [(float(np.hypot(*(at - item.position)[:2])), name) for name, at in first.places.items()]
        gap, name = min(gaps, default=(np.inf, ""))
        if gap < ELSEWHERE_M and name in rollout.objects:
            out[item.id] = name
    return out


def _labeled(
    one: _Try, rollout: Rollout, failures: list[tuple[float, float, Cause]]
) -> list[tuple[int, int, int, int]]:
    none = CAUSES.index(Cause.NONE)
    if one.thing is None or one.thing not in rollout.objects:
        return [(UNKNOWN, UNKNOWN, UNKNOWN, none)] * len(one.seen)
    right = [int(_is_right(one, w, rollout)) for w in one.seen]
    if right[-1]:
        return [(r, 1, 0, none) for r in right]
    found = _failure(one, rollout)
    if found is None:
        return [(r, UNKNOWN, UNKNOWN, none) for r in right]
    t, cause = found
    done = [at for at, _ in rollout.disturbed if at <= t + 1e-6]
    since = max([at for at in done if at >= one.seen[0].moment.t - HORIZON_S], default=-np.inf)
    began = max(t - HORIZON_S, since) if since > -np.inf else t - HORIZON_S
    failures.append((t, max(since, one.seen[0].moment.t) if since > -np.inf else t, cause))
    out = []
    for r, w in zip(right, one.seen, strict=True):
        now = w.moment.t
        failing = int(now >= began - 1e-6)
        out.append((r, int(now < since), failing, CAUSES.index(cause) if failing else none))
    return out


def _in_hand(w: Witnessed, rollout: Rollout) -> str | None:
    """The thing that is truly between the fingers."""
    body = w.moment.body
    near = [
        (float(np.linalg.norm(at - w.tool)), name) for name, at in w.places.items()
        if name in rollout.objects and rollout.objects[name][0] != "bowl"
    ]  # fmt: skip
    gap, name = min(near, default=(np.inf, ""))
    if not near or not body.closing:
        return None
    kind, _, size = rollout.objects[name]
    if kind != "block" and _is_lifted(w, name, rollout.seen[0].places) and gap < HAND_M + max(size) / 2:
        return name  # a thing of another shape may be held at its end, or at a part that is thin
    return name if gap <= HAND_M and body.opening >= GRIPS * min(size[:2]) else None


def _is_lifted(w: Witnessed, name: str, before: Mapping[str, Array]) -> bool:
    start = before.get(name)
    return start is not None and bool(w.places[name][2] - start[2] > RISEN_M)


def _is_right(one: _Try, w: Witnessed, rollout: Rollout) -> bool:
    """Whether the subtask is truly done at this moment."""
    assert one.thing is not None
    at, start = w.places.get(one.thing), one.seen[0].places.get(one.thing)
    held = _in_hand(w, rollout)
    if at is None or start is None:
        return False
    if one.subtask.verb is Verb.PICK:
        return held == one.thing and bool(at[2] - min(start[2], at[2]) > RISEN_M or start[2] > 0.08)
    if held == one.thing:
        return False
    return one.target is None or _in_place(one, w.places, rollout)


def _in_place(one: _Try, places: Mapping[str, Array], rollout: Rollout) -> bool:
    assert one.thing is not None and one.target is not None
    if one.target not in places:
        return False
    gap = places[one.thing] - places[one.target]
    mine, its = rollout.objects[one.thing][2], rollout.objects[one.target][2]
    if one.subtask.relation is Relation.IN:
        return bool(np.hypot(gap[0], gap[1]) < its[0] / 2 and gap[2] < its[2] / 2 + mine[2])
    if one.subtask.relation is Relation.ON:
        resting = abs(gap[2] - (mine[2] + its[2]) / 2) < RESTS_M
        return bool(resting and np.abs(gap[:2]).max() < its[0] / 2 + ON_M)
    return True


def _failure(one: _Try, rollout: Rollout) -> tuple[float, Cause] | None:
    """When the attempt failed, and why; None if nobody can tell, as when it was broken off."""
    assert one.thing is not None
    held = [_in_hand(w, rollout) for w in one.seen]
    found = [_gone(one), _wrong(one, held), _lost(one, held, rollout), _closed_on_nothing(one, held, rollout)]
    sure = [one for one in found if one is not None]
    if sure:
        t, cause = min(sure)
        # Who takes a thing away, takes it out of the hand first.
        return t, Cause.GONE if found[0] is not None and found[0][0] - t < HORIZON_S else cause
    if one.outcome in ("superseded", "done", "running", "stopped"):
        return None
    return _no_progress(one, held, rollout)


def _gone(one: _Try) -> tuple[float, Cause] | None:
    for w in one.seen:
        for name in (one.thing, one.target):
            if name is not None and float(np.linalg.norm(w.places.get(name, np.zeros(3))[:2])) > AWAY_M:
                return w.moment.t, Cause.GONE
    return None


def _wrong(one: _Try, held: Sequence[str | None]) -> tuple[float, Cause] | None:
    for w, has in zip(one.seen, held, strict=True):
        if has is not None and has != one.thing:
            return w.moment.t, Cause.WRONG
        item = w.moment.scene.find(one.subtask.object_id)
        if item is None or item.age > SHUT_S or one.thing is None or one.thing not in w.places:
            continue
        near = {name: float(np.linalg.norm(at[:2] - item.position[:2])) for name, at in w.places.items()}
        if near[one.thing] > ELSEWHERE_M and any(
            gap < SAME_M for n, gap in near.items() if n not in (one.thing, one.target)
        ):
            return w.moment.t, Cause.WRONG
    return None


def _lost(one: _Try, held: Sequence[str | None], rollout: Rollout) -> tuple[float, Cause] | None:
    """The thing was in the hand, or should be, and is not any more at the end.

    Fingers that have closed on it and come up without it have not picked it up, however often they do.
    """
    if held[-1] == one.thing:
        return None
    picks = one.subtask.verb is Verb.PICK
    had = [
        k for k, name in enumerate(held)
        if name is not None and name == one.thing and (not picks or _is_lifted(one.seen[k], name, one.seen[0].places))
    ]  # fmt: skip
    if not had:
        return (one.seen[0].moment.t, Cause.SLIPPED) if one.subtask.verb is Verb.PLACE else None
    k = had[-1] + 1
    if one.seen[k].moment.body.closing:
        return one.seen[k].moment.t, Cause.SLIPPED
    if one.subtask.verb is Verb.PICK:
        return None
    return _let_go(one, k, rollout)


def _let_go(one: _Try, k: int, rollout: Rollout) -> tuple[float, Cause]:
    """A thing that was let go at moment number ``k`` is not where it was to go at the end.

    The put has failed then, unless the thing lay there for a while, or something happened while it fell.
    """
    t = one.seen[k].moment.t
    lay = [n for n in range(k, len(one.seen)) if _is_right(one, one.seen[n], rollout)]
    struck = min((at for at, _ in rollout.disturbed if t < at <= t + FALLS_S), default=t)
    failed = one.seen[lay[-1] + 1].moment.t if lay else struck
    w = next((w for w in one.seen if w.moment.t >= failed), one.seen[-1])
    return w.moment.t, _why_not(one, w, rollout, Cause.MISSED)


def _closed_on_nothing(one: _Try, held: Sequence[str | None], rollout: Rollout) -> tuple[float, Cause] | None:
    if one.subtask.verb is not Verb.PICK:
        return None
    since: float | None = None
    for w, has in zip(one.seen, held, strict=True):
        body, t = w.moment.body, w.moment.t
        since = (t if since is None else since) if body.closing and has is None else None
        assert one.thing is not None
        if since is not None and t - since >= SHUT_S and body.opening < GRIPS * min(rollout.objects[one.thing][2][:2]):
            return since, Cause.SENSOR if rollout.kind in SEEN_LESS else Cause.MISSED
    return None


def _no_progress(one: _Try, held: Sequence[str | None], rollout: Rollout) -> tuple[float, Cause]:
    """The last moment at which the hand, or the thing in it, came nearer to where it is to go."""
    assert one.thing is not None
    least, last = np.inf, one.seen[0].moment.t
    for w in one.seen:
        goal = w.places.get(one.thing if one.subtask.verb is Verb.PICK else one.target or one.thing)
        gap = np.inf if goal is None else float(np.linalg.norm(goal - w.tool))
        if gap < least - PROGRESS_M:
            least, last = gap, w.moment.t
    return last, _why_not(one, one.seen[-1], rollout, Cause.STUCK)


def _why_not(one: _Try, w: Witnessed, rollout: Rollout, otherwise: Cause) -> Cause:
    """Blocked if something stands where the thing is to go, else what the disturbance says."""
    target = w.places.get(one.target or "")
    if target is not None and one.target is not None:
        base = target[2] + rollout.objects[one.target][2][2] / 2 if one.subtask.relation is Relation.ON else target[2]
        for name, at in w.places.items():
            aside = float(np.hypot(*(at - target)[:2]))
            if name not in (one.thing, one.target) and aside < rollout.objects[one.target][2][0] / 2 and at[2] > base:
                return Cause.BLOCKED
    return Cause.SENSOR if rollout.kind in SEEN_LESS else otherwise

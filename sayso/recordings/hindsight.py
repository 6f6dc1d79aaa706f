"""Training columns from recordings of other programs: the goal of each moment is taken from what happened later.

No recording says where things were. But the hand closed around the thing, and opened over its place: until the grasp
the goal is where the hand will grasp, until the release where it will let go.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.hardware.types import Array, RobotSpec
from sayso.recordings.columns import ACTION
from sayso.recordings.grips import Grip
from sayso.recordings.label import Reading, Track, label_episode, open_dataset
from sayso.skills.dataset import DatasetError, read_episodes
from sayso.skills.episodes import Episode, Texts
from sayso.skills.features import Proprioception, features
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion, parse
from sayso.skills.posture import posture_of

LIFTED_M = 0.04
"""Picking up ends when the thing is this high above where it stood."""
AFTER_S = 1.0
"""How long after the last release the arm still acts for the placing."""
RATE_S, SPEED_S = 0.06, 0.08
HEIGHTS_M = (0.01, 0.12)

Columns = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Foreign:
    """Rows (N) of foreign recordings for training: ``features`` (N, F), encoded ``motions`` (N, M), ``actions``
    (N, n+1). ``unused`` episodes had no grasp."""

    features: NDArray[np.float32]
    motions: NDArray[np.float32]
    actions: NDArray[np.float32]
    episodes: int
    unused: int


def foreign_rows(root: Path, spec: RobotSpec) -> Foreign:
    """The rows of the dataset in ``root`` for the arm ``spec``; an unlabeled one is labeled by rule first.

    Raises `UserError` for a dataset of another or an unknown arm, and for one without any grasp.
    """
    reading = open_dataset(root)
    if reading.spec is None:
        raise UserError(f"{root} is of an unknown arm ('{reading.info.robot_type}'), so nothing can be trained from it")
    if (reading.spec.name, reading.spec.joints) != (spec.name, spec.joints):
        raise UserError(f"{root} is of the {reading.spec.name}, which does not fit a training of the {spec.name}")
    columns = list(dict.fromkeys([reading.state, *([ACTION] if reading.action is not None else [])]))
    found: list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]] = []
    count = unused = 0
    try:
        for number, episode in enumerate(read_episodes(root, videos=False, columns=columns)):
            rows = _rows(reading, spec, number, episode)
            count, unused = count + 1, unused + (not rows)
            found += rows
    except DatasetError as error:
        raise UserError(str(error)) from error
    if not found:
        raise UserError(f"{root} has no episode with a grasp, so nothing can be trained from it")
    inputs, motions, actions = (np.stack(part).astype(np.float32) for part in zip(*found, strict=True))
    return Foreign(inputs, motions, actions, count, unused)


def _rows(
    reading: Reading, spec: RobotSpec, number: int, episode: Episode
) -> list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]]:
    labels = label_episode(reading, number, episode)
    track = labels.track
    if not track.grips or track.opening is None or spec.gripper is None:
        return []
    fps, posture = episode.fps, posture_of(spec)
    commanded = track.joints if track.commanded is None else track.commanded
    speeds = _speeds(commanded, fps)
    opening = track.opening * spec.gripper.width
    back = max(round(RATE_S * fps), 1)
    motions = _active(root=reading.root, texts=labels.motions, frames=len(episode), fps=fps)
    out = []
    for k, goal in _goals(track, spec.gripper.width, fps):
        closing = _closing(track.grips, k)
        rate = (opening[k] - opening[max(k - back, 0)]) * fps / max(min(back, k), 1)
        body = Proprioception(
            track.joints[k], commanded[max(k - 1, 0)], track.tools[k], float(opening[k]), float(rate),
            _closing(track.grips, k - 1), posture,
        )  # fmt: skip
        action = np.append(speeds[k], float(closing))
        out.append((features(body, goal), motions[k].encode().astype(np.float32), action.astype(np.float32)))
    return out


def _goals(track: Track, width: float, fps: float) -> Iterator[tuple[int, SubtaskGoal]]:
    """Each usable frame, with the goal that the arm pursued then."""
    begin = 0
    pairs = [(grip, _release_after(track.grips, i)) for i, grip in enumerate(track.grips) if grip.kind == "grasp"]
    for i, (grasp, release) in enumerate(pairs):
        taken = track.tools[grasp.end]
        height = float(np.clip(2 * taken.position[2], *HEIGHTS_M))
        size = np.array([grasp.opening * width, grasp.opening * width, height])
        for k in range(begin, grasp.end):
            yield k, SubtaskGoal.of_box(taken.position, size, taken.yaw)
        until = len(track.tools) if release is None else release.begin
        lifted = next(
            (k for k in range(grasp.end, until) if track.tools[k].position[2] > taken.position[2] + LIFTED_M), until
        )
        place = None if release is None else track.tools[release.begin].position - [0.0, 0.0, height / 2]
        for k in range(grasp.end, until):
            tool = track.tools[k]
            there = place if k >= lifted else None
            yield k, SubtaskGoal.of_box(tool.position, size, tool.yaw, held=True, place=there)
        if release is None:
            return
        left = track.tools[release.begin]
        last = i + 1 == len(pairs)
        end = min(release.end + round(AFTER_S * fps), len(track.tools)) if last else release.end
        for k in range(release.begin, end):
            yield k, SubtaskGoal.of_box(left.position, size, left.yaw, place=place)
        begin = end


def _release_after(grips: Sequence[Grip], number: int) -> Grip | None:
    return next((grip for grip in grips[number:] if grip.kind == "release"), None)


def _closing(grips: Sequence[Grip], frame: int) -> bool:
    """Whether the gripper is commanded to close at ``frame``: from a grasp's begin to the release's."""
    begun = [grip for grip in grips if grip.begin <= frame]
    return bool(begun) and begun[-1].kind == "grasp"


def _speeds(commanded: Array, fps: float) -> Array:
    """The rate of the commanded joints (T, n) rad/s, over `SPEED_S` on either side."""
    frames = np.arange(len(commanded))
    reach = max(round(SPEED_S * fps / 2), 1)
    before, after = np.maximum(frames - reach, 0), np.minimum(frames + reach, len(commanded) - 1)
    return np.asarray((commanded[after] - commanded[before]) * fps / np.maximum(after - before, 1)[:, None])


def _active(*, root: Path, texts: Texts, frames: int, fps: float) -> list[LanguageMotion]:
    """The motion in force at each frame. Raises `UserError` for one that is not in the grammar."""
    times = [t for t, _ in texts]
    try:
        motions = [parse(text) for _, text in texts]
    except ValueError as error:
        raise UserError(f"{root} has a motion that cannot be trained from: {error}") from None
    return [motions[max(bisect_right(times, k / fps + 1e-6) - 1, 0)] for k in range(frames)]


def beside(own: Columns, foreign: Foreign) -> dict[str, NDArray[np.float32]]:
    """The demonstrations' columns ``own`` with ``foreign`` rows below them.

    A foreign row has no neighbors and no answers to other motions: the row itself stands in, so it weighs as much as an
    own one.
    """
    rows = {"features": foreign.features, "motion": foreign.motions, "own": foreign.motions, "said": foreign.motions}
    rows["action"] = foreign.actions
    out = {}
    for name, values in own.items():
        if name == "episode_index":
            continue
        row = rows[name.rpartition(".")[2]]
        if values.shape[1] % row.shape[1]:
            raise UserError(
                f"column '{name}' has {values.shape[1]} numbers, which foreign rows of {row.shape[1]} do not fit"
            )
        out[name] = np.concatenate([values, np.tile(row, (1, values.shape[1] // row.shape[1]))])
    return out

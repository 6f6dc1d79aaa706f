"""Labels a LeRobotDataset with subtasks and language motions by rule, from joint states and the gripper alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sayso.errors import UserError
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Array, Pose, RobotSpec
from sayso.recordings.columns import ACTION, Place, arm_named, place_of, state_column
from sayso.recordings.grips import Grip, find_grips
from sayso.recordings.joint_words import joint_motions
from sayso.recordings.subtasks import subtasks_of
from sayso.recordings.units import Converter, Units, converter_of
from sayso.skills.dataset import DatasetError, read_episodes
from sayso.skills.dataset.layout import Info, load_info
from sayso.skills.episodes import Episode, Texts
from sayso.skills.labels import label_trajectory

CHOICES_A_SECOND = 5.0
"""Motions are chosen as often as the motion planner chooses one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a dataset is read: ``root``, columns, arm, units. ``converter`` is None for an arm of unknown geometry."""

    root: Path
    info: Info
    state: str
    place: Place
    converter: Converter | None
    action: Place | None
    spans: Array
    gripper_ends: tuple[float, float] = (0.0, 1.0)
    notes: tuple[str, ...] = ()

    @property
    def spec(self) -> RobotSpec | None:
        """The arm, None for one of unknown geometry."""
        return None if self.converter is None else self.converter.spec


@dataclass(frozen=True, eq=False)
class Track:
    """What an arm did in T samples: joints and commanded joints (T, n) rad, tool poses, openings (T,) 0 to 1.

    ``closing`` (T,) is the command to the gripper where there is one. Without an arm's geometry there are no poses.
    """

    joints: Array
    commanded: Array | None
    tools: Sequence[Pose]
    opening: Array | None
    closing: Array | None
    grips: tuple[Grip, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one episode; times in s from its first sample."""

    number: int
    task: str
    seconds: float
    subtasks: Texts
    motions: Texts
    grips: tuple[Grip, ...]
    track: Track = field(repr=False)


def open_dataset(
    root: Path,
    *,
    robot: str | None = None,
    units: Units | None = None,
    state: str | None = None,
    closed_high: bool = False,
) -> Reading:
    """How the dataset in ``root`` is to be read. Raises `UserError` if it cannot be labeled, in one line."""
    try:
        info = load_info(root)
        column = state_column(info, state)
        name = robot or arm_named(info.robot_type)
        spec = load_arm(name) if name else None
        place = place_of(info, column, spec)
        if not place.joints:
            raise UserError(f"the dataset has no joint states in column '{column}'")
        rows = [episode.columns[column] for episode in read_episodes(root, videos=False, columns=[column])]
    except DatasetError as error:
        raise UserError(str(error)) from error
    if not rows:
        raise UserError(f"the dataset in '{root}' has no episodes")
    whole = np.concatenate(rows).astype(np.float64)
    action = _same_numbers(info, column)
    spans = np.ptp(whole[:, place.joints], axis=0)
    notes = []
    if spec is None:
        known = "so101, koch, panda, ur5e, piper, or a folder with arm.json"
        notes.append(
            f"unknown arm '{info.robot_type}': motions are in joint words and cannot be trained from; "
            f"--robot names it ({known})"
        )
        gripped = whole[:, place.gripper].sum(1) if place.gripper else np.zeros(1)
        ends = (float(gripped.min()), float(gripped.max()))
        if closed_high:
            ends = ends[::-1]
        return Reading(root, info, column, place, None, action, spans, ends, tuple(notes))
    stated = () if info.sayso is None else tuple(info.sayso.units.get(column, ()))
    converter = converter_of(spec, place, whole, units, stated, closed_high)
    if spec.name not in (info.robot_type or "").lower():
        notes.append(f"robot '{info.robot_type}' is read as the {spec.name}")
    return Reading(root, info, column, place, converter, action, spans, notes=tuple(notes))


def _same_numbers(info: Info, state: str) -> Place | None:
    """Where a commanded position is in the action, if the action has the state's names; None otherwise."""
    if ACTION not in info.columns:
        return None
    there, here = info.columns[ACTION], info.columns[state]
    return Place((), (), ()) if there.shape == here.shape and there.names == here.names else None


def track_of(reading: Reading, episode: Episode) -> Track:
    """What the arm did in ``episode``."""
    rows = episode.columns[reading.state].astype(np.float64)
    sent = None if reading.action is None else episode.columns[ACTION].astype(np.float64)
    converter = reading.converter
    if converter is None:
        joints = rows[:, reading.place.joints]
        opening, closing = (None if x is None else _between(reading, x) for x in (rows, sent))
        tools: list[Pose] = []
    else:
        joints = converter.joints(rows)
        opening = converter.opening(rows)
        closing = None if sent is None else converter.opening(sent)
        kinematics = Kinematics(converter.spec)
        tools = [kinematics.forward(q) for q in joints]
    commanded = None if sent is None or converter is None else converter.joints(sent)
    grips = () if opening is None else tuple(find_grips(opening, closing))
    return Track(joints, commanded, tools, opening, closing, grips)


def _between(reading: Reading, rows: Array) -> Array | None:
    """The gripper's place between the ends that the dataset shows; None without a gripper."""
    shut, wide = reading.gripper_ends
    if not reading.place.gripper or shut == wide:
        return None
    return np.asarray(np.clip((rows[:, reading.place.gripper].sum(1) - shut) / (wide - shut), 0.0, 1.0))


def label_episode(reading: Reading, number: int, episode: Episode, again: bool = False) -> Labels:
    """The labels of one episode; texts that it has already stay unless ``again``."""
    track = track_of(reading, episode)
    subtasks, motions = ((), ()) if again else (episode.subtasks, episode.motions)
    if not subtasks:
        subtasks = subtasks_of(episode.task, track.grips, len(episode), episode.fps)
    if not motions:
        motions = _changes(_motions(reading, track, episode), episode.fps)
    return Labels(number, episode.task, len(episode) / episode.fps, subtasks, motions, track.grips, track)


def _motions(reading: Reading, track: Track, episode: Episode) -> list[str]:
    if reading.converter is None:
        names = tuple(reading.place.names[i] for i in reading.place.joints)
        return joint_motions(track.joints, names, reading.spans, track.opening, episode.fps)
    opening = np.zeros(len(episode)) if track.opening is None else track.opening
    return [str(motion) for motion in label_trajectory(episode.times, track.tools, opening)]


def _changes(motions: Sequence[str], fps: float) -> Texts:
    """The changes of a motion that is chosen anew `CHOICES_A_SECOND` times a second."""
    out: list[tuple[float, str]] = []
    choices = np.arange(0, len(motions), max(fps / CHOICES_A_SECOND, 1.0)).astype(int)
    for k in choices.tolist():
        if not out or out[-1][1] != motions[k]:
            out.append((k / fps, motions[k]))
    return tuple(out)


def label_dataset(reading: Reading, again: bool = False) -> list[Labels]:
    """The labels of all episodes. Raises `UserError` for a dataset that cannot be read."""
    columns = list(dict.fromkeys([reading.state, *([ACTION] if reading.action is not None else [])]))
    try:
        episodes = read_episodes(reading.root, videos=False, columns=columns)
        return [label_episode(reading, number, episode, again) for number, episode in enumerate(episodes)]
    except DatasetError as error:
        raise UserError(str(error)) from error


def with_labels(episode: Episode, labels: Labels) -> Episode:
    """``episode`` with the texts of its labels."""
    begin = float(episode.times[0])
    return replace(
        episode,
        subtasks=tuple((begin + t, text) for t, text in labels.subtasks),
        motions=tuple((begin + t, text) for t, text in labels.motions),
    )

"""Describes a dataset's columns and videos, and checks whether an episode fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.skills.dataset.layout import (
    DATA_PATH,
    DEFAULT_COLUMNS,
    LANGUAGE_TYPES,
    VIDEO_PATH,
    DatasetError,
    Feature,
    Info,
    Own,
)
from sayso.skills.dataset.units import units_of, unlike
from sayso.skills.episodes import Episode

_KINDS = {"f": "float32", "i": "int64", "u": "int64", "b": "bool"}


def stored_kind(values: NDArray) -> str:
    """The dtype in which a column is stored."""
    return _KINDS[values.dtype.kind]


def describe(episode: Episode, *, plain: bool) -> Info:
    """Info of an empty dataset for episodes like this one, with language columns unless ``plain``."""
    features = {}
    for name, values in episode.columns.items():
        names = list(episode.names[name]) if name in episode.names else None
        features[name] = Feature(dtype=stored_kind(values), shape=[values.shape[1]], names=names)
    for key, frames in episode.videos.items():
        details: dict[str, Any] = {
            "video.height": frames.shape[1],
            "video.width": frames.shape[2],
            "video.codec": "h264",
            "video.pix_fmt": "yuv420p",
            "video.is_depth_map": False,
            "video.fps": episode.fps,
            "video.channels": 3,
            "has_audio": False,
        }
        about = {"dtype": "video", "shape": frames.shape[1:], "names": ["height", "width", "channels"], "info": details}
        features[key] = Feature.model_validate(about)
    features |= {name: Feature(dtype=kind, shape=[1]) for name, kind in DEFAULT_COLUMNS.items()}
    if not plain:
        features |= {name: Feature(dtype="language", shape=[1]) for name in LANGUAGE_TYPES}
    paths = {"data_path": DATA_PATH, "video_path": VIDEO_PATH if episode.videos else None}
    info = Info.model_validate({"robot_type": episode.robot, "fps": episode.fps, "features": features} | paths)
    info.sayso = Own(units={name: list(units) for name, units in episode.units.items()})
    return info


def check(episode: Episode, info: Info) -> None:
    """Raise `DatasetError` unless ``episode`` can be added to the dataset of ``info``."""
    if (episode.robot, episode.fps) != (info.robot_type, info.fps):
        raise DatasetError(
            f"an episode of {episode.robot} at {episode.fps} fps does not fit "
            f"a dataset of {info.robot_type} at {info.fps} fps"
        )
    late = episode.times - episode.times[0] - np.arange(len(episode)) / info.fps
    worst = int(np.argmax(np.abs(late)))
    if abs(late[worst]) > 0.5 / info.fps:
        raise DatasetError(
            f"sample {worst} is {late[worst]:+.4f} s off the grid of {info.fps} fps; resample the episode first"
        )
    for name in (*episode.columns, *episode.videos):
        if name in DEFAULT_COLUMNS or name in LANGUAGE_TYPES:
            raise DatasetError(f"column '{name}' is written by the dataset itself; use another name")
    for key, frames in episode.videos.items():
        if frames.shape[1] % 2 or frames.shape[2] % 2:
            raise DatasetError(f"video '{key}' is {frames.shape[1]} x {frames.shape[2]}; H.264 needs even sizes")
    expected = {n: (f.dtype, f.shape) for n, f in (info.columns | {k: info.features[k] for k in info.videos}).items()}
    got = {n: (stored_kind(v), [v.shape[1]]) for n, v in episode.columns.items()}
    got |= {key: ("video", list(frames.shape[1:])) for key, frames in episode.videos.items()}
    for name in sorted(expected.keys() | got.keys()):
        if expected.get(name) != got.get(name):
            here, there = got.get(name, "missing"), expected.get(name, f"one of {sorted(expected)}")
            raise DatasetError(f"column '{name}' of the episode is {here}, the dataset needs {there}")
    for name, feature in info.columns.items():
        mine, theirs = episode.names.get(name), feature.names
        if (None if mine is None else list(mine)) != theirs:
            raise DatasetError(f"column '{name}' of the episode is {mine}, the dataset has {theirs} there")
    if wrong := unlike(units_of(info, info.columns, ours=True), episode.units):
        raise DatasetError(wrong)

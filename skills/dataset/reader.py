"""Reads a LeRobotDataset v3.0, v2.1 or v2.0: whole columns for training, or episode by episode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sayso.skills.dataset import layout
from sayso.skills.dataset.index import load_episodes, load_tasks
from sayso.skills.dataset.language import read_texts
from sayso.skills.dataset.layout import DatasetError, Feature, Info
from sayso.skills.dataset.rows import DataRows
from sayso.skills.dataset.units import units_of
from sayso.skills.dataset.video import read_frames
from sayso.skills.episodes import Episode, EpisodeError

ON_GRID_S = 2e-4  # float32 resolution of a time stamp after one hour
RATE_SLACK = 0.1  # relative tolerance of the frame rate, for time stamps from a real clock


def load_columns(root: str | Path, names: Sequence[str]) -> dict[str, NDArray]:
    """The numeric columns ``names`` of all frames, each (frames, n) float32, and ``episode_index`` (frames,) int64.

    Frames are in the order of episodes and frames, wherever they are stored. Raises `DatasetError` for an unknown
    column, broken files, missing or duplicate frames, and time stamps of another frame rate than the dataset's.
    """
    root = Path(root)
    info = layout.load_info(root)
    known = {name: feature for name, feature in info.features.items() if feature.is_numeric}
    for name in names:
        if name not in known:
            raise DatasetError(f"the dataset in '{root}' has no numeric column '{name}'; it has {', '.join(known)}")
    episodes = load_episodes(root, info)
    out: dict[str, NDArray] = {n: np.empty((info.total_frames, known[n].shape[0]), np.float32) for n in names}
    stamps = np.empty(info.total_frames)
    for at, table in DataRows(root, info, episodes, [*names, "timestamp"]).scan():
        stamps[at] = table["timestamp"].to_numpy()
        for name, values in out.items():
            values[at] = _values(table, name, known[name])
    lengths = episodes["length"].to_numpy()
    episode = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    _check_rate(np.diff(stamps)[np.diff(episode) == 0], info, f"'{root}'")
    return out | {"episode_index": episode}


def read_episodes(root: str | Path, *, videos: bool = True, columns: Sequence[str] | None = None) -> Iterator[Episode]:
    """All episodes in order, with times from 0; without ``videos`` no image is decoded.

    ``columns`` selects numeric columns; None: all. Times are the recorded ones: dropped frames leave gaps, which
    `sayso.skills.episodes.resample` closes. Raises `DatasetError` for missing or broken files, missing or duplicate
    frames, and columns that no `Episode` can hold.
    """
    root = Path(root)
    info = layout.load_info(root)
    episodes = load_episodes(root, info)
    tasks = load_tasks(root) if len(episodes) else {}
    numeric = _wanted(root, info, videos, columns)
    images = info.images if videos else []
    wanted = [*numeric, *images, "timestamp", "task_index"]
    wanted += [name for name in layout.LANGUAGE_TYPES if name in info.features]
    rows = DataRows(root, info, episodes, wanted)
    units = units_of(info, numeric, "seed" in episodes.column_names)
    for number, row in enumerate(episodes.to_pylist()):
        table = rows.episode(number)
        texts = dict(zip(("subtasks", "motions", "events", "understood"), read_texts(table), strict=True))
        times, stamps = _times(number, table, info)
        pictures = {key: _pictures(table, key, number) for key in images}
        for key in info.videos if videos else ():
            path, start = _video(root, info, row, key)
            pictures[key] = read_frames(path, start + stamps, info.fps)
        for key, frames in pictures.items():
            _check_size(number, key, frames, info.features[key])
        try:
            yield Episode(
                robot=info.robot_type or "",
                fps=info.fps,
                task=_task(number, row, table, tasks),
                seed=row.get("seed") or 0,
                success=row.get("success"),
                times=times,
                columns={n: _values(table, n, f).astype(f.dtype, copy=False) for n, f in numeric.items()},
                names={n: names for n, f in numeric.items() if (names := names_of(f)) is not None},
                units=units,
                videos=pictures,
                **texts,
            )
        except EpisodeError as error:
            raise DatasetError(f"episode {number} of '{root}': {error}") from None


def _wanted(root: Path, info: Info, videos: bool, columns: Sequence[str] | None) -> dict[str, Feature]:
    """The numeric columns to read. Raises `DatasetError` for unreadable columns that the caller did not exclude."""
    known = info.columns
    if columns is not None:
        if unknown := [name for name in columns if name not in known]:
            raise DatasetError(f"the dataset in '{root}' has no numeric column '{unknown[0]}'; it has {list(known)}")
        known = {name: known[name] for name in columns}
    else:
        taken = {*known, *info.videos, *info.images, *layout.DEFAULT_COLUMNS, *layout.LANGUAGE_TYPES}
        if left := [f"{name} ({f.dtype} {f.shape})" for name, f in info.features.items() if name not in taken]:
            raise DatasetError(f"columns of '{root}' cannot be read: {', '.join(left)}; select columns")
    for key in info.videos if videos else ():
        rate = (info.features[key].model_extra or {}).get("info", {}).get("video.fps")
        if isinstance(rate, int | float) and abs(rate - info.fps) > RATE_SLACK * info.fps:
            raise DatasetError(
                f"{root / layout.INFO_PATH} says {rate:g} fps of video '{key}' and {info.fps:g} of its data"
            )
    deep = [key for key in info.videos if (info.features[key].model_extra or {}).get("info", {}).get(_DEPTH)]
    if videos and deep:
        raise DatasetError(f"video '{deep[0]}' of '{root}' holds depth, which cannot be read; leave videos out")
    return known


_DEPTH = "video.is_depth_map"


def _task(number: int, row: dict[str, Any], table: pa.Table, tasks: dict[int, str]) -> str:
    """The single task of an episode's frames, checked against meta/episodes if listed there."""
    found = table["task_index"].unique().to_pylist()
    if len(found) != 1:
        texts = ", ".join(repr(tasks.get(n, n)) for n in found[:5])
        raise DatasetError(f"the frames of episode {number} have {len(found)} tasks ({texts}); one is needed")
    if found[0] not in tasks or tasks[found[0]] is None:
        raise DatasetError(
            f"the frames of episode {number} have task {found[0]}, which {layout.TASKS_PATH} lacks; "
            f"it has {sorted(tasks)[:20]}"
        )
    task, listed = tasks[found[0]], row.get("tasks")
    if listed and task not in listed:
        raise DatasetError(f"the frames of episode {number} have the task {task!r}, but meta/episodes says {listed}")
    return task


def _times(number: int, table: pa.Table, info: Info) -> tuple[NDArray, NDArray]:
    """Each frame's time (s from the first) and time stamp; snapped to the grid if the stamps are within `ON_GRID_S`."""
    stamps = table["timestamp"].to_numpy().astype(np.float64)
    if not np.isfinite(stamps).all() or (np.diff(stamps) <= 0).any():
        frame = int(np.argmin(np.append(np.diff(stamps) > 0, False))) + 1
        raise DatasetError(f"the time stamps of episode {number} do not increase at frame {frame}")
    _check_rate(np.diff(stamps), info, f"episode {number}")
    grid = np.arange(len(stamps)) / info.fps
    if np.abs(stamps - grid).max() <= ON_GRID_S:
        return grid, grid
    return stamps - stamps[0], stamps


def _check_rate(steps: NDArray, info: Info, what: str) -> None:
    """Raise `DatasetError` if the median of ``steps`` (n,) s does not match the dataset's rate."""
    step = float(np.median(steps)) if len(steps) else 1 / info.fps
    if abs(step * info.fps - 1) > RATE_SLACK:
        raise DatasetError(
            f"the time stamps of {what} are of {1 / max(step, 1e-9):.4g} frames a second, "
            f"but {layout.INFO_PATH} says fps {info.fps:g}; correct the one that is wrong"
        )


def _check_size(number: int, key: str, frames: NDArray, feature: Feature) -> None:
    """Raise `DatasetError` unless pictures (T, H, W, 3) have the declared size, in either axis order."""
    height, width = frames.shape[1:3]
    if feature.shape not in ([height, width, 3], [3, height, width]):
        raise DatasetError(
            f"the pictures '{key}' of episode {number} are {height} x {width}, "
            f"but {layout.INFO_PATH} says the shape {feature.shape}"
        )


def _video(root: Path, info: Info, row: dict[str, Any], key: str) -> tuple[Path, float]:
    """The video file of an episode, and the episode's start in it, s."""
    chunk, file, start = (row.get(f"videos/{key}/{part}") for part in ("chunk_index", "file_index", "from_timestamp"))
    if chunk is None or file is None or start is None:
        raise DatasetError(f"meta/episodes of '{root}' does not say where video '{key}' is")
    return root / info.video_file(key, chunk, file), start


def _pictures(table: pa.Table, key: str, number: int) -> NDArray[np.uint8]:
    """Pictures stored in the data file, (T, H, W, 3) RGB."""
    out = []
    for frame, cell in enumerate(table[key].to_pylist()):
        content = cell.get("bytes") if isinstance(cell, dict) else None
        bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
        if bgr is None:
            raise DatasetError(f"picture '{key}' of frame {frame} of episode {number} cannot be decoded")
        out.append(np.asarray(bgr, np.uint8)[..., ::-1])
    if len({picture.shape for picture in out}) != 1:
        raise DatasetError(f"the pictures '{key}' of episode {number} are of different sizes")
    return np.stack(out)


def names_of(feature: Feature) -> tuple[str, ...] | None:
    """The names of a column's numbers, None unless there is one for each."""
    names = feature.names
    if isinstance(names, dict):  # LeRobot's form before version 3: {"motors": [...]}
        names = [name for part in names.values() for name in (part if isinstance(part, list) else [part])]
    return tuple(map(str, names)) if isinstance(names, list) and len(names) == feature.shape[0] else None


def _values(table: pa.Table, name: str, feature: Feature) -> NDArray:
    column = table[name].combine_chunks()
    if pa.types.is_nested(column.type):
        column = column.flatten()
    width = feature.shape[0]
    if pa.types.is_floating(column.type) and not feature.dtype.startswith("float"):
        raise DatasetError(f"column '{name}' holds {column.type}, but {layout.INFO_PATH} says {feature.dtype}")
    if column.null_count or len(column) != len(table) * width:
        raise DatasetError(f"column '{name}' does not have {width} numbers in every row, as its shape says")
    return column.to_numpy(zero_copy_only=False).reshape(-1, width)

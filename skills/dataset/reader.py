"""Reads a LeRobotDataset v3.0: whole columns for training, or episode by episode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skills.dataset import layout
from skills.dataset.index import data_files, load_episodes, load_tasks, open_parquet
from skills.dataset.language import read_texts
from skills.dataset.layout import DatasetError, Info
from skills.dataset.video import read_frames
from skills.episodes import Episode


def load_columns(root: str | Path, names: Sequence[str]) -> dict[str, NDArray]:
    """The numeric columns ``names`` of all frames, each (frames, n) float32, and ``episode_index`` (frames,) int64.

    Raises `DatasetError` for a column that the dataset does not have and for files that are broken.
    """
    root = Path(root)
    info = layout.load_info(root)
    known = {name: feature for name, feature in info.features.items() if feature.is_numeric}
    for name in names:
        if name not in known:
            raise DatasetError(f"the dataset in '{root}' has no numeric column '{name}'; it has {', '.join(known)}")
    out: dict[str, NDArray] = {n: np.empty((info.total_frames, known[n].shape[0]), np.float32) for n in names}
    episode_index = np.empty(info.total_frames, np.int64)
    row = 0
    for table in _groups(root, info, [*out, "episode_index"]):
        for name, values in out.items():
            values[row : row + len(table)] = _values(table, name, values.shape[1])
        episode_index[row : row + len(table)] = table["episode_index"].to_numpy()
        row += len(table)
    return out | {"episode_index": episode_index}


def read_episodes(root: str | Path, *, videos: bool = True) -> Iterator[Episode]:
    """All episodes in order, their times starting at 0; without ``videos`` no image is decoded.

    Raises `DatasetError` for files that are missing or broken.
    """
    root = Path(root)
    info = layout.load_info(root)
    rows = load_episodes(root, info).to_pylist()
    tasks = load_tasks(root) if rows else []
    wanted = [*info.columns, "timestamp", "task_index"]
    wanted += [name for name in layout.LANGUAGE_TYPES if name in info.features]
    waiting: pa.Table | None = None
    groups = _groups(root, info, wanted)
    for row in rows:
        while waiting is None or len(waiting) < row["length"]:
            group = next(groups)
            waiting = group if waiting is None else pa.concat_tables([waiting, group])
        yield _episode(root, info, row, waiting.slice(0, row["length"]), tasks, videos)
        waiting = waiting.slice(row["length"])


def _episode(root: Path, info: Info, row: dict, table: pa.Table, tasks: list[str], videos: bool) -> Episode:
    subtasks, motions, events = read_texts(table)
    images = {}
    for key in info.videos if videos else ():
        chunk, file, start = (row[f"videos/{key}/{part}"] for part in ("chunk_index", "file_index", "from_timestamp"))
        path = root / layout.numbered(layout.VIDEO_PATH, chunk * layout.FILES_PER_CHUNK + file, video_key=key)
        images[key] = read_frames(path, start, row["length"], info.fps)
    numeric = info.columns
    return Episode(
        robot=info.robot_type or "",
        fps=info.fps,
        task=tasks[table["task_index"][0].as_py()],
        seed=row.get("seed") or 0,
        success=row.get("success"),
        times=np.arange(len(table)) / info.fps,
        columns={n: _values(table, n, f.shape[0]).astype(f.dtype, copy=False) for n, f in numeric.items()},
        names={n: tuple(f.names) for n, f in numeric.items() if isinstance(f.names, list)},
        subtasks=subtasks,
        motions=motions,
        events=events,
        videos=images,
    )


def _groups(root: Path, info: Info, names: list[str]) -> Iterator[pa.Table]:
    """The data files' row groups in order, of the columns ``names``."""
    episodes = load_episodes(root, info)
    if not len(episodes):
        return
    lengths = episodes["length"].to_numpy()
    for number, rows in data_files(episodes):
        path = root / layout.numbered(layout.DATA_PATH, number)
        with open_parquet(path) as file:
            missing = [name for name in names if name not in file.schema_arrow.names]
            if missing:
                raise DatasetError(f"{path} has no column '{missing[0]}'; it has {', '.join(file.schema_arrow.names)}")
            if file.metadata.num_rows != lengths[rows].sum():
                raise DatasetError(f"{path} has {file.metadata.num_rows} rows, its episodes {lengths[rows].sum()}")
            for group in range(file.num_row_groups):
                try:
                    table = file.read_row_group(group, columns=names)
                except (pa.ArrowException, OSError) as error:
                    raise DatasetError(f"{path} is damaged: {error}") from None
                yield table.select(names)


def _values(table: pa.Table, name: str, width: int) -> NDArray:
    column = table[name].combine_chunks()
    if pa.types.is_nested(column.type):
        column = column.flatten()
    return column.to_numpy(zero_copy_only=False).reshape(-1, width)

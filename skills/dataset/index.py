"""What a dataset knows of its episodes: where each one lies, its task, its statistics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from skills.dataset import layout
from skills.dataset.layout import DatasetError, Info
from skills.dataset.stats import STATISTICS, Stats, combine
from skills.episodes import Episode

_PLACE = ("data/chunk_index", "data/file_index")


class EpisodeIndex:
    """The index of a dataset that is being written: ``episodes`` and ``frames`` so far, ``tasks``, next ``file``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.episodes = self.frames = self.file = 0
        self.tasks: list[str] = []
        self.pending: list[dict[str, Any]] = []
        self._stats: list[dict[str, Stats]] = []
        self._totals: dict[str, Stats] = {}

    def load(self, info: Info) -> None:
        """Go on with the dataset of ``info``; what a crash left beyond its totals is removed."""
        self.episodes, self.frames = info.total_episodes, info.total_frames
        if info.total_episodes:
            table = load_episodes(self.root, info, stats=True)
            if "seed" not in table.column_names:
                # Readers want one form of episode row in all files, and other writers have their own.
                raise DatasetError(
                    f"the dataset in '{self.root}' was written by another program; "
                    "copy its episodes into a new dataset to add to them"
                )
            self.tasks = load_tasks(self.root)[: info.total_tasks]
            chunks = [name for name in table.column_names if name.endswith("/chunk_index")]
            numbers = [_file_numbers(table, name.removesuffix("/chunk_index")).max() for name in chunks]
            self.file = int(max(numbers)) + 1
            self._totals = {name: combine(_stats_of(table, name)) for name in _features(table)}
        for pattern in ("data/*/*", "videos/*/*/*", "meta/episodes/*/*"):
            for path in self.root.glob(pattern):
                if path.suffix == layout.PARTIAL or _number(path) >= self.file:
                    path.unlink()

    def task(self, text: str) -> int:
        """The number of a task, a new one if it was never seen."""
        if text not in self.tasks:
            self.tasks.append(text)
        return self.tasks.index(text)

    def add(self, episode: Episode, video_starts: Mapping[str, float], stats: dict[str, Stats]) -> None:
        """Note one episode; ``video_starts`` says at which second of its file each video begins."""
        chunk, file = divmod(self.file, layout.FILES_PER_CHUNK)
        place = {"chunk_index": chunk, "file_index": file}
        row: dict[str, Any] = {
            "episode_index": self.episodes,
            "tasks": [episode.task],
            "length": len(episode),
            "dataset_from_index": self.frames,
            "dataset_to_index": self.frames + len(episode),
            "seed": episode.seed,
            "success": episode.success,
        }
        row |= {f"{kind}/{name}": value for kind in ("data", "meta/episodes") for name, value in place.items()}
        for key, start in video_starts.items():
            span = {"from_timestamp": start, "to_timestamp": start + len(episode) / episode.fps}
            row |= {f"videos/{key}/{name}": value for name, value in (place | span).items()}
        self.pending.append(row)
        self._stats.append(stats)
        self.episodes += 1
        self.frames += len(episode)

    def save(self) -> None:
        """Write tasks, statistics and the pending episodes; the next ones belong to the next file."""
        table = pa.Table.from_pylist(self.pending)
        success = pa.array([row["success"] for row in self.pending], pa.bool_())
        table = table.set_column(table.column_names.index("success"), "success", success)
        for feature in self._stats[0]:
            stacked = {name: np.stack([stats[feature][name] for stats in self._stats]) for name in STATISTICS}
            for name, values in stacked.items():
                table = table.append_column(f"stats/{feature}/{name}", _lists(values, whole=name == "count"))
            before = self._totals.get(feature)
            if before is not None:
                stacked = {name: np.concatenate([before[name][None], values]) for name, values in stacked.items()}
            self._totals[feature] = combine(stacked)
        _replace_table(table, self.root / layout.numbered(layout.EPISODES_PATH, self.file))
        _replace_table(layout.task_table(self.tasks), self.root / layout.TASKS_PATH)
        stats = {
            f: {n: v.tolist() for n, v in s.items()} | {"count": [int(s["count"][0])]} for f, s in self._totals.items()
        }
        layout.replace_text(self.root / layout.STATS_PATH, json.dumps(stats, indent=4))
        self.pending, self._stats = [], []
        self.file += 1


def load_episodes(root: Path, info: Info, *, stats: bool = False) -> pa.Table:
    """A row for each episode that ``info`` counts, in order; raises `DatasetError` where some are missing."""
    tables = []
    for path in sorted((root / "meta/episodes").glob("*/*.parquet")):
        with open_parquet(path) as file:
            names = [n for n in file.schema_arrow.names if stats or not n.startswith("stats/")]
            tables.append(file.read(columns=names).select(names))
    table = (
        pa.concat_tables(tables, promote_options="default")
        if tables
        else pa.table({"episode_index": pa.array([], pa.int64())})
    )
    table = table.sort_by("episode_index").slice(0, info.total_episodes)
    if table["episode_index"].to_pylist() != list(range(info.total_episodes)):
        raise DatasetError(
            f"'{root}' lists {table.num_rows} episodes in meta/episodes, "
            f"but {layout.INFO_PATH} counts {info.total_episodes}"
        )
    return table


def load_tasks(root: Path) -> list[str]:
    """The texts of all tasks by their number."""
    with open_parquet(root / layout.TASKS_PATH) as file:
        table = file.read()
    text = next(name for name in table.column_names if name != "task_index")  # pandas' index, whatever it is called
    return table.sort_by("task_index")[text].to_pylist()


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file; raises `DatasetError` naming it if it is missing or broken."""
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError:
        raise DatasetError(f"{path} is missing") from None
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} is not a whole Parquet file: {error}") from None


def data_files(table: pa.Table) -> list[tuple[int, list[int]]]:
    """Each data file's number and the rows of ``table`` (episodes) that it holds, in order."""
    numbers = _file_numbers(table, "data")
    return [(int(n), np.flatnonzero(numbers == n).tolist()) for n in np.unique(numbers)]


def _file_numbers(table: pa.Table, kind: str) -> NDArray:
    chunk, file = (table[f"{kind}/{part}_index"].to_numpy() for part in ("chunk", "file"))
    return chunk * layout.FILES_PER_CHUNK + file


def _number(path: Path) -> int:
    chunk, file = path.parent.name.removeprefix("chunk-"), path.stem.removeprefix("file-")
    return int(chunk) * layout.FILES_PER_CHUNK + int(file)


def _features(table: pa.Table) -> list[str]:
    return [n.removeprefix("stats/").removesuffix("/count") for n in table.column_names if n.endswith("/count")]


def _stats_of(table: pa.Table, feature: str) -> dict[str, NDArray]:
    return {name: np.array(table[f"stats/{feature}/{name}"].to_pylist(), np.float64) for name in STATISTICS}


def _lists(values: NDArray, *, whole: bool) -> pa.Array:
    """``values`` (E, …) as E nested lists."""
    out = pa.array(values.reshape(-1), pa.int64() if whole else pa.float64())
    for depth in range(values.ndim - 1, 0, -1):
        count = int(np.prod(values.shape[:depth]))
        out = pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32) * values.shape[depth]), out)
    return out


def _replace_table(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + layout.PARTIAL)
    pq.write_table(table, partial)
    partial.replace(path)

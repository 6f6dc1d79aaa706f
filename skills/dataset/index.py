"""A dataset's episode index: location, task and statistics of each episode."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sayso.skills.dataset import layout
from sayso.skills.dataset.earlier import TASKS_PATH as EARLIER_TASKS
from sayso.skills.dataset.earlier import earlier_episodes, earlier_tasks
from sayso.skills.dataset.layout import DatasetError, Info
from sayso.skills.dataset.stats import STATISTICS, Stats, combine
from sayso.skills.episodes import Episode

_NEEDED = ("episode_index", "length", "data/chunk_index", "data/file_index")
_MIXED: dict[str, Any] = {"promote_options": "permissive"}


class EpisodeIndex:
    """The index of a dataset being written: numbers of ``episodes`` and ``frames``, ``tasks``, next ``file``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.episodes = self.frames = self.file = 0
        self.tasks: list[str] = []
        self.seeds: list[int] = []
        self.pending: list[dict[str, Any]] = []
        self._stats: list[dict[str, Stats]] = []
        self._totals: dict[str, Stats] = {}

    def load(self, info: Info) -> None:
        """Continue the dataset of ``info``; removes files that a crash left beyond its totals."""
        self.episodes, self.frames = info.total_episodes, info.total_frames
        if info.total_episodes:
            table = load_episodes(self.root, info, stats=True)
            if "seed" not in table.column_names:
                # LeRobot's reader requires the same schema in all episode files.
                raise DatasetError(
                    f"the dataset in '{self.root}' was written by another program; "
                    "copy its episodes into a new dataset to add to them"
                )
            tasks = load_tasks(self.root)
            if any(number not in tasks for number in range(info.total_tasks)):
                raise DatasetError(f"{self.root / layout.TASKS_PATH} lacks some of the {info.total_tasks} tasks")
            self.seeds = [seed or 0 for seed in table["seed"].to_pylist()]
            self.tasks = [tasks[number] for number in range(info.total_tasks)]
            chunks = [name for name in table.column_names if name.endswith("/chunk_index")]
            numbers = [_file_numbers(table, name.removesuffix("/chunk_index")).max() for name in chunks]
            self.file = int(max(numbers)) + 1
            self._totals = {name: combine(_stats_of(table, name)) for name in _features(table)}
        elif info.sayso is None and any(self.root.glob("data/*/*.parquet")):
            raise DatasetError(f"the dataset in '{self.root}' counts no episodes but has data files; move them away")
        for pattern in ("data/*/*", "videos/*/*/*", "meta/episodes/*/*"):
            for path in self.root.glob(pattern):
                number = _number(path)
                if number is not None and (path.suffix == layout.PARTIAL or number >= self.file):
                    path.unlink()

    def task(self, text: str) -> int:
        """The index of a task; adds a new task."""
        if text not in self.tasks:
            self.tasks.append(text)
        return self.tasks.index(text)

    def add(self, episode: Episode, video_starts: Mapping[str, float], stats: dict[str, Stats]) -> None:
        """Record one episode; ``video_starts`` gives each video's start in its file, s."""
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
        self.seeds.append(episode.seed)
        self.episodes += 1
        self.frames += len(episode)

    def save(self) -> None:
        """Write tasks, statistics and pending episodes; later episodes go into the next file."""
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
    """One row per episode of ``info``, in order. Raises `DatasetError` if rows are missing or inconsistent."""
    tables = [earlier_episodes(root, info)] if info.is_earlier else []
    for path in () if info.is_earlier else sorted((root / "meta/episodes").glob("*/*.parquet")):
        with open_parquet(path) as file:
            names = [n for n in file.schema_arrow.names if stats or not n.startswith("stats/")]
            if missing := [name for name in _NEEDED if name not in names]:
                raise DatasetError(f"{path} has no column '{missing[0]}'; it has {', '.join(names)}")
            tables.append(file.read(columns=names).select(names))
    try:
        table = pa.concat_tables([pa.table({n: pa.array([], pa.int64()) for n in _NEEDED}), *tables], **_MIXED)
    except pa.ArrowException as error:
        raise DatasetError(f"the files in '{root}/meta/episodes' do not fit together: {error}") from None
    for name in _NEEDED:
        if table[name].null_count or not pa.types.is_integer(table[name].type):
            raise DatasetError(f"'{root}/meta/episodes' has episodes whose {name} is not a number")
    table = table.sort_by("episode_index")
    if len(table) > info.total_episodes and "seed" in table.column_names:
        table = table.slice(0, info.total_episodes)  # rows that a crash of our writer left beyond the totals
    numbers = table["episode_index"].to_pylist()
    if len(numbers) != info.total_episodes:
        raise DatasetError(
            f"'{root}' lists {len(numbers)} episodes in meta/episodes, "
            f"but {layout.INFO_PATH} counts {info.total_episodes}"
        )
    if numbers != list(range(len(numbers))):
        odd = next(n for n, number in enumerate(numbers) if n != number)
        what = "is missing" if odd not in numbers else "follows an episode that is listed twice"
        raise DatasetError(f"episode {odd} of '{root}' {what} in meta/episodes; 0 to {len(numbers) - 1} are needed")
    frames = sum(table["length"].to_pylist())
    if frames != info.total_frames or any(length < 1 for length in table["length"].to_pylist()):
        raise DatasetError(
            f"the episodes of '{root}' have {frames} frames, but {layout.INFO_PATH} counts {info.total_frames}"
        )
    return table


def load_tasks(root: Path) -> dict[int, str]:
    """The texts of all tasks by index."""
    path = root / layout.TASKS_PATH
    if not path.exists() and (root / EARLIER_TASKS).exists():
        return earlier_tasks(root)
    with open_parquet(path) as file:
        table = file.read()
    # LeRobot stores the texts as the pandas index, under varying names.
    texts = [name for name in ("task", "__index_level_0__", *table.column_names) if name in table.column_names]
    text = next((name for name in texts if pa.types.is_string(table[name].type) or _large(table[name].type)), None)
    if text is None or "task_index" not in table.column_names:
        raise DatasetError(f"{path} has no column of tasks with their task_index; it has {table.column_names}")
    numbers = table["task_index"].to_pylist()
    if len(set(numbers)) < len(numbers) or None in numbers:
        raise DatasetError(f"{path} gives the same task_index to several tasks, or none: {numbers[:20]}")
    return dict(zip(numbers, table[text].to_pylist(), strict=True))


def _large(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind))


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file. Raises `DatasetError` that names a missing or broken file."""
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError:
        raise DatasetError(f"{path} is missing") from None
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} is not a complete Parquet file: {error}") from None


def data_files(table: pa.Table) -> list[tuple[tuple[int, int], list[int]]]:
    """Each data file's (chunk, number), with the episodes of ``table`` in it, in order."""
    files: dict[tuple[int, int], list[int]] = {}
    places = zip(table["data/chunk_index"].to_pylist(), table["data/file_index"].to_pylist(), strict=True)
    for episode, place in enumerate(places):
        files.setdefault(place, []).append(episode)
    return sorted(files.items())


def _file_numbers(table: pa.Table, kind: str) -> NDArray:
    chunk, file = (table[f"{kind}/{part}_index"].to_numpy() for part in ("chunk", "file"))
    return chunk * layout.FILES_PER_CHUNK + file


def _number(path: Path) -> int | None:
    """The number of a file with our naming scheme; None for any other."""
    name = path.name.removesuffix(layout.PARTIAL)
    named = re.fullmatch(r"chunk-(\d{3,})/file-(\d{3,})\.(parquet|mp4)", f"{path.parent.name}/{name}")
    return int(named[1]) * layout.FILES_PER_CHUNK + int(named[2]) if named else None


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

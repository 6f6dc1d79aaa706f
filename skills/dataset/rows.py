"""Reads rows of a dataset's data files, ordered by their ``episode_index`` and ``frame_index``.

Other programs store episodes in any order of files and rows, so the position of a row is never used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sayso.skills.dataset.index import data_files, open_parquet
from sayso.skills.dataset.layout import DatasetError, Info

PLACE = ("episode_index", "frame_index")


class DataRows:
    """Rows of the dataset of ``info`` in ``root``, with ``episodes`` from `load_episodes` and the columns ``names``.

    Raises `DatasetError` for missing or damaged files, and for rows that are missing, duplicate or of an episode not
    listed for their file.
    """

    def __init__(self, root: Path, info: Info, episodes: pa.Table, names: list[str]) -> None:
        self._root, self._names = root, list(dict.fromkeys([*names, *PLACE]))
        self._lengths = episodes["length"].to_numpy() if len(episodes) else np.zeros(0, np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._files = [(root / info.data_file(*place), rows) for place, rows in data_files(episodes)]
        self._file_of = {row: path for path, rows in self._files for row in rows}
        self._open: Path | None = None

    def scan(self) -> Iterator[tuple[NDArray[np.int64], pa.Table]]:
        """All rows, by row group, each with its index (n,) in the order of all episodes."""
        seen = np.zeros(int(self._lengths.sum()), bool)
        for path, listed in self._files:
            with open_parquet(path) as file:
                self._check(path, file)
                for group in range(file.num_row_groups):
                    table = self._group(path, file, group)
                    episode, frame = self._place(path, table, listed)
                    at = self._starts[episode] + frame
                    if seen[at].any() or len(np.unique(at)) < len(at):
                        raise DatasetError(f"{path} has rows with duplicate episode and frame")
                    seen[at] = True
                    yield at, table
        if not seen.all():
            row = int(np.argmin(seen))
            lacking = int(np.searchsorted(self._starts, row, side="right")) - 1
            raise DatasetError(
                f"frame {row - self._starts[lacking]} of episode {lacking} is missing in {self._file_of[lacking]}"
            )

    def episode(self, number: int) -> pa.Table:
        """The rows of one episode in frame order."""
        path = self._file_of[number]
        if path != self._open:
            self._read_places(path)
        rows = np.flatnonzero(self._episodes == number)
        rows = rows[np.argsort(self._frames[rows], kind="stable")]
        frames, length = self._frames[rows], int(self._lengths[number])
        if len(frames) != length or (frames != np.arange(length)).any():
            odd = np.flatnonzero(frames[: min(length, len(frames))] != np.arange(min(length, len(frames))))
            where = f", the {odd[0] + 1}. of which is frame {frames[odd[0]]}" if len(odd) else ""
            raise DatasetError(
                f"episode {number} has {length} frames, but {path} has {len(frames)} rows of it{where}: "
                "rows are missing or duplicate"
            )
        return self._take(path, rows)

    def _read_places(self, path: Path) -> None:
        """Read the episode and frame index of each row of a file."""
        with open_parquet(path) as file:
            self._check(path, file)
            groups = [self._group(path, file, group, list(PLACE)) for group in range(file.num_row_groups)]
        listed = [row for row, where in self._file_of.items() if where == path]
        places = [self._place(path, table, listed) for table in groups]
        self._episodes = np.concatenate([episode for episode, _ in places] or [np.zeros(0, np.int64)])
        self._frames = np.concatenate([frame for _, frame in places] or [np.zeros(0, np.int64)])
        self._ends = np.cumsum([len(table) for table in groups])
        self._open, self._loaded = path, dict[int, pa.Table]()

    def _take(self, path: Path, rows: NDArray[np.int64]) -> pa.Table:
        """Rows of the open file by row number; loads only the row groups that hold them."""
        wanted = np.unique(np.searchsorted(self._ends, rows, side="right")).tolist()
        with open_parquet(path) as file:
            self._loaded = {g: self._loaded.get(g) or self._group(path, file, g) for g in wanted}
        offsets = {g: int(self._ends[g - 1]) if g else 0 for g in wanted}
        tables, at, found = [], np.empty(len(rows), np.int64), 0
        for g in wanted:
            mine = (rows >= offsets[g]) & (rows < self._ends[g])
            at[mine] = found + np.arange(int(mine.sum()))
            tables.append(self._loaded[g].take(pa.array(rows[mine] - offsets[g])))
            found += int(mine.sum())
        table = pa.concat_tables(tables)
        return table if (np.diff(at) == 1).all() else table.take(pa.array(at))

    def _check(self, path: Path, file: pq.ParquetFile) -> None:
        if missing := [name for name in self._names if name not in file.schema_arrow.names]:
            raise DatasetError(f"{path} has no column '{missing[0]}'; it has {', '.join(file.schema_arrow.names)}")

    def _group(self, path: Path, file: pq.ParquetFile, group: int, names: list[str] | None = None) -> pa.Table:
        names = names or self._names
        try:
            return file.read_row_group(group, columns=names).select(names)
        except (pa.ArrowException, OSError) as error:
            raise DatasetError(f"{path} is damaged: {error}") from None

    def _place(self, path: Path, table: pa.Table, listed: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Episode and frame of each row, checked against the episodes listed for the file."""
        if any(table[name].null_count or not pa.types.is_integer(table[name].type) for name in PLACE):
            raise DatasetError(f"{path} has rows without an episode_index or a frame_index")
        episode, frame = (table[name].to_numpy().astype(np.int64) for name in PLACE)
        if not np.isin(episode, listed).all():
            other = episode[~np.isin(episode, listed)][0]
            raise DatasetError(f"{path} has rows of episode {other}; meta/episodes lists {listed[:20]} for it")
        if (frame < 0).any() or (frame >= self._lengths[episode]).any():
            row = int(np.flatnonzero((frame < 0) | (frame >= self._lengths[episode]))[0])
            raise DatasetError(
                f"{path} has frame {frame[row]} of episode {episode[row]}, "
                f"which has {self._lengths[episode[row]]} frames by meta/episodes"
            )
        return episode, frame

"""Writes episodes as a new LeRobotDataset v3.0, or appends them to one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sayso.hardware.folder_lock import FolderLock, FolderLocked
from sayso.skills.dataset import layout
from sayso.skills.dataset.describe import check, describe, stored_kind
from sayso.skills.dataset.index import EpisodeIndex
from sayso.skills.dataset.language import language_arrays
from sayso.skills.dataset.layout import DatasetError, DatasetLocked, Info
from sayso.skills.dataset.stats import columns_stats, image_stats
from sayso.skills.dataset.video import VideoWriter
from sayso.skills.episodes import Episode, Pictures

BUFFERED_ROWS = 16_384
_DICTIONARY = [f"{n}.list.element.{part}" for n in layout.LANGUAGE_TYPES for part in ("role", "content", "style")]


class DatasetWriter:
    """Creates or resumes the dataset in ``root``, for episodes of one robot at one rate.

    The first episode fixes columns and videos. ``plain`` omits the language columns, which LeRobot up to 0.4 rejects
    and which are larger than all numbers; None: as in the existing dataset, with language in a new one.
    ``demonstrated_by`` names who demonstrates, the same for the whole dataset.
    `commit` makes episodes safe on disk; it also runs when a file is full and at the end, even after an error. A crash
    loses only later episodes. Times start at 0 in each episode, and samples must lie on the grid of ``fps``
    (see `sayso.skills.episodes.resample`). An open writer locks the dataset against all others.
    Raises `DatasetError` if the dataset or an episode does not fit, including its units.
    """

    def __init__(
        self,
        root: str | Path,
        robot: str,
        fps: float,
        *,
        plain: bool | None = False,
        demonstrated_by: str | None = None,
    ) -> None:
        self._by = demonstrated_by
        self.root, self.robot, self.fps, self.plain = Path(root), robot, float(fps), bool(plain)
        self._info: Info | None = None
        self._index = EpisodeIndex(self.root)
        try:
            self._lock = FolderLock(self.root)
        except FolderLocked as error:
            raise DatasetLocked(str(error.strerror)) from None
        except (FileExistsError, NotADirectoryError):
            raise DatasetError(f"cannot write the dataset '{self.root}': it or its parent is not a folder") from None
        except OSError as error:
            raise DatasetError(f"cannot write the dataset '{self.root}': {error.strerror}") from None
        try:
            self._open_dataset(plain)
        except BaseException:
            self._lock.release()
            raise
        self._columns: list[dict[str, NDArray]] = []
        self._words: list[Episode] = []
        self._file: pq.ParquetWriter | None = None
        self._videos: dict[str, VideoWriter] = {}
        self._closed = False

    @property
    def episodes(self) -> int:
        """Number of episodes, uncommitted ones included."""
        return self._index.episodes

    @property
    def frames(self) -> int:
        """Number of samples, uncommitted ones included."""
        return self._index.frames

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each episode, uncommitted ones included."""
        return tuple(self._index.seeds)

    def add(self, episode: Episode) -> None:
        """Append one episode."""
        if self._closed:
            raise DatasetError(f"the dataset in '{self.root}' is finalized; open it again to add to it")
        if self._info is None:
            info = describe(episode, plain=self.plain)
            info.robot_type, info.fps = self.robot, self.fps
            if info.sayso is not None:
                info.sayso.demonstrated_by = self._by
            check(episode, info)
            info.save(self.root)
            self._info = info
        check(episode, self._info)
        columns = {name: np.array(values, stored_kind(values)) for name, values in episode.columns.items()}
        columns |= self._counters(episode)
        stats = columns_stats(columns)
        stats |= {key: image_stats(frames) for key, frames in episode.videos.items()}
        words = replace(episode, times=np.array(episode.times), columns={}, names={}, units={}, videos={})
        starts = {key: self._add_video(key, frames) for key, frames in episode.videos.items()}
        self._index.add(episode, starts, stats)
        self._columns.append(columns)
        self._words.append(words)
        if sum(map(len, self._words)) >= BUFFERED_ROWS:
            self._write_rows()
            full = self._partial().stat().st_size >= layout.DATA_FILE_MB * 1_000_000
            if full or any(video.size() >= layout.VIDEO_FILE_MB * 1_000_000 for video in self._videos.values()):
                self.commit()

    def check(self, episode: Episode) -> None:
        """Raise `DatasetError` if ``episode`` cannot be added."""
        if self._info is not None:
            check(episode, self._info)

    def commit(self) -> None:
        """Make all episodes added so far safe on disk and visible to readers; later ones go into new files."""
        if self._info is None or not self._index.pending:
            return
        try:
            self._commit(self._info)
        except OSError:
            self._lock.release()  # another writer may continue from the committed state; this one may not
            raise

    def _commit(self, info: Info) -> None:
        self._write_rows()
        assert self._file is not None
        self._file.close()
        self._file = None
        self._partial().replace(self.root / layout.numbered(layout.DATA_PATH, self._index.file))
        for video in self._videos.values():
            video.close()
        self._videos = {}
        self._index.save()
        # Written last: readers trust its totals, and ignore anything beyond.
        info.total_episodes, info.total_frames = self._index.episodes, self._index.frames
        info.total_tasks, info.splits = len(self._index.tasks), {"train": f"0:{self._index.episodes}"}
        info.save(self.root)

    def finalize(self) -> None:
        """Commit, refuse further episodes and release the lock."""
        try:
            self.commit()
        finally:
            self._closed = True
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finalize()

    def _open_dataset(self, asked_plain: bool | None) -> None:
        if not (self.root / layout.INFO_PATH).exists():
            if any(self.root.glob("data/*/*.parquet")):
                raise DatasetError(f"'{self.root}' has data files but no {layout.INFO_PATH}; choose an empty folder")
            if strange := sorted(path.name for path in self.root.iterdir()):
                raise DatasetError(f"'{self.root}' is no dataset and holds {strange[0]}; choose an empty folder")
            return
        info = self._info = layout.load_info(self.root)
        if info.is_earlier:
            version = info.codebase_version
            raise DatasetError(
                f"the dataset in '{self.root}' is of {version}, which cannot be added to; "
                + layout.remedy(version, self.root)
            )
        plain = not any(feature.dtype == "language" for feature in info.features.values())
        if asked_plain is None:
            self.plain = plain
        by = info.sayso.demonstrated_by if info.sayso else None
        if self._by != by and (self._by or asked_plain):
            usual = "sayso's own table"
            raise DatasetError(f"the episodes in '{self.root}' are by {by or usual}, not by {self._by or usual}")
        here, asked = (info.robot_type, info.fps, plain), (self.robot, self.fps, self.plain)
        for what, is_there, is_asked in zip(("robot", "fps", "plain"), here, asked, strict=True):
            if is_there != is_asked:
                raise DatasetError(f"the dataset in '{self.root}' has {what} {is_there}, not {is_asked}")
        self._index.load(info)

    def _counters(self, episode: Episode) -> dict[str, NDArray]:
        frame = np.arange(len(episode))[:, None]
        return {
            "timestamp": (frame / self.fps).astype(np.float32),
            "frame_index": frame,
            "episode_index": np.full_like(frame, self._index.episodes),
            "index": self._index.frames + frame,
            "task_index": np.full_like(frame, self._index.task(episode.task)),
        }

    def _write_rows(self) -> None:
        if not self._words:
            return
        assert self._info is not None
        schema = layout.data_schema(self._info)
        arrays = {} if self.plain else language_arrays(self._words)
        for name in self._columns[0]:
            values = np.concatenate([columns[name] for columns in self._columns])
            arrays[name] = pa.array(values.reshape(-1))
            if not self._info.features[name].is_scalar:
                arrays[name] = pa.FixedSizeListArray.from_arrays(arrays[name], values.shape[1])
        if self._file is None:
            partial = self._partial()
            partial.parent.mkdir(parents=True, exist_ok=True)
            # No dictionaries or statistics for numbers: they halve the speed without benefit.
            options = {"use_dictionary": _DICTIONARY, "write_statistics": ["episode_index"]}
            self._file = pq.ParquetWriter(partial, schema, compression="snappy", **options)
        self._file.write_table(pa.table([arrays[name] for name in schema.names], schema=schema))
        self._columns, self._words = [], []

    def _partial(self) -> Path:
        path = self.root / layout.numbered(layout.DATA_PATH, self._index.file)
        return path.with_name(path.name + layout.PARTIAL)

    def _add_video(self, key: str, frames: NDArray[np.uint8] | Pictures) -> float:
        if key not in self._videos:
            path = self.root / layout.numbered(layout.VIDEO_PATH, self._index.file, video_key=key)
            self._videos[key] = VideoWriter(path, self.fps, *frames.shape[1:3])
        start = self._videos[key].frames / self.fps
        self._videos[key].add(frames)
        return start

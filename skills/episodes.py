"""An episode: one attempt at one instruction, as arrays and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array

Texts = tuple[tuple[float, str], ...]


class EpisodeError(ValueError):
    """An inconsistent episode; the message names the column and what was expected."""


class Pictures(Protocol):
    """Pictures (T, H, W, 3) uint8 RGB: an array, or a lazy sequence that need not fit in memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(T, H, W, 3)."""
        ...

    @property
    def ndim(self) -> int:
        """4."""
        ...

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """uint8."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, rows: NDArray[np.int64], /) -> NDArray[np.uint8]: ...
    def __iter__(self) -> Iterator[NDArray[np.uint8]]: ...


@dataclass(frozen=True, eq=False)
class Episode:
    """One recorded attempt of T samples at ``fps`` a second.

    ``times`` (T,) s, rising. ``columns`` maps a name ("observation.state", "action", …) to an array (T, n), float, int
    or bool; (T,) becomes (T, 1). ``names`` names a column's n numbers, ``units`` gives their units where known.
    ``subtasks`` and ``motions`` hold only the changes, each (time s, text); ``events`` are the operator's utterances,
    ``understood`` what was made of them, each as JSON.
    ``videos`` maps a camera's key ("observation.images.front") to (T, H, W, 3) uint8 RGB. ``success`` is None if
    unknown.
    Raises `EpisodeError` for wrong lengths or shapes and for values that are not finite.
    """

    robot: str
    fps: float
    task: str
    seed: int
    success: bool | None
    times: Array
    columns: Mapping[str, NDArray]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    subtasks: Texts = ()
    motions: Texts = ()
    events: Texts = ()
    understood: Texts = ()
    videos: Mapping[str, NDArray[np.uint8] | Pictures] = field(default_factory=dict)
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        times = np.asarray(self.times, np.float64)
        if times.ndim != 1 or not len(times) or not np.isfinite(times).all() or np.any(np.diff(times) <= 0):
            raise EpisodeError(f"times must be (T,) rising finite seconds with T >= 1; got shape {times.shape}")
        if not self.fps > 0:
            raise EpisodeError(f"fps must be positive; got {self.fps}")
        columns = {name: _column(name, values, len(times)) for name, values in self.columns.items()}
        for what, said in (("names", self.names), ("units", self.units)):
            for name, words in said.items():
                if name not in columns or len(words) != columns[name].shape[1]:
                    width = columns[name].shape[1] if name in columns else f"a column of {sorted(columns)}"
                    raise EpisodeError(f"{what}['{name}'] has {len(words)} entries, expected {width}")
        for key, frames in self.videos.items():
            if frames.shape[:1] + frames.shape[3:] != (len(times), 3) or frames.ndim != 4 or frames.dtype != np.uint8:
                raise EpisodeError(
                    f"video '{key}' must be ({len(times)}, H, W, 3) uint8; got {frames.shape} {frames.dtype}"
                )
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "columns", columns)

    def __len__(self) -> int:
        return len(self.times)


def resample(episode: Episode, fps: float) -> Episode:
    """Resample to an even grid of ``fps`` samples a second, taking the newest sample at each grid time.

    For recordings with missed ticks, or for a lower rate; texts keep their times.
    """
    span = episode.times[-1] - episode.times[0]
    grid = episode.times[0] + np.arange(int(span * fps + 1e-6) + 1) / fps
    rows = np.searchsorted(episode.times, grid + 1e-9, side="right") - 1
    return replace(
        episode,
        fps=fps,
        times=grid,
        columns={name: values[rows] for name, values in episode.columns.items()},
        videos={key: frames[rows] for key, frames in episode.videos.items()},
    )


def _column(name: str, values: NDArray, length: int) -> NDArray:
    values = np.asarray(values)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or len(values) != length or values.shape[1] == 0:
        raise EpisodeError(f"column '{name}' must be ({length}, n); got {values.shape}")
    if values.dtype.kind not in "fiub":
        raise EpisodeError(f"column '{name}' must hold floats, integers or booleans; got {values.dtype}")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        row, entry = np.argwhere(~np.isfinite(values))[0]
        raise EpisodeError(
            f"column '{name}' holds {values[row, entry]} at sample {row}, entry {entry}; only finite values"
        )
    return values

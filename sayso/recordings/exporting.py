"""Exports a run or a dataset to LeRobotDataset v3.0, MCAP or Rerun, and reads back what it wrote."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np

from sayso.errors import UserError
from sayso.hardware.types import Pose
from sayso.recordings.copying import copy_dataset
from sayso.recordings.source import hand_poses, hand_reading
from sayso.skills.dataset import DatasetError, read_episodes
from sayso.skills.episodes import Episode

Write = Callable[[Path, Episode, Sequence[Pose]], None]


class Format(StrEnum):
    """What to export to."""

    LEROBOT = "lerobot"
    MCAP = "mcap"
    RERUN = "rerun"


ENDINGS = {Format.MCAP: ".mcap", Format.RERUN: ".rrd"}


def export_lerobot(root: Path, out: Path, plain: bool) -> int:
    """Copy the dataset ``root`` as v3.0 to ``out``, without language if ``plain``; the number of episodes.

    Raises `UserError` if the copy does not read as the original does.
    """
    copy_dataset(root, out, None if plain else lambda number, episode: episode)
    count = 0
    try:
        pairs = zip(read_episodes(root, videos=False), read_episodes(out, videos=False), strict=True)
        for count, (before, after) in enumerate(pairs, 1):
            if wrong := _difference(before, after, plain):
                raise UserError(f"{out} does not read as {root} does: episode {count - 1} differs in its {wrong}")
        next(read_episodes(out), None)  # the first pictures decode
    except DatasetError as error:
        raise UserError(f"{out} cannot be read back: {error}") from error
    return count


def _difference(before: Episode, after: Episode, plain: bool) -> str:
    """What differs between two episodes; empty if nothing does."""
    if before.task != after.task:
        return "task"
    for name, values in before.columns.items():
        if name not in after.columns or not np.array_equal(values, after.columns[name]):
            return f"column {name}"
    if plain:
        return ""
    for name in ("subtasks", "motions", "events", "understood"):
        if getattr(before, name) != getattr(after, name):
            return name
    return ""


def export_files(root: Path, out: Path, kind: Format) -> list[Path]:
    """Write each episode of ``root`` as a file: ``out`` itself for one episode, files in the folder ``out`` for more.

    Raises `UserError` for a dataset that cannot be read or a place that cannot be written; ModuleNotFoundError without
    the extra of ``kind``.
    """
    write = _writer(kind)
    reading = hand_reading(root)
    made: list[Path] = []
    draft = out.with_name(f".{out.name}.partial")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            for number, episode in enumerate(read_episodes(root)):
                path = draft / f"episode_{number:06d}{ENDINGS[kind]}"
                write(path, episode, hand_poses(reading, episode))
                made.append(path)
            if not made:
                raise UserError(f"the dataset in '{root}' has no episodes")
            if len(made) == 1:
                single = out if out.suffix == ENDINGS[kind] else out.with_name(out.name + ENDINGS[kind])
                if single.exists():
                    raise UserError(f"{single} exists; move it away, or name another place with --out")
                made[0].replace(single)
                return [single]
            draft.rename(out)
            return [out / path.name for path in made]
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except DatasetError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}") from error


def _writer(kind: Format) -> Write:
    """The writer of a format; its library is loaded now, so that a missing one is noticed before any work."""
    if kind is Format.MCAP:
        import mcap.writer  # noqa: F401

        from sayso.recordings.mcap_file import write_mcap

        return write_mcap
    import rerun  # noqa: F401

    from sayso.recordings.rerun_file import write_rerun

    return write_rerun

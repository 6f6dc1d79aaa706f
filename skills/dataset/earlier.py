"""The index of a LeRobotDataset v2.0 or v2.1, one file an episode, in the form of version 3."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sayso.skills.dataset.layout import STATS_PATH, DatasetError, Info
from sayso.skills.dataset.stats import PLAIN_STATISTICS, combine_plain

EPISODES_PATH, TASKS_PATH = "meta/episodes.jsonl", "meta/tasks.jsonl"
EPISODE_STATS_PATH = "meta/episodes_stats.jsonl"


def earlier_episodes(root: Path, info: Info) -> pa.Table:
    """One row per episode, with the numbers that give its files' names. Raises `DatasetError`."""
    rows = []
    for line in _lines(root / EPISODES_PATH):
        number, length, tasks = line.get("episode_index"), line.get("length"), line.get("tasks")
        if not isinstance(number, int) or not isinstance(length, int):
            raise DatasetError(f"{root / EPISODES_PATH} has a line without a whole episode_index and length: {line}")
        place = {"chunk_index": number // info.chunks_size, "file_index": number}
        row: dict[str, Any] = {"episode_index": number, "length": length}
        row["tasks"] = [str(task) for task in tasks] if isinstance(tasks, list) else []
        row |= {f"data/{name}": value for name, value in place.items()}
        for key in info.videos:
            row |= {f"videos/{key}/{name}": value for name, value in (place | {"from_timestamp": 0.0}).items()}
        rows.append(row)
    return pa.Table.from_pylist(rows)


def earlier_tasks(root: Path) -> dict[int, str]:
    """The texts of all tasks by index."""
    found: dict[int, str] = {}
    for line in _lines(root / TASKS_PATH):
        number, text = line.get("task_index"), line.get("task")
        if not isinstance(number, int) or not isinstance(text, str) or number in found:
            raise DatasetError(f"{root / TASKS_PATH} has a line without a text and a task_index of its own: {line}")
        found[number] = text
    return found


def earlier_image_stats(root: Path, keys: Sequence[str]) -> dict[str, Any]:
    """Statistics of the pictures ``keys`` over all episodes, without quantiles, as far as they are there."""
    if not (root / EPISODE_STATS_PATH).exists():
        whole = json.loads((root / STATS_PATH).read_bytes()) if (root / STATS_PATH).exists() else {}
        return {key: whole[key] for key in keys if key in whole}
    parts = [line.get("stats", {}) for line in _lines(root / EPISODE_STATS_PATH)]
    out: dict[str, Any] = {}
    for key in keys:
        of = [part[key] for part in parts if key in part]
        if of and len(of) == len(parts):
            stacked = {name: np.array([each[name] for each in of], np.float64) for name in PLAIN_STATISTICS}
            out[key] = {name: value.tolist() for name, value in combine_plain(stacked).items()}
            out[key]["count"] = [int(stacked["count"].sum())]
    return out


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                content = json.loads(line)
                if not isinstance(content, dict):
                    raise ValueError(f"not an object: {line[:80]}")
                yield content
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is not in JSON lines: {error}") from None

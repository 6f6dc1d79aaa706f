"""Datasets as other programs leave them: the one that LeRobot made, changed for each test."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MADE_BY_LEROBOT = Path(__file__).parents[2] / "data/lerobot-so101"
DATA = "data/chunk-000/file-000.parquet"
NUMBERS = ("observation.state", "action")


def copy_of_set(folder: Path) -> Path:
    """LeRobot's dataset as ``folder``/set."""
    return Path(shutil.copytree(MADE_BY_LEROBOT, folder / "set"))


@contextmanager
def changed_info(root: Path) -> Iterator[dict[str, Any]]:
    """``info.json``, written back afterwards."""
    path = root / "meta/info.json"
    content = json.loads(path.read_text())
    yield content
    path.write_text(json.dumps(content))


def change_numbers(root: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """States and actions (T, 6) put through ``change``; their number may be another afterwards."""
    table = pq.read_table(root / DATA)
    for name in NUMBERS:
        values = np.array(table[name].to_pylist(), np.float32)
        after = np.ascontiguousarray(change(values), np.float32)
        cells = pa.FixedSizeListArray.from_arrays(pa.array(after.ravel()), after.shape[1])
        table = table.set_column(table.column_names.index(name), name, cells)
    pq.write_table(table, root / DATA)


def rename_numbers(root: Path, names: list[str] | None) -> None:
    """Other names for the numbers of states and actions."""
    with changed_info(root) as info:
        for name in NUMBERS:
            width = len(names) if names is not None else info["features"][name]["shape"][0]
            info["features"][name] |= {"names": names, "shape": [width]}


def as_version_2_1(root: Path) -> Path:
    """The same dataset in the layout of LeRobot before 0.4: one file an episode, without its videos."""
    out = root.with_name("old-set")
    table = pq.read_table(root / DATA)
    (out / "data/chunk-000").mkdir(parents=True)
    (out / "meta").mkdir()
    lines = []
    for number in range(2):
        rows = table.filter(pa.compute.equal(table["episode_index"], number))
        pq.write_table(rows, out / f"data/chunk-000/episode_00000{number}.parquet")
        task = "Grab the red block and put it in the blue bowl."
        lines.append(json.dumps({"episode_index": number, "tasks": [task], "length": len(rows)}))
    (out / "meta/episodes.jsonl").write_text("\n".join(lines))
    (out / "meta/tasks.jsonl").write_text(json.dumps({"task_index": 0, "task": task}))
    shutil.copy(root / "meta/info.json", out / "meta")
    with changed_info(out) as info:
        info |= {"codebase_version": "v2.1", "video_path": None}
        info["data_path"] = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"
        info["features"] = {name: f for name, f in info["features"].items() if f["dtype"] != "video"}
    return out

"""Copies a LeRobotDataset as v3.0 with other language columns; pictures and numbers stay as they are.

Videos are not encoded again: the copy links to the same files, where the file system can do that.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.skills.dataset import DatasetError, layout, read_episodes
from sayso.skills.dataset.earlier import earlier_image_stats
from sayso.skills.dataset.index import data_files, load_episodes, load_tasks, open_parquet
from sayso.skills.dataset.language import language_arrays
from sayso.skills.dataset.layout import Feature, Info
from sayso.skills.dataset.stats import column_stats
from sayso.skills.episodes import Episode

Words = Callable[[int, Episode], Episode]
"""An episode by number, with the texts that it is to have."""
_OURS = {"subtask", "motion", "interjection", None}


def foreign_styles(root: Path) -> list[str]:
    """Styles of language rows in the dataset that Sayso neither writes nor reads, such as "plan" and "vqa"."""
    info = layout.load_info(root)
    kept = [name for name in layout.LANGUAGE_TYPES if name in info.features]
    found: set[str | None] = set()
    for place, _ in data_files(load_episodes(root, info)) if kept else ():
        with open_parquet(root / info.data_file(*place)) as file:
            for column in file.read(columns=kept).columns:
                styles = pa.compute.unique(pa.compute.struct_field(column.combine_chunks().flatten(), "style"))
                found |= set(styles.to_pylist())
    return sorted(str(style) for style in found - _OURS)


def copy_dataset(root: Path, out: Path, words: Words | None, units: Mapping[str, list[str]] | None = None) -> None:
    """Write the dataset ``root`` as v3.0 to ``out``, which must not exist, with language from ``words``; None: without.

    ``units`` of columns are written down. Raises `UserError` if ``root`` cannot be read or ``out`` not be written.
    """
    draft = out.with_name(f".{out.name}.partial")
    try:
        if out.exists():
            raise UserError(f"{out} exists; move it away, or name another place with --out")
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "meta").mkdir(parents=True)
        try:
            info = layout.load_info(root)
            _write(root, info, draft, words, units)
            draft.rename(out)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except DatasetError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}") from error


def label_in_place(root: Path, words: Words, units: Mapping[str, list[str]] | None = None) -> None:
    """Replace the data files of ``root`` by ones with language columns. Raises `UserError` for v2.0 and v2.1."""
    try:
        info = layout.load_info(root)
        if info.is_earlier:
            raise UserError(
                f"{root} is of {info.codebase_version}, which has no language columns; leave --in-place out"
            )
        described = _described(info, words, units)
        drafts = _write_data(root, info, root, described, words, suffix=layout.PARTIAL)
        for path in drafts:
            path.replace(path.with_name(path.name.removesuffix(layout.PARTIAL)))
        described.save(root)  # last: until then readers see no language columns
    except DatasetError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"cannot write {root}: {error.strerror or error}") from error


def _write(root: Path, info: Info, out: Path, words: Words | None, units: Mapping[str, list[str]] | None) -> None:
    described = _described(info, words, units)
    if info.is_earlier:
        described.codebase_version = layout.VERSIONS[0]
        described.chunks_size = layout.FILES_PER_CHUNK
        described.data_path, described.video_path = layout.DATA_PATH, layout.VIDEO_PATH if info.videos else None
        for name in ("total_videos", "total_chunks"):
            (described.model_extra or {}).pop(name, None)
    _write_data(root, info, out, described, words)
    episodes = load_episodes(root, info)
    if info.is_earlier:
        _write_index(root, info, out, episodes)
    else:
        shutil.copytree(root / "meta", out / "meta", dirs_exist_ok=True)
    for row in episodes.to_pylist():
        for key in info.videos:
            chunk, file = row[f"videos/{key}/chunk_index"], row[f"videos/{key}/file_index"]
            there = divmod(file, layout.FILES_PER_CHUNK) if info.is_earlier else (chunk, file)
            _link(root / info.video_file(key, chunk, file), out / described.video_file(key, *there))
    described.save(out)


def _described(info: Info, words: Words | None, units: Mapping[str, list[str]] | None) -> Info:
    out = info.model_copy(deep=True)
    out.features = {name: f for name, f in info.features.items() if name not in layout.LANGUAGE_TYPES}
    if words is not None:
        out.features |= {name: Feature(dtype="language", shape=[1]) for name in layout.LANGUAGE_TYPES}
    if units:
        own = out.sayso or layout.Own()
        out.sayso = own.model_copy(update={"units": {**units, **own.units}})
    return out


def _write_data(
    root: Path, info: Info, out: Path, described: Info, words: Words | None, suffix: str = ""
) -> list[Path]:
    """Write the data files to ``out``; the new files' paths."""
    table = load_episodes(root, info)
    spoken: dict[int, dict[str, pa.Array]] = {}
    made = []
    texts = enumerate(read_episodes(root, videos=False, columns=[])) if words is not None else iter(())
    for place, numbers in data_files(table):
        if words is not None:
            while not set(numbers) <= spoken.keys():
                number, episode = next(texts)
                spoken[number] = language_arrays([words(number, episode)])
        with open_parquet(root / info.data_file(*place)) as file:
            rows = file.read()
        rows = rows.drop_columns([name for name in layout.LANGUAGE_TYPES if name in rows.column_names])
        if words is not None:
            rows = _with_words(rows, [(number, spoken.pop(number)) for number in numbers])
        there = divmod(place[1], layout.FILES_PER_CHUNK) if info.is_earlier else place
        path = out / (described.data_file(*there) + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows.replace_schema_metadata(_metadata(rows, described)), path, compression="snappy")
        made.append(path)
    return made


def _with_words(rows: pa.Table, spoken: list[tuple[int, dict[str, pa.Array]]]) -> pa.Table:
    """``rows`` with the language columns of their episodes, in whatever order the rows are."""
    lengths = [len(arrays[layout.PERSISTENT]) for _, arrays in spoken]
    starts = dict(zip([number for number, _ in spoken], np.cumsum(lengths) - lengths, strict=True))
    at = np.array([starts[e] for e in rows["episode_index"].to_pylist()], np.int64) + rows["frame_index"].to_numpy()
    for name, kind in layout.LANGUAGE_TYPES.items():
        whole = pa.concat_arrays([arrays[name] for _, arrays in spoken])
        rows = rows.append_column(pa.field(name, kind), whole.take(pa.array(at)))
    return rows


def _metadata(rows: pa.Table, described: Info) -> dict[str, str]:
    """What Hugging Face ``datasets`` reads of the columns: as it was, with the language columns as they are now."""
    before = json.loads((rows.schema.metadata or {}).get(b"huggingface", b"{}") or b"{}")
    features = before.get("info", {}).get("features", {})
    known: dict[str, Any] = {}
    for field in rows.schema:
        image = described.features.get(field.name) is not None and described.features[field.name].dtype == "image"
        fresh = {"_type": "Image"} if image else layout.describe_type(field.type)
        known[field.name] = fresh if field.name in layout.LANGUAGE_TYPES else features.get(field.name, fresh)
    return {"huggingface": json.dumps({"info": {"features": known}})}


def _write_index(root: Path, info: Info, out: Path, episodes: pa.Table) -> None:
    """Tasks, episodes and statistics of a dataset of version 2 in the form of version 3."""
    tasks = load_tasks(root)
    if sorted(tasks) != list(range(len(tasks))):
        raise DatasetError(f"'{root}' numbers its tasks {sorted(tasks)[:20]}; 0 to {len(tasks) - 1} are needed")
    pq.write_table(layout.task_table([tasks[n] for n in range(len(tasks))]), out / layout.TASKS_PATH)
    rows, end = [], 0
    for row in episodes.to_pylist():
        begin, end = end, end + row["length"]
        files = {"data": row["data/file_index"], "meta/episodes": 0}
        files |= {f"videos/{key}": row[f"videos/{key}/file_index"] for key in info.videos}
        for name, file in files.items():
            row[f"{name}/chunk_index"], row[f"{name}/file_index"] = divmod(file, layout.FILES_PER_CHUNK)
        for key in info.videos:
            row[f"videos/{key}/to_timestamp"] = row["length"] / info.fps
        rows.append(row | {"dataset_from_index": begin, "dataset_to_index": end})
    path = out / layout.numbered(layout.EPISODES_PATH, 0)
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    numbers = {name: [] for name in info.columns}  # type: ignore[var-annotated]
    for episode in read_episodes(root, videos=False):
        for name, values in episode.columns.items():
            numbers[name].append(values)
    stats = earlier_image_stats(root, [*info.videos, *info.images])
    for name, parts in numbers.items():
        found = {key: value.tolist() for key, value in column_stats(np.concatenate(parts)).items()}
        stats[name] = found | {"count": [sum(map(len, parts))]}
    write_atomic(out / layout.STATS_PATH, json.dumps(stats, indent=4))


def _link(source: Path, path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, path)
    except OSError:
        shutil.copy2(source, path)

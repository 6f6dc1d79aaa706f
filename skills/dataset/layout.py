"""Layout of a LeRobotDataset v3.0: paths, ``info.json`` and the Arrow types of its columns.

The layout is LeRobot's (github.com/huggingface/lerobot, docs "LeRobotDataset v3.0").
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
INFO_PATH, STATS_PATH, TASKS_PATH = "meta/info.json", "meta/stats.json", "meta/tasks.parquet"
FILES_PER_CHUNK = 1000
VERSIONS = ("v3.0", "v3.1")
EARLIER_VERSIONS = ("v2.0", "v2.1")
"""Versions with one file an episode; `sayso.skills.dataset.earlier` reads their index."""
CONVERTER = (
    "python -m lerobot.datasets.v30.convert_dataset_v21_to_v30 --repo-id={name} --root={parent} --push-to-hub=false"
)
DATA_FILE_MB, VIDEO_FILE_MB = 100, 200
PARTIAL = ".partial"
"""Suffix of a file being written; the complete file is renamed."""

DEFAULT_COLUMNS = {
    "timestamp": "float32",
    "frame_index": "int64",
    "episode_index": "int64",
    "index": "int64",
    "task_index": "int64",
}
PERSISTENT, EVENTS = "language_persistent", "language_events"
_ARROW = {
    "float32": pa.float32(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "int16": pa.int16(),
    "int8": pa.int8(),
    "uint64": pa.uint64(),
    "uint32": pa.uint32(),
    "uint16": pa.uint16(),
    "uint8": pa.uint8(),
    "bool": pa.bool_(),
}


class DatasetError(ValueError):
    """A dataset cannot be read or extended; the message names the file and the fault."""


class DatasetLocked(DatasetError):
    """Another program is writing to the dataset."""


class Feature(BaseModel):
    """One column or video of a dataset, as in ``info.json``."""

    model_config = ConfigDict(extra="allow")
    dtype: str
    shape: list[int]
    names: Any = None

    @property
    def is_numeric(self) -> bool:
        """Whether the feature is a one-dimensional numeric column."""
        return self.dtype in _ARROW and len(self.shape) == 1

    @property
    def is_scalar(self) -> bool:
        """Whether each row holds a plain number, LeRobot's form of shape (1,)."""
        return self.is_numeric and self.shape == [1]


class Own(BaseModel):
    """Sayso's extension of ``info.json``: the unit of each number of a column, by column name, and the demonstrator in
    another simulator's world."""

    model_config = ConfigDict(extra="allow")
    units: dict[str, list[str]] = {}
    demonstrated_by: str | None = None

    @model_serializer(mode="wrap")
    def _known(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Only what is known is written: other datasets are as they were."""
        return {name: value for name, value in whole(self).items() if value is not None}


class Info(BaseModel):
    """``meta/info.json``; ``sayso`` is None for datasets of other programs and of early versions of Sayso."""

    model_config = ConfigDict(extra="allow")
    codebase_version: str = VERSIONS[0]
    robot_type: str | None
    total_episodes: int = Field(0, ge=0)
    total_frames: int = Field(0, ge=0)
    total_tasks: int = Field(0, ge=0)
    chunks_size: int = FILES_PER_CHUNK
    data_files_size_in_mb: int = DATA_FILE_MB
    video_files_size_in_mb: int = VIDEO_FILE_MB
    fps: float = Field(gt=0)
    splits: dict[str, str] = {}
    data_path: str
    video_path: str | None = None
    features: dict[str, Feature]
    sayso: Own | None = None

    @field_validator("data_path", "video_path")
    @classmethod
    def _names_a_file(cls, template: str | None) -> str | None:
        if template is not None:
            try:
                path = Path(template.format(chunk_index=0, file_index=0, video_key="key"))
            except (LookupError, ValueError, AttributeError):
                raise ValueError(f"'{template}' is no template of chunk_index and file_index") from None
            if path.is_absolute() or ".." in path.parts:
                raise ValueError(f"'{template}' leads out of the dataset")
        return template

    @property
    def is_earlier(self) -> bool:
        """Whether the dataset is of version 2; its files are numbered as in version 3, one an episode."""
        return self.codebase_version in EARLIER_VERSIONS

    @property
    def videos(self) -> list[str]:
        """Keys of the videos."""
        return [key for key, feature in self.features.items() if feature.dtype == "video"]

    @property
    def images(self) -> list[str]:
        """Keys of the pictures stored one by one in the data files."""
        return [key for key, feature in self.features.items() if feature.dtype == "image"]

    def data_file(self, chunk: int, file: int) -> str:
        """The path of a data file relative to the dataset."""
        return self.data_path.format(chunk_index=chunk, file_index=file)

    def video_file(self, key: str, chunk: int, file: int) -> str:
        """The path of a video file relative to the dataset."""
        return (self.video_path or VIDEO_PATH).format(video_key=key, chunk_index=chunk, file_index=file)

    @property
    def columns(self) -> dict[str, Feature]:
        """The numeric columns except the default ones."""
        return {k: f for k, f in self.features.items() if f.is_numeric and k not in DEFAULT_COLUMNS}

    def save(self, root: Path) -> None:
        """Write the file atomically."""
        content = self.model_dump()
        if self.sayso is None:
            del content["sayso"]
        content["fps"] = int(self.fps) if self.fps == int(self.fps) else self.fps
        replace_text(root / INFO_PATH, json.dumps(content, indent=4))


def load_info(root: Path) -> Info:
    """Read ``meta/info.json`` of the dataset in ``root``. Raises `DatasetError` if missing or of an unknown version."""
    path = root / INFO_PATH
    try:
        content = json.loads(path.read_bytes())
        version = content.get("codebase_version") if isinstance(content, dict) else None
        if isinstance(version, str) and version not in (*VERSIONS, *EARLIER_VERSIONS):
            raise DatasetError(f"{path} is a LeRobotDataset {version}; {remedy(version, root)}")
        if version in EARLIER_VERSIONS:
            content |= {name: _numbered_by_file(content.get(name)) for name in ("data_path", "video_path")}
        return Info.model_validate(content)
    except OSError as error:
        raise DatasetError(f"no dataset in '{root}': cannot read {INFO_PATH} ({error.strerror})") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DatasetError(f"{path} is not a LeRobotDataset v3.0 description: it is not JSON: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DatasetError(f"{path} is not a LeRobotDataset v3.0 description: {where}: {first['msg']}") from None


def _numbered_by_file(template: Any) -> Any:
    """A path of version 2, by chunk and number of the episode, as version 3 says it."""
    if not isinstance(template, str):
        return template
    return template.replace("{episode_chunk", "{chunk_index").replace("{episode_index", "{file_index")


def remedy(version: str, root: Path) -> str:
    """How a dataset of another version becomes one of version 3, in words."""
    where = root.absolute()
    converter = CONVERTER.format(name=shlex.quote(where.name), parent=shlex.quote(str(where.parent)))
    if version == "v2.1":
        return f"convert it to v3.0 with LeRobot 0.4: {converter}"
    if version.startswith(("v1.", "v2.")):
        return f"convert it to v2.1 with a LeRobot of that version, then to v3.0 with LeRobot 0.4: {converter}"
    return f"{', '.join((*EARLIER_VERSIONS, *VERSIONS))} can be read"


def numbered(template: str, number: int, **keys: str) -> str:
    """The path of file ``number`` of a kind."""
    return template.format(chunk_index=number // FILES_PER_CHUNK, file_index=number % FILES_PER_CHUNK, **keys)


def replace_text(path: Path, text: str) -> None:
    """Write ``path`` atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _language_row(*, timed: bool) -> pa.StructType:
    fields = [pa.field("role", pa.string(), False), pa.field("content", pa.string()), pa.field("style", pa.string())]
    if timed:
        fields.append(pa.field("timestamp", pa.float32(), False))
    return pa.struct([*fields, pa.field("camera", pa.string()), pa.field("tool_calls", pa.list_(pa.string()))])


LANGUAGE_TYPES = {PERSISTENT: pa.list_(_language_row(timed=True)), EVENTS: pa.list_(_language_row(timed=False))}


def data_schema(info: Info) -> pa.Schema:
    """The Arrow schema of the data files, with the metadata that Hugging Face ``datasets`` reads."""
    fields: list[pa.Field] = []
    described: dict[str, Any] = {}
    for name, feature in info.features.items():
        if feature.dtype == "language":
            fields.append(pa.field(name, LANGUAGE_TYPES[name]))
            described[name] = describe_type(LANGUAGE_TYPES[name])
        elif feature.is_numeric:
            kind = _ARROW[feature.dtype]
            fields.append(pa.field(name, kind if feature.is_scalar else pa.list_(kind, feature.shape[0])))
            described[name] = describe_type(fields[-1].type)
    return pa.schema(fields, metadata={"huggingface": json.dumps({"info": {"features": described}})})


def describe_type(kind: pa.DataType) -> Any:
    """A type as Hugging Face ``datasets`` describes it."""
    if pa.types.is_struct(kind):
        return {field.name: describe_type(field.type) for field in kind}
    if pa.types.is_list(kind):
        return {"feature": describe_type(kind.value_type), "_type": "List"}
    if pa.types.is_fixed_size_list(kind):
        return {"feature": describe_type(kind.value_type), "length": kind.list_size, "_type": "List"}
    return {"dtype": {"float": "float32", "double": "float64"}.get(str(kind), str(kind)), "_type": "Value"}


def task_table(tasks: list[str]) -> pa.Table:
    """``meta/tasks.parquet``: the tasks as a pandas frame indexed by their text, without pandas."""

    def column(name: str, pandas_type: str, numpy_type: str) -> dict[str, Any]:
        kinds = {"pandas_type": pandas_type, "numpy_type": numpy_type}
        return {"name": name, "field_name": name, **kinds, "metadata": None}

    pandas = {
        "index_columns": ["task"],
        "column_indexes": [column("", "unicode", "object") | {"name": None, "field_name": None}],
        "columns": [column("task_index", "int64", "int64"), column("task", "unicode", "object")],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.0.0",
    }
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), "task": pa.array(tasks, pa.string())})
    return table.replace_schema_metadata({"pandas": json.dumps(pandas)})

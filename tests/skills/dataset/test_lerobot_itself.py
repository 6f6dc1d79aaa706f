"""LeRobot's own code on our datasets and ours on its; runs where LeRobot is installed, which it need not be."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.skills.dataset import DatasetError, DatasetWriter, load_columns, read_episodes
from sayso.skills.episodes import Episode

lerobot = pytest.importorskip("lerobot.datasets.lerobot_dataset", reason="needs lerobot, at least 0.4.4")

CAMERA = "observation.images.front"


def make_episode(number: int) -> Episode:
    length = 12 + number
    state = np.stack([np.full(length, number), np.arange(length)], 1).astype(np.float32)
    shade = (10 * np.arange(length) + number).astype(np.uint8)
    names = ("shoulder_pan.pos", "gripper.pos")
    return Episode(
        robot="so101", fps=25.0, task=f"task {number % 2}", seed=number, success=True, times=np.arange(length) / 25,
        columns={"observation.state": state, "action": state}, names={"observation.state": names, "action": names},
        units={"observation.state": ("deg", "0-100"), "action": ("deg", "0-100")},
        videos={CAMERA: np.broadcast_to(shade[:, None, None, None], (length, 64, 96, 3)).copy()},
    )  # fmt: skip


def test_it_opens_a_plain_dataset_that_was_added_to(tmp_path: Path) -> None:
    for number in range(3):
        with DatasetWriter(tmp_path / "set", "so101", 25.0, plain=True) as writer:
            writer.add(make_episode(number))
    found = lerobot.LeRobotDataset("some/name", root=tmp_path / "set")
    assert (found.num_episodes, len(found), found.fps) == (3, 12 + 13 + 14, 25)
    last = found[len(found) - 1]
    assert last["observation.state"].tolist() == [2.0, 13.0]
    assert last["task"] == "task 0"
    assert float(last[CAMERA].mean()) == pytest.approx((130 + 2) / 255, abs=0.02)
    assert found.meta.features["action"]["names"] == ["shoulder_pan.pos", "gripper.pos"]


@pytest.mark.parametrize("videos", [True, False])
def test_what_it_writes_is_read(tmp_path: Path, videos: bool) -> None:
    example = make_episode(0)
    kind = {"dtype": "float32", "shape": (2,), "names": list(example.names["action"])}
    picture = {"dtype": "video" if videos else "image", "shape": (64, 96, 3), "names": ["height", "width", "channels"]}
    features = {"observation.state": kind, "action": kind, CAMERA: picture}
    written = lerobot.LeRobotDataset.create(
        "some/name", fps=25, features=features, root=tmp_path / "set", robot_type="so_follower", use_videos=videos
    )
    episodes = [make_episode(number) for number in range(3)]
    for episode in episodes:
        for k in range(len(episode)):
            values = {name: episode.columns[name][k] for name in ("observation.state", "action")}
            written.add_frame(values | {CAMERA: np.asarray(episode.videos[CAMERA])[k], "task": episode.task})
        written.save_episode()
    written.finalize()
    for got, episode in zip(read_episodes(tmp_path / "set"), episodes, strict=True):
        np.testing.assert_array_equal(got.columns["action"], episode.columns["action"])
        assert (got.task, got.names, got.units) == (episode.task, episode.names, {})
        shades = [np.asarray(e.videos[CAMERA])[..., 0].mean((1, 2)) for e in (got, episode)]
        np.testing.assert_allclose(*shades, atol=3)
    actions = np.concatenate([episode.columns["action"] for episode in episodes])
    np.testing.assert_array_equal(load_columns(tmp_path / "set", ["action"])["action"], actions)


def version_2_1(root: Path) -> None:
    """Three episodes as LeRobot wrote them until 2025: a file for each, and lists of JSON."""
    lists: dict[str, list[dict]] = {"episodes": [], "episodes_stats": [], "tasks": []}
    scalar = {"dtype": "int64", "shape": [1], "names": None}
    index = 0
    for number in range(3):
        values = make_episode(number).columns["action"]
        counts = {"frame_index": np.arange(len(values)), "index": index + np.arange(len(values))}
        counts |= {"episode_index": np.full(len(values), number), "task_index": np.full(len(values), number % 2)}
        columns = {"action": pa.array(values.tolist(), pa.list_(pa.float32(), 2))}
        columns |= {"timestamp": pa.array(np.arange(len(values)) / 25, pa.float32())}
        path = root / f"data/chunk-000/episode_{number:06d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns | {name: pa.array(count) for name, count in counts.items()}), path)
        lists["episodes"].append({"episode_index": number, "tasks": [f"task {number % 2}"], "length": len(values)})
        stats = {"min": values.min(0), "max": values.max(0), "mean": values.mean(0), "std": values.std(0)}
        told = {name: value.tolist() for name, value in stats.items()} | {"count": [len(values)]}
        lists["episodes_stats"].append({"episode_index": number, "stats": {"action": told}})
        index += len(values)
    lists["tasks"] = [{"task_index": k, "task": f"task {k}"} for k in range(2)]
    (root / "meta").mkdir()
    for name, rows in lists.items():
        (root / f"meta/{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    features = {"action": {"dtype": "float32", "shape": [2], "names": ["a.pos", "b.pos"]}}
    features |= dict.fromkeys(("frame_index", "episode_index", "index", "task_index"), scalar)
    info = {
        "codebase_version": "v2.1", "robot_type": "so100", "total_episodes": 3, "total_frames": index, "fps": 25,
        "total_tasks": 2, "total_videos": 0, "total_chunks": 1, "chunks_size": 1000, "splits": {"train": "0:3"},
        "data_path": "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet", "video_path": None,
        "features": features | {"timestamp": scalar | {"dtype": "float32"}},
    }  # fmt: skip
    (root / "meta/info.json").write_text(json.dumps(info))


def test_the_command_that_is_named_for_an_old_dataset_converts_it(tmp_path: Path) -> None:
    pytest.importorskip("lerobot.datasets.v30.convert_dataset_v21_to_v30", reason="elsewhere after LeRobot 0.4")
    version_2_1(tmp_path / "old set")
    with pytest.raises(DatasetError, match=r"of v2\.1, which cannot be added to;") as error:
        DatasetWriter(tmp_path / "old set", "so100", 25.0, plain=True)
    command = shlex.split(str(error.value).partition("LeRobot 0.4: python ")[2])
    subprocess.run([sys.executable, *command], check=True, capture_output=True, timeout=300)
    for number, got in enumerate(read_episodes(tmp_path / "old set")):
        np.testing.assert_array_equal(got.columns["action"], make_episode(number).columns["action"])
        assert got.task == f"task {number % 2}"


def test_it_refuses_to_merge_what_has_other_names(tmp_path: Path) -> None:
    for name, names in (("one", ("a.pos", "b.pos")), ("two", ("a.rad", "b.rad"))):
        episode = replace(make_episode(0), names={"observation.state": names, "action": names})
        with DatasetWriter(tmp_path / name, "so101", 25.0, plain=True) as writer:
            writer.add(episode)
    aggregate = pytest.importorskip("lerobot.datasets.aggregate")
    metas = [lerobot.LeRobotDatasetMetadata("some/name", root=tmp_path / name) for name in ("one", "two")]
    with pytest.raises(ValueError, match="Same features"):
        aggregate.validate_all_metadata(metas)

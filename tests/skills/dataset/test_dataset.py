"""Episodes written as a LeRobotDataset v3.0 come back as they were, and broken datasets say what is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sayso.skills.dataset import DatasetError, DatasetWriter, load_columns, read_episodes
from sayso.skills.episodes import Episode, EpisodeError, resample

FPS = 20.0
FRONT = "observation.images.front"


def make_episode(seed: int, length: int = 40, *, video: bool = False) -> Episode:
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:48, 0:64]
    frames = np.stack([np.stack([xx * 3, yy * 4, np.full_like(xx, 20 + 5 * i)], -1) for i in range(length)])
    return Episode(
        robot="sim",
        fps=FPS,
        task=f"put the red block in the {'blue' if seed % 2 else 'green'} bowl",
        seed=seed,
        success=(True, False, None)[seed % 3],
        times=100.0 + np.arange(length) / FPS,
        columns={
            "observation.state": rng.normal(size=(length, 3)),
            "action": rng.normal(size=(length, 2)).astype(np.float32),
            "next.reward": rng.normal(size=length),
            "phase": rng.integers(0, 5, length),
            "near": rng.random((length, 2)) > 0.5,
        },
        names={"action": ("shoulder.pos", "elbow.pos")},
        subtasks=((100.0, "pick up the red block"), (101.0, "put it in the bowl")),
        motions=((100.0, "move arm down"), (100.5, "hold still"), (101.0, "move arm left")),
        events=((100.4, "a bit higher"), (100.4, "and left")),
        videos={FRONT: frames.astype(np.uint8)} if video else {},
    )


def write(root: Path, episodes: list[Episode], **options: bool) -> Path:
    with DatasetWriter(root, "sim", FPS, **options) as writer:
        for episode in episodes:
            writer.add(episode)
    return root


def assert_same(got: Episode, wrote: Episode) -> None:
    assert (got.robot, got.fps, got.task, got.seed, got.success) == (
        (wrote.robot, wrote.fps, wrote.task, wrote.seed, wrote.success)
    )
    np.testing.assert_allclose(got.times, wrote.times - wrote.times[0], atol=1e-9)
    assert got.columns.keys() == wrote.columns.keys()
    for name, values in wrote.columns.items():
        np.testing.assert_allclose(got.columns[name].astype(float), values.astype(float), rtol=1e-6, err_msg=name)
    assert got.names == wrote.names
    for a, b in ((got.subtasks, wrote.subtasks), (got.motions, wrote.motions), (got.events, wrote.events)):
        assert [text for _, text in a] == [text for _, text in b]
        np.testing.assert_allclose([t for t, _ in a], [t - wrote.times[0] for t, _ in b], atol=1e-6)
    for key, frames in wrote.videos.items():
        assert got.videos[key].shape == frames.shape
        assert np.abs(got.videos[key].astype(int) - frames).mean() < 3.0
        # The blue channel counts frames: a video that is shifted by one frame would be 5 off.
        np.testing.assert_allclose(got.videos[key][..., 2].mean((1, 2)), frames[..., 2].mean((1, 2)), atol=2.4)


def test_episodes_come_back_with_words_and_video(tmp_path: Path) -> None:
    wrote = [make_episode(seed, 30 + 7 * seed, video=True) for seed in range(3)]
    got = list(read_episodes(write(tmp_path, wrote)))
    assert len(got) == 3
    for a, b in zip(got, wrote, strict=True):
        assert_same(a, b)
    assert got[0].columns["phase"].dtype == np.int64 and got[0].columns["near"].dtype == np.bool_


def test_resuming_adds_to_what_is_there(tmp_path: Path) -> None:
    wrote = [make_episode(seed, video=True) for seed in range(5)]
    write(tmp_path, wrote[:2])
    write(tmp_path, wrote[2:3])
    write(tmp_path, [])
    write(tmp_path, wrote[3:])
    for a, b in zip(read_episodes(tmp_path), wrote, strict=True):
        assert_same(a, b)
    index = pq.read_table(tmp_path / "data").sort_by("index")["index"].to_pylist()
    assert index == list(range(200))
    stats = json.loads((tmp_path / "meta/stats.json").read_text())
    state = np.concatenate([e.columns["observation.state"] for e in wrote]).astype(np.float32).astype(float)
    for name, value in {"min": state.min(0), "max": state.max(0), "mean": state.mean(0), "std": state.std(0)}.items():
        np.testing.assert_allclose(stats["observation.state"][name], value, rtol=1e-6, atol=1e-9)
    assert stats["observation.state"]["count"] == [200]


def test_statistics_of_an_episode(tmp_path: Path) -> None:
    episode = make_episode(0, 37, video=True)
    write(tmp_path, [episode])
    row = pq.read_table(tmp_path / "meta/episodes").to_pylist()[0]
    values = episode.columns["action"].astype(float)
    for name, share in {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}.items():
        np.testing.assert_allclose(row[f"stats/action/{name}"], np.quantile(values, share, axis=0), rtol=1e-6)
    pixels = episode.videos[FRONT] / 255.0
    assert np.shape(row[f"stats/{FRONT}/mean"]) == (3, 1, 1)
    np.testing.assert_allclose(np.ravel(row[f"stats/{FRONT}/mean"]), pixels.mean((0, 1, 2)), atol=0.01)
    assert np.ravel(row[f"stats/{FRONT}/max"]).max() <= 1.0


def test_layout_is_lerobots(tmp_path: Path) -> None:
    write(tmp_path, [make_episode(seed, 25 + seed, video=True) for seed in range(3)])
    info = json.loads((tmp_path / "meta/info.json").read_text())
    assert info["codebase_version"] == "v3.0" and info["fps"] == 20 and isinstance(info["fps"], int)
    assert (info["total_episodes"], info["total_frames"], info["total_tasks"]) == (3, 78, 2)
    assert info["splits"] == {"train": "0:3"} and info["robot_type"] == "sim"
    assert info["features"]["action"] == {"dtype": "float32", "shape": [2], "names": ["shoulder.pos", "elbow.pos"]}
    assert info["features"]["language_events"] == {"dtype": "language", "shape": [1], "names": None}
    assert info["features"][FRONT]["info"]["video.codec"] == "h264"
    data = pq.read_table(tmp_path / info["data_path"].format(chunk_index=0, file_index=0))
    assert (
        str(data.schema.field("action").type).startswith("fixed_size_list<") and b"huggingface" in data.schema.metadata
    )
    assert str(data.schema.field("next.reward").type) == "float"
    for name, kind in {"timestamp": "float", "frame_index": "int64", "index": "int64", "task_index": "int64"}.items():
        assert str(data.schema.field(name).type) == kind
    stamps, frames = (data[name].to_numpy() for name in ("timestamp", "frame_index"))
    assert np.abs(stamps - frames / FPS).max() < 1e-4
    tasks = pq.read_table(tmp_path / "meta/tasks.parquet")
    assert json.loads(tasks.schema.metadata[b"pandas"])["index_columns"] == ["task"]
    episodes = pq.read_table(tmp_path / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    assert [e["dataset_from_index"] for e in episodes] == [0, 25, 51] and episodes[2]["dataset_to_index"] == 78
    assert [e[f"videos/{FRONT}/from_timestamp"] for e in episodes] == pytest.approx([0.0, 1.25, 2.55])
    assert not list(tmp_path.rglob("*.partial"))


def test_language_columns_are_lerobots(tmp_path: Path) -> None:
    write(tmp_path, [make_episode(seed) for seed in range(2)])
    data = pq.read_table(tmp_path / "data/chunk-000/file-000.parquet").to_pylist()
    first = data[0]["language_persistent"]
    assert all(row["language_persistent"] == first for row in data[:40])
    spoken = {"role": "assistant", "camera": None, "tool_calls": None}
    assert {"content": "hold still", "style": "motion", "timestamp": 0.5, **spoken} in first
    assert {"content": "pick up the red block", "style": "subtask", "timestamp": 0.0, **spoken} in first
    assert [i for i, row in enumerate(data) if row["language_events"]] == [8, 48]
    asked = {"role": "user", "style": "interjection", "camera": None, "tool_calls": None}
    assert data[8]["language_events"] == [{"content": text, **asked} for text in ("a bit higher", "and left")]


def test_of_two_motions_on_one_frame_the_later_one_holds(tmp_path: Path) -> None:
    episode = replace(make_episode(0), motions=((100.0, "hold still"), (100.01, "move arm up"), (100.3, "hold still")))
    (got,) = read_episodes(write(tmp_path, [episode]))
    assert got.motions == ((0.0, "move arm up"), (pytest.approx(0.3), "hold still"))


def test_plain_has_no_language(tmp_path: Path) -> None:
    (got,) = read_episodes(write(tmp_path, [make_episode(0)], plain=True))
    assert not any(name.startswith("language") for name in pq.read_schema(next(tmp_path.glob("data/*/*"))).names)
    assert got.motions == got.subtasks == got.events == ()


def test_whole_columns(tmp_path: Path) -> None:
    wrote = [make_episode(seed, 10 + seed) for seed in range(4)]
    write(tmp_path, wrote[:3])
    write(tmp_path, wrote[3:])
    got = load_columns(tmp_path, ["action", "next.reward", "near", "timestamp"])
    assert got["action"].dtype == np.float32 and got["next.reward"].shape == (46, 1)
    np.testing.assert_array_equal(got["action"], np.concatenate([e.columns["action"] for e in wrote]))
    np.testing.assert_array_equal(got["near"], np.concatenate([e.columns["near"] for e in wrote]))
    np.testing.assert_array_equal(got["episode_index"], np.repeat(range(4), [10, 11, 12, 13]))


def test_full_files_are_followed_by_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.skills.dataset.writer.BUFFERED_ROWS", 60)
    monkeypatch.setattr("sayso.skills.dataset.layout.DATA_FILE_MB", 0.001)
    monkeypatch.setattr("sayso.skills.dataset.layout.FILES_PER_CHUNK", 2)
    wrote = [make_episode(seed, 30, video=True) for seed in range(10)]
    write(tmp_path, wrote)
    assert sorted(str(p.relative_to(tmp_path / "data")) for p in tmp_path.glob("data/*/*")) == [
        "chunk-000/file-000.parquet", "chunk-000/file-001.parquet", "chunk-001/file-000.parquet",
        "chunk-001/file-001.parquet", "chunk-002/file-000.parquet",
    ]  # fmt: skip
    for a, b in zip(read_episodes(tmp_path), wrote, strict=True):
        assert_same(a, b)


def test_a_crash_loses_only_what_was_not_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote = [make_episode(seed, video=True) for seed in range(3)]
    writer = DatasetWriter(tmp_path, "sim", FPS)
    writer.add(wrote[0])
    writer.commit()
    writer.add(wrote[1])

    def power_cut(self: object, root: Path) -> None:
        raise OSError("power cut")

    # The worst moment: every new file has its name, only the totals are still the old ones.
    monkeypatch.setattr("sayso.skills.dataset.layout.Info.save", power_cut)
    with pytest.raises(OSError, match="power cut"):
        writer.commit()
    monkeypatch.undo()
    (survivor,) = read_episodes(tmp_path)
    assert_same(survivor, wrote[0])
    (tmp_path / "data/chunk-000/file-009.parquet.partial").write_bytes(b"half")
    write(tmp_path, wrote[2:])
    for a, b in zip(read_episodes(tmp_path), [wrote[0], wrote[2]], strict=True):
        assert_same(a, b)
    assert json.loads((tmp_path / "meta/stats.json").read_text())["index"]["max"] == [79.0]
    assert not list(tmp_path.rglob("*.partial"))


def test_an_error_while_collecting_keeps_the_finished_episodes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), DatasetWriter(tmp_path, "sim", FPS) as writer:
        writer.add(make_episode(0))
        raise KeyboardInterrupt
    assert len(list(read_episodes(tmp_path))) == 1


def break_info(root: Path) -> None:
    (root / "meta/info.json").write_text('{"fps": -1}')


def break_version(root: Path) -> None:
    path = root / "meta/info.json"
    path.write_text(path.read_text().replace("v3.0", "v1.6"))


def break_footer(root: Path) -> None:
    path = root / "data/chunk-000/file-000.parquet"
    path.write_bytes(path.read_bytes()[:-50])


def break_body(root: Path) -> None:
    path = root / "data/chunk-000/file-000.parquet"
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)


def break_index(root: Path) -> None:
    (root / "meta/episodes/chunk-000/file-000.parquet").unlink()


def break_data(root: Path) -> None:
    (root / "data/chunk-000/file-000.parquet").unlink()


def break_video(root: Path) -> None:
    path = root / f"videos/{FRONT}/chunk-000/file-000.mp4"
    path.write_bytes(path.read_bytes()[:100])


def break_tasks(root: Path) -> None:
    (root / "meta/tasks.parquet").write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (break_info, r"info\.json is not a LeRobotDataset v3\.0 description"),
        (break_version, r"info\.json is a LeRobotDataset v1\.6; convert it .*convert_dataset_v21_to_v30 --repo-id"),
        (break_footer, r"file-000\.parquet is not a complete Parquet file"),
        (break_body, r"file-000\.parquet is damaged"),
        (break_index, r"lists 0 episodes in meta/episodes, but meta/info\.json counts 2"),
        (break_data, r"data/chunk-000/file-000\.parquet is missing"),
        (break_video, r"cannot decode video .*file-000\.mp4"),
        (break_tasks, r"tasks\.parquet is not a complete Parquet file"),
    ],
)
def test_a_broken_dataset_gives_one_clear_error(tmp_path: Path, damage: Callable[[Path], None], message: str) -> None:
    write(tmp_path, [make_episode(seed, video=True) for seed in range(2)])
    damage(tmp_path)
    with pytest.raises(DatasetError, match=message):
        list(read_episodes(tmp_path))


def test_no_dataset_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no dataset in .*meta/info\.json"):
        load_columns(tmp_path, ["action"])


def test_unknown_column_names_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, [make_episode(0)])
    with pytest.raises(DatasetError, match=r"no numeric column 'actoin'; it has observation\.state, action"):
        load_columns(tmp_path, ["actoin"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"robot": "so101"}, "an episode of so101 at 20.0 fps does not fit a dataset of sim at 20.0 fps"),
        ({"times": 100.0 + np.arange(40) / 21}, r"off the grid of 20\.0 fps; resample"),
        ({"columns": {"action": np.zeros((40, 2))}}, "column 'near' of the episode is missing"),
        ({"columns": {"index": np.zeros((40, 2))}, "names": {}}, "column 'index' is written by the dataset itself"),
        ({"videos": {"v": np.zeros((40, 33, 20, 3), np.uint8)}}, "video 'v' is 33 x 20; H.264 needs even sizes"),
    ],
)
def test_an_episode_that_does_not_fit_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    with DatasetWriter(tmp_path, "sim", FPS) as writer:
        writer.add(make_episode(0))
        with pytest.raises(DatasetError, match=message):
            writer.add(replace(make_episode(1), **change))
    assert len(list(read_episodes(tmp_path))) == 1


def test_resuming_with_other_settings_is_refused(tmp_path: Path) -> None:
    write(tmp_path, [make_episode(0)])
    with pytest.raises(DatasetError, match=r"has fps 20\.0, not 30\.0"):
        DatasetWriter(tmp_path, "sim", 30)
    with pytest.raises(DatasetError, match="has plain False, not True"):
        DatasetWriter(tmp_path, "sim", FPS, plain=True)


def test_a_dataset_of_another_program_can_be_read_and_not_added_to(tmp_path: Path) -> None:
    write(tmp_path, [make_episode(0)], plain=True)
    path = tmp_path / "meta/episodes/chunk-000/file-000.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["seed", "success", "tasks"]), path)
    (got,) = read_episodes(tmp_path)
    assert (got.task, got.success) == ("put the red block in the green bowl", None)
    with pytest.raises(DatasetError, match="was written by another program"):
        DatasetWriter(tmp_path, "sim", FPS, plain=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"times": np.zeros(40)}, "rising"),
        ({"fps": 0.0}, "fps must be positive"),
        ({"columns": {"action": np.zeros((39, 2))}, "names": {}}, r"column 'action' must be \(40, n\); got \(39, 2\)"),
        ({"columns": {"action": np.full((40, 2), np.nan)}}, "column 'action' holds nan at sample 0, entry 0"),
        ({"columns": {"action": np.array(["x"] * 40)}, "names": {}}, "floats, integers or booleans"),
        ({"names": {"action": ("one",)}}, r"names\['action'\] has 1 entries, expected 2"),
        ({"videos": {"v": np.zeros((40, 4, 4, 3))}}, r"video 'v' must be \(40, H, W, 3\) uint8"),
    ],
)
def test_an_episode_that_does_not_hold_together_is_refused(change: dict, message: str) -> None:
    with pytest.raises(EpisodeError, match=message):
        replace(make_episode(0), **change)


def test_resampling_takes_the_newest_sample_up_to_each_grid_time() -> None:
    episode = make_episode(0, 40)
    missed = replace(
        episode,
        times=np.delete(episode.times, [7, 8, 9]) + 0.004,
        columns={name: np.delete(values, [7, 8, 9], axis=0) for name, values in episode.columns.items()},
    )
    even = resample(missed, FPS)
    assert len(even) == 40
    np.testing.assert_allclose(np.diff(even.times), 1 / FPS)
    expected = [*range(7), 6, 6, 6, *range(10, 40)]
    np.testing.assert_array_equal(even.columns["action"], episode.columns["action"][expected])
    half = resample(episode, FPS / 2)
    np.testing.assert_array_equal(half.columns["action"], episode.columns["action"][::2])


def test_only_one_writer_at_a_time_gets_at_a_dataset(tmp_path: Path) -> None:
    root = tmp_path / "made" / "on the way"
    with DatasetWriter(root, "sim", FPS) as writer:
        writer.add(make_episode(0))
        with pytest.raises(DatasetError, match="another program is writing into"):
            DatasetWriter(root, "sim", FPS)
    write(root, [make_episode(1)])
    assert len(list(read_episodes(root))) == 2


def test_a_writer_that_adds_nothing_leaves_nothing(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "a" / "b", "sim", FPS):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_users_own_files_stay_and_a_folder_that_is_no_dataset_is_left_alone(tmp_path: Path) -> None:
    root = write(tmp_path / "set", [make_episode(0)])
    own = [root / "README.md", root / "data/chunk-000/.DS_Store", root / "data/chunk-000/notes-007.txt"]
    for path in own:
        path.write_text("mine")
    write(root, [make_episode(1)])
    assert [path.read_text() for path in own] == ["mine"] * 3
    assert len(list(read_episodes(root))) == 2
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.jpg").write_text("mine")
    with pytest.raises(DatasetError, match=r"photos' is no dataset and holds holiday\.jpg; choose an empty folder"):
        DatasetWriter(other, "sim", FPS)
    assert [path.name for path in other.iterdir()] == ["holiday.jpg"]

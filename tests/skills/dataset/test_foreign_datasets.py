"""Datasets as other programs leave them: read right or refused with what is wrong, never silently rearranged."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.skills.dataset import DatasetError, DatasetWriter, load_columns, read_episodes
from sayso.skills.episodes import Episode, resample

FPS, CAMERA = 10.0, "observation.images.front"
EPISODES = "meta/episodes/chunk-000/file-000.parquet"
DATA = "data/chunk-000/file-{:03d}.parquet"
LENGTHS = (12, 9, 12)


def make_episode(number: int, *, video: bool = False) -> Episode:
    length = LENGTHS[number]
    values = 100.0 * number + np.arange(length)
    shade = np.full((length, 32, 48, 3), 0, np.uint8) + (20 * np.arange(length, dtype=np.uint8))[:, None, None, None]
    return Episode(
        robot="other", fps=FPS, task=f"task {number}", seed=0, success=None, times=np.arange(length) / FPS,
        columns={"observation.state": np.stack([values, -values], 1).astype(np.float32), "action": values[:, None]},
        names={"observation.state": ("a.pos", "b.pos")}, videos={CAMERA: shade} if video else {},
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three episodes of another program: 0 and 1 in the first data file, 2 in the second."""
    return foreign(tmp_path, video=False)


def foreign(root: Path, *, video: bool) -> Path:
    for numbers in ((0, 1), (2,)):
        with DatasetWriter(root, "other", FPS, plain=True) as writer:
            for number in numbers:
                writer.add(make_episode(number, video=video))
    tables = [pq.read_table(path) for path in sorted((root / "meta/episodes").glob("*/*"))]
    whole = pa.concat_tables(tables).drop_columns(["seed", "success"])
    for path in (root / "meta/episodes").glob("*/*"):
        path.unlink()
    pq.write_table(whole, root / EPISODES)
    change_info(root, sayso=None)
    return root


def change_info(root: Path, **change: object) -> None:
    path = root / "meta/info.json"
    content = json.loads(path.read_text()) | change
    if content.get("sayso") is None and "sayso" in content:
        del content["sayso"]
    path.write_text(json.dumps(content))


def change_table(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def with_column(table: pa.Table, name: str, values: list) -> pa.Table:
    at = table.column_names.index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(name).type))


def assert_right(root: Path) -> None:
    states = [make_episode(k).columns["observation.state"] for k in range(3)]
    for k, (got, state) in enumerate(zip(read_episodes(root), states, strict=True)):
        np.testing.assert_array_equal(got.columns["observation.state"], state)
        assert got.task == f"task {k}"
    columns = load_columns(root, ["observation.state", "timestamp"])
    np.testing.assert_array_equal(columns["observation.state"], np.concatenate(states))
    np.testing.assert_array_equal(columns["episode_index"], np.repeat(range(3), LENGTHS))


def test_rows_in_any_order_are_put_right(root: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(2):
        change_table(root / DATA.format(number), lambda t: t.take(pa.array(rng.permutation(len(t)))))
    assert_right(root)


def test_files_out_of_order_are_read_by_what_the_index_says(root: Path) -> None:
    one, two = root / DATA.format(0), root / DATA.format(1)
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)

    def exchanged(table: pa.Table) -> pa.Table:
        return with_column(table, "data/file_index", [1, 1, 0]).take(pa.array([2, 0, 1]))

    change_table(root / EPISODES, exchanged)
    assert_right(root)


def test_an_index_that_points_at_the_other_file_is_refused(root: Path) -> None:
    # Episodes 0 and 2 are of one length: counting rows would not notice.
    change_table(root / EPISODES, lambda t: with_column(t, "data/file_index", [1, 0, 0]))
    for read in (lambda: list(read_episodes(root)), lambda: load_columns(root, ["action"])):
        with pytest.raises(DatasetError, match=r"file-00\d\.parquet has rows of episode \d; meta/episodes lists \["):
            read()


def test_any_size_of_chunk_and_any_template_is_read(root: Path) -> None:
    (root / "data/part-0002").mkdir()
    for number in range(2):
        (root / DATA.format(number)).rename(root / f"data/part-0002/{1500 + number}.parquet")
    change_info(root, chunks_size=4000, data_path="data/part-{chunk_index:04d}/{file_index}.parquet")

    def moved(table: pa.Table) -> pa.Table:
        return with_column(with_column(table, "data/chunk_index", [2, 2, 2]), "data/file_index", [1500, 1500, 1501])

    change_table(root / EPISODES, moved)
    assert_right(root)


@pytest.mark.parametrize("template", ["../{chunk_index}.parquet", "/{file_index}", "data/{number}.parquet"])
def test_a_template_that_leads_elsewhere_is_refused(root: Path, template: str) -> None:
    change_info(root, data_path=template)
    with pytest.raises(DatasetError, match=r"info\.json .* data_path"):
        list(read_episodes(root))


def test_dropped_frames_leave_a_gap_in_time_and_the_pictures_stay_with_their_samples(tmp_path: Path) -> None:
    root = foreign(tmp_path, video=True)

    def late(table: pa.Table) -> pa.Table:
        stamps = table["timestamp"].to_numpy().copy()
        stamps[21 - 9 + 4 :] += 0.2  # in episode 1, from its fifth frame on
        return with_column(table, "timestamp", stamps.tolist())

    change_table(root / DATA.format(0), late)
    _, got, _ = read_episodes(root, videos=False)
    np.testing.assert_allclose(np.diff(got.times), [0.1, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1], atol=1e-6)
    assert len(resample(got, FPS)) == 11
    # Its video has no picture two frames after its end: said, not filled up with others.
    with pytest.raises(DatasetError, match=r"video .* has no frame at 2\.\d+ s"):
        list(read_episodes(root))


def test_pictures_are_found_by_their_time(tmp_path: Path) -> None:
    root = foreign(tmp_path, video=True)
    for number, got in enumerate(read_episodes(root)):
        shades = 20.0 * np.arange(LENGTHS[number])
        np.testing.assert_allclose(got.videos[CAMERA].mean((1, 2, 3)), shades, atol=3)


def drop_episode(root: Path) -> None:
    change_table(root / EPISODES, lambda t: with_column(t, "episode_index", [0, 1, 3]))


def double_episode(root: Path) -> None:
    change_table(root / EPISODES, lambda t: with_column(t, "episode_index", [0, 1, 1]))


def more_episodes(root: Path) -> None:
    change_info(root, total_episodes=2, total_frames=21)


def more_frames(root: Path) -> None:
    change_info(root, total_frames=40)


def no_length(root: Path) -> None:
    change_table(root / EPISODES, lambda t: with_column(t, "length", [12, None, 12]))


def no_place(root: Path) -> None:
    change_table(root / EPISODES, lambda t: t.drop_columns(["data/file_index"]))


def drop_row(root: Path) -> None:
    change_table(root / DATA.format(0), lambda t: t.take(pa.array([k for k in range(21) if k != 5])))


def double_row(root: Path) -> None:
    change_table(root / DATA.format(0), lambda t: t.take(pa.array([k if k != 5 else 4 for k in range(21)])))


def too_late_a_row(root: Path) -> None:
    change_table(root / DATA.format(1), lambda t: with_column(t, "frame_index", [*range(11), 14]))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (drop_episode, r"episode 2 of .* is missing in meta/episodes"),
        (double_episode, r"episode 2 of .* is missing|listed twice"),
        (more_episodes, r"lists 3 episodes in meta/episodes, but meta/info\.json counts 2"),
        (more_frames, r"have 33 frames, but meta/info\.json counts 40"),
        (no_length, r"episodes whose length is not a number"),
        (no_place, r"has no column 'data/file_index'"),
        (drop_row, r"frame 5 of episode 0 is missing|episode 0 has 12 frames, but .* has 11 rows"),
        (double_row, r"double"),
        (too_late_a_row, r"has frame 14 of episode 2, which has 12 frames"),
    ],
)
def test_what_is_missing_or_double_is_named(root: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(root)
    for read in (lambda: list(read_episodes(root)), lambda: load_columns(root, ["action"])):
        with pytest.raises(DatasetError, match=message):
            read()


def test_a_frame_rate_that_its_time_stamps_contradict_is_refused_with_both(root: Path) -> None:
    change_info(root, fps=30)
    told = r"are of 10 frames a second, but meta/info.json says fps 30; correct the one that is wrong"
    with pytest.raises(DatasetError, match=f"the time stamps of episode 0 {told}"):
        list(read_episodes(root))
    with pytest.raises(DatasetError, match=f"the time stamps of '{root}' {told}"):
        load_columns(root, ["action"])
    change_info(root, fps=10.3)  # a clock's time stamps are not exact, and single frames may be missing
    assert len(list(read_episodes(root))) == 3 and len(load_columns(root, ["action"])["action"]) == sum(LENGTHS)


def other_size(info: dict) -> None:
    info["features"][CAMERA]["shape"] = [48, 32, 3]


def other_video_rate(info: dict) -> None:
    info["features"][CAMERA]["info"]["video.fps"] = 30


def whole_numbers(info: dict) -> None:
    info["features"]["observation.state"]["dtype"] = "int64"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_size, r"'observation.images.front' of episode 0 are 32 x 48, .* says the shape \[48, 32, 3\]"),
        (other_video_rate, r"info.json says 30 fps of video 'observation.images.front' and 10 of its data"),
        (whole_numbers, r"column 'observation.state' holds float, but meta/info.json says int64"),
    ],
)
def test_a_description_that_the_data_contradict_is_refused(
    tmp_path: Path, change: Callable[[dict], None], told: str
) -> None:
    root = foreign(tmp_path, video=True)
    info = json.loads((root / "meta/info.json").read_text())
    change(info)
    change_info(root, **info)
    with pytest.raises(DatasetError, match=told):
        list(read_episodes(root))


def sparse_tasks(root: Path) -> None:
    """Tasks by numbers with gaps, in another order, beside another column of text."""
    numbers = {0: 7, 1: 2, 2: 5}
    for number in range(2):
        change_table(
            root / DATA.format(number),
            lambda t: with_column(t, "task_index", [numbers[k] for k in t["task_index"].to_pylist()]),
        )
    rows = {"note": ["x", "y", "z"], "task_index": [5, 7, 2], "task": ["task 2", "task 0", "task 1"]}
    pq.write_table(pa.table(rows), root / "meta/tasks.parquet")


def test_tasks_are_found_by_their_number_not_by_their_place(root: Path) -> None:
    sparse_tasks(root)
    assert_right(root)
    change_table(root / EPISODES, lambda t: t.drop_columns(["tasks"]))
    assert_right(root)


def lost_task(root: Path) -> None:
    pq.write_table(pa.table({"task_index": [0, 1], "task": ["task 0", "task 1"]}), root / "meta/tasks.parquet")


def exchanged_tasks(root: Path) -> None:
    rows = {"task_index": [0, 1, 2], "task": ["task 1", "task 0", "task 2"]}
    pq.write_table(pa.table(rows), root / "meta/tasks.parquet")


def two_tasks(root: Path) -> None:
    change_table(root / DATA.format(1), lambda t: with_column(t, "task_index", [2] * 6 + [1] * 6))


def double_number(root: Path) -> None:
    rows = {"task_index": [0, 0, 2], "task": ["task 0", "task 1", "task 2"]}
    pq.write_table(pa.table(rows), root / "meta/tasks.parquet")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lost_task, r"the frames of episode 2 have task 2, which meta/tasks\.parquet lacks; it has \[0, 1\]"),
        (exchanged_tasks, r"episode 0 have the task 'task 1', but meta/episodes says \['task 0'\]"),
        (two_tasks, r"the frames of episode 2 have 2 tasks \('task 2', 'task 1'\); one is needed"),
        (double_number, r"gives the same task_index to several tasks"),
    ],
)
def test_a_task_that_cannot_be_told_is_refused(root: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(root)
    with pytest.raises(DatasetError, match=message):
        list(read_episodes(root))


def test_pictures_in_the_data_files_are_read_too(root: Path) -> None:
    def with_pictures(table: pa.Table) -> pa.Table:
        cells = []
        for k in range(len(table)):
            picture = np.full((8, 10, 3), (10 * k, 0, 200), np.uint8)
            cells.append({"bytes": cv2.imencode(".png", picture[..., ::-1])[1].tobytes(), "path": None})
        return table.append_column(CAMERA, pa.array(cells))

    for number in range(2):
        change_table(root / DATA.format(number), with_pictures)
    features = json.loads((root / "meta/info.json").read_text())["features"]
    image = {"dtype": "image", "shape": [8, 10, 3], "names": ["height", "width", "channels"]}
    change_info(root, features=features | {CAMERA: image})
    got = list(read_episodes(root))
    assert got[1].videos[CAMERA].shape == (9, 8, 10, 3)
    np.testing.assert_array_equal(got[1].videos[CAMERA][:, 0, 0, 0], 10 * np.arange(12, 21))
    assert list(read_episodes(root, videos=False))[1].videos == {}


def test_columns_that_no_episode_can_hold_are_named_unless_others_are_asked_for(root: Path) -> None:
    features = json.loads((root / "meta/info.json").read_text())["features"]
    change_info(root, features=features | {"note": {"dtype": "string", "shape": [1], "names": None}})
    with pytest.raises(DatasetError, match=r"columns of .* cannot be read: note \(string \[1\]\); select columns"):
        list(read_episodes(root))
    assert list(next(read_episodes(root, columns=["action"])).columns) == ["action"]


def test_values_that_are_not_finite_are_told_with_their_episode(root: Path) -> None:
    change_table(root / DATA.format(1), lambda t: with_column(t, "action", [np.nan] * 12))
    with pytest.raises(DatasetError, match=r"episode 2 of .*: column 'action' holds nan at sample 0"):
        list(read_episodes(root))


def test_names_of_earlier_formats_are_read(root: Path) -> None:
    features = json.loads((root / "meta/info.json").read_text())["features"]
    features["observation.state"]["names"] = {"motors": ["left", "right"]}
    features["action"]["names"] = ["one", "too many"]
    change_info(root, features=features)
    assert next(read_episodes(root)).names == {"observation.state": ("left", "right")}


def test_units_of_other_programs_are_not_guessed_and_nothing_is_added_to_their_datasets(root: Path) -> None:
    assert next(read_episodes(root)).units == {}
    before = sorted(root.rglob("*"))
    with pytest.raises(DatasetError, match="was written by another program"):
        DatasetWriter(root, "other", FPS, plain=True)
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("v1.6", "convert it to v2.1 .* then to v3.0 with LeRobot 0.4: python -m lerobot.datasets.v30.convert"),
        ("v4.0", "v2.0, v2.1, v3.0, v3.1 can be read"),
    ],
)
def test_another_version_is_named_with_its_converter(root: Path, version: str, message: str) -> None:
    change_info(root, codebase_version=version)
    with pytest.raises(DatasetError, match=message):
        list(read_episodes(root))


def version_2_1(root: Path) -> Path:
    """Three episodes as LeRobot before version 0.4 stores them: one file an episode, the index in JSON lines."""
    (root / "meta").mkdir(parents=True)
    rows = [make_episode(number) for number in range(3)]
    for number, episode in enumerate(rows):
        frame = np.arange(len(episode))
        state = pa.FixedSizeListArray.from_arrays(pa.array(episode.columns["observation.state"].ravel()), 2)
        columns = {
            "observation.state": state, "timestamp": (frame / FPS).astype(np.float32), "frame_index": frame,
            "episode_index": np.full_like(frame, number), "index": frame, "task_index": np.full_like(frame, number % 2),
        }  # fmt: skip
        path = root / f"data/chunk-00{number // 2}/episode_00000{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)
    scalar = {"dtype": "int64", "shape": [1], "names": None}
    features = {"observation.state": {"dtype": "float32", "shape": [2], "names": {"motors": ["a", "b"]}}}
    features |= dict.fromkeys(("frame_index", "episode_index", "index", "task_index"), scalar)
    info = {
        "codebase_version": "v2.1", "robot_type": "so100", "total_episodes": 3, "total_frames": sum(LENGTHS),
        "fps": FPS, "total_tasks": 2, "chunks_size": 2,
        "data_path": "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet", "video_path": None,
        "features": features | {"timestamp": scalar | {"dtype": "float32"}},
    }  # fmt: skip
    (root / "meta/info.json").write_text(json.dumps(info))
    index = [{"episode_index": n, "tasks": [f"task {n % 2}"], "length": len(e)} for n, e in enumerate(rows)]
    (root / "meta/episodes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in index))
    tasks = [{"task_index": n, "task": f"task {n}"} for n in (1, 0)]
    (root / "meta/tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tasks))
    return root


def test_version_2_1_is_read_but_not_added_to(tmp_path: Path) -> None:
    root = version_2_1(tmp_path / "old")
    for number, episode in enumerate(read_episodes(root)):
        np.testing.assert_array_equal(
            episode.columns["observation.state"], make_episode(number).columns["observation.state"]
        )
        assert (episode.task, episode.names["observation.state"]) == (f"task {number % 2}", ("a", "b"))
    assert load_columns(root, ["observation.state"])["episode_index"].tolist() == [0] * 12 + [1] * 9 + [2] * 12
    with pytest.raises(DatasetError, match=r"v2\.1, which cannot be added to; convert it to v3\.0"):
        DatasetWriter(root, "so100", FPS, plain=True)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("episodes.jsonl", '{"episode_index": 0}\n', "without a whole episode_index and length"),
        ("episodes.jsonl", "", "lists 0 episodes in meta/episodes"),
        ("episodes.jsonl", "[1]", "is not in JSON lines"),
        ("tasks.jsonl", '{"task_index": 0}\n', "without a text and a task_index"),
    ],
)
def test_a_broken_index_of_version_2_1_is_named(tmp_path: Path, file: str, content: str, message: str) -> None:
    root = version_2_1(tmp_path / "old")
    (root / "meta" / file).write_text(content)
    with pytest.raises(DatasetError, match=message):
        list(read_episodes(root))


def earlier_sayso(root: Path) -> Path:
    """A dataset as versions wrote it that did not write units down: radians, and openings from 0 to 1."""
    with DatasetWriter(root, "panda", FPS, plain=True) as writer:
        writer.add(earlier_episode())
    change_info(root, sayso=None)
    return root


def earlier_episode() -> Episode:
    names = {"observation.state": ("j.pos", "gripper.pos"), "action": ("j.vel", "gripper.closed")}
    columns = {name: np.zeros((5, 2), np.float32) for name in names}
    return Episode("panda", FPS, "t", 0, True, np.arange(5) / FPS, columns, names)


def test_the_units_of_earlier_datasets_of_ours_are_known_and_no_others_are_added_to_them(tmp_path: Path) -> None:
    root = earlier_sayso(tmp_path)
    (got,) = read_episodes(root)
    units = {"observation.state": ("rad", "0-1"), "action": ("rad/s", "0-1")}
    assert got.units == units
    degrees = replace(earlier_episode(), units=units | {"observation.state": ("deg", "0-100")})
    with DatasetWriter(root, "panda", FPS, plain=True) as writer:
        with pytest.raises(DatasetError, match=r"is in other units \(deg, 0-100\) than .* \(rad, 0-1\)"):
            writer.add(degrees)
        writer.add(replace(degrees, units=units))
    assert len(list(read_episodes(root))) == 2


def test_units_are_kept_and_unlike_ones_and_other_names_are_refused(tmp_path: Path) -> None:
    episode = replace(earlier_episode(), units={"observation.state": ("deg", "0-100")})
    with DatasetWriter(tmp_path, "panda", FPS, plain=True) as writer:
        writer.add(episode)
        with pytest.raises(DatasetError, match=r"in other units \(not said\) than"):
            writer.add(replace(episode, units={}))
        with pytest.raises(DatasetError, match=r"'observation.state' of the episode is \('gripper.pos', 'j.pos'\)"):
            writer.add(replace(episode, names=episode.names | {"observation.state": ("gripper.pos", "j.pos")}))
    (got,) = read_episodes(tmp_path)
    assert got.units == {"observation.state": ("deg", "0-100")}
    said = json.loads((tmp_path / "meta/info.json").read_text())["sayso"]
    assert said == {"units": {"observation.state": ["deg", "0-100"]}}

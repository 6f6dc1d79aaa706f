"""A dataset that LeRobot's own library made is labeled: subtasks, motions, a copy, and a page to check them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.cli import run_command
from sayso.recordings.label import label_dataset, open_dataset
from sayso.recordings.units import Units
from sayso.skills.dataset import read_episodes
from sayso.skills.motion import parse
from tests.sayso.recordings.foreign_sets import (
    DATA,
    MADE_BY_LEROBOT,
    as_version_2_1,
    change_numbers,
    changed_info,
    copy_of_set,
    rename_numbers,
)

SUBTASKS = ("pick up the red block", "place the red block in the blue bowl", "move the arm away")


def texts(said: tuple[tuple[float, str], ...]) -> tuple[str, ...]:
    return tuple(text for _, text in said)


def test_a_grasp_and_a_release_cut_the_task_into_subtasks_in_its_own_words() -> None:
    labels = label_dataset(open_dataset(MADE_BY_LEROBOT))
    assert len(labels) == 2
    for one in labels:
        assert [grip.kind for grip in one.grips] == ["grasp", "release"]
        assert texts(one.subtasks)[:2] == SUBTASKS[:2]
        grasp, release = one.grips
        assert one.subtasks[1][0] == pytest.approx((grasp.end + 1) / 25)
        heights = [tool.position[2] for tool in one.track.tools]
        assert heights[grasp.end] < 0.04 < max(heights[grasp.end : release.begin])  # taken from the table, lifted


def test_motions_are_sentences_of_the_grammar_and_say_where_the_hand_went() -> None:
    for one in label_dataset(open_dataset(MADE_BY_LEROBOT)):
        motions = [(t, parse(text)) for t, text in one.motions]
        assert any(str(motion) == "close gripper" or "close gripper" in str(motion) for _, motion in motions)
        frames = [round(t * 25) for t, _ in motions]
        for frame, (_, motion) in zip(frames, motions, strict=True):
            ahead = min(frame + 10, len(one.track.tools) - 1)
            moved = one.track.tools[ahead].position - one.track.tools[frame].position
            for step in motion.steps:
                if step.axis < 3:
                    assert moved[step.axis] * step.sign > 0, (one.number, frame, str(motion))


def test_the_labeled_copy_is_a_dataset_with_language_and_the_original_stays(tmp_path: Path) -> None:
    root = copy_of_set(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert run_command(["label", str(root), "--json"]) == 0
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    copy = tmp_path / "set-labeled"
    for old, new in zip(read_episodes(root), read_episodes(copy), strict=True):
        assert texts(new.subtasks)[:2] == SUBTASKS[:2]
        assert len(new.motions) > 5
        np.testing.assert_array_equal(old.columns["action"], new.columns["action"])
        np.testing.assert_array_equal(old.videos["observation.images.front"], new.videos["observation.images.front"])
    table = pq.read_table(copy / DATA)
    described = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert set(described) == set(table.column_names) >= {"language_persistent", "language_events"}
    assert described["action"] == {"feature": {"dtype": "float32", "_type": "Value"}, "length": 6, "_type": "List"}
    video = "videos/observation.images.front/chunk-000/file-000.mp4"
    assert (root / video).samefile(copy / video)


def test_in_place_changes_the_dataset_itself_and_again_replaces_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy_of_set(tmp_path)
    assert run_command(["label", str(root), "--in-place"]) == 0
    assert "assumed" in capsys.readouterr().out
    first = [episode.motions for episode in read_episodes(root, videos=False)]
    assert all(first)
    assert run_command(["label", str(root), "--in-place", "--units", "range"]) == 0
    assert [episode.motions for episode in read_episodes(root, videos=False)] == first  # there already: they stay
    assert run_command(["label", str(root), "--in-place", "--units", "range", "--again"]) == 0
    assert [episode.motions for episode in read_episodes(root, videos=False)] != first
    assert json.loads((root / "meta/info.json").read_text())["sayso"]["units"]["observation.state"][0] == "range"


def test_show_prints_every_label_and_writes_a_page_with_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy_of_set(tmp_path)
    assert run_command(["label", str(root), "--show", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert all(subtask in printed for subtask in SUBTASKS[:2])
    assert not (tmp_path / "set-labeled").exists()
    page = (tmp_path / "set-labeled.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 16
    assert page.count("<svg") == 2 and "pick up the red block" in page


def test_version_2_1_is_labeled_into_a_copy_of_version_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = as_version_2_1(copy_of_set(tmp_path))
    assert run_command(["label", str(root), "--in-place"]) == 2
    assert "v2.1, which has no language columns; leave --in-place out" in capsys.readouterr().err
    assert run_command(["label", str(root)]) == 0
    copy = tmp_path / "old-set-labeled"
    info = json.loads((copy / "meta/info.json").read_text())
    assert (info["codebase_version"], info["total_episodes"]) == ("v3.0", 2)
    assert (copy / "data/chunk-000/file-001.parquet").exists()
    for old, new in zip(read_episodes(root), read_episodes(copy), strict=True):
        assert texts(new.subtasks)[:2] == SUBTASKS[:2]
        np.testing.assert_array_equal(old.columns["observation.state"], new.columns["observation.state"])
    stats = json.loads((copy / "meta/stats.json").read_text())["action"]
    whole = np.concatenate([episode.columns["action"] for episode in read_episodes(copy)])
    assert stats["count"] == [len(whole)]
    np.testing.assert_allclose(stats["mean"], whole.mean(0), atol=1e-4)


@pytest.mark.parametrize(
    ("change", "units"),
    [
        (lambda rows: np.concatenate([np.radians(rows[:, :5]), rows[:, 5:]], 1), None),
        (lambda rows: rows, Units.DEG),
        (lambda rows: np.stack([rows[:, 0], 90 - rows[:, 1], rows[:, 2] + 90, *rows[:, 3:].T], 1), Units.OLD_DEG),
    ],
    ids=["radians", "degrees", "degrees of the calibration before June 2025"],
)
def test_the_same_movement_in_other_units_gets_the_same_subtasks(
    tmp_path: Path, change: Callable[[np.ndarray], np.ndarray], units: Units | None
) -> None:
    root = copy_of_set(tmp_path)
    change_numbers(root, change)
    labels = label_dataset(open_dataset(root, units=units))
    usual = label_dataset(open_dataset(MADE_BY_LEROBOT))
    if units is not None:
        assert [one.motions for one in labels] == [one.motions for one in usual]
    else:  # radians have their zero where the arm has its own
        assert open_dataset(root).converter.units is Units.RAD  # type: ignore[union-attr]


def test_names_of_the_old_calibration_are_read_as_such(tmp_path: Path) -> None:
    root = copy_of_set(tmp_path)
    change_numbers(root, lambda r: np.stack([r[:, 0], 90 - r[:, 1], r[:, 2] + 90, *r[:, 3:].T], 1))
    joints = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
    rename_numbers(root, [f"main_{joint}" for joint in joints])
    reading = open_dataset(root)
    assert reading.converter is not None and reading.converter.units is Units.OLD_DEG
    usual = label_dataset(open_dataset(MADE_BY_LEROBOT))
    assert [one.motions for one in label_dataset(reading)] == [one.motions for one in usual]


def test_an_unknown_arm_gets_motions_in_joint_words_and_the_same_subtasks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copy_of_set(tmp_path)
    with changed_info(root) as info:
        info["robot_type"] = "tentacle"
    rename_numbers(root, ["a", "b", "c", "d", "e", "gripper"])
    assert run_command(["label", str(root), "--show"]) == 0
    printed = capsys.readouterr().out
    assert "unknown arm 'tentacle': motions are in joint words and cannot be trained from" in printed
    (first, _) = read_episodes(tmp_path / "set-labeled", videos=False)
    assert texts(first.subtasks)[:2] == SUBTASKS[:2]
    assert any(text.startswith(("increase a", "decrease a")) for _, text in first.motions)


def no_state(root: Path) -> None:
    with changed_info(root) as info:
        info["features"]["observation.qpos"] = info["features"].pop("observation.state")


def poses(root: Path) -> None:
    rename_numbers(root, ["x", "y", "z", "roll", "pitch", "gripper"])


def two_arms(root: Path) -> None:
    rename_numbers(root, ["left_a", "left_b", "left_gripper", "right_a", "right_b", "right_gripper"])


def six_joints(root: Path) -> None:
    rename_numbers(root, ["a", "b", "c", "d", "e", "f"])


def nonsense(root: Path) -> None:
    change_numbers(root, lambda rows: rows * 7)


def other_words(root: Path) -> None:
    assert run_command(["label", str(root), "--in-place"]) == 0
    table = pq.read_table(root / DATA)
    rows = table["language_persistent"].to_pylist()
    rows[0][0]["style"] = "plan"
    column = table.schema.field("language_persistent")
    where = table.column_names.index("language_persistent")
    pq.write_table(table.set_column(where, column, pa.array(rows, column.type)), root / DATA)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_state, "no joint states: no column 'observation.state'; it has action, observation.qpos"),
        (poses, "holds poses of the hand, no joint states"),
        (two_arms, "holds two arms"),
        (six_joints, "does not hold the 5 joints of the so101"),
        (nonsense, "unknown units: with joints in degrees"),
        (other_words, "has language of the style plan, which would be lost"),
    ],
)
def test_what_cannot_be_labeled_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], message: str
) -> None:
    root = copy_of_set(tmp_path)
    spoil(root)
    capsys.readouterr()
    assert run_command(["label", str(root)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert not (tmp_path / "set-labeled").exists()


def test_a_copy_is_never_written_over_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copy_of_set(tmp_path)
    (tmp_path / "set-labeled").mkdir()
    assert run_command(["label", str(root)]) == 2
    assert "exists; move it away" in capsys.readouterr().err
    assert run_command(["label", str(tmp_path / "nothing")]) == 2
    assert "no dataset in" in capsys.readouterr().err

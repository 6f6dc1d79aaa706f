"""LeRobot's own code on our datasets and ours on its; runs where LeRobot is installed, which it need not be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skills.dataset import DatasetWriter, load_columns, read_episodes
from skills.episodes import Episode

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


def test_it_converts_what_we_refuse_as_too_old_by_the_command_that_is_named() -> None:
    pytest.importorskip("lerobot.datasets.v30.convert_dataset_v21_to_v30", reason="moved after 0.4")


def test_it_refuses_to_merge_what_has_other_names(tmp_path: Path) -> None:
    for name, names in (("one", ("a.pos", "b.pos")), ("two", ("a.rad", "b.rad"))):
        episode = replace(make_episode(0), names={"observation.state": names, "action": names})
        with DatasetWriter(tmp_path / name, "so101", 25.0, plain=True) as writer:
            writer.add(episode)
    aggregate = pytest.importorskip("lerobot.datasets.aggregate")
    metas = [lerobot.LeRobotDatasetMetadata("some/name", root=tmp_path / name) for name in ("one", "two")]
    with pytest.raises(ValueError, match="Same features"):
        aggregate.validate_all_metadata(metas)

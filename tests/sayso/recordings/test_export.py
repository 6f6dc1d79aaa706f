"""Exports are read back by the readers of their formats."""

import base64
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from mcap.reader import make_reader

from sayso.cli import run_command
from sayso.skills.dataset import read_episodes
from tests.sayso.recordings.foreign_sets import MADE_BY_LEROBOT, as_version_2_1, copy_of_set

CAMERA = "observation.images.front"


@pytest.fixture(scope="module")
def labeled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder whose recording has subtasks and motions, two episodes."""
    run = tmp_path_factory.mktemp("run")
    assert run_command(["label", str(MADE_BY_LEROBOT), "--out", str(run / "episode")]) == 0
    return run


def test_lerobot_is_a_copy_that_reads_as_the_original(labeled: Path, tmp_path: Path) -> None:
    assert run_command(["export", str(labeled), "--format", "lerobot", "--out", str(tmp_path / "out")]) == 0
    for before, after in zip(read_episodes(labeled / "episode"), read_episodes(tmp_path / "out"), strict=True):
        assert (before.subtasks, before.motions) == (after.subtasks, after.motions) != ((), ())
        np.testing.assert_array_equal(before.videos[CAMERA], after.videos[CAMERA])


def test_plain_leaves_language_out_and_version_2_1_becomes_3(labeled: Path, tmp_path: Path) -> None:
    out = tmp_path / "plain"
    assert run_command(["export", str(labeled), "--format", "lerobot", "--plain", "--out", str(out)]) == 0
    features = json.loads((out / "meta/info.json").read_text())["features"]
    assert not [name for name in features if name.startswith("language")]
    assert next(read_episodes(out)).motions == ()
    old = as_version_2_1(copy_of_set(tmp_path))
    assert run_command(["export", str(old), "--format", "lerobot", "--plain"]) == 0
    assert len(list(read_episodes(tmp_path / "old-set-lerobot"))) == 2


def test_mcap_holds_every_sample_picture_pose_and_word(labeled: Path, tmp_path: Path) -> None:
    assert run_command(["export", str(labeled), "--format", "mcap", "--out", str(tmp_path / "out")]) == 0
    episodes = list(read_episodes(labeled / "episode"))
    files = sorted((tmp_path / "out").glob("*.mcap"))
    assert [file.name for file in files] == ["episode_000000.mcap", "episode_000001.mcap"]
    with files[0].open("rb") as file:
        reader = make_reader(file)
        messages = [(schema, channel.topic, message) for schema, channel, message in reader.iter_messages()]
        (about,) = [record.metadata for record in reader.iter_metadata()]
    first, length = episodes[0], len(episodes[0])
    counts = Counter(topic for _, topic, _ in messages)
    assert counts["/action"] == counts["/hand"] == counts["/observation/images/front"] == length
    assert counts["/language/subtask"] == len(first.subtasks) and counts["/language/motion"] == len(first.motions)
    assert about == {"task": first.task, "robot": "so101_follower", "fps": "25", "success": ""}
    schema, _, last = [m for m in messages if m[1] == "/observation/images/front"][-1]
    content = json.loads(last.data)
    assert schema is not None and schema.name == "foxglove.CompressedImage" == json.loads(schema.data)["title"]
    assert set(content) == set(json.loads(schema.data)["properties"])
    assert (
        last.log_time
        == round(first.times[-1] * 1e9)
        == content["timestamp"]["sec"] * 10**9 + content["timestamp"]["nsec"]
    )
    bgr = cv2.imdecode(np.frombuffer(base64.b64decode(content["data"]), np.uint8), cv2.IMREAD_COLOR)
    assert float(np.abs(bgr[..., ::-1].astype(float) - first.videos[CAMERA][-1]).mean()) < 6
    state = json.loads([m for _, topic, m in messages if topic == "/observation/state"][7].data)
    np.testing.assert_allclose(state["values"], first.columns["observation.state"][7], rtol=1e-6)
    assert state["names"][0] == "shoulder_pan.pos"
    pose = json.loads(next(m for _, topic, m in messages if topic == "/hand").data)["pose"]
    assert 0.05 < pose["position"]["z"] < 0.4
    assert sum(v**2 for v in pose["orientation"].values()) == pytest.approx(1.0)


def test_rerun_is_read_back_by_rerun(labeled: Path, tmp_path: Path) -> None:
    pytest.importorskip("rerun", reason="needs the extra rerun, which is large")
    assert run_command(["export", str(labeled), "--format", "rerun", "--out", str(tmp_path / "out")]) == 0
    file = tmp_path / "out/episode_000000.rrd"
    for what in ("verify", "print"):
        ran = subprocess.run([sys.executable, "-m", "rerun", "rrd", what, str(file)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    for path in ("/observation/images/front", "/observation/state", "/action", "/world/hand", "/language/motion"):
        assert path in ran.stdout


@pytest.mark.parametrize("extra", ["mcap", "rerun"])
def test_a_missing_extra_is_named_in_one_line(
    labeled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, extra: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == extra]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, extra, None)
    assert run_command(["export", str(labeled), "--format", extra, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"sayso: this needs the library {extra}: pip install 'sayso[{extra}]'\n"
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere", "--format", "mcap"], "is neither a run's folder nor a LeRobotDataset"),
        ([str(MADE_BY_LEROBOT), "--format", "mcap", "--plain"], "--plain is for --format lerobot alone"),
        ([str(MADE_BY_LEROBOT), "--format", "lerobot", "--out", "/"], "/ exists; move it away"),
        ([str(MADE_BY_LEROBOT), "--format", "csv"], "'csv' is not one of"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["export", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line

"""A recording keeps true time at any control rate, LeRobot's units, and the cameras' pictures at their time."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.errors import UserError
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.guard import GuardEvent
from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Frame, JointState, JointTarget, Pose, RobotSpec
from sayso.outputs import alone_in, digests, fresh_folder
from sayso.result import Correction, Motion, PlanStep, RunResult
from sayso.runs.recorder import (
    Recorder,
    append_episode,
    check_dataset,
    check_replaceable,
    frames_a_second,
    write_episode,
)
from sayso.runs.run import EPISODE, FILES
from sayso.runs.run_config import RunSettings
from sayso.skills.dataset import DatasetError, DatasetWriter, read_episodes

SPEC = load_arm("so101")
RESULT = RunResult(
    instruction="pick up the red block", outcome="done", success=True, robot="sim", planner="local", seed=3,
    duration_s=4.0, rates={}, plan=(PlanStep(0.4, "pick up the red block", "done"),),
    motions=(Motion(1.0, "move arm up", "planner"),), corrections=(Correction(2.5, "left", "motion", "left"),),
)  # fmt: skip


def recorder(spec: RobotSpec = SPEC) -> Recorder:
    return Recorder(spec, sees=True)


def turn(kept: Recorder, t: float, q: float, opening: float = 0.5) -> None:
    """A cycle at ``t`` s with the first joint at ``q`` rad."""
    position = np.zeros(SPEC.dof)
    position[0] = q
    state = JointState(t, position, np.zeros(SPEC.dof), opening)
    target = JointTarget(position, np.zeros(SPEC.dof), opening, t + 1)
    kept.cycle_ended(Cycle(t, state, target, target, GuardEvent.OK, ""))


def frame(t: float, shade: int, size: tuple[int, int] = (32, 48)) -> Frame:
    rgb = np.full((*size, 3), (shade, 0, 0), np.uint8)
    return Frame(t, "front", rgb, None, np.eye(3), Pose(np.zeros(3), np.eye(3)))


@pytest.mark.parametrize(
    ("hz", "fps"),
    [(250, 25), (500, 25), (1000, 25), (100, 25), (50, 25), (60, 30), (30, 30), (90, 30), (20, 20), (33, 25), (10, 10)],
)
def test_samples_divide_the_control_rate_where_they_can(hz: float, fps: float) -> None:
    assert frames_a_second(hz) == fps


@pytest.mark.parametrize("hz", [8, 15, 20, 30, 33, 47, 50, 60, 62.5, 90, 100, 125, 240, 250, 500])
def test_a_second_is_a_second_at_any_control_rate(hz: float) -> None:
    kept = recorder(replace(SPEC, control_hz=hz))
    for k in range(round(4 * hz) + 1):
        turn(kept, 100 + k / hz, 0.1 * k / hz)
    episode = kept.episode(RESULT, 100.0)
    assert episode is not None
    assert len(episode) / episode.fps == pytest.approx(4.0, abs=1 / episode.fps + 1 / hz)
    true = np.radians(episode.columns["observation.state"][:, 0]) / 0.1
    assert np.abs(true - (episode.times - 100)).max() <= 0.5 / hz + 1e-4


def test_late_and_missed_cycles_shift_nothing() -> None:
    kept = recorder(replace(SPEC, control_hz=60.0))
    rng = np.random.default_rng(0)
    for k in range(600):
        if not 200 <= k < 230 and rng.random() > 0.05:  # half a second is missing, and one in twenty
            t = 7 + k / 60 + float(rng.uniform(0, 0.004))
            turn(kept, t, 0.1 * (t - 7))
    episode = kept.episode(RESULT, 7.0)
    assert episode is not None
    error = np.abs(np.radians(episode.columns["action"][:, 0]) / 0.1 - (episode.times - 7))
    assert np.median(error) < 0.005
    assert error.max() < 0.28  # in the middle of the gap
    assert len(episode) == pytest.approx(300, abs=2)


def test_words_stand_where_they_were_said_though_the_loop_began_later() -> None:
    kept = recorder()
    start = 50.0
    for k in range(400):  # a planner had been waited for: the arm moved from 0.4 s on
        turn(kept, start + 0.4 + k / 100, 0.0)
    episode = kept.episode(RESULT, start)
    assert episode is not None
    begin = episode.times[0]
    assert [t - begin for t, _ in (*episode.subtasks, *episode.motions, *episode.events)] == pytest.approx(
        [0, 0.6, 2.1]
    )


def test_it_is_in_lerobots_units_under_lerobots_names() -> None:
    kept = recorder()
    turn(kept, 0.0, np.radians(30.0), opening=1.0)
    episode = kept.episode(RESULT, 0.0)
    assert episode is not None
    assert episode.names["action"] == ("shoulder_pan.pos", *episode.names["action"][1:-1], "gripper.pos")
    assert episode.units["action"] == (*("deg",) * 5, "0-100")
    assert episode.columns["observation.state"][0, 0] == pytest.approx(30.0, abs=1e-4)
    # LeRobot counts over the jaw's whole range; ours is open when the tip is as far off as things may be wide.
    assert episode.columns["observation.state"][0, -1] == pytest.approx(47.5, abs=0.1)
    assert kept.episode(RESULT, 0.0) is not None
    assert recorder().episode(RESULT, 0.0) is None


def test_a_sample_has_the_newest_picture_up_to_its_time(tmp_path: Path) -> None:
    kept = recorder()
    for t, shade in ((-0.1, 40), (0.3, 120), (0.3, 250), (0.8, 200)):
        kept.frame_read(frame(t, shade, (33, 49)))
    for k in range(101):
        turn(kept, k / 100, 0.0)
    episode = kept.episode(RESULT, 0.0)
    assert episode is not None
    (pictures,) = episode.videos.values()
    assert pictures.shape == (26, 32, 48, 3)  # 33 x 49 with even sizes
    append_episode(tmp_path / "set", episode, plain=True)
    (got,) = read_episodes(tmp_path / "set")
    shades = got.videos["observation.images.front"][..., 0].mean((1, 2))
    assert shades[:8] == pytest.approx(np.full(8, 40), abs=6)
    assert shades[8:20] == pytest.approx(np.full(12, 120), abs=6)
    assert shades[20:] == pytest.approx(np.full(6, 200), abs=6)


def recorded(q: float = 0.1) -> Any:
    kept = recorder()
    for k in range(60):
        turn(kept, k / 100, q)
    return kept, kept.episode(RESULT, 0.0)


def test_recordings_are_added_to_a_dataset_one_after_another(tmp_path: Path) -> None:
    kept, episode = recorded()
    for number in range(3):
        check_dataset(tmp_path / "set", kept, None, pictures=False)
        assert (tmp_path / "set").exists() is bool(number)
        append_episode(tmp_path / "set", episode)
    assert [e.success for e in read_episodes(tmp_path / "set")] == [True] * 3


def test_what_will_not_fit_into_a_dataset_is_refused_before_anything_moves(tmp_path: Path) -> None:
    kept, episode = recorded()
    append_episode(tmp_path / "plain", episode, plain=True)
    check_dataset(tmp_path / "plain", kept, None, pictures=False)
    with pytest.raises(DatasetError, match="has plain True, not False"):
        check_dataset(tmp_path / "plain", kept, False, pictures=False)
    radians = replace(episode, units={name: (*("rad",) * 5, "0-1") for name in episode.units})
    append_episode(tmp_path / "radians", radians)
    with pytest.raises(DatasetError, match=r"in other units \(deg, 0-100\) than the dataset's \(rad, 0-1\)"):
        check_dataset(tmp_path / "radians", kept, None, pictures=False)
    other = recorder(load_arm("koch"))
    with pytest.raises(DatasetError, match="has robot so101, not koch"):
        check_dataset(tmp_path / "plain", other, None, pictures=False)


def leave(folder: Path, left: bool = True) -> None:
    """What a run leaves, in short; without ``left`` as versions did that wrote no digests down."""
    write_episode(folder / EPISODE, recorded()[1], plain=True)
    settings = RunSettings(instruction="x", scene=None)
    settings.write(folder / EPISODE)
    RESULT.write(folder)
    for name in FILES[1:]:
        (folder / name).write_text("of a run")
    if left:
        settings.model_copy(update={"left": digests(folder, FILES, EPISODE)}).write(folder / EPISODE)


@pytest.mark.parametrize("left", [True, False])
def test_what_a_run_left_may_be_replaced(tmp_path: Path, left: bool) -> None:
    check_replaceable(tmp_path / "new", FILES, EPISODE)
    leave(tmp_path, left)
    (tmp_path / "notes.txt").write_text("mine")
    check_replaceable(tmp_path, FILES, EPISODE)
    leave(tmp_path, left)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", [*FILES, EPISODE])
def test_a_file_of_the_user_s_own_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError, match=f"{name} is not .* run left; move it away, or name another place"):
        check_replaceable(tmp_path, FILES, EPISODE)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("video.mp4", "was changed since a run left it"),
        ("report.html", "was changed since a run left it"),
        ("episode/meta/info.json", "was changed since a run left it"),
        ("episode/notes.txt", "is not what a run left"),
        ("episode/data/chunk-000/file-001.parquet", "is not what a run left"),
    ],
)
def test_what_the_user_put_in_a_run_s_place_is_not(tmp_path: Path, name: str, told: str) -> None:
    leave(tmp_path)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError, match=told):
        check_replaceable(tmp_path, FILES, EPISODE)


def test_a_recording_that_was_added_to_is_not_replaced(tmp_path: Path) -> None:
    leave(tmp_path)
    append_episode(tmp_path / EPISODE, recorded()[1])
    with pytest.raises(UserError, match="episode/"):
        check_replaceable(tmp_path, FILES, EPISODE)


def test_a_folder_called_episode_of_another_program_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / EPISODE).mkdir()
    (tmp_path / EPISODE / "run.json").write_text('{"learning_rate": 0.1}')
    with pytest.raises(UserError, match=r"run\.json is not what a run left"):
        check_replaceable(tmp_path, FILES, EPISODE)
    (tmp_path / EPISODE / "run.json").write_text("{}")
    (tmp_path / EPISODE / "weights.bin").write_text("mine")
    with pytest.raises(UserError, match=r"weights\.bin is not what a run left"):
        check_replaceable(tmp_path, FILES, EPISODE)


def test_runs_in_one_second_get_folders_of_their_own(tmp_path: Path) -> None:
    with fresh_folder(tmp_path, "now") as one, fresh_folder(tmp_path, "now") as two:
        assert (one.name, two.name) == ("now", "now-2")
        (one / "result.json").write_text("x")
        with pytest.raises(UserError, match="another program is writing into"), alone_in(one):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["now"]
    with fresh_folder(tmp_path, "now") as three:
        assert three.name == "now-2"


def test_a_recording_says_its_units(tmp_path: Path) -> None:
    write_episode(tmp_path / EPISODE, recorded()[1])
    said = json.loads((tmp_path / EPISODE / "meta/info.json").read_text())["sayso"]["units"]
    assert said["observation.state"] == ["deg"] * 5 + ["0-100"]


def test_a_dataset_that_another_program_adds_to_is_waited_for(tmp_path: Path) -> None:
    other = DatasetWriter(tmp_path / "set", "so101", 25.0)

    class Waits(FakeClock):
        def sleep_until(self, t: float) -> None:
            super().sleep_until(t)
            if self.t > 0.25:
                other.finalize()

    clock = Waits()
    append_episode(tmp_path / "set", recorded()[1], clock=clock)
    assert clock.t == pytest.approx(0.3)
    assert len(list(read_episodes(tmp_path / "set"))) == 1


def test_words_that_do_not_fit_into_the_language_columns_cost_no_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.skills.dataset.language.MAX_ROWS", 20)
    write_episode(tmp_path / EPISODE, recorded()[1])
    (got,) = read_episodes(tmp_path / EPISODE)
    assert len(got) > 10 and got.motions == ()


def test_a_recording_is_not_replaced_while_another_program_adds_to_it(tmp_path: Path) -> None:
    write_episode(tmp_path / EPISODE, recorded()[1])
    with DatasetWriter(tmp_path / EPISODE, "so101", 25.0), pytest.raises(OSError, match="another program is writing"):
        write_episode(tmp_path / EPISODE, recorded()[1])
    assert len(list(read_episodes(tmp_path / EPISODE))) == 1

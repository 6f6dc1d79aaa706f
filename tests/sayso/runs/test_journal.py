"""A run that is killed leaves its recording up to the last seconds, and nothing that others trip over."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sayso.errors import UserError
from sayso.learning.attempt import LIVE_NAME
from sayso.outputs import alone_in
from sayso.runs.journal import FILE_NAME, Journal, Words, check_journal
from sayso.runs.run import EPISODE, recover
from sayso.runs.run_config import RunSettings
from sayso.skills.dataset import read_episodes
from tests.sayso.runs.test_recorder import RESULT, frame, recorder, turn
from tests.waiting import until

WORDS = Words(100.5, ((100.5, "pick up the red block"),), ((100.6, "move arm up"),), ((101.5, "left"),))
SETTINGS = RunSettings(instruction="pick up the red block", robot="so101", scene=None, say=((1.0, "left"), (9.0, "up")))


def killed(folder: Path) -> Path:
    """What is on disk after the journal of 2 s has been written twice, and its process is no more."""
    kept = recorder()
    folder.mkdir(exist_ok=True)
    journal = Journal(folder, kept, SETTINGS, lambda: WORDS, print)
    for k in range(201):
        if k % 20 == 0:
            kept.frame_read(frame(100 + k / 100, k))
        turn(kept, 100 + k / 100, k / 1000)
        if k in (100, 200):
            journal.write()
    left = journal.file.read_bytes()
    journal.close(remove=True)
    assert not journal.file.exists()
    journal.file.write_bytes(left)
    return journal.file


def test_what_a_killed_run_recorded_is_the_recording_that_it_would_have_left(tmp_path: Path) -> None:
    killed(tmp_path)
    assert recover(tmp_path) == f"{tmp_path} ended early: its recording of 2.04 s is now in {tmp_path / EPISODE}"
    (got,) = read_episodes(tmp_path / EPISODE)
    assert (got.task, got.robot, got.fps, got.success) == ("pick up the red block", "so101", 25.0, None)
    assert np.radians(got.columns["action"][:, 0]) == pytest.approx(np.arange(51) * 0.004, abs=1e-6)
    assert [text for _, text in (*got.subtasks, *got.motions, *got.events)] == [
        "pick up the red block", "move arm up", "left",
    ]  # fmt: skip
    shades = got.videos["observation.images.front"][..., 0].mean((1, 2))
    assert shades[[0, 10, 50]] == pytest.approx([0, 40, 200], abs=8)
    settings = RunSettings.load(tmp_path / EPISODE)
    assert settings.say == ((1.0, "left"), (9.0, "up")) and settings.ended_s == 2.04
    assert not (tmp_path / FILE_NAME).exists() and recover(tmp_path) == ""


def test_a_kill_in_the_middle_of_writing_costs_only_the_line_that_was_cut_off(tmp_path: Path) -> None:
    whole = killed(tmp_path / "whole").read_bytes()
    second = whole.index(b'{"first"', whole.index(b'{"first"') + 1)
    for cut, samples in ((second + 40, 26), (len(whole) - 1, 51)):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / FILE_NAME).write_bytes(whole[:cut])
        recover(folder)
        assert [len(e) for e in read_episodes(folder / EPISODE)] == [samples]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is not the recording of a killed run"),
        ('{"mine": 1}\n', "is not the recording of a killed run"),
        ("[]\n", "is not the recording of a killed run"),
        ("mine\n", "is not the recording of a killed run"),
        (None, "holds no sample: the run was killed before the arm moved"),
    ],
)
def test_what_is_no_recording_is_refused_and_stays(tmp_path: Path, content: str | None, told: str) -> None:
    file = tmp_path / FILE_NAME
    if content is None:
        content = killed(tmp_path).read_text().partition("\n")[0] + "\n"
    file.write_text(content)
    with pytest.raises(UserError, match=told) as error:
        recover(tmp_path)
    assert "\n" not in str(error.value)
    assert file.read_text() == content and not (tmp_path / EPISODE).exists()


def test_a_file_of_the_user_s_own_is_not_written_over(tmp_path: Path) -> None:
    killed(tmp_path)
    check_journal(tmp_path)
    (tmp_path / FILE_NAME).write_text("mine\n")
    with pytest.raises(UserError, match=f"{FILE_NAME} is not what a run left"):
        check_journal(tmp_path)


def test_a_run_that_still_lasts_is_not_taken_for_a_killed_one(tmp_path: Path) -> None:
    killed(tmp_path)
    with alone_in(tmp_path), pytest.raises(UserError, match="another program is writing into"):
        recover(tmp_path)
    assert (tmp_path / FILE_NAME).exists()


def test_a_full_disk_costs_the_journal_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.runs.journal.EVERY_S", 0.001)
    kept = recorder()
    told: list[str] = []
    journal = Journal(tmp_path, kept, SETTINGS, lambda: WORDS, told.append)

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_line", full)
    turn(kept, 0.0, 0.0)
    journal._thread.join(30)
    assert told == [
        f"sayso: {journal.file} is no longer written (No space left on device): a kill would lose the recording"
    ]
    turn(kept, 1.0, 0.0)
    journal.close(remove=True)
    episode = kept.episode(RESULT, 0.0)
    assert episode is not None and len(episode) == 26


def test_sigkill_in_the_middle_of_a_run(tmp_path: Path) -> None:
    """The whole way: a run of the command line is killed, made whole, and comes out the same again so far."""
    command = [sys.executable, "-m", "sayso"]
    run = [*command, "run", "pick up the red block", "--live", "--no-video", "--out", "out"]
    process = subprocess.Popen(run, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    file = tmp_path / "out" / FILE_NAME
    try:
        until(lambda: file.exists() and file.read_bytes().count(b'"states"') >= 2, "a recording of two lines", 90)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [LIVE_NAME, FILE_NAME]
    again = subprocess.run([*command, "replay", "out", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert "out ended early: its recording of" in again.stderr
    assert json.loads(again.stdout) == {"equal": True, "difference": None}, again.stdout
    assert again.returncode == 0

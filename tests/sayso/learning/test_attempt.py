"""The record of an attempt: on disk before anybody is told, whole after any kill, harmless when the disk fails."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sayso.errors import UserError
from sayso.learning.attempt import FILE_NAME, LIVE_NAME, Attempt, attempts_in
from sayso.learning.attempt_writer import MOST_WAITING, AttemptWriter
from tests.sayso.learning.attempts import OPENING, leave, moment, said

ROOT = Path(__file__).parents[3]


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    lines = [moment(0.0), said(1, 0.4), moment(0.5, "move arm up", "operator"), said(2, 0.6, None, "well done")]
    got = Attempt.load(leave(tmp_path / "run", lines))
    assert (got.opening, got.moments, got.said) == (OPENING, (lines[0], lines[2]), (lines[1], lines[3]))
    assert got.file.name == FILE_NAME and not (tmp_path / "run" / LIVE_NAME).exists()
    assert got.succeeded and got.outcome == "done" and got.after(got.said[0]) == lines[2]
    assert not Attempt.load(leave(tmp_path / "false", lines, "done", success=False)).succeeded


def test_of_two_readings_of_the_same_words_the_later_counts(tmp_path: Path) -> None:
    got = Attempt.load(leave(tmp_path, [said(1, 0.4, None), said(2, 0.5), said(1, 0.4, "move arm left")]))
    assert [(s.number, s.motion) for s in got.said] == [(1, "move arm left"), (2, "move arm up")]


def test_what_was_said_is_on_disk_before_it_counts_as_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    may, real = threading.Event(), os.fsync

    def fsync(handle: int) -> None:
        if (tmp_path / LIVE_NAME).exists():
            may.wait(10.0)
            synced.append((tmp_path / LIVE_NAME).read_bytes())
        real(handle)

    may.set()
    monkeypatch.setattr(os, "fsync", fsync)
    writer = AttemptWriter(tmp_path, OPENING)
    may.clear()
    synced.clear()
    saving = writer.say(said(1, 0.4))
    assert not saving.wait(0.05)
    may.set()
    assert saving.wait(10.0) and saving.problem == ""
    assert b'"higher"' in synced[0]
    writer.close()


def test_a_full_disk_is_told_and_nothing_is_called_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = AttemptWriter(tmp_path, OPENING)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    first = writer.say(said(1, 0.4))
    assert first.wait(10.0) and first.problem == "No space left on device"
    assert writer.say(said(2, 0.5)).problem == "No space left on device"  # at once
    writer.close()


def test_a_slow_disk_takes_no_more_than_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, may = AttemptWriter(tmp_path, OPENING), threading.Event()
    real = AttemptWriter._write

    def slow(self: AttemptWriter, lines: list) -> None:  # type: ignore[type-arg]
        may.wait(10.0)
        real(self, lines)

    monkeypatch.setattr(AttemptWriter, "_write", slow)
    savings = [writer.say(said(n, 0.1)) for n in range(2 * MOST_WAITING)]
    refused = [s for s in savings if s.is_over]
    assert refused and {s.problem for s in refused} == {"the disk is too slow"}
    may.set()
    writer.close()
    kept = [s for s in savings if s not in refused]
    assert len(kept) >= MOST_WAITING and all(s.wait(10.0) and not s.problem for s in kept)
    assert len(Attempt.load(tmp_path).said) == len(kept)


KILLED = """
import sys
from pathlib import Path
from sayso.learning.attempt_writer import AttemptWriter
from tests.sayso.learning.attempts import OPENING, moment, said
writer = AttemptWriter(Path(sys.argv[1]), OPENING)
for number in range(1, 100_000):
    writer.see(moment(number / 10))
    assert writer.say(said(number, number / 10)).wait(10.0)
    print(number, flush=True)
"""


def test_everything_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(20):
        assert child.stdout.readline()
    child.kill()
    acknowledged = 20 + len([line for line in child.stdout.read().splitlines() if line])
    child.wait()
    got = Attempt.load(tmp_path)
    assert [s.number for s in got.said][:acknowledged] == list(range(1, acknowledged + 1))
    assert got.ending is None and got.outcome == "not ended" and not got.succeeded


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    file = leave(tmp_path, [moment(0.0), said(1, 0.4)], None) / LIVE_NAME
    file.write_bytes(file.read_bytes() + b'{"kind": "said", "num')
    assert [s.number for s in Attempt.load(tmp_path).said] == [1]


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "has no opening line"), ("hello\n", "line 1: Invalid JSON"), ('{"kind": "other"}\n', "line 1: Input tag")],
)
def test_what_is_no_attempt_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(UserError, match=told):
        Attempt.load(tmp_path)


def test_runs_are_found_in_folders_of_runs(tmp_path: Path) -> None:
    for name in ("b", "a"):
        leave(tmp_path / "runs" / name, [said(1, 0.4)])
    assert [a.folder.name for a in attempts_in([tmp_path / "runs"])] == ["a", "b"]
    (tmp_path / "empty").mkdir()
    for place, why in ((tmp_path / "empty", "holds no run"), (tmp_path / "none", "there is no folder")):
        with pytest.raises(UserError, match=why):
            attempts_in([place])

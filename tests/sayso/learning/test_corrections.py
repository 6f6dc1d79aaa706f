"""``sayso corrections``: list, relabel, strike, restore, play."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from sayso.cli import run_command
from sayso.hardware.folder_lock import FolderLock
from sayso.learning.amendments import amended
from sayso.learning.attempt import FILE_NAME, Attempt
from tests.sayso.learning.attempts import leave, moment, said


@pytest.fixture
def run(tmp_path: Path) -> Path:
    lines = [
        moment(0.0), said(1, 0.4), moment(0.5, "move arm up", "operator"), said(2, 0.9, "move arm left", "to the left"),
        said(3, 1.1, None, "well done"),
    ]  # fmt: skip
    return leave(tmp_path / "runs" / "first", lines)


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run_command(["corrections", *words, "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_they_are_listed_with_what_moved_before_and_after(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["corrections", str(run)]) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == f"{run}  “pick up the red block”: done"
    assert "“higher”: move arm up; before: move arm down; then: move arm up" in first and "to the left" in second
    rows = listed(capsys, "--all", str(run.parent))
    assert [(r["number"], r["level"], r["struck"]) for r in rows] == [
        (1, "motion", False), (2, "motion", False), (3, "remark", False),
    ]  # fmt: skip
    assert rows[0]["after"] == {"motion": "move arm up", "by": "operator"} and rows[0]["t"] == 0.4


def test_a_struck_one_stays_in_the_record_and_can_be_restored(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = (run / FILE_NAME).read_bytes()
    assert run_command(["corrections", "strike", str(run), "1", "2"]) == 0
    assert [r["struck"] for r in listed(capsys, str(run))] == [True, True]
    assert run_command(["corrections", "restore", str(run), "2"]) == 0
    assert [r["struck"] for r in listed(capsys, str(run))] == [True, False]
    assert (run / FILE_NAME).read_bytes() == record


@pytest.mark.parametrize("phrase", ["move arm slightly right", "a bit to the right"])
def test_a_relabelled_one_counts_as_what_was_meant(run: Path, phrase: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["corrections", "relabel", str(run), "1", phrase]) == 0
    row = listed(capsys, str(run))[0]
    assert (row["motion"], row["read_as"], row["relabelled"]) == (*["move arm slightly right"] * 2, True)
    assert run_command(["corrections", "restore", str(run), "1"]) == 0
    assert listed(capsys, str(run))[0]["motion"] == "move arm up"


def test_a_relabel_that_makes_a_motion_of_something_else_says_so(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["corrections", "relabel", str(run), "3", "a bit to the right"]) == 0
    line, told = capsys.readouterr().out.splitlines()[1:]
    assert "motion" in line and "(relabelled; was remark: a remark)" in line
    assert told.startswith("correction 3 was a remark (a remark) and now counts as a motion; sayso corrections restore")
    assert listed(capsys, str(run))[2]["was"] == {"level": "remark", "read_as": "a remark"}
    assert run_command(["corrections", "relabel", str(run), "1", "a bit to the right"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2, "a motion stays a motion: nothing to say"


def test_the_record_of_a_killed_session_is_amended_and_that_of_a_living_one_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = leave(tmp_path / "killed", [said(1, 0.4)], outcome=None)
    with FolderLock(run):
        assert run_command(["corrections", "strike", str(run), "1"]) == 2
        assert "has not ended; wait for it" in capsys.readouterr().err
    assert run_command(["corrections", "strike", str(run), "1"]) == 0
    assert [r["struck"] for r in listed(capsys, str(run))] == [True] and (run / FILE_NAME).exists()


def test_amendments_of_an_older_run_in_the_same_folder_do_not_count(run: Path) -> None:
    assert run_command(["corrections", "strike", str(run), "1"]) == 0
    leave(run, [said(1, 0.4)])
    assert [row.struck for row in amended(Attempt.load(run))] == [False]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("strike", "{run}", "9"), "has no correction 9; there are: 1, 2, 3"),
        (("strike", "{run}"), "strike needs a run and a number"),
        (("relabel", "{run}", "1", "the green one"), "is no motion of the arm"),
        (
            ("play", "{run}", "1"),
            "has no video.mp4; sayso run writes one unless --no-video is given, the prompt and the console none",
        ),
        (("nowhere",), "there is no folder nowhere"),
    ],
)
def test_bad_input_is_told_in_one_line(
    run: Path, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["corrections", *(word.format(run=run) for word in words)]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


def test_one_is_played_by_a_cut_of_the_video_around_it(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with av.open(str(run / "video.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"  # type: ignore[union-attr]
        for k in range(100):
            picture = np.full((64, 96, 3), 2 * k, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))  # type: ignore[union-attr]
        container.mux(stream.encode())  # type: ignore[union-attr]
    assert run_command(["corrections", "play", str(run), "2"]) == 0
    out = capsys.readouterr().out
    assert "move arm up (operator)" in out
    with av.open(str(run / "correction-2.mp4")) as cut:
        shades = [float(f.to_ndarray(format="gray").mean()) for f in cut.decode(video=0)]
    assert len(shades) == 50 and shades[0] < 15 and shades[-1] == pytest.approx(98, abs=12)  # 0.0 s to 4.9 s

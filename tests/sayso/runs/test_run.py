"""A short run with the shipped models: what it leaves, what another terminal can do to it, and its replay."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sayso.cli import run_command
from sayso.commands.replay import differences
from sayso.errors import UserError
from sayso.learning.attempt import Attempt
from sayso.result import RunResult
from sayso.runs.recorder import FPS
from sayso.sim.scenes.scene_file import load_scene
from sayso.skills.dataset import read_episodes
from sayso.skills.motion import parse

PICK = "pick up the red block"


@pytest.fixture(scope="module", autouse=True)
def runtime_folder() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves that is corrected after a while and then stopped."""
    folder = tmp_path_factory.mktemp("run") / "deep" / "out"
    words = ["--say", "0.8:stop", "--say", "0.4:a bit to the left"]
    assert run_command(["run", PICK, "--out", str(folder), "--no-video", "--scene", "stack", *words]) == 1
    return folder


def test_it_leaves_its_result_timeline_page_and_recording(folder: Path) -> None:
    left = {"result.json", "timeline.png", "report.html", "attempt.jsonl", "episode"}
    assert {path.name for path in folder.iterdir()} == left
    result = RunResult.load(folder)
    assert result.outcome == "stopped"
    assert result.success is False
    assert [step.subtask for step in result.plan] == [PICK]
    assert [(c.t, c.level) for c in result.corrections] == [(0.4, "motion"), (0.8, "stop")]
    assert [(m.source, m.text) for m in result.motions if m.t >= 0.4] == [("operator", "move arm slightly left")]
    assert result.sim is not None
    assert set(result.sim["before"]) == {item.id for item in load_scene("stack").objects}


def test_the_recording_holds_what_was_measured_sent_and_said(folder: Path) -> None:
    (episode,) = read_episodes(folder / "episode")
    assert (episode.task, episode.fps, episode.success) == (PICK, FPS, False)
    state, action = episode.columns["observation.state"], episode.columns["action"]
    assert state.shape == action.shape == (len(episode), 8)
    # From the first cycle to the end of the second after "stop".
    assert len(episode) == pytest.approx((0.8 + 1.0) * FPS, abs=2)
    moved = np.abs(np.diff(state[:, :7], axis=0)).max(1)
    assert moved[:15].max() > 1e-3
    assert moved[-10:].max() < 1e-3
    assert np.abs(state - action)[:, :7].max() < 0.1
    assert [text for _, text in episode.events] == ["a bit to the left", "stop"]
    assert [text for _, text in episode.subtasks] == [PICK]
    assert str(parse("move arm slightly left")) in [text for _, text in episode.motions]


def test_the_recording_holds_what_was_understood(folder: Path) -> None:
    (episode,) = read_episodes(folder / "episode")
    first, second = (json.loads(text) for _, text in episode.understood)
    assert (first["level"], first["text"], first["after"]) == ("motion", "a bit to the left", "move arm slightly left")
    assert first["before"] not in (None, first["after"]) and second["level"] == "stop"


def test_the_attempt_holds_every_moment_and_what_was_said_with_its_circumstances(folder: Path) -> None:
    attempt = Attempt.load(folder)
    assert attempt.opening.instruction == PICK and attempt.outcome == "stopped"
    assert [(s.t, s.level, s.motion) for s in attempt.said] == [
        (0.4, "motion", "move arm slightly left"), (0.8, "stop", None),
    ]  # fmt: skip
    assert {thing.id for thing in attempt.said[0].scene} and attempt.said[0].subtask == PICK
    times = np.array([m.t for m in attempt.moments])
    assert np.diff(times) == pytest.approx(0.1, abs=0.03) and times[0] < 0.1 and 0.6 < times[-1] < 0.9
    assert {m.by for m in attempt.moments if 0.42 < m.t < 0.7} == {"operator"}
    assert {(m.thing, m.aim.held) for m in attempt.moments} == {("red block", False)}


def test_its_scene_can_be_used_again(folder: Path) -> None:
    assert load_scene(folder / "episode" / "scene.json") == load_scene("stack")


def test_it_comes_out_the_same_again(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["replay", str(folder)]) == 0
    assert capfd.readouterr().out.startswith("equal: ")


def test_a_run_that_was_tampered_with_is_found_out(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = folder / "result.json"
    kept = file.read_text()
    try:
        changed = json.loads(kept)
        changed["motions"][0]["text"] = "hold still"
        file.write_text(json.dumps(changed))
        assert run_command(["replay", str(folder), "--json"]) == 1
    finally:
        file.write_text(kept)
    told = json.loads(capfd.readouterr().out)
    assert told["equal"] is False
    assert told["difference"].startswith("motions.0.text: was 'hold still', now 'move arm")


def test_a_question_leaves_its_words_and_takes_the_place_of_an_older_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is no folder for a socket: the run goes on without being reachable, and says so.
    (tmp_path.parent / "no-folder").write_text("")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path.parent / "no-folder"))
    older = tmp_path / "episode" / "run.json"
    older.parent.mkdir()
    older.write_text("{}")
    (tmp_path / "video.mp4").write_text("of an older run")
    arguments = ["run", "put the purple block in the blue bowl", "--out", str(tmp_path), "--no-video"]
    assert run_command(arguments) == 1
    out, err = capfd.readouterr()
    assert out.startswith("question: ")
    assert "sayso stop will not reach this session: cannot use" in err
    assert RunResult.load(tmp_path).outcome == "asked"
    assert not (tmp_path / "video.mp4").exists()
    assert {path.name for path in (tmp_path / "episode").iterdir()} == {"run.json", "scene.json"}


def test_what_is_so_already_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    block = {"id": "b", "kind": "block", "color": "red", "position": [0.55, -0.18, 0.006]}
    bowl = {"id": "w", "kind": "bowl", "color": "blue", "position": [0.55, -0.18]}
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps({"objects": [block, bowl]}))
    arguments = ["put the red block in the blue bowl", "--scene", str(scene), "--no-video"]
    assert run_command(["run", *arguments, "--out", str(tmp_path / "out")]) == 0
    assert capfd.readouterr().out.startswith("done: already so at the start (the simulator agrees)\n")


def test_a_disk_that_is_full_at_the_end_leaves_what_can_be_written_and_says_what_is_missing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, *_: object) -> Path:
        raise UserError(f"cannot write {folder / 'timeline.png'}: No space left on device")

    monkeypatch.setattr("sayso.report.write.write_timeline", full)
    out = tmp_path / "out"
    block = {"id": "b", "kind": "block", "color": "red", "position": [0.55, -0.18, 0.006]}
    bowl = {"id": "w", "kind": "bowl", "color": "blue", "position": [0.55, -0.18]}
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps({"objects": [block, bowl]}))
    arguments = ["put the red block in the blue bowl", "--scene", str(scene), "--no-video"]
    assert run_command(["run", *arguments, "--out", str(out)]) == 1
    said, warned = capfd.readouterr()
    assert said.startswith("done: already so at the start (the simulator agrees)\n") and "report.html" in said
    assert f"not everything was written: cannot write {out / 'timeline.png'}: No space left on device\n" in warned
    assert RunResult.load(out).outcome == "done" and (out / "report.html").is_file() and (out / "episode").is_dir()
    monkeypatch.undo()
    assert run_command(["run", *arguments, "--out", str(out)]) == 0, "what was left is known as a run's"


def test_differences_are_named() -> None:
    then, now = {"a": [1, {"b": None}], "c": 1}, {"a": [1, {"b": 2}, 3], "d": 1}
    assert list(differences(then, now)) == [
        "a.1.b: was None, now 2",
        "a: were 2, now 3",
        "c: was 1, now None",
        "d: was None, now 1",
    ]
    assert list(differences(now, now)) == []


def await_line(run: subprocess.Popen[str], text: str) -> None:
    """Read until a line of its standard error has ``text``; a busy computer adds lines of its own."""
    assert run.stderr is not None
    before = ""
    while text not in (line := run.stderr.readline()):
        assert line, f"it ended without '{text}': {before}"
        before += line


def test_another_terminal_can_correct_and_stop_it(tmp_path: Path) -> None:
    sayso = [sys.executable, "-c", "from sayso.cli import main; main()"]
    command = [*sayso, "run", PICK, "--live", "--no-video", "--out", str(tmp_path / "out"), "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        await_line(run, "pick up")
        assert run_command(["say", "a bit to the right"]) == 0
        assert run_command(["stop"]) == 0
        await_line(run, "I hold still")
        assert run_command(["say", "go home"]) == 0
        out, _ = run.communicate(timeout=300)
    assert run.returncode == 1
    told = json.loads(out)
    assert told["outcome"] == "stopped"
    levels = [c["level"] for c in told["corrections"]]
    assert levels in (["motion", "stop", "stop"], ["stop", "motion", "stop"])
    assert told["corrections"][-1]["read_as"] == "go home"
    assert Path(told["files"]["result"]).exists()
    assert run_command(["replay", str(tmp_path / "out")]) == 0


# A hang-up is tested beside these in test_interrupts.py, and by a closed terminal in bench/test_stops.py.
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_130_and_keeps_what_it_did(ending: signal.Signals, tmp_path: Path) -> None:
    sayso = [sys.executable, "-c", "from sayso.cli import main; main()"]
    out = tmp_path / "out"
    command = [*sayso, "run", PICK, "--live", "--no-video", "--out", str(out)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        await_line(run, "pick up")
        run.send_signal(ending)
        _, err = run.communicate(timeout=300)
    assert run.returncode == 130
    assert err.endswith("sayso: interrupted\n")
    assert "Traceback" not in err
    result = json.loads((out / "result.json").read_text())
    assert (result["outcome"], result["plan"][0]["outcome"]) == ("stopped", "stopped")
    assert (out / "episode" / "run.json").exists()
    runtime = Path(os.environ["XDG_RUNTIME_DIR"]) / "sayso"
    assert list(runtime.iterdir()) == []

"""An option that would do nothing is refused: nobody is left to believe that it was heeded."""

import subprocess
import sys
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.session import Session, SessionError

PICK = "pick up the red block"
REAL = ["run", PICK, "--robot", "so101", "--port", "/dev/null"]
IDLE = {
    "port in simulation": (["run", PICK, "--port", "/dev/ttyACM0"], "sim is simulated and has no port; leave that out"),
    "camera in simulation": (["run", PICK, "--camera", "left=0"], "sim is simulated and has no camera"),
    "mode in simulation": (["run", PICK, "--mode", "mock"], "sim is simulated and has no mode"),
    "both": (
        ["run", PICK, "--mode", "mock", "--port", "x", "--robot", "sim:so101"],
        "sim:so101 is simulated and has no port or mode",
    ),
    "scene of a real arm": (
        [*REAL, "--scene", "tabletop"],
        "--scene is for simulation; so101 is a real arm",
    ),
    "seed of a real arm": ([*REAL, "--seed", "0"], "--seed is for simulation"),
    "disturbed real arm": ([*REAL, "--disturb", "moved"], "--disturb is for simulation; so101 is a real arm"),
    "disturbed world": (
        ["run", "--robot", "world:table", "--disturb", "mvoed"],
        "no disturbance 'mvoed'; there are: moved, target-moved",
    ),
    "disturbed when": (
        ["run", PICK, "--disturb", "moved@soon"],
        "or one of before, reach, carried, grasp, arrival; got 'moved@soon'",
    ),
    "port of no arm": ([*REAL, "--mode", "mock"], "--mode mock has no arm: leave --port /dev/null or --mode out"),
    "camera twice": (
        [*REAL, "--camera", "left=0", "--camera", "left=2"],
        "two cameras have the name left: left=0 and left=2",
    ),
    "camera at one address": (
        [*REAL, "--camera", "a=0", "--camera", "b=0"],
        "two cameras have the address 0: a=0 and b=0",
    ),
    "kept camera twice": (
        ["robots", "so101", "--camera", "left=0", "--camera", "left=2"],
        "two cameras have the name left",
    ),
    "doctor's camera twice": (["doctor", "--camera", "left=0", "--camera", "left=2"], "two cameras have the name left"),
    "doctor's port": (["doctor", "--port", "/dev/ttyACM0"], "--port belongs to a real arm"),
    "doctor's simulated arm": (["doctor", "--robot", "sim:leg"], "leg"),
    "check's port": (["check-robot", "sim", "--port", "x"], "sim is simulated and has no port"),
    "check's mode": (["check-robot", "sim:so101", "--mode", "mock"], "sim:so101 is simulated and has no mode"),
    "check of no arm": (["check-robot", "so101", "--mode", "mock", "--port", "x"], "--mode mock has no arm"),
    "emulated host": (["emulate", "so101", "--host", "127.0.0.1"], "so101 has a serial port, not a network address"),
    "emulated calibration": (["emulate", "ur5e", "--calibration", "x.json"], "ur5e has no servos to calibrate"),
    "views of a folder": (
        ["calibrate", "camera", "left=0", "--images", ".", "--views", "9"],
        "--views is for a camera",
    ),
    "size of a folder": (
        ["calibrate", "camera", "left=0", "--images", ".", "--size", "640x480"],
        "--size is for a camera",
    ),
    "hand-eye of none": (["calibrate", "hand-eye", "left=0", "--robot", "sim"], "sim is simulated"),
    "training mode": (["train", "critic", "--mode", "flat"], "--mode flat is for 'sayso train policy' alone"),
    "depth": (
        ["train", "critic", "--no-depth"],
        "--no-depth is for 'sayso train detector' and 'sayso train eyes' alone",
    ),
    "soak": (["bench", "ladder", "--seconds", "9"], "--seconds is for soak"),
    "planner's host": (
        ["run", PICK, "--planner", "openai:m@http://no.such.host.invalid/v1"],
        "the planner's host 'no.such.host.invalid' is not known",
    ),
    "planner's port": (
        ["run", PICK, "--planner", "openai:m@http://127.0.0.1:99999"],
        "is not the URL of a model server",
    ),
}


@pytest.mark.parametrize("name", IDLE)
def test_an_option_without_effect_is_refused_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "kept"))
    arguments, says = IDLE[name]
    assert run_command(arguments) == 2
    out, err = capfd.readouterr()
    assert says in err
    assert (out, err.count("\n")) == ("", 1), err


def test_the_disturbances_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "--disturb", "?"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert (
        " ".join(lines[0].split()) == "moved the thing is put elsewhere, also out of the hand (before, reach, carried)"
    )
    assert len(lines) > 20


def test_a_session_says_so_too() -> None:
    with pytest.raises(SessionError, match="sim is simulated and has no port or camera"):
        Session(port="/dev/ttyACM0", cameras=["left=0"])


def test_words_that_were_never_said_are_known() -> None:
    commands = CommandQueue()
    commands.schedule([(9.0, "left"), (1.0, "up")])
    commands.take(2.0)
    assert commands.unsaid == ((9.0, "left"),)


def test_words_that_were_never_said_are_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = ["run", "stop", "--say", "900:left a bit", "--no-video", "--out", str(tmp_path / "out")]
    run_command(run)
    assert "--say 900:left a bit was not said: the run ended before that time" in capfd.readouterr().err


def test_how_the_run_ended_is_told_before_what_was_not_said(tmp_path: Path) -> None:
    argv = ["run", "stop", "--say", "900:left a bit", "--no-video", "--out", str(tmp_path / "out")]
    told = subprocess.run(
        [sys.executable, "-m", "sayso", *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    ).stdout
    assert 0 <= told.index("refused: ") < told.index("was not said")

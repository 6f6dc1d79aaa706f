"""The command line says what is wrong in one line, moves nothing for it, and ends with the right code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.cli import COMMANDS, run_command
from sayso.errors import UserError
from sayso.hardware.process.spawn import interrupts_held

PUT = "put the red block in the blue bowl"
ROOT = Path(__file__).parents[2]


def scene_of(tmp_path: Path, **change: object) -> str:
    file = tmp_path / "scene.json"
    file.write_text(
        json.dumps({"objects": [{"id": "b1", "kind": "block", "color": "red", "position": [0.5, 0]} | change]})
    )
    return str(file)


BAD = {
    "no instruction": (["run"], "instruction"),
    "empty": (["run", ""], "the instruction is empty"),
    "blank": (["run", " \t\n "], "the instruction is empty"),
    "long": (["run", "put " * 2600], "10400 characters; at most 10000"),
    "control": (["run", "put the\x1b[2J block"], "control character, '\\x1b', at place 8"),
    "undecodable": (["run", "put \udcff"], "argument 2 is not text in UTF-8: 'put \\udcff'"),
    "undecodable path": (["replay", "\udcff"], "argument 2 is not text in UTF-8"),
    "robot": (["run", PUT, "--robot", "r2d2"], "no robot 'r2d2'; there are: sim"),
    "scene name": (["run", PUT, "--scene", "moon"], "no scene 'moon'; ready-made: crowded"),
    "scene file": (["run", PUT, "--scene", "moon.json"], "cannot read scene file moon.json"),
    "seed": (["run", PUT, "--seed", "-1"], "--seed"),
    "seed word": (["run", PUT, "--seed", "one"], "--seed"),
    "planner": (["run", PUT, "--planner", "gpt"], "no planner 'gpt'; there are: local, openai:MODEL@URL"),
    "planner url": (["run", PUT, "--planner", "openai:x@nowhere"], "openai:MODEL@URL"),
    "say": (["run", PUT, "--say", "left"], "--say is T:PHRASE"),
    "say when": (["run", PUT, "--say", "soon:left"], "--say is T:PHRASE"),
    "say nan": (["run", PUT, "--say", "nan:left"], "--say is T:PHRASE"),
    "say before": (["run", PUT, "--say", "-1:left"], "--say is T:PHRASE"),
    "say nothing": (["run", PUT, "--say", "1: "], "the phrase of --say is empty"),
    "models": (["run", PUT, "--models", "nowhere"], "sayso train"),
    "option": (["run", PUT, "--colour", "red"], "--colour"),
    "command": (["dance"], "No such command 'dance'"),
    "phrase": (["say", ""], "the phrase is empty"),
    "replay": (["replay", "nowhere"], "cannot read nowhere"),
    "bench's arm": (["bench", "ladder", "--robot", "r2d2"], "no arm 'r2d2'; there are: koch, panda"),
    "arm": (["collect", "--out", "x", "--arm", "leg"], "no arm 'leg'; there are: koch, panda"),
    "worlds": (["collect", "--out", "x", "--worlds", "0"], "--worlds"),
    "suite": (["bench", "nothing"], "nothing"),
    "part": (["train", "nothing"], "'part': 'nothing' is not one of 'policy'"),
    "simulated servos": (["calibrate", "arm", "sim"], "sim is simulated and needs no calibration; real ones of so101"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, told = BAD[name]
    assert run_command(arguments) == 2
    out, err = capfd.readouterr()
    assert err.startswith("sayso: ")
    assert told in err
    assert err.count("\n") == 1, err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


KEPT = {
    "nodriver": ({"robot": "r2d2"}, "nodriver.json: robot: no driver 'r2d2'; there are: koch, panda"),
    "typo": (
        {"robot": "so101", "prt": "x"},
        "typo.json does not describe a robot: prt: there is no such key; there are: ",
    ),
}
OF_THE_WRONG_KIND = {
    "doctor": (["doctor", "--out", "text.txt"], "--out text.txt is not a folder"),
    "port": (["check-robot", "so101", "--port", "text.txt"], "text.txt is no serial port; "),
    "camera": (["calibrate", "camera", "front=text.txt"], "the file text.txt is no video that can be read"),
    "dataset": (
        ["run", PUT, "--robot", "sim", "--dataset", "text.txt"],
        "'text.txt': it or its parent is not a folder",
    ),
    "models": (["models", "--models", "text.txt"], "text.txt is not a folder"),
    "robot": (["check-robot", "./folder"], "folder is a folder, not a robot; sim:./folder is the simulated arm"),
    **{name: (["check-robot", name], told) for name, (_, told) in KEPT.items()},
}


@pytest.mark.parametrize("name", OF_THE_WRONG_KIND)
def test_what_is_there_but_of_the_wrong_kind_is_named_as_what_it_is(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "text.txt").write_text("text")
    (tmp_path / "folder").mkdir()
    (tmp_path / "config/sayso/robots").mkdir(parents=True)
    for kept, (content, _) in KEPT.items():
        (tmp_path / f"config/sayso/robots/{kept}.json").write_text(json.dumps(content))
    arguments, told = OF_THE_WRONG_KIND[name]
    assert run_command(arguments) == 2
    out, err = capfd.readouterr()
    assert err.startswith("sayso: ") and told in err and err.count("\n") == 1, err
    assert out == "" and len(err.replace(str(tmp_path), "")) <= 240
    assert (tmp_path / "text.txt").read_text() == "text"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "vase"}, "'vase' is not a known kind; allowed: block, bowl"),
        ({"color": "mauve"}, "'mauve' is not a known color; allowed: red"),
        ({"position": [2, 0]}, "out of reach"),
    ],
)
def test_a_bad_scene_is_told_before_anything_is_made(
    change: dict[str, object], told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run_command(["run", PUT, "--scene", scene_of(tmp_path, **change), "--out", str(out)]) == 2
    assert told in capfd.readouterr().err
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_robot_moves(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    assert run_command(["run", PUT, "--out", str(file / "run")]) == 2
    assert "is not a folder" in capfd.readouterr().err
    assert file.read_text() == "mine"


def test_what_is_no_recording_is_not_replaced(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "episode" / "one.mkv"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert run_command(["run", PUT, "--out", str(tmp_path)]) == 2
    assert "is not what a run left" in capfd.readouterr().err
    assert mine.read_text() == "mine"


def test_debug_shows_where_it_came_from(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--debug", "replay", "nowhere"]) == 2
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "sayso: interrupted\n"),
        (UserError("two\nlines\x07 of it"), 2, "sayso: two lines of it\n"),
        (RuntimeError("a bug"), 1, "sayso: unexpected RuntimeError: a bug (--debug"),
        (BrokenPipeError(), 1, ""),
    ],
)
def test_errors_become_exit_codes(
    error: BaseException, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr("sayso.sim.scenes.scene_file.scene_names", fails)
    assert run_command(["scenes"]) == code
    err = capfd.readouterr().err
    assert err.startswith(told)
    assert err.count("\n") <= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command([command, "--help"]) == 0
    assert f"Example: sayso {command}" in capfd.readouterr().out


def test_without_a_command_the_commands_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command([]) == 0
    out = capfd.readouterr().out
    assert all(f"\n  {command} " in out for command in COMMANDS)


HEAVY = {"numpy", "gymnasium", "pybullet", "onnxruntime", "cv2", "torch", "pydantic", "av", "scipy", "pyarrow"}


@pytest.mark.parametrize("arguments", [["--help"], ["stop"], ["say", "up"], ["stop", "--help"]])
def test_what_must_answer_at_once_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"import sys; from sayso.cli import run_command; run_command({arguments}); print('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.rpartition("loaded")[2].split())


def test_gymnasium_knows_the_world_whichever_is_loaded_first() -> None:
    for order in ("sayso, gymnasium", "gymnasium, sayso"):
        code = f"import {order}; print('sayso/Tabletop-v0' in gymnasium.registry)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "True\n", order


def test_the_version_help_and_module_as_everywhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capfd.readouterr().out.startswith("sayso ")
    assert run_command(["-h"]) == 0
    assert capfd.readouterr().out.startswith("Usage: sayso ")
    assert run_command(["stop", "-h"]) == 0
    done = subprocess.run([sys.executable, "-m", "sayso", "-h"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: sayso ")


def test_a_slip_of_the_pen_is_answered_with_what_was_meant(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["stpo"]) == 2
    assert "Did you mean 'stop'?" in capfd.readouterr().err


def test_scenes_lists_what_a_scene_file_may_hold(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["scenes", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert {"block", "bowl", "mug"} <= set(told["kinds"])
    assert "red" in told["colors"]
    assert told["reach"]["x"] == [0.3, 0.7]
    table = next(scene for scene in told["scenes"] if scene["name"] == "tabletop")
    assert {"red block", "blue bowl"} <= set(table["objects"])
    assert run_command(["scenes"]) == 0
    assert "two-bowls" in capfd.readouterr().out


def test_models_tells_a_damaged_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.onnx").write_bytes(b"not a model")
    assert run_command(["models", "--models", str(tmp_path), "--json"]) == 1
    (row,) = json.loads(capfd.readouterr().out)["models"]
    assert row["name"] == "words"
    assert "sayso train" in row["problem"]
    assert run_command(["models", "--models", str(tmp_path / "none")]) == 0
    assert "no models in" in capfd.readouterr().out


INTERRUPT = """
import os, signal, sys

class Interrupt:
    name = sys.argv.pop(1)

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from sayso.cli import main
main()
"""
LOADED = {
    "typer": ["run", PUT], "numpy": ["models"], "numpy._core.multiarray": ["models"],
    "pybullet": ["check-robot", "sim"],
    "sayso.commands.arms.doctor": ["doctor"], "onnxruntime": ["run", PUT],
}  # fmt: skip


@pytest.mark.parametrize("module", LOADED)
def test_ctrl_c_while_something_is_loaded_is_one_line(module: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", INTERRUPT, module, *LOADED[module]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "sayso: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_processes_that_are_started_never_get_ctrl_c_and_we_do() -> None:
    ask = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with interrupts_held():
        inside = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    outside = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert (inside, outside) == ("True\n", "False\n")


@pytest.mark.parametrize(
    ("words", "place", "offered"),
    [("sayso ru", 1, "run"), ("sayso train pol", 2, "policy"), ("sayso run --se", 2, "--seed")],
)
def test_a_shell_completes_commands_and_options(words: str, place: int, offered: str) -> None:
    env = os.environ | {"_SAYSO_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = subprocess.run(
        [sys.executable, "-m", "sayso"], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "") and offered in done.stdout.split()

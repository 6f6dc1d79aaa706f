"""On odd computers and terminals: any encoding, no home, closed streams, a library that is not there."""

import io
import json
import os
import pwd
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.commands.terminal.options import print_json
from sayso.hardware.drivers.ports import find_port
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import user_folder
from sayso.missing import EXTRAS

ROOT = Path(__file__).parents[2]
SAYSO = [sys.executable, "-m", "sayso"]


@pytest.fixture
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "SAYSO_CALIBRATION"):
        monkeypatch.delenv(name, raising=False)

    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)


@pytest.mark.parametrize(
    "arguments",
    [
        ["robots"], ["robots", "mine", "--driver", "so101"], ["check-robot", "so101", "--port", "/dev/null"],
        ["run", "stack", "--robot", "so101", "--port", "/dev/null", "--live"], ["calibrate", "camera", "left=0"],
        ["rest", "so101"], ["doctor", "--robot", "so101"],
    ],
)  # fmt: skip
def test_without_a_home_what_needs_one_says_so(
    arguments: list[str],
    no_home: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(arguments) == 2
    assert capfd.readouterr().err == (
        "sayso: this user has no home folder for robots, calibrations and the memory: set HOME, or XDG_CONFIG_HOME\n"
    )


def test_without_a_home_what_needs_none_goes_on(no_home: None, capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in (["scenes"], ["models", "--json"], ["sessions"]):
        assert run_command(arguments) == 0, capfd.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["scenes"], ["sessions"], ["--help"]])
def test_output_that_cannot_be_written_is_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([*SAYSO, *arguments], stdout=full, stderr=subprocess.PIPE,
                              text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "sayso: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_STATE_HOME"])
def test_a_relative_folder_of_the_user_does_not_count(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for relative in ("here", "./here", "../here"):
        monkeypatch.setenv(variable, relative)
        assert user_folder(variable, ".there") == tmp_path / ".there"
    monkeypatch.setenv(variable, str(tmp_path / "here"))
    assert user_folder(variable, ".there") == tmp_path / "here"


def test_a_home_of_nobody_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("HOME")
    assert run_command(["robots", "mine", "--driver", "so101", "--calibration", "~no-such-user/so101.json"]) == 2
    assert "~no-such-user/so101.json needs a home folder" in capfd.readouterr().err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_is_whole_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, value = io.BytesIO(), {"name": "Größe 红 ✔"}
    monkeypatch.setattr("sys.stdout", out := io.TextIOWrapper(kept, encoding, errors="replace"))
    print_json(value)
    out.flush()
    assert json.loads(kept.getvalue().decode(encoding)) == value


def odd(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*SAYSO, *arguments], env=os.environ | environment, capture_output=True, check=False)


def test_marks_are_letters_where_there_are_only_letters() -> None:
    done = odd("check-robot", "sim", PYTHONIOENCODING="ascii:strict")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"  +  it connects" in done.stdout


def test_an_argument_in_utf8_is_read_where_the_locale_is_another(tmp_path: Path) -> None:
    done = odd("replay", "Größe", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING="utf-8")
    assert done.returncode == 2  # and not taken for another name
    assert "set LC_ALL=C.UTF-8" in done.stderr.decode()
    done = odd("sessions", "Größe", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING="utf-8")
    assert "(Größe)" in done.stderr.decode()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "| true"])
def test_a_stream_that_is_closed_is_no_error(closed: str, tmp_path: Path) -> None:
    command = f"{' '.join(SAYSO)} scenes {closed}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_narrow_and_dumb_terminal_without_color_is_one(tmp_path: Path) -> None:
    for arguments in (["models"], ["check-robot", "sim"], ["-h"]):
        done = odd(*arguments, TERM="dumb", COLUMNS="20", NO_COLOR="1")
        assert done.returncode == 0
        assert b"\x1b" not in done.stdout


def test_every_extra_is_one_that_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(EXTRAS.values()) <= set(project["optional-dependencies"])


MISSING = """
import sys
for module in sys.argv.pop(1).split(","):
    sys.modules[module] = None
from sayso.cli import main
main()
"""
NEEDS = {
    "torch": ["train", "policy"], "scservo_sdk": ["calibrate", "arm", "so101", "--port", "/dev/null"],
    "dynamixel_sdk": ["check-robot", "koch", "--port", "/dev/null"], "franky": ["rest", "panda", "--port", "192.0.2.1"],
    "rtde_control": ["doctor", "--robot", "ur5e", "--port", "192.0.2.1"],
    "websockets": ["check-robot", "rosbridge:ur5e"],
    "piper_sdk": ["run", "stack", "--robot", "piper", "--port", "can0", "--live"], "can": ["emulate", "piper"],
    "serial": ["calibrate", "arm", "koch"], "pyrealsense2": ["calibrate", "camera", "left=realsense"],
}  # fmt: skip


@pytest.mark.parametrize("module", NEEDS)
def test_a_library_that_is_missing_is_named_with_its_extra(module: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MISSING, module, *NEEDS[module]]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path)},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # fmt: skip
    extra = "koch" if module == "serial" else EXTRAS[module]
    assert done.returncode == 2
    assert done.stderr.startswith("sayso: ")
    assert done.stderr.endswith(f"pip install 'sayso[{extra}]'\n")
    assert done.stderr.count("\n") == 1


def test_a_program_without_the_library_for_ports_gets_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "serial"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "serial", None)
    for driver, extra in (("so100", "so101"), ("koch", "koch")):
        with pytest.raises(RobotError, match=rf"pip install 'sayso\[{extra}\]'"):
            find_port(driver)

"""Classes from elsewhere that end the program, hold what cannot be, or block: each is one line, never silence."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import sayso.hardware.bounded_robot
from sayso.cli import run_command
from sayso.hardware.arms.check_spec import check_spec
from sayso.hardware.bounded_robot import BoundedRobot
from sayso.hardware.check import check_robot, examine_robot
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Box, GripperSpec, RobotSpec
from tests.hardware import loop_parts

ENDS = "ends the program while it is loaded; put its script under if __name__ == '__main__'"
MODULES = {
    "ends": ("import sys; sys.exit(0)", ENDS),
    "parses": ("import argparse\np = argparse.ArgumentParser()\np.add_argument('port')\np.parse_args()", ENDS),
    "reads": ("import sys\nassert not sys.argv[1:]\nclass Arm: pass\nArm.spec = None", "which arm is reads:Arm"),
    "typo": ("def x(:", "the driver of typo:Arm cannot be loaded: SyntaxError: "),
    "divides": ("1 / 0", "the driver of divides:Arm cannot be loaded: ZeroDivisionError: division by zero"),
    "long": ("raise ImportError('x\\n' * 400)", "the driver of long:Arm cannot be loaded: ImportError: x x x"),
    "secret": ("raise OSError('http://me:pw' + 'q' * 200 + '@host')", "OSError: http://***@host"),
    "needs": ("import nosuchlib.foo", "the driver of needs:Arm needs the library nosuchlib"),
    "around.inner": ("", "the driver of around.inner:Arm cannot be loaded: ZeroDivisionError"),
    "refuses": ("class Arm:\n def __init__(self, *_): raise SystemExit(0)", "the program when it is made"),
    "holds": ("class Arm:\n spec = {}", "holds:Arm has the spec {}; a sayso.hardware.types.RobotSpec is needed"),
    "letters": ("class Arm:\n option_names = 5", "option_names of letters:Arm is 5; a tuple of names is needed"),
}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "around").mkdir()
    (tmp_path / "around" / "__init__.py").write_text("1 / 0")
    for name, (text, _) in MODULES.items():
        (tmp_path / f"{name.replace('.', '/')}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "argv", ["sayso", "run", "--live"])
    yield
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_cannot_be_used_is_one_line_that_names_it(module: str, modules: None) -> None:
    options = {"arm": "so101"} if module == "refuses" else {"speed": "1"} if module == "letters" else {}
    with pytest.raises(RobotError) as told:
        open_driver(f"{module}:Arm", Connection(mode=Mode.LIVE, options=options))
    assert MODULES[module][1] in str(told.value)
    assert "\n" not in str(told.value) and len(str(told.value)) < 240
    assert sys.argv == ["sayso", "run", "--live"]


def test_the_command_tells_it_with_exit_code_2(modules: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check-robot", "ends:Arm"]) == 2
    assert capfd.readouterr().err == f"sayso: the driver of ends:Arm {ENDS}\n"


def test_no_other_code_ends_a_command_in_silence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def ends() -> None:
        sys.exit(0)

    monkeypatch.setattr("sayso.sim.scenes.scene_file.scene_names", ends)
    assert run_command(["scenes"]) == 1
    assert "test_foreign.py, line " in (told := capfd.readouterr().err) and "ends the program with 0" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lower": ["a"] * 2}, "lower is ['a', 'a']; a NumPy array of numbers is needed"),
        ({"upper": np.array(["a", "b"])}, "a NumPy array of numbers is needed"),
        ({"home": None}, "home is None; a NumPy array of numbers is needed"),
        ({"joints": None}, "joints is None; a tuple of names is needed"),
        ({"control_hz": "100"}, "control_hz is '100'; 1 to 1000 Hz are allowed"),
        ({"control_hz": 1e9}, "control_hz is 1000000000.0; 1 to 1000 Hz are allowed"),
        ({"control_hz": float("nan")}, "control_hz is nan; 1 to 1000 Hz are allowed"),
        ({"urdf": None}, "urdf is None; the path of a file"),
        ({"tip": 3}, "tip is 3; the name of a frame"),
        ({"gripper": 0.07}, "gripper is 0.07; a GripperSpec of numbers, or None, is needed"),
        ({"gripper": GripperSpec(width="a")}, "gripper is GripperSpec(width='a'"),  # type: ignore[arg-type]
        ({"workspace": None}, "workspace is None; a Box of two arrays of numbers is needed"),
        ({"reach": Box(None, None)}, "reach is Box(lower=None, upper=None); a Box of"),  # type: ignore[arg-type]
        ({"name": "../../evil"}, "name is '../../evil'; a name of a-z"),
    ],
)
def test_a_description_of_other_kinds_of_values_is_refused(planar: RobotSpec, change: dict, words: str) -> None:
    problems = check_spec(replace(planar, **change))
    assert len(problems) == 1 and words in problems[0], problems


@pytest.fixture
def never() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("call", ["connect", "read", "disconnect"])
def test_a_call_that_blocks_is_a_problem(
    planar: RobotSpec, never: threading.Event, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CALL_S", "CONNECT_S", "DISCONNECT_S"):
        monkeypatch.setattr(sayso.hardware.bounded_robot, name, 0.2)
    robot = MockRobot(planar)
    monkeypatch.setattr(robot, call, never.wait)
    assert check_robot(robot) == [f"{call}() has not returned for 0 s; it must not block"]


@pytest.mark.parametrize("call", ["connect", "read"])
def test_a_stop_ends_a_call_that_blocks(
    planar: RobotSpec, never: threading.Event, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sayso.hardware.bounded_robot, "GRACE_S", 0.1)
    asked, robot = threading.Event(), MockRobot(planar)

    def blocks() -> None:
        asked.set()
        never.wait()

    monkeypatch.setattr(robot, call, blocks)
    with pytest.raises(StoppedError, match=rf"planar was stopped; {call}\(\) has not returned"):
        list(examine_robot(robot, stopped=asked.is_set))


def test_a_call_under_way_at_a_stop_may_end(planar: RobotSpec) -> None:
    robot = MockRobot(planar)
    robot.connect()
    assert BoundedRobot(robot, lambda: True).read().position.shape == (2,)


def test_a_driver_that_ends_the_program_is_named_by_the_check_and_by_the_loop(planar: RobotSpec) -> None:
    told = r"loop_parts.py, line \d+, ends the program with 0; it must raise an error instead"
    with pytest.raises(RobotError, match=told), RemoteRobot(planar, partial(loop_parts.Quits, planar), realtime=False):
        pass
    assert "ends the program with 0" in check_robot(loop_parts.Quits(planar))[0]

"""The doors for worlds: run, check-robot and bench take the name of one, and say what is wrong with another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.hardware.worlds.open import open_world
from sayso.session import Options, Session, SessionError

TABLE = "sayso.sim.table_world:ShuffledTable"


def test_check_robot_checks_a_world(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check-robot", f"world:{TABLE}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(check["grade"] == "good" for check in told["checks"]) and len(told["checks"]) > 10


def test_a_world_says_what_is_to_be_done_and_judges_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run_command(["run", "--robot", f"world:{TABLE}", "--seed", "2", "--out", str(out), "--no-video"]) == 0
    told = json.loads((out / "result.json").read_text())
    assert told["instruction"].startswith(("put the", "pick up the")) and told["success"] is True
    assert run_command(["replay", str(out)]) == 0


def test_the_bench_keeps_what_is_believed_and_what_is_true_apart(tmp_path: Path) -> None:
    command = ["bench", "world", TABLE, "--episodes", "1", "--workers", "1", "--cell", "put in", "--out", str(tmp_path)]
    assert run_command(command) == 0
    (cell,) = json.loads((tmp_path / "bench.json").read_text())["cells"]
    assert cell["successes"] == cell["believed and done"] == 1 and cell["believed, not done"] == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["run", "stack all the blocks", "--robot", "world:nobody"], "no world 'nobody'; there are: "),
        (["run", "--robot", "sim"], "an instruction is needed"),
        (["run", "--robot", f"world:{TABLE}", "--scene", "tabletop"], "sets up its own scenes"),
        (["bench", "world"], "the suite world needs a world's name"),
        (["bench", "tabletop", "table"], "tabletop takes no name; leave table out"),
        (["check-robot", "world:json:loads"], "cannot be made without arguments"),
        (["check-robot", "world:json:JSONDecoder"], "is no sayso.hardware.world.World"),
        (["rest", "world:table"], "only a real arm lies down"),
    ],
)
def test_what_no_world_can_do_is_one_line(command: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(command) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert says in lines[-1] and len(lines) == 1


def test_a_session_is_set_up_anew_with_its_models_kept() -> None:
    with Session("world:" + TABLE, seed=3, task="put in", options=Options(sees="truth", listen=False)) as session:
        first = session.task
        assert first is not None and session.run().success is True
        again = session.reset(3, "put in")
        assert again == first and session.run().success is True
        other = session.reset(4, "pick up")
        assert other.instruction.startswith("pick up the")
        with pytest.raises(SessionError, match="a text in plain words"):
            session.run("")


def test_a_world_that_asks_for_nothing_needs_an_instruction() -> None:
    with Session("sim", options=Options(sees="truth", listen=False)) as session:
        assert session.task is None
        with pytest.raises(SessionError, match="has no instruction of its own"):
            session.run()


def test_the_entry_point_names_a_world_that_is_there() -> None:
    (line,) = re.findall(r'sayso.worlds"\]\ntable = "(.*)"', (Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert line == TABLE
    open_world(line).close()

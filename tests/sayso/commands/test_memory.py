"""``sayso memory``: list, forget, path."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.memory_store import MemoryFile, memory_path
from sayso.planner.memory.entries import Named, Preferred, Seen, Standing, Tip

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ENTRIES = (
    Seen(when=NOON, thing="red block", at=(0.45, 0.1), inside="blue bowl", robot="sim"),
    Standing(when=NOON, said="never touch the bowls", rule="rule(untouched(all(bowl)))"),
    Named(when=NOON, name="Betty", thing="red block", at=(0.45, 0.1), robot="sim"),
    Preferred(when=NOON, said="always the left bowl", thing="the(bowl, nth(1, left))"),
    Tip(when=NOON, text="nothing was in the hand", said="pick it up", robot="sim"),
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return memory_path()


@pytest.fixture
def kept(path: Path) -> MemoryFile:
    file = MemoryFile(path, print)
    file.change(ENTRIES)
    return file


def test_it_is_listed_in_words_names_first(kept: MemoryFile, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["memory"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  1  name        Betty: the red block of sim, ")
    assert "“never touch the bowls”: never touch all the bowls" in lines[1]
    assert "the leftmost bowl" in lines[2] and "nothing was in the hand (“pick it up”)" in lines[3]
    assert "red block of sim at x 0.45 m, y 0.10 m, with the blue bowl" in lines[4]
    assert lines[5] == f"in {kept.path}"


def test_nothing_is_remembered_at_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["memory"]) == 0
    assert capsys.readouterr().out == f"nothing is remembered yet; it will be in {path}\n"
    assert not path.exists()


def test_its_path_is_printed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["memory", "path"]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert run_command(["memory", "path", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(path)}


@pytest.mark.parametrize(
    ("what", "gone"), [("Betty", Named), ("betty", Named), ("1", Named), ("rule", Standing), ("rules", Standing)]
)
def test_names_numbers_and_kinds_are_forgotten(kept: MemoryFile, what: str, gone: type) -> None:
    assert run_command(["memory", "forget", what]) == 0
    assert kept.entries() == [entry for entry in ENTRIES if not isinstance(entry, gone)]


def test_all_is_forgotten(kept: MemoryFile) -> None:
    assert run_command(["memory", "forget", "--all"]) == 0
    assert kept.entries() == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["forget", "Bob"], "'Bob' is no number, name or kind; names: Betty; kinds: name, rule, "),
        (["forget", "9"], "no entry 9; there are 1 to 5"),
        (["forget"], "forget what? Numbers of sayso memory, names, kinds, or --all"),
        (["list", "Betty"], "sayso memory list takes nothing more; did you mean sayso memory forget?"),
    ],
)
def test_bad_input_is_one_line(
    kept: MemoryFile, arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["memory", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"sayso: {error}")
    assert len(kept.entries()) == len(ENTRIES)


def test_a_line_that_is_no_entry_is_reported_and_stays(kept: MemoryFile, capsys: pytest.CaptureFixture[str]) -> None:
    with kept.path.open("a") as file:
        file.write("what is this?\n")
    assert run_command(["memory", "forget", "Betty"]) == 0
    assert capsys.readouterr().err.startswith(f"sayso: {kept.path}, line 7 is no entry and stays as it is: ")
    assert kept.path.read_text().count("what is this?\n") == 1

"""The memory's file: a person may edit it, and nothing in it is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sayso.errors import UserError
from sayso.hardware.folder_lock import FolderLock
from sayso.memory_store import HEAD, MemoryFile, ReplayedMemory, memory_path
from sayso.planner.memory.entries import Done, Moved, Named, Standing, parse_entry, written
from sayso.planner.memory.memory import Memory

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
BETTY = Named(when=NOON, name="Betty", thing="red block", at=(0.45, 0.1), robot="sim")
RULE = Standing(when=NOON, said="never touch the bowls", rule="rule(untouched(all(bowl)))")
DONE = Done(
    when=NOON, said="put it in", task="put(it, in(the(bowl)))", outcome="done", robot="sim",
    moved=(Moved(thing="red block", was=(0.4, 0.0), was_in="blue bowl", now=(0.5, 0.1)),),
)  # fmt: skip


class Told(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


@pytest.mark.parametrize("entry", [BETTY, RULE, DONE])
def test_an_entry_is_a_line_that_reads_back(entry: Named | Standing | Done) -> None:
    line = written(entry)
    assert "\n" not in line and line.startswith('{"kind": ') and parse_entry(line) == entry


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "Invalid JSON"),
        ('{"kind": "name", "when": "2026-11-27T12:00:00Z", "name": "Betty"}', "thing: Field required"),
        ('{"kind": "rule", "when": "2026-11-27T12:00:00Z", "said": "x", "rule": "untouched("}', "rule: "),
        ('{"kind": "name", "when": "noon", "name": "B", "thing": "x", "at": [0, 1], "robot": ""}', "when: "),
        ('{"kind": "poem"}', "poem"),
    ],
)
def test_what_is_no_entry_is_said_in_a_line(line: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        parse_entry(line)
    assert "\n" not in str(caught.value)


def test_entries_are_kept_in_a_private_file_with_a_head(tmp_path: Path) -> None:
    path, told = tmp_path / "sayso" / "memory.jsonl", Told()
    file = MemoryFile(path, told)
    assert file.changed() == []
    file.keep([BETTY, RULE])
    assert path.read_bytes().startswith(HEAD) and path.stat().st_mode & 0o777 == 0o600
    assert MemoryFile(path, told).changed() == [BETTY, RULE]
    file.keep([DONE], [BETTY])
    assert MemoryFile(path, told).changed() == [RULE, DONE] and told == []


def test_a_broken_line_is_told_once_and_survives_every_change(tmp_path: Path) -> None:
    path, told = tmp_path / "memory.jsonl", Told()
    broken = b'{"kind": "name", "name": "Bett\xff\n# mine\n\n'
    path.write_bytes(broken + written(BETTY).encode())
    file = MemoryFile(path, told)
    assert file.changed() == [BETTY]
    file.keep([RULE], [BETTY])
    assert path.read_bytes() == broken + written(RULE).encode() + b"\n"
    assert len(told) == 1 and told[0].startswith(f"{path}, line 1 is no entry and stays as it is: ")


def test_what_a_person_edits_meanwhile_counts(tmp_path: Path) -> None:
    path, told = tmp_path / "memory.jsonl", Told()
    file = MemoryFile(path, told)
    memory = Memory("sim", file)
    memory.change([BETTY, RULE])
    assert file.changed() is None, "its own change is no news"
    path.write_text(written(RULE) + "\n")
    memory.change([DONE])
    assert file.entries() == [RULE, DONE], "Betty, deleted by hand, does not come back"


def test_a_file_that_cannot_be_used_is_told_and_left_alone(tmp_path: Path) -> None:
    path, told = tmp_path / "memory.jsonl", Told()
    path.mkdir()
    memory = Memory("sim", MemoryFile(path, told))
    memory.change([BETTY])
    assert memory.entries == [BETTY] and path.is_dir()
    assert len(told) == 1 and "this session remembers nothing" in told[0]
    with pytest.raises(UserError, match="cannot read"):
        MemoryFile(path, told).entries()


class Hurried:
    """A clock whose waits take no time."""

    def __init__(self) -> None:
        self.t = 0.0

    def now(self) -> float:
        return self.t

    def sleep_until(self, t: float) -> None:
        self.t = t


def test_another_program_is_waited_for_and_then_told_of(tmp_path: Path) -> None:
    path, told, clock = tmp_path / "memory.jsonl", Told(), Hurried()
    with FolderLock(tmp_path):
        MemoryFile(path, told, clock).keep([BETTY])
    assert clock.t >= 2.0 and not path.exists() and "another program is writing" in told[0]


def test_the_path_is_in_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert memory_path() == Path("/data/sayso/memory.jsonl")


def test_a_recorded_memory_is_read_once_and_keeps_nothing() -> None:
    recorded = ReplayedMemory([written(BETTY), written(DONE)])
    memory = Memory("sim", recorded, recorded.now)
    memory.change([RULE])
    assert memory.entries == [BETTY, DONE, RULE] and recorded.changed() is None and recorded.now() == NOON
    assert Memory("sim", ReplayedMemory(memory.snapshot()), recorded.now).entries == [BETTY, DONE, RULE]

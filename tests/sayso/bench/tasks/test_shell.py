"""The bench of `sayso stop` from a shell measures what a person waits for, and leaves other sessions alone."""

import os

import pytest

from sayso.bench.suites import cells_of
from sayso.bench.tasks import shell
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.command_server import CommandServer


def test_a_stop_and_words_are_heard_and_nobody_else_hears_them() -> None:
    commands, before = CommandQueue(), os.environ.get("XDG_RUNTIME_DIR")
    with CommandServer(commands):
        stopped, said = shell.typed(["stop"], 0), shell.typed(["say", shell.PHRASE], 0)
    assert 0 < stopped["ms"] < stopped["ended"]
    assert 0 < said["ms"] < said["ended"]
    assert not commands.take_stop()
    assert commands.take(0.0) == []
    assert os.environ.get("XDG_RUNTIME_DIR") == before


def test_the_arm_of_a_hung_session_is_stopped_before_its_answer_is_given_up() -> None:
    record = shell.typed_to_a_hung_one(0)
    assert 0 < record["ms"] < record["ended"]


def test_what_came_too_late_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "WITHIN_MS", 1.0)
    assert not shell.typed(["stop"], 0)["ok"]
    assert not shell.typed_to_a_hung_one(0)["ok"]


def test_they_are_cells_of_the_suite_reaction() -> None:
    assert sum("from a shell" in cell.name for cell in cells_of("reaction")) == 3

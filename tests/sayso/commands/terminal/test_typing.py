"""What is typed while a question waits is its answer, in a live run too, where other keys have a meaning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.commands.terminal.typing import Lines
from sayso.planner.plan import Question
from tests.sayso.commands.terminal.pseudo_terminal import PseudoTerminal

WHICH = "put the block in the blue bowl"
ASKS = "question: Which block do you mean"


class Session:
    """Writes down what is said to it."""

    question: Question | None = Question("Which?")

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str, wait_s: float = 1.0) -> None:
        assert wait_s == 0, "keys are read meanwhile"
        self.said.append(text)

    def press_stop(self) -> None:
        self.said.append("a stop")


@pytest.mark.parametrize("typed", [["the red one\n"], ["the r", "ed one", "\r"], ["  the red one  \n"]])
def test_the_end_of_a_line_says_it(typed: list[str]) -> None:
    session = Session()
    lines = Lines(session)
    for part in typed:
        lines.take(part)
    assert session.said == ["the red one"]


def test_an_empty_line_stops_the_arm_and_the_next_one_is_said() -> None:
    session = Session()
    Lines(session).take("\ngo on\n")
    assert session.said == ["a stop", "go on"]


def test_a_closed_terminal_leaves_the_question() -> None:
    session = Session()
    lines = Lines(session)
    lines.take("the re")
    lines.end()
    lines.take("1\n")
    assert session.said == ["never mind", "1"]


def run(folder: Path, *arguments: str) -> PseudoTerminal:
    return PseudoTerminal("run", WHICH, "--no-video", "--seed", "4", "--out", str(folder), *arguments)


def test_an_answer_in_the_terminal_goes_on_with_the_instruction(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with run(tmp_path) as terminal:
        assert "[1 red block" in terminal.until(ASKS) + terminal.until("type the answer")
        assert run_command(["say", "the purple whale"]) == 0  # from another terminal
        assert capsys.readouterr().out.startswith("I see no purple whale. Which block")
        terminal.until("heard “the purple whale”: I see no purple whale")
        terminal.type("the red one\n")
        terminal.until("I put the red block in the blue bowl")
        assert terminal.end() == 0, terminal.seen
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["outcome"] == "done" and result["success"] is True and result["question"] is None
    assert result["corrections"][-1]["read_as"] == WHICH.replace("the block", "the red block")
    assert result["duration_s"] < 40, "simulated time stands while a person thinks"
    settings = json.loads((tmp_path / "episode" / "run.json").read_text())
    assert settings["answer_s"] == 0.0 and settings["say"][-1][1] == "the red one"


def test_without_asking_it_ends_with_the_options(tmp_path: Path) -> None:
    with run(tmp_path, "--no-ask") as terminal:
        assert terminal.end() == 1
    assert "[red block, " in terminal.seen
    assert json.loads((tmp_path / "result.json").read_text())["outcome"] == "asked"


def test_keys_are_keys_again_after_the_answer(tmp_path: Path) -> None:
    with run(tmp_path, "--live") as terminal:
        terminal.until(ASKS)
        terminal.type("green\n")  # g is a key while no question waits
        terminal.until("I put the green block in the blue bowl")
        terminal.until("move arm")
        terminal.type(" ")
        terminal.until("stopped; say go on")
        terminal.type("\x03")
        assert terminal.end() == 130
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["outcome"] == "stopped"
    assert [c["text"] for c in result["corrections"]][:2] == ["green", "stop"]

"""What a run shows in a terminal: every thing once, and the end in one line."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from sayso.commands.terminal.ending import ending
from sayso.commands.terminal.progress import STANDS, RunLine
from sayso.result import RunResult
from sayso.runtime.hearing import after_stop
from sayso.runtime.hearing.understood import HELD

QUESTION = "Which block do you mean? [1 red block, 2 green block]"


def shown(*lines: str) -> list[str]:
    """The text of ``lines`` without their times, as they are printed where there is no terminal."""
    line, out = RunLine(), io.StringIO()
    line.console = Console(file=out, highlight=False)
    for i, text in enumerate(lines):
        line(float(i), text)
    return [text.split(" s  ", 1)[1] for text in out.getvalue().splitlines()]


def test_one_stop_is_one_line() -> None:
    assert after_stop.STANDS.partition(": ")[0] == STANDS
    assert shown("pick up it: move arm up", f"heard “stop”: {HELD}", after_stop.STANDS, "pick up it: move arm up") == [
        "pick up it", f"heard “stop”: {HELD}", "pick up it",
    ]  # fmt: skip


def test_a_question_that_answers_words_is_one_line_and_a_note_stays() -> None:
    told = shown(f"heard “take it”: {QUESTION}", f"question: {QUESTION}", "note: I take back “stack them”")
    assert told == [f"heard “take it”: {QUESTION}", "note: I take back “stack them”"]
    assert shown(f"question: {QUESTION}") == [f"question: {QUESTION}"]


def result(outcome: str, **more: object) -> RunResult:
    return RunResult(
        instruction="wave", outcome=outcome, success=None, robot="sim", planner="local", seed=0, duration_s=3.0,
        rates={}, **more,
    )  # fmt: skip  # type: ignore[arg-type]


def test_the_end_of_what_the_simulator_does_not_judge_is_no_failure() -> None:
    done = ending(result("done", success_reason="its check reads only plain sentences"))
    assert done == "done: already so at the start, as the robot sees it (its check reads only plain sentences)"


@pytest.mark.parametrize(
    ("told", "end"), [("", "question: Which? [red]"), ("Which? [1 red]", "nobody answered the question")]
)
def test_a_question_that_stands_above_is_not_told_again(told: str, end: str) -> None:
    assert ending(result("asked", question="Which?", options=("red",)), told) == end

"""Progress on stderr: one changing line in a terminal, else plain lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.status import Status
from rich.text import Text

Item = TypeVar("Item")
HEARD, ASKS, NOTES = "heard ", "question: ", "note: "  # as the lines of `sayso.runtime.progress.Event` begin
STANDS = "stopped; say go on, go home or lie down"
"""The activity of a stopped arm: who said stop has the answer to that above."""
ANSWER_HELP = "type the answer, or its number; 'never mind' drops the question, Enter alone stops"


class RunLine:
    """The progress line of a run: time, subtask, motion."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self._status = Status("looking", console=self.console)
        self._subtask = self._heard = ""
        self.asked = ""
        """The last question shown."""

    def __enter__(self) -> RunLine:
        if self.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, t: float, line: str) -> None:
        """Show ``line`` ("SUBTASK: MOTION") at ``t`` s; without a terminal only new subtasks are printed.

        Lines about words stay, and so does a question, with the answer typed below. What an answer to words has just
        told, a question or a stop, is not printed again.
        """
        if line.startswith((HEARD, NOTES)):
            self._heard = line
            self.console.print(Text(f"{t:5.1f} s  {line}"), soft_wrap=True)
            return
        if line.startswith(ASKS):
            self._status.stop()
            self.asked = line.removeprefix(ASKS)
            if self.asked not in self._heard:
                self.console.print(Text.assemble(f"{t:5.1f} s  ", (line, "bold")), soft_wrap=True)
            if self.console.is_terminal:
                self.console.print(ANSWER_HELP, style="dim")
            self._subtask = ""
            return
        subtask, _, motion = line.partition(": ")
        if self.console.is_terminal:
            self._status.start()
            self._status.update(Text.assemble((f"{t:5.1f} s  ", "cyan"), (subtask, "bold"), f"  {motion}"))
        elif subtask not in (self._subtask, STANDS):
            self.console.print(Text(f"{t:5.1f} s  {subtask}"), soft_wrap=True)
        self._subtask = subtask

    def note(self, text: str) -> None:
        """Tell something beside the line."""
        self.console.print(Text(text), soft_wrap=True)


@contextmanager
def counted(what: str, total: int) -> Iterator[Progress]:
    """A bar that counts to ``total``; shown on a terminal only, gone at the end."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(what, total=total)
        yield progress


def with_bar(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """Yield ``items`` and count them in a bar."""
    with counted(what, total) as progress:
        for item in items:
            yield item
            progress.advance(progress.task_ids[0])


def show(progress: Progress, done: int, total: int, what: str) -> None:
    """Set a bar from a callback that counts by itself."""
    progress.update(progress.task_ids[0], completed=done, total=total, description=what)


class Counter:
    """Shows many jobs one after another: "what", how far, and a number; without a terminal a line now and then."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self._status = Status("", console=self.console)
        self._last = ""

    def __enter__(self) -> Counter:
        if self.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, what: str, done: int, total: int, value: float) -> None:
        """Show that ``done`` of ``total`` of ``what`` are finished."""
        line = f"{what}  {done}/{total}"
        if self.console.is_terminal:
            self._status.update(Text(line))
        elif line != self._last and (done == total or done * 10 // total != (done - 1) * 10 // total):
            self.console.print(Text(line), soft_wrap=True)
        self._last = line

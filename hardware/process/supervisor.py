"""The process table: starts processes together, watches them, and restarts those that crash or hang."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from multiprocessing.process import BaseProcess
from typing import Any

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.ipc.shared_memory import WORD, Shared
from sayso.hardware.process.restarts import Restarts
from sayso.hardware.process.spawn import interrupts_held

BORN_S = 60.0  # longest time to the first heartbeat: importing libraries is slow
LEAVE_S = 2.0
_PRELOAD = ["sayso.hardware.process.control_process"]  # makes restarts fast; without effect once the fork server runs


class Heartbeat:
    """A heartbeat: a process calls it, and the time is written to the table's shared memory."""

    def __init__(self, memory: str, seat: int) -> None:
        self._shared, self._seat, self._clock = Shared((seat + 1) * WORD, memory), seat, MonotonicClock()

    def __call__(self) -> None:
        self._shared.floats[self._seat] = self._clock.now()

    def last(self) -> None:
        """The last heartbeat: switches hang detection off for the time until the process ends."""
        self._shared.floats[self._seat] = inf


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """A process that calls ``run(beat, *args)``, a module-level function. A return is a normal end.

    With ``hang_s``, after its first ``beat`` the process must beat at least every ``hang_s`` s, or it is killed and
    counts as crashed. A process that exits with the code ``final``, or after its last beat, is not restarted.
    """

    name: str
    run: Callable[..., None]
    args: tuple[Any, ...] = ()
    hang_s: float | None = None
    final: int | None = None


class ProcessStatus(StrEnum):
    """Kinds of process events."""

    STARTED = "started"
    ENDED = "ended"
    CRASHED = "crashed"
    HUNG = "hung"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class ProcessEvent:
    """At ``t`` s the status of the process ``name`` changed; ``text`` gives details."""

    t: float
    name: str
    what: ProcessStatus
    text: str = ""


@dataclass
class _Row:
    plan: ProcessPlan
    restarts: Restarts
    process: BaseProcess | None = None
    began: float = -inf
    due: float | None = -inf  # time (s) of the next start, None without one


class ProcessTable:
    """Keeps the processes of ``plans`` running; its owner must call `poll` a few times a second.

    A crash leads to a restart after an increasing delay (`Restarts`); after the third crash in a minute the process is
    given up and `failed` is set. A restart alone moves no arm.
    ``launch`` starts a process; tests may replace it.
    """

    def __init__(
        self,
        plans: Sequence[ProcessPlan],
        clock: Clock | None = None,
        launch: Callable[[ProcessPlan, str, int], BaseProcess] | None = None,
    ) -> None:
        self.clock, self.failed = clock or MonotonicClock(), ""
        self._launch = launch or start_process
        self._beats = Shared(max(len(plans), 1) * WORD)
        self._rows = [_Row(plan, Restarts()) for plan in plans]

    def poll(self) -> list[ProcessEvent]:
        """Start the processes that are due; return the events since the last call."""
        now = self.clock.now()
        news: list[ProcessEvent] = []
        for seat, row in enumerate(self._rows):
            if row.process is not None:
                news += self._watch(row, seat, now)
            if row.process is None and row.due is not None and row.due <= now:
                self._beats.floats[seat] = 0.0
                row.process, row.began, row.due = self._launch(row.plan, self._beats.name, seat), now, None
                news.append(ProcessEvent(now, row.plan.name, ProcessStatus.STARTED, f"pid {row.process.pid}"))
        return news

    def process(self, name: str) -> BaseProcess | None:
        """The running process of that name, or None. Raises KeyError for an unknown name."""
        return {row.plan.name: row.process for row in self._rows}[name]

    def close(self, patience_s: float = LEAVE_S) -> None:
        """End all processes: terminate, wait ``patience_s`` s, kill; safe to call twice."""
        running = [row.process for row in self._rows if row.process is not None]
        for process in running:
            with suppress(OSError, AttributeError):
                process.terminate()
        for process in running:
            process.join(patience_s)
            if process.is_alive():
                process.kill()
                process.join(patience_s)
        for row in self._rows:
            row.process, row.due = None, None
        self._beats.close()

    def _watch(self, row: _Row, seat: int, now: float) -> list[ProcessEvent]:
        process, name = row.process, row.plan.name
        assert process is not None
        if process.is_alive():
            if not self._hangs(row, seat, now):
                return []
            process.kill()
            process.join(LEAVE_S)
            news = ProcessEvent(now, name, ProcessStatus.HUNG, f"no sign of life for {row.plan.hang_s} s; killed")
        elif process.exitcode == 0:
            row.process = None
            return [ProcessEvent(now, name, ProcessStatus.ENDED)]
        else:
            news = ProcessEvent(now, name, ProcessStatus.CRASHED, _said(process.exitcode))
        row.process = None
        if news.what is ProcessStatus.CRASHED and (
            process.exitcode == row.plan.final or self._beats.floats[seat] == inf
        ):
            return [news]
        wait = row.restarts.crashed(now)
        if wait is None:
            self.failed = f"{name} {news.what} three times within a minute ({news.text})"
            return [news, ProcessEvent(now, name, ProcessStatus.GIVEN_UP, self.failed)]
        row.due = now + wait
        return [news]

    def _hangs(self, row: _Row, seat: int, now: float) -> bool:
        if row.plan.hang_s is None:
            return False
        last = self._beats.floats[seat]
        if last == 0.0:
            return now - row.began > max(BORN_S, row.plan.hang_s)
        return bool(now - last > row.plan.hang_s)


def start_process(plan: ProcessPlan, beats: str, seat: int) -> BaseProcess:
    """Start a process from a fork server, which inherits no threads or open devices of this process.

    The process has the environment of now: the fork server has that of its own start, with the folders of then.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    process = context.Process(
        target=_run, args=(plan, beats, seat, dict(os.environ)), name=f"sayso-{plan.name}", daemon=True
    )
    with interrupts_held():
        process.start()
    return process


def _run(plan: ProcessPlan, beats: str, seat: int, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # A terminal sends Ctrl-C and hang-up to all its processes; the table's owner ends the others.
    for ending in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    plan.run(Heartbeat(beats, seat), *plan.args)


def _said(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"

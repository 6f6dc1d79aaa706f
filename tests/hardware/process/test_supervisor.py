"""The process table, on a fake clock with processes that only pretend, and once with real ones."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sayso.hardware.clock import FakeClock, MonotonicClock
from sayso.hardware.control.fault_latch import FaultLatch
from sayso.hardware.process.supervisor import BORN_S, Heartbeat, ProcessPlan, ProcessStatus, ProcessTable
from tests.hardware import loop_parts


class Pretended:
    """What the table needs of a process."""

    def __init__(self, pid: int) -> None:
        self.pid, self.exitcode, self.asked, self.killed, self.stubborn = pid, None, 0, 0, False

    def is_alive(self) -> bool:
        return self.exitcode is None

    def terminate(self) -> None:
        self.asked += 1
        self.exitcode = None if self.stubborn else -signal.SIGTERM

    def kill(self) -> None:
        self.killed += 1
        self.exitcode = -signal.SIGKILL

    def join(self, patience: float) -> None:
        pass


class Rig:
    """A table with one pretended process, its clock and what was told."""

    def __init__(self, hang_s: float | None = None) -> None:
        self.clock, self.started, self.beats = FakeClock(1000.0), [], ""
        self.table = ProcessTable([ProcessPlan("planner", loop_parts.once, (), hang_s)], self.clock, self.launch)

    def launch(self, plan: ProcessPlan, beats: str, seat: int) -> Pretended:
        self.beats = beats
        self.started.append(Pretended(len(self.started) + 1))
        return self.started[-1]

    def after(self, seconds: float) -> list[ProcessStatus]:
        self.clock.t += seconds
        return [news.what for news in self.table.poll()]


@pytest.fixture
def rig() -> Iterator[Rig]:
    out = Rig()
    yield out
    out.table.close()


def test_it_starts_what_it_is_given_once(rig: Rig) -> None:
    assert rig.table.process("planner") is None
    assert rig.after(0) == [ProcessStatus.STARTED]
    assert rig.after(100) == []
    assert rig.table.process("planner") is rig.started[0]
    with pytest.raises(KeyError):
        rig.table.process("nobody")


def test_what_returns_has_ended_and_is_not_started_again(rig: Rig) -> None:
    rig.after(0)
    rig.started[0].exitcode = 0
    assert rig.after(1) == [ProcessStatus.ENDED]
    assert rig.after(100) == []
    assert not rig.table.failed


def test_a_crash_is_followed_by_a_restart_within_two_seconds(rig: Rig) -> None:
    rig.after(0)
    rig.started[0].exitcode = 1
    assert rig.after(1) == [ProcessStatus.CRASHED]
    assert rig.after(0.01) == [], "not at once"
    assert rig.after(1.99) == [ProcessStatus.STARTED]
    assert len(rig.started) == 2


def test_the_third_crash_within_a_minute_is_the_last(rig: Rig) -> None:
    rig.after(0)
    for _ in range(2):
        rig.started[-1].exitcode = -9
        assert rig.after(5) == [ProcessStatus.CRASHED]
        assert rig.after(2) == [ProcessStatus.STARTED]
    rig.started[-1].exitcode = -9
    assert rig.after(5) == [ProcessStatus.CRASHED, ProcessStatus.GIVEN_UP]
    assert rig.table.failed == "planner crashed three times within a minute (killed by SIGKILL)"
    assert rig.after(1000) == []
    assert len(rig.started) == 3


def test_crashes_far_apart_never_give_up(rig: Rig) -> None:
    rig.after(0)
    for _ in range(6):
        rig.started[-1].exitcode = 3
        assert rig.after(40) == [ProcessStatus.CRASHED]
        assert rig.after(2) == [ProcessStatus.STARTED]
    assert not rig.table.failed


def test_a_process_without_signs_of_life_is_killed_and_counts_as_crashed() -> None:
    rig = Rig(hang_s=0.5)
    rig.after(0)
    assert rig.after(BORN_S - 1) == [], "it may still be loading"
    beat = Heartbeat(rig.beats, 0)
    beat._clock = rig.clock
    beat()
    assert rig.after(0.5) == []
    assert rig.after(0.1) == [ProcessStatus.HUNG]
    assert rig.started[0].killed == 1
    assert rig.after(2) == [ProcessStatus.STARTED]
    assert rig.after(BORN_S - 1) == [], "signs of life of the one before do not count"
    assert rig.after(2) == [ProcessStatus.HUNG]
    rig.table.close()


def test_the_end_asks_first_and_kills_who_does_not_listen(rig: Rig) -> None:
    rig.after(0)
    rig.started[0].stubborn = True
    rig.table.close()
    assert (rig.started[0].asked, rig.started[0].killed) == (1, 1)
    rig.table.close()
    assert rig.after(100) == []


def until(table: ProcessTable, done: Callable[[], bool]) -> list[tuple[str, ProcessStatus]]:
    clock, news = MonotonicClock(), []
    end = clock.now() + 60
    while not done():
        assert clock.now() < end, news
        news += [(n.name, n.what) for n in table.poll()]
        clock.sleep_until(clock.now() + 0.02)
    return news


def test_real_processes_are_started_killed_given_up_and_ended(tmp_path: Path) -> None:
    logs = {name: tmp_path / name for name in ("crash", "once", "hang")}
    plans = [
        ProcessPlan("crash", loop_parts.crash, (str(logs["crash"]),)),
        ProcessPlan("once", loop_parts.once, (str(logs["once"]),)),
        ProcessPlan("hang", loop_parts.hang, (str(logs["hang"]),), hang_s=0.3),
    ]
    table = ProcessTable(plans)
    try:
        news = until(table, lambda: bool(table.failed) and logs["hang"].exists() and len(logs["hang"].read_text()) > 1)
    finally:
        running = table.process("hang")
        table.close()
    assert logs["once"].read_text() == "done" and ("once", ProcessStatus.ENDED) in news
    assert ("hang", ProcessStatus.HUNG) in news
    if "crash" in table.failed:
        assert logs["crash"].read_text() == "xxx"
        assert [w for n, w in news if n == "crash"].count(ProcessStatus.CRASHED) == 3
    if running is not None:
        with pytest.raises(ProcessLookupError):
            os.kill(running.pid, 0)


def test_a_process_has_the_environment_of_its_own_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("first", "second"):
        monkeypatch.setenv("SAYSO_TEST_FOLDER", value)
        log = tmp_path / value
        table = ProcessTable([ProcessPlan("tell", loop_parts.tell, ("SAYSO_TEST_FOLDER", log))])
        try:
            until(table, lambda: log.exists() and bool(log.read_text()))  # noqa: B023
        finally:
            table.close()
        assert log.read_text() == value


def test_a_fault_outlives_the_computer_until_it_is_reset(tmp_path: Path) -> None:
    latch = FaultLatch(tmp_path / "arm" / "fault")
    assert latch.cause() == ""
    latch.reset()
    latch.set("the elbow jumped")
    latch.set("the elbow jumped again")
    assert FaultLatch(latch.path).cause() == "the elbow jumped again"
    assert [p.name for p in latch.path.parent.iterdir()] == ["fault"]
    latch.reset()
    assert FaultLatch(latch.path).cause() == ""


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_a_latch_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fault"
    path.write_bytes(content)
    assert FaultLatch(path).cause().startswith("an unknown fault")

"""What a person is told of an arm: bridged readings together, what stays away and comes back, the fault, in words."""

from functools import partial

import pytest

from sayso.hardware.control.event_reporter import EventReporter
from sayso.hardware.control.readings import Health, Reading
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.event_ring import SIZE, TEXT, EventRing, Note
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec
from tests.hardware.loop_parts import Talker


def told(*healths: Health, period_s: float = 0.01) -> list[tuple[float, str]]:
    out: list[tuple[float, str]] = []
    reporter = EventReporter(lambda t, text: out.append((round(t, 3), text)))
    for k, health in enumerate(healths):
        reporter.reading(k * period_s, Reading(None, health, "" if health is Health.GOOD else "no answer"))
    return out


GOOD, REUSED, LOST, FAILED = Health.GOOD, Health.REUSED, Health.LOST, Health.FAILED


def test_bridged_readings_are_told_together_once_a_second() -> None:
    assert told(*[GOOD, REUSED] * 20, period_s=0.1) == [
        (1.2, "missing readings bridged by the last: 6; no answer"),
        (2.4, "missing readings bridged by the last: 6; no answer"),
        (3.6, "missing readings bridged by the last: 6; no answer"),
    ]
    assert told(*[GOOD] * 100) == []


def test_readings_that_stay_away_are_told_at_once_and_that_they_are_back() -> None:
    assert told(GOOD, REUSED, REUSED, LOST, LOST, GOOD, LOST, GOOD) == [
        (0.03, "missing readings bridged by the last: 2; no answer"),
        (0.03, "holding: no answer"),
        (0.05, "readings are back"),
    ], "and not again and again within a second"


def test_a_fault_is_told_once() -> None:
    out: list[str] = []
    reporter = EventReporter(lambda _, text: out.append(text))
    for state in (State.RUNNING, State.HOLDING, State.FAULT, State.FAULT, State.STOPPED, State.FAULT):
        reporter.state(0.0, state, "shoulder jumped")
    assert out == ["fault: shoulder jumped"] * 2


def test_notes_reach_another_process_in_order_and_the_oldest_are_overwritten() -> None:
    writer = EventRing()
    reader = EventRing(writer.name)
    assert reader.new() == []
    writer.add(1.5, "ä" * TEXT)
    writer.add(2.5, "short")
    assert reader.new() == [Note(1.5, "ä" * (TEXT // 2)), Note(2.5, "short")] and reader.new() == []
    for k in range(SIZE + 3):
        writer.add(float(k), str(k))
    assert [n.text for n in reader.new()] == [str(k) for k in range(3, SIZE + 3)]
    reader.close()
    writer.close()


def test_what_a_driver_tells_while_and_after_it_drives_reaches_the_person(planar: RobotSpec) -> None:
    heard: list[Note] = []
    robot = RemoteRobot(planar, partial(Talker, planar), realtime=False, on_note=heard.append)
    with robot, pytest.raises(RobotError, match="the line was cut"):
        while True:
            robot.read()
            robot.clock.sleep_until(robot.clock.now() + 0.01)
    texts = [note.text for note in robot.notes]
    assert texts == [note.text for note in heard]
    bridged = "missing readings bridged by the last: 1; planar gave no reading 1 times in a row: once"
    fault = "fault: the line was cut"
    assert texts[0] == "it squeaks" and texts[-2:] == [fault, "it is left switched on"]
    assert set(texts[1:-2]) == {bridged}, "it was told once, by then"

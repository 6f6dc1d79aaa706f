"""`sayso doctor` says what is good enough and what to do where it is not; `sayso check-robot` what an arm has to do."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.backends.resolve_robot import resolve_robot
from sayso.bench.reliability.timing import T1, T2
from sayso.cli import run_command
from sayso.doctor import arm as arm_looks
from sayso.doctor import computer, devices
from sayso.doctor.finding import Grade
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Driver, Mode
from sayso.hardware.drivers.open import BUILT_IN, _Found
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import NoReading, RobotError
from sayso.hardware.types import JointState, JointTarget


@pytest.fixture(autouse=True)
def no_robots_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


# This computer ---------------------------------------------------------------------------------------------------


def record(missed: int = 0, p99: float = 0.5) -> dict[str, Any]:
    return {
        "ok": True,
        "cycles": 300 - missed,
        "missed": missed,
        "in a row": 1,
        "late": {"p50": 0.1, "p99": p99, "p100": 3.0},
    }


@pytest.mark.parametrize(
    ("measured", "needed_hz", "grade"),
    [
        (record(), 500.0, Grade.GOOD),
        (record(missed=1), 500.0, Grade.GOOD),  # one tick is all that so short a look can tell apart
        (record(missed=2), 500.0, Grade.BAD),
        (record(p99=2.1), 500.0, Grade.BAD),
        (record(missed=9), 100.0, Grade.FAIR),  # the arm needs no such rate
    ],
)
def test_a_loop_is_judged_by_what_the_arm_needs(
    measured: dict[str, Any], needed_hz: float, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computer, "keep_rate", lambda *_: measured)
    found = computer.loop_rate(T2, needed_hz, 1.0)
    assert found.grade is grade
    assert found.text.startswith(f"{measured['missed']} of 300 ticks missed")
    assert bool(found.todo) == (grade is not Grade.GOOD)


def test_every_arm_needs_the_slowest_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "keep_rate", lambda *_: record(missed=30))
    assert computer.loop_rate(T1, 0.0, 1.0).grade is Grade.BAD


def test_a_loop_that_does_not_come_up_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> dict[str, Any]:
        raise RobotError("its loop does not report")

    monkeypatch.setattr(computer, "keep_rate", fails)
    assert computer.loop_rate(T2, 100.0, 1.0).grade is Grade.FAIR
    found = computer.loop_rate(T2, 250.0, 1.0)
    assert found.grade is Grade.BAD and found.text == "could not be measured: its loop does not report"


def test_without_privileges_it_says_so_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refused)
    found = computer.scheduling()
    assert found.grade is Grade.FAIR
    assert found.text.startswith("no real-time priority for this user") and "rtprio" in found.todo
    monkeypatch.setattr(os, "sched_setscheduler", lambda *_: None)
    assert computer.scheduling().grade is Grade.GOOD


@pytest.mark.parametrize(
    ("count", "load", "governor", "grade"),
    [(1, 0.0, "", Grade.BAD), (4, 3.5, "", Grade.FAIR), (4, 0.5, "powersave", Grade.FAIR), (4, 0.5, "", Grade.GOOD)],
)
def test_processors(count: int, load: float, governor: str, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(count)))
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(computer, "_governors", lambda: [governor])
    found = computer.processors()
    assert found.grade is grade and found.figures == {"processors": count, "load": load}


@pytest.mark.parametrize(("ms", "grade"), [(0.2, Grade.GOOD), (4.0, Grade.FAIR), (15.0, Grade.BAD)])
def test_a_policy_step_has_a_share_of_its_tick(ms: float, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "policy_step_ms", lambda *_: [ms] * 10)
    assert computer.policy_step(None, "panda").grade is grade


def test_a_policy_that_is_not_there_is_named_with_what_makes_it(tmp_path: Path) -> None:
    found = computer.policy_step(tmp_path, "panda")
    assert found.grade is Grade.BAD and "sayso train policy" in found.todo


def test_recordings_are_written_where_they_would_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "WRITTEN", 2 << 20)
    found = computer.disk(tmp_path / "not" / "yet" / "there")
    assert found.figures["bytes_per_s"] > 0 and str(tmp_path) in found.text
    assert list(tmp_path.iterdir()) == [], "nothing stays"
    monkeypatch.setattr(computer, "ROOM", 1e18)
    full = computer.disk(tmp_path)
    assert full.grade is Grade.BAD and "make room" in full.todo
    file = tmp_path / "file"
    file.touch()
    assert computer.disk(file).grade is Grade.BAD


# What is plugged in ----------------------------------------------------------------------------------------------


def test_extras_are_those_whose_packages_are_all_there() -> None:
    lines = ['numpy>=2; extra == "arm"', 'no-such-thing>=1; extra == "arm"', "numpy>=2; extra == 'eye'", "pydantic>=2"]
    found = devices.extras([*lines, 'pytest>=8; extra == "dev"'])
    assert found.figures == {"installed": ["eye"], "missing": ["arm"]}
    assert devices.extras(lines[:2]).todo == "for what you want to use: pip install 'sayso[arm]'"


def test_a_serial_port_without_permission_is_told_with_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert devices.serial_ports(tmp_path).grade is Grade.UNSEEN
    port = tmp_path / "ttyACM0"
    port.touch()
    assert devices.serial_ports(tmp_path).grade is Grade.GOOD
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = devices.serial_ports(tmp_path)
    assert found.grade is Grade.FAIR and f"usermod -aG {port.group()} $USER" in found.todo
    assert "your groups are" in found.text


def test_a_can_bus_that_is_down_is_told_how_to_bring_up(tmp_path: Path) -> None:
    def interface(name: str, kind: int, flags: int) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(f"{kind}\n")
        (tmp_path / name / "flags").write_text(f"{flags:#x}\n")

    interface("eth0", 1, 0x1003)
    assert devices.can_buses(tmp_path).grade is Grade.UNSEEN
    interface("can0", 280, 0x41)
    assert devices.can_buses(tmp_path).text == "can0 is up"
    interface("can1", 280, 0x40)
    found = devices.can_buses(tmp_path)
    assert found.grade is Grade.FAIR and found.todo == "sudo ip link set can1 up type can bitrate 1000000"


def test_cameras_of_this_computer_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert devices.cameras_here(tmp_path).grade is Grade.UNSEEN
    (tmp_path / "video0").touch()
    assert devices.cameras_here(tmp_path).grade is Grade.GOOD
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "usermod" in devices.cameras_here(tmp_path).todo


def film(path: Path, brightness: int) -> Path:
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 60.0, (64, 48))
    for _ in range(30):
        writer.write(np.full((48, 64, 3), brightness, np.uint8))
    writer.release()
    return path


def test_a_camera_is_looked_at(tmp_path: Path) -> None:
    found = devices.camera_seen(f"front={film(tmp_path / 'a.avi', 120)}")
    assert found.what == "camera front" and found.text.startswith("64 x 48, ")
    assert found.figures["brightness"] == pytest.approx(120, abs=5)
    dark = devices.camera_seen(str(film(tmp_path / "b.avi", 0)))
    assert dark.grade is Grade.BAD and "lens cap" in dark.todo
    gone = devices.camera_seen(str(tmp_path / "c.avi"))
    assert gone.grade is Grade.BAD and "there is no file" in gone.todo


# An arm ----------------------------------------------------------------------------------------------------------


class Listened(Driver):
    """Says where it is, on a fake clock; what it says is set from outside."""

    watchdog_s = 0.06
    stale = missing = 0
    breaks = False

    def __init__(self, spec: Any, connection: Connection, clock: Any = None) -> None:
        super().__init__(spec, connection, FakeClock())
        self.reads = 0

    def connect(self) -> None:
        if self.connection.port == "nowhere":
            raise RobotError("there is no port nowhere; plug the cable in")

    def read(self) -> JointState:
        self.reads += 1
        if self.breaks and self.reads > 10:
            raise RobotError("unplugged: it is gone")
        if self.missing and self.reads % self.missing == 0:
            raise NoReading("no answer")
        t = self.clock.now()
        t = t - t % (self.stale / self.spec.control_hz) if self.stale else t
        return JointState(t, self.spec.home, np.zeros(self.spec.dof), 1.0)

    def send(self, target: JointTarget) -> JointTarget:
        raise AssertionError("the doctor only listens")

    def stop(self) -> None:
        pass

    def disconnect(self) -> None:
        pass


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Listened]]:
    kind = type("Here", (Listened,), {})
    monkeypatch.setitem(BUILT_IN, "listened", _Found(f"{__name__}:HERE", "so101"))
    monkeypatch.setitem(globals(), "HERE", kind)
    yield kind


def visit(port: str = "here") -> arm_looks.ArmVisit:
    return arm_looks.ArmVisit(resolve_robot("listened", port, mode=Mode.READ_ONLY), seconds=1.0)


@pytest.mark.parametrize(
    ("change", "grade"),
    [
        ({}, Grade.GOOD),
        ({"stale": 2}, Grade.FAIR),  # every second reading is an old one
        ({"stale": 4}, Grade.BAD),
        ({"missing": 50}, Grade.FAIR),
        ({"missing": 5}, Grade.BAD),
        ({"breaks": True}, Grade.BAD),
    ],
)
def test_an_arms_readings_are_counted(change: dict[str, Any], grade: Grade, listened: type[Listened]) -> None:
    for name, value in change.items():
        setattr(listened, name, value)
    here = visit()
    assert here.connected().grade is Grade.GOOD
    assert here.readings().grade is grade
    here.close()
    assert here.readings().grade is Grade.UNSEEN


def test_an_arm_whose_connect_blocks_is_a_finding(listened: type[Listened], monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("sayso.hardware.bounded_robot.CONNECT_S", 0.2)
    monkeypatch.setattr(listened, "connect", lambda _: never.wait())
    found = visit().connected()
    never.set()
    assert found.grade is Grade.BAD and found.todo.startswith("connect() has not returned for 0 s")


def test_an_arm_that_does_not_answer_is_a_finding_with_the_drivers_words(listened: type[Listened]) -> None:
    found = visit("nowhere").connected()
    assert found.grade is Grade.BAD and found.todo == "there is no port nowhere; plug the cable in"


def test_an_arm_without_a_watchdog_is_told_apart(listened: type[Listened]) -> None:
    assert visit().watchdog().text == "it stops by itself 60 ms after the last target"
    listened.watchdog_s = None  # type: ignore[assignment]
    assert visit().watchdog().grade is Grade.FAIR


def test_models_have_to_be_there(tmp_path: Path, listened: type[Listened]) -> None:
    here = visit()
    here.models = tmp_path
    found = here.installed()
    assert found.grade is Grade.BAD and "sayso train all --arm so101" in found.todo
    panda = arm_looks.ArmVisit(resolve_robot("panda", mode="mock"))
    assert panda.installed().grade is Grade.GOOD
    panda.resolved = replace(panda.resolved, spec=replace(panda.resolved.spec, joints=panda.resolved.spec.joints[:5]))
    assert "does not fit this robot: its 'features' is of 49 numbers, 48 are needed" in panda.installed().text


# The commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is not measured; the suite `timing` does."""
    monkeypatch.setattr(computer, "keep_rate", lambda *_: record())
    monkeypatch.setattr(computer, "policy_step_ms", lambda *_: [0.2] * 10)
    monkeypatch.setattr(computer, "WRITTEN", 1 << 20)
    monkeypatch.setattr(computer, "DISK_BAD", 0.0)
    monkeypatch.setattr(arm_looks, "READ_SECONDS", 0.2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def test_the_doctor_reports(quick: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "loop at 250 Hz" in out and "This computer is good enough." in out
    assert run_command(["doctor", "--out", str(tmp_path), "--camera", str(tmp_path / "no.avi"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is False
    assert {f["what"] for f in told["what is plugged in"]} >= {"extras", "serial ports", "CAN", "camera no"}


def test_the_doctor_sees_an_arm(quick: None, listened: type[Listened], tmp_path: Path, capsys: Any) -> None:
    code = run_command(["doctor", "--robot", "listened", "--port", "nowhere", "--out", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    (line,) = [f for f in told["the arm listened"] if f["what"] == "line"]
    assert code == 1 and line["grade"] == "bad" and line["todo"] == "there is no port nowhere; plug the cable in"
    assert run_command(["doctor", "--robot", "so999"]) == 2
    assert "no robot 'so999'; there are: " in capsys.readouterr().err


@pytest.mark.parametrize("robot", [["sim"], ["sim:so101"], ["koch", "--mode", "mock"]])
def test_arms_that_are_right_pass(robot: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sayso.hardware.drivers.open.MonotonicClock", FakeClock)
    assert run_command(["check-robot", *robot, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["good"] and told["moved"] and len(told["checks"]) == 8
    assert len(told.get("work", [])) == (6 if robot[0].startswith("sim") else 0)
    assert run_command(["check-robot", *robot]) == 0
    assert f"{robot[0]} keeps its contract." in capsys.readouterr().out


def test_without_live_an_arm_is_only_listened_to(listened: type[Listened], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check-robot", "listened", "--port", "here"]) == 0
    said = capsys.readouterr().out
    assert "not tried: it moves the arm" in said and "--live checks motion too" in said


def test_what_is_wrong_with_an_arm_is_told(listened: type[Listened], capsys: pytest.CaptureFixture[str]) -> None:
    listened.breaks, listened.missing = True, 1
    assert run_command(["check-robot", "listened", "--port", "here", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (bad,) = [c for c in told["checks"] if c["grade"] == "bad"]
    assert bad["what"] == "it reads its joints" and "no answer" in bad["text"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["listened", "--port", "nowhere"], "sayso: there is no port nowhere; plug the cable in"),
        (["so999"], "no robot 'so999'; there are: sim, "),
        (["sim:none"], "no robot 'sim:none'; there are: sim, sim:panda"),
        (["listened", "--mode", "live"], "use --live in place of --mode live"),
        (["listened", "--mode", "dead"], "no mode 'dead'; there are: mock, read-only, live"),
        (["listened", "--mode", "mock", "--live"], "cannot be live and mock at once"),
    ],
)
def test_an_arm_that_cannot_be_reached_is_one_line(
    words: list[str], said: str, listened: type[Listened], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["check-robot", *words]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_live_shows_the_limits_first(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sayso.hardware.drivers.open._load", lambda *_: lambda spec, *_: MockRobot(spec))
    assert run_command(["check-robot", "ur5e", "--port", "x", "--live"]) == 0
    out, err = capsys.readouterr()
    assert "ur5e (ur5e) will move, and is held to these limits:" in err and "ur5e, moved" in out

"""Words from another terminal: they arrive, a stop passes them, and nobody else's terminal is heard."""

import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.errors import UserError
from sayso.hardware.clock import SimulatedClock
from sayso.hardware.ipc.outside_stop import OUTSIDE_SEAT, press_from_outside
from sayso.hardware.ipc.stop_flag import StopFlag
from sayso.runtime.hearing.command_client import MAX_LINE, answers, runtime_folder, runtime_folders, say, sessions, stop
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.command_server import CommandServer
from sayso.runtime.hearing.understood import NOBODY, Understood
from sayso.runtime.pacing import keep_real_time


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Not pytest's own folder: a socket's path has room for a hundred characters only.
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name) / "sayso"


def words(commands: CommandQueue) -> list[str]:
    return [word.text for word in commands.take(1.0)]


def test_words_and_stops_arrive() -> None:
    commands = CommandQueue()
    with CommandServer(commands):
        say("left a bit")
        say("no, the größere “one”")
        stop()
    assert commands.take_stop()
    assert words(commands) == ["left a bit", "no, the größere “one”"]


def test_a_phrase_says_where_its_speaker_looks() -> None:
    commands = CommandQueue()

    class Hears:
        stop = commands.stop

        @staticmethod
        def say(text: str, viewpoint_yaw: float | None = None) -> None:
            commands.say(text, viewpoint_yaw=viewpoint_yaw)

    with CommandServer(Hears()):
        say("left")
        assert run_command(["say", "left", "--viewpoint", "facing"]) == 0
        assert run_command(["say", "left", "--viewpoint", "-90"]) == 0
        assert run_command(["say", "left", "--viewpoint", "sideways"]) == 2
    assert [word.viewpoint_yaw for word in commands.take(1.0)] == [None, math.pi, -math.pi / 2]


def test_words_arrive_when_they_are_taken() -> None:
    commands = CommandQueue()
    with CommandServer(commands):
        say("up")
    assert [word.arrived for word in commands.take(3.25)] == [3.25]


def test_a_stop_waits_neither_for_words_nor_for_an_idle_client() -> None:
    commands = CommandQueue()
    with CommandServer(commands) as listener, socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(listener.path))
        idle.sendall(b'{"do": "say", "text": "half a li')
        for _ in range(200):
            commands.say("left")
        stop()
        assert commands.take_stop()


def test_only_this_user_can_enter(folder: Path) -> None:
    with CommandServer(CommandQueue()) as listener:
        assert listener.path.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not listener.path.exists()


@pytest.mark.parametrize("how", ["open", "file", "link"])
def test_a_folder_that_others_could_enter_is_refused(folder: Path, tmp_path: Path, how: str) -> None:
    if how == "file":
        folder.write_text("")
    elif how == "link":
        tmp_path.chmod(0o700)
        folder.symlink_to(tmp_path)
    else:
        folder.mkdir(mode=0o700)
        folder.chmod(0o755)
    with pytest.raises(UserError, match=r"is not safe|cannot use"):
        CommandServer(CommandQueue())


def test_without_a_run_there_is_nobody_to_talk_to(folder: Path) -> None:
    with pytest.raises(UserError, match="no sayso session is under way; start one"):
        stop()
    with CommandServer(CommandQueue()):
        pass
    with pytest.raises(UserError, match="no sayso session is under way"):
        say("up")


def test_a_socket_left_behind_is_passed_over(folder: Path) -> None:
    commands = CommandQueue()
    with CommandServer(commands):
        dead = runtime_folder() / "99999999999999999999-1.sock"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(dead))
        say("up")
        assert words(commands) == ["up"]
        assert not dead.exists()


def test_a_stop_without_a_name_reaches_every_session() -> None:
    queues = [CommandQueue() for _ in range(3)]
    with CommandServer(queues[0], "so101"), CommandServer(queues[1], "sim"), CommandServer(queues[2], "sim"):
        assert sorted(o.session.robot for o in stop()) == ["sim", "sim", "so101"]
    assert [queue.take_stop() for queue in queues] == [True, True, True]


def test_a_stop_reaches_the_session_or_the_robot_that_is_named() -> None:
    one, two, three = CommandQueue(), CommandQueue(), CommandQueue()
    with CommandServer(one, "so101") as first, CommandServer(two, "sim"), CommandServer(three, "sim"):
        stop(session=first.id)
        assert [i.take_stop() for i in (one, two, three)] == [True, False, False]
        stop(robot="sim")
        assert [i.take_stop() for i in (one, two, three)] == [False, True, True]
        with pytest.raises(UserError, match=rf"no session has the robot 'koch'; there are: {first.id} \(so101\)"):
            stop(robot="koch")
        with pytest.raises(UserError, match="no session has the name 'xxxx'; there are"):
            stop(session="xxxx")


def test_words_go_to_the_only_session_and_never_to_one_of_several() -> None:
    one, two = CommandQueue(), CommandQueue()
    with CommandServer(one, "so101", "stack") as first, CommandServer(two, "sim", "put"):
        with pytest.raises(UserError, match=rf"several sessions .* {first.id} \(so101, stack\); .... \(sim, put\)"):
            say("up")
        say("left", session=first.id)
        say("right", robot="sim")
    assert (words(one), words(two)) == (["left"], ["right"])


class OnlyStops:
    """A check or a calibration: nothing can be said to it."""

    stopped = False

    def stop(self) -> None:
        """Remember it."""
        self.stopped = True


def test_a_session_that_takes_no_words_is_stopped_and_not_in_the_way() -> None:
    commands, check = CommandQueue(), OnlyStops()
    with CommandServer(check, "so101", "check-robot"):
        with pytest.raises(UserError, match=r"takes no words, only a stop: .* \(so101, check-robot\)"):
            say("up")
        with CommandServer(commands, "sim"):
            say("up")
            stop()
    assert check.stopped
    assert words(commands) == ["up"]


def test_a_session_whose_stop_fails_is_no_stopped_session(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise OSError("the line is cut")

    with CommandServer(CommandQueue(at_once=fails), "so101"):
        assert run_command(["stop"]) == 1
    assert capsys.readouterr().out.startswith("NOT stopped: ")


HUNG = """
import sys
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.command_server import CommandServer
with CommandServer(CommandQueue(), "so101", "stack", sys.argv[1]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_hung_session_delays_nobody_and_its_arm_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    line, commands = StopFlag(), CommandQueue()
    hung = subprocess.Popen([sys.executable, "-c", HUNG, line.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert hung.stdout is not None
    assert hung.stdout.readline() == b"ready\n"
    before = line.look()
    try:
        os.kill(hung.pid, signal.SIGSTOP)
        with CommandServer(commands, "sim"):
            assert run_command(["sessions", "--json"]) == 0
            told = json.loads(capsys.readouterr().out)["sessions"]
            assert {row["robot"]: row["answers"] for row in told} == {"sim": True, "so101": False}
            assert run_command(["stop"]) == 0
            first, second = capsys.readouterr().out.splitlines()
        assert first.startswith("stopped ")
        assert first.endswith("(sim)")
        assert second.startswith("stopped the arm of ")
        assert second.endswith("(so101, stack); the session itself does not answer")
        assert commands.take_stop()
        assert line.look() != before
    finally:
        os.kill(hung.pid, signal.SIGCONT)
        hung.communicate(b"")
        line.close()


def test_a_session_whose_control_loop_does_not_take_the_stop_is_no_stopped_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = StopFlag()
    commands = CommandQueue(at_once=lambda: line.press(0, time.monotonic()))
    with CommandServer(commands, "so101", "stack", line.name):
        line.take()  # the loop's last sign of life
        assert run_command(["stop"]) == 1
        told = capsys.readouterr().out
        assert told.startswith("NOT stopped: the control loop of ") and "its own watchdog" in told
        assert told.count("\n") == 1 and line.look()[OUTSIDE_SEAT]
        over = threading.Event()
        loop = threading.Thread(target=lambda: [line.take() for _ in iter(lambda: over.wait(0.005), True)])
        loop.start()
        assert run_command(["stop"]) == 0
        over.set()
        loop.join()
        assert capsys.readouterr().out.startswith("stopped ")
    line.close()


def test_a_killed_session_is_forgotten_and_its_arm_stopped_once_more(folder: Path) -> None:
    line = StopFlag()
    killed = subprocess.Popen([sys.executable, "-c", HUNG, line.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    killed.stdout.readline()
    assert [entry.pid for entry in sessions()] == [killed.pid]
    before = line.look()
    killed.kill()
    killed.communicate()
    assert sessions() == []
    assert line.look() != before
    assert list(folder.iterdir()) == []
    line.close()


def test_a_stranger_presses_a_stop_line_and_leaves_it_there() -> None:
    line = StopFlag()
    counts = []
    for _ in range(3):
        press = (
            f"from sayso.hardware.ipc.outside_stop import press_from_outside; print(press_from_outside('{line.name}'))"
        )
        done = subprocess.run([sys.executable, "-c", press], capture_output=True, text=True, check=True)
        assert (done.stdout, done.stderr) == ("True\n", "")
        counts.append(line.look())
    assert len(set(counts)) == 3
    assert all(count[OUTSIDE_SEAT] % 2 == 0 and not any(count[:OUTSIDE_SEAT]) for count in counts)
    assert line.pressed_at() == pytest.approx(time.monotonic(), abs=60)
    line.close()
    for name in (line.name, "", "../etc/passwd", "sayso-1-zz"):
        assert not press_from_outside(name)


def test_what_a_session_does_is_told_as_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    doing, line = ["getting up"], [""]
    with CommandServer(CommandQueue(), "so101", lambda: doing[0], lambda: line[0]) as listener:
        assert [(e.id, e.doing, e.stop_line, e.pid) for e in sessions()] == [
            (listener.id, "getting up", "", os.getpid())
        ]
        doing[0], line[0] = "stack", "sayso-1-ab"
        listener.refresh()
        assert [(e.doing, e.stop_line) for e in sessions()] == [("stack", "sayso-1-ab")]
        doing[0] = "home"
        assert [(e.doing, answering) for e, answering in answers(sessions())] == [("home", True)]
        assert run_command(["sessions"]) == 0
        assert f"{listener.id}  so101 " in capsys.readouterr().out
    assert run_command(["sessions"]) == 0
    assert "no session is running" in capsys.readouterr().out


def test_many_that_look_do_not_keep_what_a_session_does_from_being_known() -> None:
    line = [""]
    with CommandServer(CommandQueue(), "so101", "stack", lambda: line[0]):
        line[0] = "sayso-1-ab"
        until = time.monotonic() + 30
        while [entry.stop_line for entry in sessions()] != ["sayso-1-ab"]:  # each look is a client
            assert time.monotonic() < until


def test_a_runtime_folder_with_a_long_name_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    commands = CommandQueue()
    with CommandServer(commands):
        stop()
    assert commands.take_stop()
    assert list((deep / "sayso").iterdir()) == []


def test_a_terminal_without_a_runtime_folder_finds_the_desktop_and_the_other_way_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = f"/run/user/{os.getuid()}"
    monkeypatch.setattr("os.access", lambda path, _: str(path) == usual)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    without = runtime_folders()
    monkeypatch.setenv("XDG_RUNTIME_DIR", usual)
    assert runtime_folders() == without
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert runtime_folders() == without == [Path(usual) / "sayso", Path(f"/tmp/sayso-{os.getuid()}")]


@pytest.mark.parametrize(
    "line",
    [b"up", b"[]", b'{"do": "jump"}', b'{"do": "say", "text": 3}', b"\xff\xfe", b'{"do": "stop", "now": 1}',
     b'{"do": "say", "text": "' + b"x" * 501 + b'"}'],
)  # fmt: skip
def test_what_is_not_understood_is_answered_and_does_nothing(line: bytes) -> None:
    commands = CommandQueue()
    with CommandServer(commands) as listener, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(listener.path))
        with client.makefile("rwb") as lines:
            lines.write(line + b"\n")
            lines.flush()
            answer = json.loads(lines.readline())
            assert not answer["ok"]
            assert answer["error"]
            lines.write(b'{"do": "say", "text": "up"}\n')  # the connection is still good
            lines.flush()
            assert json.loads(lines.readline()) == {"ok": True}
    assert not commands.take_stop()
    assert words(commands) == ["up"]


def test_a_line_without_end_is_cut_off() -> None:
    with CommandServer(CommandQueue()) as listener, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(listener.path))
        client.settimeout(10)
        client.sendall(b"x" * MAX_LINE)
        assert client.recv(100) == b""


def test_what_is_too_long_is_not_sent() -> None:
    commands = CommandQueue()
    with CommandServer(commands), pytest.raises(UserError, match=r"the phrase has .* at most 500"):
        say("x" * 501)
    assert words(commands) == []


def test_many_talk_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.runtime.hearing.command_server.BACKLOG", 1)  # most have to try again
    commands = CommandQueue()
    with CommandServer(commands):
        threads = [threading.Thread(target=say, args=(f"{i}",)) for i in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(words(commands), key=int) == [f"{i}" for i in range(40)]


def test_simulated_time_can_be_kept_to_real_time() -> None:
    steps: list[float] = []
    clock = SimulatedClock(0.004, lambda: steps.append(0.0))
    clock.sleep_until(1.0)
    keep_real_time(clock)
    began = time.monotonic()
    clock.sleep_until(1.2)
    assert time.monotonic() - began >= 0.2 - 0.004
    assert clock.now() == pytest.approx(1.2)
    assert len(steps) == 300


class Hearer:
    """Understands the same of every phrase."""

    def __init__(self, understood: Understood) -> None:
        self.understood = understood

    def stop(self) -> None: ...

    def say(self, text: str) -> Understood:
        return self.understood


def test_say_prints_what_was_understood(capsys: pytest.CaptureFixture[str]) -> None:
    with CommandServer(Hearer(Understood("left a bit", "motion", "I move to the left a bit"))) as server:
        assert run_command(["say", "left a bit"]) == 0
        assert capsys.readouterr().out == "I move to the left a bit\n"
        assert run_command(["say", "left a bit", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told == {"session": server.id, "level": "motion", "understood": "I move to the left a bit"}


def test_say_tells_of_a_session_in_which_nobody_can_take_it(capsys: pytest.CaptureFixture[str]) -> None:
    with CommandServer(Hearer(Understood("left a bit", "nobody", NOBODY))):
        assert run_command(["say", "left a bit"]) == 2
        assert NOBODY in capsys.readouterr().err

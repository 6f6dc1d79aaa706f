"""Words from another terminal: they arrive, a stop passes them, and nobody else's terminal is heard."""

import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.clock import SimulatedClock
from sayso.errors import UserError
from sayso.inbox import Inbox
from sayso.live import MAX_LINE, Listener, keep_real_time, runtime_folder, send


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Not pytest's own folder: a socket's path has room for a hundred characters only.
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name) / "sayso"


def words(inbox: Inbox) -> list[str]:
    return [word.text for word in inbox.take(1.0)]


def test_words_and_stops_arrive() -> None:
    inbox = Inbox()
    with Listener(inbox):
        send("say", "left a bit")
        send("say", "no, the größere “one”")
        send("stop")
    assert inbox.take_stop()
    assert words(inbox) == ["left a bit", "no, the größere “one”"]


def test_words_arrive_when_they_are_taken() -> None:
    inbox = Inbox()
    with Listener(inbox):
        send("say", "up")
    assert [word.arrived for word in inbox.take(3.25)] == [3.25]


def test_a_stop_waits_neither_for_words_nor_for_an_idle_client() -> None:
    inbox = Inbox()
    with Listener(inbox) as listener, socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(listener.path))
        idle.sendall(b'{"do": "say", "text": "half a li')
        for _ in range(200):
            inbox.say("left")
        send("stop")
        assert inbox.take_stop()


def test_only_this_user_can_enter(folder: Path) -> None:
    with Listener(Inbox()) as listener:
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
        Listener(Inbox())


def test_without_a_run_there_is_nobody_to_talk_to(folder: Path) -> None:
    with pytest.raises(UserError, match="no sayso run is under way; start one"):
        send("stop")
    with Listener(Inbox()):
        pass
    with pytest.raises(UserError, match="no sayso run is under way"):
        send("say", "up")


def test_a_socket_left_behind_is_passed_over(folder: Path) -> None:
    inbox = Inbox()
    with Listener(inbox):
        dead = runtime_folder() / "99999999999999999999-1.sock"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(dead))
        send("say", "up")
        assert words(inbox) == ["up"]
        assert not dead.exists()


def test_the_newest_run_is_meant() -> None:
    old, new = Inbox(), Inbox()
    with Listener(old), Listener(new):
        send("say", "up")
    assert words(old) == []
    assert words(new) == ["up"]


@pytest.mark.parametrize(
    "line",
    [b"up", b"[]", b'{"do": "jump"}', b'{"do": "say", "text": 3}', b"\xff\xfe", b'{"do": "stop", "now": 1}',
     b'{"do": "say", "text": "' + b"x" * 501 + b'"}'],
)  # fmt: skip
def test_what_is_not_understood_is_answered_and_does_nothing(line: bytes) -> None:
    inbox = Inbox()
    with Listener(inbox) as listener, socket.socket(socket.AF_UNIX) as client:
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
    assert not inbox.take_stop()
    assert words(inbox) == ["up"]


def test_a_line_without_end_is_cut_off() -> None:
    with Listener(Inbox()) as listener, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(listener.path))
        client.settimeout(10)
        client.sendall(b"x" * MAX_LINE)
        assert client.recv(100) == b""


def test_what_is_too_long_is_not_sent() -> None:
    inbox = Inbox()
    with Listener(inbox), pytest.raises(UserError, match=r"cannot be said: .* at most 500"):
        send("say", "x" * 501)
    assert words(inbox) == []


def test_a_run_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.live.TIMEOUT_S", 0.1)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(runtime_folder() / "1-1.sock"))
        server.listen()
        with pytest.raises(UserError, match="does not answer"):
            send("stop")


def test_many_talk_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.live.BACKLOG", 1)  # most have to try again
    inbox = Inbox()
    with Listener(inbox):
        threads = [threading.Thread(target=send, args=("say", f"{i}")) for i in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(words(inbox), key=int) == [f"{i}" for i in range(40)]


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

"""The keys of a run's terminal: what each does, and a run in a pseudo-terminal that moves only while one is held."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.commands.terminal.keys import LEAST, REPEAT_S, TICK_S, Keys
from sayso.runtime.hearing.command_queue import CommandQueue

PERIOD_S = 1 / 30  # of a key that repeats


class Arm:
    """A session whose arm moves unless a stop holds it; others stop it too."""

    def __init__(self) -> None:
        self.commands, self.stands, self.held, self.asked = CommandQueue(), False, False, (1.0, False)

    @property
    def may_move(self) -> bool:
        return not self.stands

    @property
    def stops(self) -> int:
        return self.commands.stops

    def press_stop(self) -> None:
        self.commands.stop()
        self.stands = True

    def hold_stop(self, held: bool) -> None:
        self.held = held
        if held:
            self.press_stop()

    def say(self, text: str, wait_s: float = 1.0) -> bool:
        assert text == "go on" and wait_s == 0, "keys are read meanwhile"
        self.stands = self.held
        return True

    def ask(self, speed: float, pressed: bool) -> None:
        self.asked = speed, pressed


class Hand:
    """Keys over an arm, on a fake clock."""

    def __init__(self, hold_to_run: bool = True) -> None:
        self.arm, self.told, self.now = Arm(), [], 0.0  # type: ignore[var-annotated]
        self.keys = Keys(self.arm, hold_to_run, self.told.append)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += TICK_S
            self.keys.tick(self.now)

    def hold(self, seconds: float, key: str = "h") -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += PERIOD_S
            self.keys.press(key, self.now)
            self.keys.tick(self.now)


def test_nothing_moves_before_the_key_is_held() -> None:
    hand = Hand()
    hand.wait(1.0)
    assert hand.arm.stands and hand.arm.asked == (1.0, False)
    hand.hold(0.2)
    assert not hand.arm.stands and hand.arm.asked == (1.0, True)


def test_a_tap_moves_nothing() -> None:
    hand = Hand()
    for _ in range(5):
        hand.wait(1.0)
        hand.keys.press("h", hand.now)
        hand.wait(TICK_S)
        assert hand.arm.stands and not hand.arm.asked[1]


def test_letting_go_stops_soon_and_holding_again_goes_on() -> None:
    hand = Hand()
    for _ in range(3):
        hand.hold(1.0)
        assert not hand.arm.stands
        hand.wait(REPEAT_S + 2 * TICK_S)
        assert hand.arm.stands and not hand.arm.asked[1]


def test_the_stop_of_somebody_else_takes_a_go_on() -> None:
    hand = Hand()
    hand.hold(1.0)
    hand.arm.press_stop()
    hand.hold(2.0)
    assert hand.arm.stands, "to hold the key is no go on"
    hand.keys.press("g", hand.now)
    hand.wait(1.0)
    assert hand.arm.stands, "nor is g one without the key"
    hand.hold(0.5)
    assert not hand.arm.stands


def test_a_stop_while_the_key_is_up_takes_a_go_on_too() -> None:
    hand = Hand()
    hand.hold(1.0)
    hand.wait(1.0)
    hand.arm.press_stop()
    hand.hold(2.0)
    assert hand.arm.stands


def test_space_stops_though_the_key_was_held() -> None:
    hand = Hand()
    hand.hold(1.0)
    hand.keys.press(" ", hand.now)
    hand.keys.tick(hand.now)
    assert hand.arm.stands and not hand.arm.asked[1]


def test_without_hold_to_run_keys_only_stop_and_go_on() -> None:
    hand = Hand(hold_to_run=False)
    hand.wait(1.0)
    assert not hand.arm.stands
    hand.keys.press(" ", hand.now)
    hand.hold(1.0)
    assert hand.arm.stands and hand.arm.held
    hand.keys.press("g", hand.now)
    assert not hand.arm.stands


def test_the_speed_is_told_and_asked_for() -> None:
    hand = Hand(hold_to_run=False)
    hand.keys.press("-", hand.now)
    hand.wait(TICK_S)
    assert hand.told == ["at most 80 % of full speed"] and hand.arm.asked == (0.8, False)
    hand.hold(2.0, "-")
    assert hand.arm.asked[0] == LEAST
    hand.hold(2.0, "+")
    assert hand.arm.asked[0] == 1.0


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.sampled_from("h g+-x")), max_size=60))
def test_whatever_is_typed_it_moves_only_while_the_key_repeats(typed: list[tuple[float, str]]) -> None:
    hand, presses = Hand(), [-9.0, -9.0]
    hand.wait(TICK_S)
    for pause, key in typed:
        hand.wait(pause)
        if key == "h":
            presses = [presses[-1], hand.now]
        hand.keys.press(key, hand.now)
        hand.keys.tick(hand.now)
        if not hand.arm.stands:
            assert presses[1] - presses[0] <= REPEAT_S and hand.now - presses[1] <= REPEAT_S + TICK_S


class Terminal:
    """A run of the real program in a pseudo-terminal whose keys the test presses."""

    def __init__(self, *arguments: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "sayso", *arguments])
        self.seen, self.open = "", True

    def press(self, key: str, seconds: float, until: str = "\0") -> None:
        """Hold ``key`` ("" for none) for so long, or until the text is seen or the program ends."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end and until not in self.seen:
            time.sleep(PERIOD_S)
            try:
                os.write(self.fd, key.encode())
                while select.select([self.fd], [], [], 0)[0]:
                    self.seen += os.read(self.fd, 4096).decode(errors="replace")
            except OSError:  # the program has ended
                self.open = False

    def end(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_run_moves_only_while_the_key_is_held(tmp_path: Path) -> None:
    run = Terminal("run", "pick up the red block", "--live", "--hold-to-run", "--no-video", "--out", str(tmp_path))
    run.press("", 120, until="hold h to let the arm move")
    run.press("h", 120, until="pick up")
    run.press("h", 1.0)
    run.press("", 1.5)
    run.press("h", 120, until="done in")
    assert run.end() == 0, run.seen
    result = json.loads((tmp_path / "result.json").read_text())
    words = [c["text"] for c in result["corrections"]]
    assert result["success"] and words[-2:] == ["stop", "go on"], words
    stopped, went_on = (c["t"] for c in result["corrections"][-2:])
    assert went_on - stopped > 1.0
    rows = pq.read_table(next((tmp_path / "episode" / "data").rglob("*.parquet")))
    t = rows["timestamp"].to_pylist()
    joints = rows["observation.state"].to_pylist()
    stood = [q for at, q in zip(t, joints, strict=True) if stopped + 0.5 < at < went_on]
    assert len(stood) > 10
    assert max(abs(a - b) for a, b in zip(stood[0], stood[-1], strict=True)) < 0.1, "degrees, while the key was up"


@pytest.mark.parametrize(("more", "says"), [((), "needs real time; add --live"), (("--live",), "needs a terminal")])
def test_hold_to_run_without_a_key_to_hold_is_refused(
    more: tuple[str, ...], says: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sayso.cli import run_command

    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run_command(["run", "stack all the blocks", "--hold-to-run", *more]) == 2
    assert f"--hold-to-run {says}" in capfd.readouterr().err

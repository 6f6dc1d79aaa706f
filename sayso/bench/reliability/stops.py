"""After a stop nothing moves until a person says so (RELIABILITY S4, S5): measured at the device's own joints."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sayso.backends.real import loop_robot
from sayso.backends.resolve_robot import resolve_robot
from sayso.bench.reliability.driver_faults import HOMING_RAD_S, joints, swung
from sayso.bench.reliability.emulation import Emulation, emulation
from sayso.bench.reliability.rig import moves, wait_for
from sayso.bench.tasks.hardware import errand, host_of
from sayso.emulation.emulators import EMULATORS
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.homing import go_home
from sayso.hardware.ipc.outside_stop import press_from_outside
from sayso.hardware.near_miss import suggestion
from sayso.hardware.process.remote_robot import PassOn
from sayso.hardware.robot import RobotError
from sayso.runtime.hearing.command_client import say, stop
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.scene_spec import SceneSpec

Record = dict[str, Any]
SAYSO = [sys.executable, "-c", "from sayso.cli import main; main()"]
MOVES_RAD_S, CHECK_RAD_S = 0.05, 0.015  # check-robot moves a joint by 0.03 rad
HELD_AFTER_S = 0.5  # s after the stop; from then on no joint may move
WATCH_S, END_S = 2.5, 1.5  # s of measurement after the stop, and again after the end of the session
# Above a joint's sag and a reading's jitter, below a crawling joint's travel in the measured time.
STILL_RAD = 0.01
PATIENCE_S = 40.0
DRIVEN = ("so101", "ur5e", "panda")  # arms with a policy: `sayso run` moves them
ERRANDS = 770_000_000

# The ways in which a person stops `sayso run`.
WAYS = (
    "sayso stop", "stop said", "Ctrl-C", "SIGTERM", "SIGHUP", "closed terminal", "session killed", "time-out",
    "just after go home", "just after lie down",
)  # fmt: skip
SENT_S = 0.4  # longest delay of the second stop after "go home" or "lie down"
_SENT = {"just after go home": "go home", "just after lie down": "lie down"}
_SIGNALS = {
    "Ctrl-C": signal.SIGINT,
    "SIGTERM": signal.SIGTERM,
    "SIGHUP": signal.SIGHUP,
    "session killed": signal.SIGKILL,
}
PHASES = ("getting up", "running", "lying down")
# The ways in which a loop is stopped, with any program driving it.
LOOP_WAYS = ("stop", "sayso stop", "hold-to-run let go", "session left")


class Person:
    """A command of Sayso in its own terminal, as a person uses it."""

    def __init__(self, *command: str) -> None:
        self._master, terminal = pty.openpty()
        self.screen, self._closing = b"", False

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(
                signal.SIGINT, signal.SIG_DFL
            )  # a bench's worker ignores SIGINT, and its children inherit that

        self.process = subprocess.Popen(
            [*SAYSO, *command], stdin=terminal, stdout=terminal, stderr=terminal, preexec_fn=own_terminal
        )
        os.close(terminal)
        self._reader = threading.Thread(target=self._look, name="screen", daemon=True)
        self._reader.start()

    def _look(self) -> None:
        # A blocking read would prevent closing the terminal.
        with suppress(OSError):
            while not self._closing:
                if select.select([self._master], [], [], 0.05)[0]:
                    self.screen += os.read(self._master, 4096)
        os.close(self._master)

    def close_terminal(self) -> None:
        """Close the terminal."""
        self._closing = True
        self._reader.join()

    def end(self) -> None:
        """End the process; the arm stays."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.close_terminal()


def by_person(arm: str, way: str, seed: int) -> Record:
    """Stop `sayso run` in one ``way``, in one of `phases_of` the arm: the farthest joint travel (rad) from 0.5 s on.

    The bench measures while the process lives and after its end.

    A time-out, and a second stop within `SENT_S` of "go home" or "lie down", happen in the phase "running" only.
    """
    rng = np.random.default_rng(seed)
    phases = phases_of(arm)
    # The remainder twice, so that a seed gives the same phase for all arms that have it.
    phase = "running" if way == "time-out" or way in _SENT else phases[seed % len(PHASES) % len(phases)]
    scene, put = errand(arm, ERRANDS + seed)
    clock = MonotonicClock()
    # For an object that is not on the table the robot asks at once; then the arm lies down.
    missing = next(color for color in COLORS if color not in {item.color for item in scene.objects})
    said = f"pick up the {missing} block" if phase == "lying down" else put
    late = ("--limit", f"{rng.uniform(1.0, 2.5):.2f}") if way == "time-out" else ()
    with emulated(arm, scene, seed) as (device, folder), ExitStack() as stack:
        out = folder / "out"
        person = Person(
            "run", said, "--robot", arm, "--live", "--no-video", "--no-ask", "--no-memory", "--out", str(out), *late
        )
        stack.callback(person.end)
        begins = {
            "getting up": lambda: any((folder / "sayso").glob("*.sock")),
            "running": lambda: b"pick up the" in person.screen,
            "lying down": (out / "result.json").exists,
        }
        wait_for_screen(person, begins[phase], f"the run does not reach the phase {phase}")
        if phase == "getting up":
            wait_for_motion(device, person, False)
        wait_for_motion(device, person, True)
        if way == "time-out":
            wait_for_screen(person, lambda: b"gave up after" in person.screen, "it does not give up")
        else:
            clock.sleep_until(clock.now() + rng.uniform(0.0, 1.0))
            wait_for_motion(device, person, True)
        if way in _SENT:
            stop()
            wait_for_motion(device, person, False)
            say(_SENT[way])
            clock.sleep_until(clock.now() + rng.uniform(0.0, SENT_S))
            stop()
        _stop(way, person)
        return _watched(device, person) | {"phase": phase}


def phases_of(arm: str) -> tuple[str, ...]:
    """The ``arm``'s `PHASES`: an arm without a rest pose never lies down."""
    return PHASES if load_arm(arm).rest is not None else PHASES[:-1]


def of_check(arm: str, seed: int) -> Record:
    """Stop `sayso check-robot --live` by `sayso stop` while the arm moves."""
    clock, later = MonotonicClock(), np.random.default_rng(seed).uniform(0.0, 0.3)
    with emulated(arm, SceneSpec(()), seed) as (device, folder), ExitStack() as stack:
        person = Person("check-robot", arm, "--live")
        stack.callback(person.end)
        wait_for_screen(person, lambda: any((folder / "sayso").glob("*.sock")), "its session is not there")
        wait_for_motion(device, person, False)
        wait_for_motion(device, person, True, CHECK_RAD_S)
        clock.sleep_until(clock.now() + later)
        _stop("sayso stop", person)
        return _watched(device, person)


@contextmanager
def emulated(arm: str, scene: SceneSpec, seed: int) -> Iterator[tuple[Emulation, Path]]:
    """An emulated arm, and a folder that also holds the session files of this process and its children."""
    with (
        tempfile.TemporaryDirectory(prefix="sayso-stops-") as folder,
        _own_runtime(folder),
        emulation(arm, scene, seed % 2**32, *host_of(arm, seed)) as device,
    ):
        yield device, Path(folder)


def _watched(device: Emulation, person: Person) -> Record:
    """The farthest joint travel (rad) after the stop, and after the end of the process."""
    clock = MonotonicClock()
    t = clock.now()
    moved = farthest(device, t + HELD_AFTER_S, t + WATCH_S)
    person.end()
    moved = max(moved, farthest(device, clock.now(), clock.now() + END_S))
    ok = moved < STILL_RAD
    return {"ok": ok, "rad": round(moved, 4)} | (
        {} if ok else {"screen": person.screen.decode(errors="replace")[-200:]}
    )


def of_loop(arm: str, way: str, seed: int) -> Record:
    """Stop the arm's loop in one ``way`` and end it: the farthest joint travel (rad) from 0.5 s after the stop on."""
    rng = np.random.default_rng(seed)
    with emulated(arm, SceneSpec(()), seed) as (device, _):
        found = resolve_robot(arm, live=True)
        robot = loop_robot(found, lambda _: None, hold_to_run=way == "hold-to-run let go")
        with robot:
            robot.order(pressed=True)
            go_home(robot, PassOn(found.spec.dof), HOMING_RAD_S)
            with swung(robot):
                wait_for(robot, moves)
                robot.clock.sleep_until(robot.clock.now() + rng.uniform(0.3, 1.5))
                wait_for(robot, moves)
                if way == "stop":
                    robot.stop()
                elif way == "sayso stop":
                    press_from_outside(robot.stop_line)
                elif way == "hold-to-run let go":
                    robot.order(pressed=False)
                else:
                    robot.disconnect()
                t = robot.clock.now()
                moved = farthest(device, t + HELD_AFTER_S, t + WATCH_S)
        moved = max(moved, farthest(device, robot.clock.now(), robot.clock.now() + END_S))
    return {"ok": moved < STILL_RAD, "rad": round(moved, 4)}


def moved_at_most(records: Sequence[Record]) -> Record:
    """The farthest joint travel, and the number of episodes stopped in each phase."""
    out: Record = {"rad at most": max(r["rad"] for r in records)}
    phases = [r["phase"] for r in records if "phase" in r]
    return out | ({"phases": {p: phases.count(p) for p in PHASES if p in phases}} if phases else {})


def cells(arm: str) -> list[tuple[str, Callable[[int], Record], int, Callable[[Sequence[Record]], Record]]]:
    """Name, episode, usual number and figures of each cell. Raises ValueError for an arm without an emulation."""
    if arm not in EMULATORS:
        raise ValueError(f"no emulated arm '{arm}'; there are: {', '.join(EMULATORS)}{suggestion(arm, EMULATORS)}")
    lies = "lying down" in phases_of(arm)
    driven = [way for way in WAYS if arm in DRIVEN and (lies or _SENT.get(way) != "lie down")]
    ways = [(f"sayso run: {way}", partial(by_person, arm, way)) for way in driven]
    ways.append(("check-robot: sayso stop", partial(of_check, arm)))
    ways += [(f"loop: {way}", partial(of_loop, arm, way)) for way in LOOP_WAYS]
    return [(name, episode, 21, moved_at_most) for name, episode in ways]


def _stop(way: str, person: Person) -> None:
    if way in _SIGNALS:
        person.process.send_signal(_SIGNALS[way])
    elif way == "closed terminal":
        person.close_terminal()
    elif way == "sayso stop":
        subprocess.run([*SAYSO, "stop"], check=True, stdout=subprocess.DEVNULL)
    elif way == "stop said":
        subprocess.run([*SAYSO, "say", "stop"], check=True, stdout=subprocess.DEVNULL)


def wait_for_motion(device: Emulation, person: Person, moving: bool, speed: float = MOVES_RAD_S) -> None:
    """Wait until the arm moves, its fastest joint at ``speed`` rad/s, or stands for a moment."""
    clock = MonotonicClock()
    until, since = clock.now() + PATIENCE_S, clock.now()
    while clock.now() < until:
        if (joints(device)[2] > speed) == moving:
            if moving or clock.now() - since > 0.15:
                return
        else:
            since = clock.now()
        if person.process.poll() is not None:
            break
        clock.sleep_until(clock.now() + 0.02)
    raise RobotError(f"the arm does not {'move' if moving else 'stand'}: {person.screen[-300:]!r}")


def wait_for_screen(person: Person, what: Callable[[], bool], otherwise: str) -> None:
    clock = MonotonicClock()
    until = clock.now() + PATIENCE_S
    while not what():
        if clock.now() > until:
            raise RobotError(f"{otherwise}: {person.screen[-300:]!r}")
        clock.sleep_until(clock.now() + 0.02)


def farthest(device: Emulation, begin: float, end: float) -> float:
    """The farthest joint travel (rad) from ``begin`` to ``end`` s, by the device's own joints."""
    clock = MonotonicClock()
    clock.sleep_until(begin)
    first, most = joints(device)[1], 0.0
    while clock.now() < end:
        clock.sleep_until(clock.now() + 0.05)
        most = max(most, float(np.abs(joints(device)[1] - first).max()))
    return most


@contextmanager
def _own_runtime(folder: str) -> Iterator[None]:
    """Use ``folder`` as the runtime folder, so that this bench stops no other session."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = folder
    try:
        yield
    finally:
        os.environ.pop("XDG_RUNTIME_DIR") if before is None else os.environ.update(XDG_RUNTIME_DIR=before)

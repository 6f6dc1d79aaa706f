"""An arm behind its maker's library, with faults of the emulated device: the error, its delay, and standstill."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sayso.backends.real import table_below
from sayso.backends.resolve_robot import resolve_robot
from sayso.bench.reliability import load_generators
from sayso.bench.reliability.emulation import Emulation, emulation
from sayso.bench.reliability.rig import STATE, STATES, WRITTEN, first, kill, moves, wait_for
from sayso.bench.tasks.hardware import host_of
from sayso.hardware.control.homing import go_home
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.process.remote_robot import PassOn, RemoteRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.sim.scenes.scene_spec import SceneSpec

Record = dict[str, Any]
NAMED_MS, WATCHDOG_MS = 100.0, 100.0
SILENT_BUS_MS = 400.0  # three exchanges with time-outs, each begun on a quiet line
STILL_RAD_S, REST_S = 0.02, 0.2
PATIENCE_S, STAND_S, WATCH_S = 10.0, 3.0, 1.0
HOMING_RAD_S = 1.5

# The expected error (regular expression) for each fault of an emulated device, by the fault's typed name.
_SERVOS = {
    "drop": "no answer|garbled answer|gave no reading",
    "garble": "no answer|garbled answer|gave no reading",
    "late": "no answer|too late|gave no reading",
    "dead 3": "no answer: servo 3",
    "overload 2": r"overload: shoulder_lift \(id 2\)",
    "hot 4": r"too hot: wrist_flex \(id 4\)",
    "voltage": r"voltage: shoulder_pan \(id 1\)",
    "unplug": "unplugged: .* is gone",
}
SAYS: dict[str, dict[str, str]] = {
    "so101": _SERVOS,
    "koch": _SERVOS,
    "ur5e": {
        "protective-stop": "protective stop; check what it ran into",
        "emergency-stop": "an emergency stop is pressed",
        "local-control": "it was switched to local control",
        "power-off": "it is not powered",
        "program-stopped": "its program ended",
        "late-packets": "no joint state for",
        "silent": "no joint state for",
        "lost-connection": "no joint state for|the connection was lost|stopped answering",
    },
    "panda": {
        "reflex": "joint_motion_generator_velocity_limits_violation|no joint state for",
        "user-stop": "User Stop pressed",
        "late-packets": "no joint state for",
        "lost-connection": "no joint state for|onnection|TCP|hand .* failed",
    },
    "piper": {
        "emergency-stop": "its emergency stop is active",
        "collision": "it hit something",
        "driver-error": "the motor of joint2 reports a fault|a joint reports a fault",
        "unplugged": "no joint state for .* see the CAN cable",
    },
}
# Readings fail: a hold first, a fault only if they stay away; the driver retries a bus before giving up.
HELD = ("drop", "garble", "late", "dead 3")


@contextmanager
def driven(arm: str, seed: int) -> Iterator[tuple[Emulation, RemoteRobot]]:
    """An emulated ``arm`` in its own process, swung about its home through its driver.

    The table is empty and the arm goes home first, because a collision turns a wrist faster than a motor can.
    """
    with emulation(arm, SceneSpec(()), seed % 2**32, *host_of(arm, seed)) as device:
        found = resolve_robot(arm, live=True)
        patience = {k: v for k, v in found.connection.options.items() if k != "answer_ms"}  # as on the real bus
        make = partial(open_driver, found.driver, replace(found.connection, options=patience))
        with RemoteRobot(found.spec, make, planes=(table_below(found.spec),), realtime=found.realtime) as robot:
            go_home(robot, PassOn(found.spec.dof), HOMING_RAD_S)
            with swung(robot):
                wait_for(robot, moves)
                robot.clock.sleep_until(robot.clock.now() + float(np.random.default_rng(seed).uniform(0.5, 1.5)))
                wait_for(robot, moves)
                yield device, robot


@contextmanager
def swung(robot: RemoteRobot) -> Iterator[None]:
    """Swing the arm about its home; the policy keeps sending in every state of the arm."""
    over, start = threading.Event(), robot.clock.now()

    def policy() -> None:
        while not over.is_set():
            now = robot.clock.now()
            with suppress(RobotError):
                robot.write(load_generators.swing(robot.spec, now - start, now))
            over.wait(1.0 / load_generators.POLICY_HZ)

    thread = threading.Thread(target=policy, name="swing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def joints(device: Emulation) -> tuple[float, Array, float]:
    """The time (s) of the device's reading, its joints (n,) rad, and the fastest joint's speed (rad/s)."""
    t, position, velocity = json.loads(device.tell("joints"))
    return t, np.array(position), float(np.abs(velocity).max())


def break_device(arm: str, fault: str, seed: int) -> Record:
    """Cause a fault while the arm moves: ms until the hold and until the named fault; whether the arm then stands."""
    with driven(arm, seed) as (device, robot):
        clock = robot.clock
        begun = clock.now()
        device.tell(fault)
        seen = _until(robot, lambda: robot.report().state is State.FAULT or _held(robot, fault, begun))
        ms = (clock.now() - begun) * 1e3
        rows = robot.stamps.rows()
        held = (first(rows, State.HOLDING, begun) - begun) * 1e3
        text = " | ".join([robot.report().text, *(n.text for n in robot.notes if n.t >= begun)])
        named = re.search(SAYS[arm][fault], text) is not None
        stands = fault in HELD or _stands(device, robot)
        if fault not in HELD:
            device.tell("recover")
            stands = stands and _stays(device, robot) and robot.report().state is State.FAULT
    known, most = (held, SILENT_BUS_MS) if fault in HELD else (ms, NAMED_MS)
    return {"ok": bool(seen and named and stands and known <= most), "ms": [round(known, 1)], "said": text[:200]}


def kill_loop(arm: str, seed: int) -> Record:
    """Kill the loop: ms from its last target until the device brakes by itself and until the arm stands (P3)."""
    with driven(arm, seed) as (device, robot):
        killed = kill(robot, "loop")
        top, brakes, stands = 0.0, np.inf, np.inf
        while stands == np.inf and robot.clock.now() < killed + PATIENCE_S:
            t, _, speed = joints(device)
            top = max(top, speed)
            brakes = min(brakes, t) if speed < 0.9 * top else brakes
            stands = t if speed < STILL_RAD_S and t > killed else np.inf
        rows = robot.stamps.rows()
        last = float(rows[rows[:, STATE] == STATES.index(State.RUNNING), WRITTEN].max())
        before = len(rows)
        wait_for(robot, lambda r: r.state is State.STOPPED and len(robot.stamps.rows()) > before + 20)
        stays = _stays(device, robot)
        told = device.tell("events")
    ms, stood = (brakes - last) * 1e3, (stands - last) * 1e3
    own = "watchdog" in told or arm == "panda"
    ok = bool(stays and own and ms <= WATCHDOG_MS)
    return {"ok": ok, "ms": [round(ms, 1)], "stood": [round(stood, 1)], "own": own, "stays": stays}


def _held(robot: RemoteRobot, fault: str, begun: float) -> bool:
    return fault in HELD and any(n.t >= begun and n.text.startswith(State.HOLDING) for n in robot.notes)


def _until(robot: RemoteRobot, what: Callable[[], bool]) -> bool:
    end = robot.clock.now() + PATIENCE_S
    while not what():
        if robot.clock.now() > end:
            return False
        robot.clock.sleep_until(robot.clock.now() + 0.001)
    return True


def _stands(device: Emulation, robot: RemoteRobot) -> bool:
    """Whether the arm comes to rest, by its path instead of its speed: a limp arm on the table rattles."""
    end = robot.clock.now() + STAND_S
    while robot.clock.now() < end:
        before, here, _ = joints(device)
        robot.clock.sleep_until(robot.clock.now() + REST_S)
        after, there, _ = joints(device)
        if float(np.abs(there - here).max()) < STILL_RAD_S * (after - before):
            return True
    return False


def _stays(device: Emulation, robot: RemoteRobot) -> bool:
    """Whether no joint moves for a while, although the policy keeps sending."""
    _, before, _ = joints(device)
    robot.clock.sleep_until(robot.clock.now() + WATCH_S)
    return float(np.abs(joints(device)[1] - before).max()) < STILL_RAD_S


def cells(arm: str, latencies: Any) -> list[tuple[str, Any, int, Any]]:
    """Name, episode, usual number and figures of each cell; no cells for an arm without an emulation."""
    out: list[tuple[str, Any, int, Any]] = [
        (f"D2 driver: {fault}", partial(break_device, arm, fault), 10, latencies) for fault in SAYS.get(arm, {})
    ]
    if arm in ("koch", "ur5e", "panda"):
        out.append(("P3 loop killed, the arm's own watchdog", partial(kill_loop, arm), 20, latencies))
    return out

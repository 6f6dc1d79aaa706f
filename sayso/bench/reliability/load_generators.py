"""Load beside the loop: a policy that swings the arm, and processes that keep the machine busy."""

from __future__ import annotations

import json
import os
import tempfile

import cv2
import numpy as np

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.ipc.channel import ChannelAddress, Publisher
from sayso.hardware.process.supervisor import Heartbeat, ProcessPlan
from sayso.hardware.types import JointTarget, RobotSpec

POLICY_HZ = 50.0
SWING_RAD, SWING_RAD_S = 0.25, 4.0
PLEA_S = 10.0  # requested lifetime, above the longest allowed


def policy(beat: Heartbeat, targets: ChannelAddress[JointTarget], spec: RobotSpec) -> None:
    """Swing the arm about its home without end."""
    writer, clock = Publisher(targets), MonotonicClock()
    start = clock.now()
    while True:
        now = clock.now()
        writer.write(swing(spec, now - start, now), now, now + PLEA_S)
        beat()
        clock.sleep_until(now + 1.0 / POLICY_HZ)


def swing(spec: RobotSpec, t: float, now: float) -> JointTarget:
    """The policy's target at ``now`` s, ``t`` s after its start."""
    phase = SWING_RAD_S * t
    goal = spec.home + SWING_RAD * np.sin(phase)
    velocity = np.full(spec.dof, SWING_RAD * SWING_RAD_S * np.cos(phase))
    return JointTarget(goal, velocity, 1.0, now + PLEA_S)


def planner(beat: Heartbeat) -> None:
    """Compute without a pause, half in Python and half in matrices, like a planner on this machine."""
    weights = np.random.default_rng(0).normal(size=(300, 300))
    while True:
        text = json.dumps({str(k): [k] * 20 for k in range(300)})
        words = sum(map(len, json.loads(text)))
        weights = np.tanh(weights @ weights.T / (300 + words))
        beat()


def console(beat: Heartbeat) -> None:
    """Encode 20 pictures a second, as for a live page."""
    clock, picture = MonotonicClock(), np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    while True:
        now = clock.now()
        cv2.imencode(".jpg", picture)
        beat()
        clock.sleep_until(now + 0.05)


def recorder(beat: Heartbeat) -> None:
    """Write and sync rows of data and some pictures."""
    clock = MonotonicClock()
    with tempfile.TemporaryFile() as file:
        while True:
            now = clock.now()
            file.seek(0)
            file.write(bytes(100_000))
            file.flush()
            os.fsync(file.fileno())
            beat()
            clock.sleep_until(now + 0.02)


def busy() -> list[ProcessPlan]:
    """The three processes that keep the machine busy."""
    return [
        ProcessPlan("planner", planner, hang_s=1.5),
        ProcessPlan("console", console),
        ProcessPlan("recorder", recorder),
    ]

"""The hardware suite: the same tasks in simulation and, in real time, through an emulated arm's driver."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.reliability.emulation import emulation
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.drivers.ports import SERIAL
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.judge import judge
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room

DEVELOPMENT, HELD_OUT = 640_000_000, 760_000_000
REST_S = 0.5  # a released object is at rest after this


@dataclass(frozen=True, slots=True)
class Put:
    """One errand: ``ok`` if done and believed done, the robot's outcome, the duration (s), the instruction."""

    ok: bool
    outcome: str
    duration_s: float
    said: str
    more: Mapping[str, Any] = field(default_factory=dict)


def errand(arm: str, seed: int) -> tuple[SceneSpec, str]:
    """A scene in reach with one to three blocks and a bowl, and the instruction to put a block in the bowl."""
    rng = np.random.default_rng(seed)
    scene = scene_with_room(rng, int(rng.integers(1, 4)), 1, reach=arm_model(arm).spec.reach)
    blocks = [o for o in scene.objects if o.kind == "block"]
    block = blocks[int(rng.integers(len(blocks)))]
    bowl = next(o for o in scene.objects if o.kind == "bowl")
    return scene, f"put the {block.color} block in the {bowl.color} bowl"


def simulated(arm: str, seed: int, models: Path | None = None, sees: str = "pixels") -> Put:
    """The errand of ``seed`` in simulation; ``sees`` is one of `sayso.backends.simulated.SIGHTS`."""
    scene, said = errand(arm, seed)
    with Session(f"sim:{arm}", scene, seed, models=models, options=Options(sees=sees, listen=False)) as session:
        result = session.run(said)
    return Put(bool(result.success) and result.outcome == "done", result.outcome, result.duration_s, said)


def host_of(arm: str, seed: int) -> tuple[str, ...]:
    """The option with an address for this emulated arm: arms with fixed ports need one address per process."""
    return () if arm in (*SERIAL, "piper") else ("--host", f"127.0.{10 + os.getpid() % 200}.{1 + seed % 200}")


def emulated(arm: str, seed: int, models: Path | None = None, views: int | None = None) -> Put:
    """The errand of ``seed`` by the emulated arm: its protocol, the maker's library, the loop's process, cameras.

    It sees with all cameras and their depth, or with ``views`` of them and colors alone (MJPEG).
    """
    scene, said = errand(arm, seed)
    with emulation(arm, scene, seed % 2**32, *host_of(arm, seed)) as device:
        before = device.truth()
        flat = [f"{line.split()[1]}={line.split()[-1]}" for line in device.lines if line.startswith("camera ")]
        cameras = () if views is None else flat[:views]
        with Session(arm, live=True, models=models, cameras=cameras, tell=lambda _: None) as session:
            result = session.run(said)
            clock = MonotonicClock()
            clock.sleep_until(clock.now() + REST_S)
            after = device.truth()
        right = judge(said, before, after) is True
        more = {"right": right, "missed": result.rates["missed"], "why": result.question or result.refusal or ""}
        return Put(right and result.outcome == "done", result.outcome, result.duration_s, said, more)

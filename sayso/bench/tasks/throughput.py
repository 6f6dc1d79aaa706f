"""Throughput: how much faster than real time a rollout is, and how long a policy step and a reading take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sayso.bench.language.language import sentences
from sayso.bench.tasks.tabletop import put_one
from sayso.hardware.arms.kinematics import Kinematics
from sayso.model_store import ModelStore
from sayso.planner.corrections.reader import BEAM as CORRECTION_BEAM
from sayso.planner.reader.beam import BEAM
from sayso.planner.reader.model import Reader
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import Axis, LanguageMotion, Step
from sayso.skills.policy import OnnxPolicy

SEED_BASE = 740_000_000
POLICY_CALLS = 20_000
READINGS = 100


@dataclass(frozen=True, slots=True)
class Pace:
    """Simulated seconds of one rollout and the wall seconds they took."""

    simulated_s: float
    wall_s: float


def pace(seed: int, sees: str, models: Path | None = None, arm: str = "panda") -> Pace:
    """One rollout, with cameras ("pixels") or without ("truth"), excluding the set-up."""
    errand, options = (
        put_one(np.random.default_rng(SEED_BASE + seed), arm_model(arm).spec.reach),
        Options(sees=sees, listen=False),
    )
    with Session(f"sim:{arm}", errand.scene, SEED_BASE + seed, models=models, options=options) as session:
        start, began = session.robot.clock.now(), time.perf_counter()
        session.run(errand.said)
        return Pace(session.robot.clock.now() - start, time.perf_counter() - began)


def policy_step_ms(models: Path | None = None, arm: str = "panda", calls: int = POLICY_CALLS) -> list[float]:
    """Milliseconds of ``calls`` single policy steps on one thread."""
    store = ModelStore(models) if models else ModelStore()
    policy = OnnxPolicy(store.load(f"policy-{name_of(arm)}"))
    spec, rng = arm_model(arm).spec, np.random.default_rng(0)
    motion, start, out = LanguageMotion((Step(Axis.X, 1),)), np.zeros(spec.dof), []
    tool = Kinematics(spec).forward(spec.home)
    body = Proprioception(spec.home, spec.home, tool, 0.08, 0.0, False)
    for _ in range(calls):
        seen = Observation.of(body, SubtaskGoal.of_box(rng.normal(size=3), np.full(3, 0.04), 0.0))
        began = time.perf_counter()
        policy.act(seen, motion, 0.0, start)
        out.append((time.perf_counter() - began) * 1e3)
    return out


def reading_ms(
    seed: int, group: str, models: Path | None = None, readings: int = READINGS
) -> tuple[list[float], list[float]]:
    """Milliseconds of single readings of frozen sentences of ``group``, each in its context, on the reader's one
    thread: by the clock, and of the processor, which a busy computer does not lengthen."""
    reader = Reader(models or ModelStore().root)
    beam = CORRECTION_BEAM if group == "correction" else BEAM
    told, wall, used = [pair for pair in sentences() if pair.group.startswith(group)], [], []
    for i in np.random.default_rng(SEED_BASE + seed).permutation(len(told))[: readings + 1]:
        began, before = time.perf_counter(), time.thread_time()
        reader.read(told[i].said, told[i].context, beam)
        used.append((time.thread_time() - before) * 1e3)
        wall.append((time.perf_counter() - began) * 1e3)
    return wall[1:], used[1:]  # the first warms up

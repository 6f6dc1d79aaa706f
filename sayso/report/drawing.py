"""Renders a film in several processes, because rendering dominates the time of a report."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.process.spawn import interrupts_held
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.film import Film, Snapshot, Stage
from sayso.sim.physics import Appearance
from sayso.sim.scenes.props import Prop
from sayso.sim.scenes.scene_spec import SceneSpec

CHUNK = 4
_stage: list[Stage] = []


def draw(film: Film, workers: int = 2) -> Iterator[NDArray[np.uint8]]:
    """Every snapshot of ``film`` in order, (H, W, 3) uint8 RGB; one worker means this process."""
    if workers == 1:
        yield from film.frames()
        return
    with interrupts_held():
        pool = multiprocessing.get_context("spawn").Pool(workers, _build, film.set)
    with pool:
        yield from pool.imap(_draw, film.snapshots, chunksize=CHUNK)


def _build(scene: SceneSpec, arm: ArmModel, appearance: Appearance, props: Sequence[Prop]) -> None:
    _stage.append(Stage(scene, arm, appearance, props))


def _draw(snapshot: Snapshot) -> NDArray[np.uint8]:
    return _stage[0].draw(snapshot)

"""A task about speed: a full cup that spills."""

from __future__ import annotations

import numpy as np

from sayso.bench.corrections.worth import End, Moment, Wish, WorthCorrecting
from sayso.hardware.types import Box
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.sim.table_world import TableWorld

SLOW = 0.6
FREE_RAD = (0.2, 0.5)
"""How far the surface may lean before a full block spills."""
G = 9.81
SETTLE_S = 0.12


def _slowly_once_held(now: Moment) -> Wish:
    """Slowly from the moment on when the hand comes down on it: who waits longer is late."""
    goal = now.aim
    near = goal is not None and float(np.linalg.norm(goal.position - now.tool)) < 0.25
    return Wish(pace=SLOW if near else None)


def _cup(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """A block, full of water, and a bowl to set it beside."""
    while True:
        scene = random_scene(rng, 1, 1, reach=reach)
        bowl, block = scene.objects
        if np.hypot(*np.subtract(bowl.position[:2], block.position[:2])) > 0.2:
            side = "left" if block.position[1] < bowl.position[1] else "right"
            return scene, f"put the {block.color} block to the {side} of the {bowl.color} bowl"


def _free(table: TableWorld, rng: np.random.Generator) -> float:
    """How far (rad) the water's surface may lean."""
    return float(rng.uniform(*FREE_RAD))


def lean(path: list[tuple[float, np.ndarray, float]]) -> float:
    """How far (rad) the surface of water leaned at most in a vessel on this ``path`` of time, position and upright.

    The surface follows the sum of gravity and acceleration, and takes `SETTLE_S` to do so.
    """
    most, surface = 0.0, np.zeros(2)
    for (t0, a, _), (t1, b, _), (t2, c, up) in zip(path, path[1:], path[2:], strict=False):
        step = (t2 - t0) / 2
        pull = (a - 2 * b + c) / max(step, 1e-3) ** 2
        surface = surface + (pull[:2] / max(G + float(pull[2]), 1.0) - surface) * min((t1 - t0) / SETTLE_S, 1.0)
        most = max(most, float(np.hypot(*surface)) + float(np.arccos(np.clip(up, -1, 1))))
    return most


def _unspilled(end: End) -> bool:
    name = next(name for name, o in end.truth.items() if o.kind == "block")
    path = [(t, truth[name].position, truth[name].upright) for t, truth in end.path]
    return end.success is True and lean(path) < end.staged


SPEEDS: tuple[WorthCorrecting, ...] = (
    WorthCorrecting(
        "full cup", "the block is full of water, which spills when it is set in motion or stopped fast; slowly",
        _cup, _slowly_once_held, "speed", _unspilled, _free, limit_s=18.0,
    ),
)  # fmt: skip

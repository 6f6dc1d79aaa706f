"""Tasks about which thing: one of several fits the words, and the person prefers one for a reason of their own."""

from __future__ import annotations

import numpy as np

from sayso.bench.corrections.worth import End, Moment, Truth, Wish, WorthCorrecting
from sayso.hardware.types import Box
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.sim.tasks import is_in


def _any_block(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """Two or three blocks, one of them red."""
    while True:
        scene = random_scene(rng, int(rng.integers(2, 4)), 1, reach=reach)
        if any(o.kind == "block" and o.color == "red" for o in scene.objects):
            bowl = next(o for o in scene.objects if o.kind == "bowl")
            return scene, f"put a block in the {bowl.color} bowl"


def _rather_red(now: Moment) -> Wish:
    thing = now.thing
    return Wish(thing=None if thing is None or thing.color == "red" else "red")


def _is_red(end: End) -> bool:
    bowl = next(name for name, o in end.truth.items() if o.kind == "bowl")
    inside = [o.color for name, o in end.truth.items() if o.kind == "block" and is_in(end.truth, name, bowl)]
    return inside == ["red"]


def _blocks(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """Two or three blocks."""
    scene = random_scene(rng, int(rng.integers(2, 4)), 1, reach=reach)
    bowl = next(o for o in scene.objects if o.kind == "bowl")
    return scene, f"put a block in the {bowl.color} bowl"


def leftmost(truth: Truth) -> str:
    """The id of the block farthest to the left."""
    return max(
        (name for name, o in truth.items() if o.kind == "block"), key=lambda name: float(truth[name].position[1])
    )


def _rather_the_leftmost(now: Moment) -> Wish:
    thing = now.thing
    if thing is None or now.tick.body.closing:
        return Wish()
    best = now.truth[leftmost(now.truth)]
    return Wish(thing=None if thing.color == best.color else best.color)


def _is_leftmost(end: End) -> bool:
    bowl = next(name for name, o in end.truth.items() if o.kind == "bowl")
    inside = [name for name, o in end.truth.items() if o.kind == "block" and is_in(end.truth, name, bowl)]
    return inside == [leftmost(end.before)]


CHOICES: tuple[WorthCorrecting, ...] = (
    WorthCorrecting(
        "rather the red", "any block will do, the robot takes any, and I would rather have the red one",
        _any_block, _rather_red, "choice", _is_red, limit_s=18.0,
    ),
    WorthCorrecting(
        "from the left", "any block will do, the robot takes any, and I clear the table from the left",
        _blocks, _rather_the_leftmost, "choice", _is_leftmost, limit_s=18.0,
    ),
)  # fmt: skip

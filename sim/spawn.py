"""Scenes drawn at random: blocks and bowls of varied size and colour, within reach and apart from each other."""

from __future__ import annotations

import numpy as np

from sim.palette import COLORS
from sim.spec import BLOCK_SIZE, BOWL_SIZE, ObjectSpec, SceneSpec

REACH_X = (0.33, 0.67)
REACH_Y = (-0.30, 0.30)
GAP = 0.045


def random_scene(
    rng: np.random.Generator,
    blocks: int,
    bowls: int,
    *,
    stacks: float = 0.0,
    vary_size: bool = True,
    jitter: float = 1.0,
) -> SceneSpec:
    """Draw ``blocks`` and ``bowls`` (each colour at most once a kind). With probability ``stacks`` some blocks start
    on top of others. Raises `ValueError` for more of a kind than there are colours.
    """
    if max(blocks, bowls) > len(COLORS):
        raise ValueError(
            f"at most {len(COLORS)} of a kind, one for each colour; asked for {blocks} blocks, {bowls} bowls"
        )
    for _ in range(100):
        objects = _try_scene(rng, blocks, bowls, stacks, vary_size)
        if objects is not None:
            return SceneSpec(objects, jitter)
    raise ValueError(f"no room for {blocks} blocks and {bowls} bowls within reach")


def _try_scene(
    rng: np.random.Generator, blocks: int, bowls: int, stacks: float, vary_size: bool
) -> tuple[ObjectSpec, ...] | None:
    objects: list[ObjectSpec] = []
    colors = list(COLORS)
    for kind, count in (("bowl", bowls), ("block", blocks)):
        for i, color in enumerate(rng.permutation(colors)[:count]):
            size = _size(rng, kind) if vary_size else (BOWL_SIZE if kind == "bowl" else BLOCK_SIZE)
            name = f"{'w' if kind == 'bowl' else 'b'}{i + 1}"
            base = _base(objects, size) if kind == "block" and rng.random() < stacks else None
            if base is not None:
                z = (base.position[2] if len(base.position) > 2 else 0.0) + base.extents[2]
                position: tuple[float, ...] = (base.position[0], base.position[1], z)
                yaw = base.yaw + float(rng.uniform(-0.2, 0.2))
                objects.append(ObjectSpec(name, kind, str(color), position, yaw, size))
                continue
            spot = _free_spot(rng, objects, ObjectSpec(name, kind, str(color), (0.0, 0.0), 0.0, size).radius)
            if spot is None:
                return None
            objects.append(ObjectSpec(name, kind, str(color), spot, float(rng.uniform(-np.pi, np.pi)), size))
    return tuple(objects)


def _size(rng: np.random.Generator, kind: str) -> tuple[float, float, float]:
    if kind == "bowl":
        wide, high = rng.uniform(0.92, 1.12) * BOWL_SIZE[0], rng.uniform(0.85, 1.15) * BOWL_SIZE[2]
        return (float(wide), float(wide), float(high))
    side = rng.uniform(0.034, 0.046)
    return (float(side), float(side), float(side * rng.uniform(0.9, 1.1)))


def _base(objects: list[ObjectSpec], size: tuple[float, float, float]) -> ObjectSpec | None:
    """A block with nothing on it that carries another of ``size``."""
    blocks = [o for o in objects if o.kind == "block"]
    tops = [o for o in blocks if not any(other.position[:2] == o.position[:2] and other is not o for other in blocks)]
    fitting = [o for o in tops if o.extents[0] > 0.9 * size[0]]
    return fitting[-1] if fitting else None


def _free_spot(rng: np.random.Generator, objects: list[ObjectSpec], radius: float) -> tuple[float, float] | None:
    for _ in range(60):
        x, y = float(rng.uniform(*REACH_X)), float(rng.uniform(*REACH_Y))
        if all(np.hypot(x - o.position[0], y - o.position[1]) > radius + o.radius + GAP for o in objects):
            return x, y
    return None

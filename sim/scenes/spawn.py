"""Random scenes: blocks and bowls of varied size and color, within reach and with gaps between them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sayso.hardware.types import Box
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.scene_spec import BLOCK_SIZE, BOWL_SIZE, ObjectSpec, SceneSpec

REACH_X = (0.33, 0.67)
REACH_Y = (-0.30, 0.30)
GAP = 0.045


def spawn_area(reach: Box | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """The area for objects: ranges of x and y, m."""
    if reach is None:
        return REACH_X, REACH_Y
    (x0, y0, _), (x1, y1, _) = reach.lower.tolist(), reach.upper.tolist()
    return (x0, x1), (y0, y1)


def random_scene(
    rng: np.random.Generator,
    blocks: int,
    bowls: int,
    *,
    stacks: float = 0.0,
    vary_size: bool = True,
    jitter: float = 1.0,
    reach: Box | None = None,
) -> SceneSpec:
    """Draw ``blocks`` and ``bowls`` (each color at most once per kind). With probability ``stacks`` a block starts on
    top of another. ``reach`` None means `REACH_X` by `REACH_Y`. Raises `ValueError` for more of a kind than there are
    colors, and if there is no room.
    """
    if max(blocks, bowls) > len(COLORS):
        raise ValueError(
            f"at most {len(COLORS)} of a kind, one for each color; asked for {blocks} blocks, {bowls} bowls"
        )
    for _ in range(100):
        objects = _try_scene(rng, blocks, bowls, stacks, vary_size, reach)
        if objects is not None:
            return SceneSpec(objects, jitter)
    raise ValueError(f"no room for {blocks} blocks and {bowls} bowls within reach")


def scene_with_room(
    rng: np.random.Generator, blocks: int, bowls: int, *, stacks: float = 0.0, reach: Box | None = None
) -> SceneSpec:
    """A `random_scene` with these counts, or with fewer objects if there is no room."""
    while True:
        try:
            return random_scene(rng, blocks, bowls, stacks=stacks, reach=reach)
        except ValueError:
            if blocks + bowls <= 1:
                raise
            blocks, bowls = (blocks - 1, bowls) if blocks > bowls else (blocks, bowls - 1)


def counts_with_room(blocks: int, bowls: int, reach: Box | None) -> tuple[int, int]:
    """These counts, or the largest that fit: avoids drawing scenes that cannot exist."""
    if reach is None:
        return blocks, bowls
    return _counts(blocks, bowls, tuple(reach.lower.tolist()), tuple(reach.upper.tolist()))


@lru_cache(maxsize=256)
def _counts(blocks: int, bowls: int, lower: tuple[float, ...], upper: tuple[float, ...]) -> tuple[int, int]:
    reach = Box(np.array(lower), np.array(upper))
    kinds = [o.kind for o in scene_with_room(np.random.default_rng(0), blocks, bowls, reach=reach).objects]
    return kinds.count("block"), kinds.count("bowl")


def _try_scene(
    rng: np.random.Generator, blocks: int, bowls: int, stacks: float, vary_size: bool, reach: Box | None
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
            spot = free_spot(rng, objects, ObjectSpec(name, kind, str(color), (0.0, 0.0), 0.0, size).radius, reach)
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
    """A block with free top that can carry another block of ``size``."""
    blocks = [o for o in objects if o.kind == "block"]
    tops = [o for o in blocks if not any(other.position[:2] == o.position[:2] and other is not o for other in blocks)]
    fitting = [o for o in tops if o.extents[0] > 0.9 * size[0]]
    return fitting[-1] if fitting else None


def free_spot(
    rng: np.random.Generator, objects: list[ObjectSpec], radius: float, reach: Box | None
) -> tuple[float, float] | None:
    """A place (x, y) m for something of ``radius`` m apart from ``objects``; None if none was found."""
    along, across = spawn_area(reach)
    for _ in range(60):
        x, y = float(rng.uniform(*along)), float(rng.uniform(*across))
        if all(np.hypot(x - o.position[0], y - o.position[1]) > radius + o.radius + GAP for o in objects):
            return x, y
    return None

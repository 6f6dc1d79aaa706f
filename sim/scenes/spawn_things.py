"""Random scenes of things beside blocks and bowls, for the trainings of the hand: nothing in them is held out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sayso.hardware.types import Box
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import free_spot, scene_with_room
from sayso.sim.things.catalog import FAMILIES, MESH_KIND, RANDOM_UNIT, Size, mesh_solid, random_mesh, training_meshes

Fits = Callable[[str, Size], bool]
"""Whether the hand can take a thing of this kind and size."""
TAKEN = ("box", "box", "box", "can", "bottle", "cup", "mug", "ball", "ring", "stick", "tool", "lump", MESH_KIND)
STANDS = ("box", "cup", "mug")  # to put something on or in
TRIES = 400
SIDES_M, HEIGHTS_M = (0.01, 0.10), (0.01, 0.15)  # of the boxes, which are of all proportions
LONG, LONGEST = 0.3, 0.16  # share of long boxes, and their length, m
STANDS_WIDE, STANDS_HIGH = (0.07, 0.13), (0.02, 0.08)


def things_scene(
    rng: np.random.Generator, things: int, blocks: int, bowls: int, fits: Fits, reach: Box | None = None
) -> SceneSpec:
    """A scene with up to ``things`` that fit the hand, named t1, t2, …, and one that something can be put on or in."""
    scene = scene_with_room(rng, blocks, bowls, reach=reach) if blocks + bowls else SceneSpec((), 1.0)
    objects = list(scene.objects)
    for name, kinds in [*((f"t{i + 1}", TAKEN) for i in range(things)), ("s1", STANDS)]:
        found = _thing(rng, name, kinds, objects, fits if name != "s1" else None, reach)
        if found is not None:
            objects.append(found)
    return SceneSpec(tuple(objects), scene.camera_jitter)


def _thing(
    rng: np.random.Generator, name: str, kinds: tuple[str, ...], objects: list[ObjectSpec], fits: Fits | None,
    reach: Box | None,
) -> ObjectSpec | None:  # fmt: skip
    for _ in range(TRIES):
        kind = str(rng.choice(kinds))
        mesh = random_mesh(int(rng.choice(training_meshes()))) if kind == MESH_KIND else None
        size = _size(rng, kind, mesh, fits is None)
        if fits is not None and not fits(kind, size):
            continue
        taken = {o.color for o in objects if o.kind == kind}
        color = str(rng.choice([c for c in COLORS if c not in taken]))
        draft = ObjectSpec(name, kind, color, (0.0, 0.0), float(rng.uniform(-np.pi, np.pi)), size,
                           int(rng.integers(1, 1000)), mesh)  # fmt: skip
        spot = free_spot(rng, objects, draft.radius, reach)
        if spot is not None:
            return ObjectSpec(name, kind, color, spot, draft.yaw, size, draft.style, mesh)
    return None


def _size(rng: np.random.Generator, kind: str, mesh: str | None, stands: bool) -> Size:
    if mesh is not None:
        return tuple(float(edge) * RANDOM_UNIT for edge in mesh_solid(mesh).mesh.size)  # type: ignore[return-value]
    if kind == "box":
        low, high = STANDS_WIDE if stands else np.log(SIDES_M).tolist()
        edges = rng.uniform(low, high, 2)
        x, y = (edges if stands else np.exp(edges)).tolist()
        if not stands and rng.random() < LONG:
            x = float(rng.uniform(y, LONGEST))
        z = np.exp(rng.uniform(*np.log(STANDS_HIGH if stands else HEIGHTS_M).tolist()))
        return float(max(x, y)), float(min(x, y)), float(z)
    size = FAMILIES[kind].draw(rng)
    return (size[0], size[0], size[0]) if kind == "ball" else size

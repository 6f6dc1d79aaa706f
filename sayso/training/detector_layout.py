"""Object layouts for the detector's training views: apart, touching, stacked, in bowls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.sim.scenes.scene_spec import ObjectSpec

STACK, IN_BOWL = 0.25, 0.20
BOWL_FLOOR = 0.006
TRIES = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """An object's centre (3,) m and yaw rad, and the id of what carries it (None: the table)."""

    position: Array
    yaw: float
    under: str | None = None


def table_area(workspace: Box) -> Box:
    """The part of the table under an arm's workspace where objects lie in views, m; its heights are the workspace's."""
    return Box(workspace.lower + np.array([0.05, 0.05, 0.0]), workspace.upper - np.array([0.04, 0.05, 0.0]))


def scatter(rng: np.random.Generator, objects: Sequence[ObjectSpec], area: Box) -> dict[str, Spot]:
    """A spot for every object: bowls and blocks on the table within ``area``, blocks on blocks up to three high, blocks
    in bowls.
    """
    out: dict[str, Spot] = {}
    by_id = {o.id: o for o in objects}
    for item in sorted(objects, key=lambda o: o.kind != "bowl"):
        out[item.id] = _spot(rng, item, by_id, out, area)
    return out


def _spot(
    rng: np.random.Generator, item: ObjectSpec, by_id: dict[str, ObjectSpec], taken: dict[str, Spot], area: Box
) -> Spot:
    height = item.extents[2]
    if item.kind == "block":
        way = rng.random()
        loaded = {s.under for s in taken.values()}
        bases = [k for k, s in taken.items() if by_id[k].kind == "block" and k not in loaded and s.position[2] < 0.08]
        bowls = [k for k in taken if by_id[k].kind == "bowl"]
        if way < STACK and bases:
            base = str(rng.choice(bases))
            shift = np.clip(rng.normal(0, 0.004, 2), -0.01, 0.01)
            top = taken[base].position[2] + by_id[base].extents[2] / 2
            position = np.array([*(taken[base].position[:2] + shift), top + height / 2 + 0.0005])
            return Spot(position, taken[base].yaw + float(rng.normal(0, 0.15)), base)
        if STACK <= way < STACK + IN_BOWL and bowls:
            bowl = str(rng.choice(bowls))
            shift = np.clip(rng.normal(0, 0.02, 2), -0.03, 0.03)
            low = BOWL_FLOOR + height / 2 + 0.03 * sum(s.under == bowl for s in taken.values())
            return Spot(np.array([*(taken[bowl].position[:2] + shift), low + 0.001]), float(rng.uniform(-3, 3)), bowl)
    gap = float(rng.choice([0.003, 0.02, 0.05]))
    position = np.zeros(3)
    for _ in range(TRIES):
        position = np.array([*rng.uniform(area.lower[:2], area.upper[:2]), height / 2 + 0.0005])
        apart = (np.hypot(*(position - s.position)[:2]) - item.radius - by_id[k].radius for k, s in taken.items())
        if all(d > gap for d in apart):
            break
    return Spot(position, float(rng.uniform(-np.pi, np.pi)))


def upright_box(rotation: Array, size: Array) -> tuple[Array, float]:
    """Extents (3,) and yaw of the upright box nearest to one of ``size`` (3,) turned by ``rotation`` (3, 3).

    A block that lies on another face has its extents renamed, so that z is again the vertical one.
    """
    vertical = int(np.argmax(np.abs(rotation[2])))
    side = (vertical + 1) % 3
    yaw = float(np.arctan2(rotation[1, side], rotation[0, side]))
    return np.array([size[side], size[(vertical + 2) % 3], size[vertical]]), yaw

"""A table that ends inside the picture, with walls and furniture at its edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.render.beside.covers import any_furniture, blurred, tiles, wood
from sayso.sim.render.beside.edge import Edge, edges_of
from sayso.sim.render.beside.furniture import FURNITURE
from sayso.sim.render.beside.walls import bin_walls, wall
from sayso.sim.render.picture import HeightMap
from sayso.sim.render.surfaces import Surface

MARGIN = 0.02  # m between things and the table's edge
LEAST = 0.15  # m from a table's middle to its edge
MOST = 0.36  # m that a table may reach beyond its things
GAP = 0.6  # m, the most between table and wall
CLEAR = 0.15  # m between the camera and walls or furniture
BIN = 0.15  # share of tables that are a bin's floor
WALLED, FURNISHED = 0.45, 0.45  # share of the edges with a wall, and with furniture


def surrounded(rng: np.random.Generator, surfaces: list[Surface], heights: HeightMap, eye: Array) -> list[Surface]:
    """``surfaces`` of which the first is the table top and the second the floor, with the top cut off close to what
    stands on it, and with walls and furniture where they do not stand before a camera at ``eye`` (3,) m.
    """
    top, floor, *far = surfaces
    top, edges = _cut(rng, top, heights, eye)
    down = float(floor.center[2])
    if down > -0.1 and rng.random() < 0.8:
        down = float(rng.uniform(-0.9, -0.4))
    ground = [blurred, tiles, wood][int(rng.integers(3))](rng)
    floor = replace(floor, center=np.array([*floor.center[:2], down]), image=ground.image, repeat=ground.repeat)
    if rng.random() < BIN:
        return [top, floor, *far, *bin_walls(rng, edges)]
    out = [top, floor, *far, *(_frame(rng, edges, down) if down < -0.1 else [])]
    for edge in edges:
        least = max(edge.beyond() + CLEAR, 0.0)
        if least < GAP and rng.random() < WALLED:
            out += wall(rng, edge, least + (GAP - least) * float(rng.uniform(0, 1)) ** 2, down)
        for _ in range(int(rng.integers(1, 3)) * (edge.beyond() < -2 * CLEAR and rng.random() < FURNISHED)):
            out += FURNITURE[int(rng.integers(len(FURNITURE)))](rng, edge, min(down, -0.3))
    return out


def _cut(rng: np.random.Generator, top: Surface, heights: HeightMap, eye: Array) -> tuple[Surface, list[Edge]]:
    """The top, and its edges, so that it carries everything and ends not far from that."""
    rows, columns = np.nonzero(heights.heights)
    places = (np.stack([columns, rows], 1) + 0.5 - len(heights.heights) // 2) * heights.cell - top.center[:2]
    local = places @ np.stack([top.across, top.along], 1)[:2]
    low, high = local.min(0, initial=-0.05) - MARGIN, local.max(0, initial=0.05) + MARGIN
    first, last = (
        np.minimum(low, -LEAST) - MOST * rng.uniform(0, 1, 2) ** 2,
        np.maximum(high, LEAST) + MOST * rng.uniform(0, 1, 2) ** 2,
    )
    shift = (first + last) / 2
    center = top.center + shift[0] * top.across + shift[1] * top.along
    cut = replace(top, center=center, half=(last - first) / 2)
    return cut, edges_of(cut, low - shift, high - shift, eye)


def _frame(rng: np.random.Generator, edges: list[Edge], floor: float) -> list[Surface]:
    """The top's side and the legs."""
    thick, leg, cover, out = rng.uniform(0.015, 0.06), rng.uniform(0.03, 0.09), any_furniture(rng), list[Surface]()
    for edge in edges:
        out.append(edge.sheet((0.0, 0.0, -thick), 2 * edge.half, thick, cover))
        out += edge.slab((edge.half - leg - 0.02, -leg - 0.02, floor), (edge.half - 0.02, -0.02, -thick), cover)
    return out

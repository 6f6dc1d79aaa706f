"""Furniture that stands at a table's edge or over it: each kind is drawn from the floor up."""

from __future__ import annotations

import numpy as np

from sayso.sim.render.beside.covers import Cover, any_furniture, dark, paper, plain, tiles, wood
from sayso.sim.render.beside.edge import Edge
from sayso.sim.render.surfaces import Surface

OVER, APART = 0.08, 0.03  # m that furniture may stand over the table, and that it keeps from the things


def chair(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """A chair drawn up to the table: a round back, slats or one board, a seat under the table or beside it."""
    wide, top, cover = rng.uniform(0.34, 0.5), rng.uniform(-0.05, 0.4), any_furniture(rng)
    own = _stood(rng, edge, wide)
    low, thick = rng.uniform(-0.3, min(0.0, top - 0.05)), rng.uniform(0.015, 0.05)
    seat = floor * rng.uniform(0.35, 0.55)
    out = own.slab((-wide / 2, -0.3, seat - 0.05), (wide / 2, 0.1, seat), cover)  # below the table
    for side in (-wide / 2, wide / 2 - 0.03):
        out += own.slab((side, 0.0, floor), (side + 0.03, 0.03, top), cover)
    style, bend = rng.random(), rng.uniform(0, 1.0)
    if style < 0.4:
        bars = int(rng.integers(3, 7))
        for at in np.linspace(-wide / 2, wide / 2, bars):
            out += own.slab((at - 0.01, 0.0, low), (at + 0.01, 0.02, top), cover)
        return out + own.slab((-wide / 2, 0.0, top - 0.06), (wide / 2, thick, top), cover)
    # A back that is bent: narrow boards, each turned a little further.
    pieces = 8
    for k in range(pieces):
        way = ((k + 0.5) / pieces - 0.5) * 2
        part = own.turned(-bend * way, (way * wide / 2, bend * wide / 4 * (1 - way**2), 0.0))
        half = 1.1 * wide / pieces / 2 / max(np.cos(bend * way), 0.5)
        out += part.slab((-half, 0.0, low), (half, thick, top - 0.1 * bend * way**2), cover)
    return out


def cupboard(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """A cupboard, a drawer unit or an appliance, with doors and handles, lower or higher than the table."""
    wide, deep, top = rng.uniform(0.35, 1.4), rng.uniform(0.3, 0.6), rng.uniform(-0.1, 1.4)
    left, near = rng.uniform(-1, 1) * edge.half - wide / 2, rng.choice([0.0, rng.uniform(-_over(edge), 0.4)])
    cover, handle = (tiles if rng.random() < 0.4 else any_furniture)(rng), plain(rng)
    out = edge.slab((left, near, floor), (left + wide, near + deep, top), cover)
    for up in np.arange(floor + 0.15, top - 0.05, rng.uniform(0.2, 0.5)):
        at = left + wide * rng.uniform(0.1, 0.7)
        out += edge.slab((at, near - 0.015, up), (at + rng.uniform(0.02, 0.15), near, up + 0.02), handle)
    return out


def rack(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """Open shelves with things on them."""
    wide, deep, top = rng.uniform(0.4, 1.2), rng.uniform(0.2, 0.4), rng.uniform(0.2, 1.2)
    left, near, step = rng.uniform(-1, 1) * edge.half - wide / 2, rng.uniform(0.0, 0.4), rng.uniform(0.25, 0.4)
    cover, out = any_furniture(rng), list[Surface]()
    for at in (left, left + wide - 0.02):
        out += edge.slab((at, near, floor), (at + 0.02, near + deep, top), cover)
    # No board is level with the table: what stands on such a one would be a thing.
    boards = [up for up in np.arange(floor + 0.1, top + 0.01, step) if abs(up) > 0.08]
    for up in boards:
        out += edge.slab((left, near, up), (left + wide, near + deep, up + 0.02), cover)
        if not -0.5 < up < 0.6:
            continue
        for at in np.arange(left + 0.05, left + wide - 0.12, 0.2):
            if rng.random() < 0.5:
                size = rng.uniform([0.04, 0.05, 0.04], [0.16, deep - 0.02, step - 0.05])
                out += edge.slab(
                    (at, near + 0.02, up + 0.02), (at + size[0], near + 0.02 + size[1], up + 0.02 + size[2]), paper(rng)
                )
    return out


def monitor(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """A screen at the edge or beyond it, on a stand or an arm."""
    wide, tall, up = rng.uniform(0.4, 0.8), rng.uniform(0.26, 0.45), rng.uniform(0.04, 0.2)
    own = _stood(rng, edge, wide)
    case, screen = (
        plain(rng),
        dark(rng) if rng.random() < 0.6 else Cover(paper(rng).image, 0.6, blind=rng.random() < 0.5),
    )
    out = own.slab((-wide / 2, 0.0, up), (wide / 2, rng.uniform(0.01, 0.06), up + tall), case)
    out.append(own.sheet((0.0, -0.001, up + 0.015), wide - 0.03, tall - 0.03, screen))
    out += own.slab(
        (-0.03, 0.03, 0.0 if (own.middle - edge.middle) @ edge.out < 0 else floor), (0.03, 0.06, up + 0.1), case
    )
    return out


def second_table(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """Another table or bench against this one or near it, about as high; nothing stands on it."""
    step = rng.choice([rng.normal(0, 0.01), rng.uniform(-0.3, 0.12)])
    near, deep, wide = rng.choice([0.005, rng.uniform(0, 0.3)]), rng.uniform(0.3, 0.9), rng.uniform(0.5, 1.8)
    left, cover, thick = rng.uniform(-1, 1) * edge.half - wide / 2, wood(rng), rng.uniform(0.015, 0.06)
    out = edge.slab((left, near, step - thick), (left + wide, near + deep, step), cover)
    leg = any_furniture(rng)
    for x in (left + 0.02, left + wide - 0.07):
        for y in (near + 0.02, near + deep - 0.07):
            out += edge.slab((x, y, floor), (x + 0.05, y + 0.05, step - thick), leg)
    return out


def curtain(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """A curtain in folds: narrow strips that are turned to and fro."""
    near, left, strips = rng.uniform(0.1, 0.4), rng.uniform(-1.5, 0.5) * edge.half, int(rng.integers(8, 24))
    fold, angle = rng.uniform(0.03, 0.1), rng.uniform(0.3, 1.0)
    low = float(rng.choice([floor, rng.uniform(floor, 0.05)]))
    cover, step, out = (paper if rng.random() < 0.5 else plain)(rng), fold * np.cos(angle), list[Surface]()
    for k in range(strips):
        part = edge.turned(angle * (-1) ** k, (left + k * step, near, low))
        out.append(part.sheet((0.0, 0.0, 0.0), fold, 2.0, cover))
    return out


def cartons(rng: np.random.Generator, edge: Edge, floor: float) -> list[Surface]:
    """Boxes on the floor, some on another, lower than the table or a little higher."""
    out = []
    for _ in range(int(rng.integers(1, 5))):
        size = rng.uniform([0.15, 0.15, 0.1], [0.5, 0.5, 0.5])
        place = (rng.uniform(-1.2, 1.2) * edge.half, rng.uniform(0.02, 0.6) + size[1] / 2 + 0.1, floor)
        own, up = edge.turned(float(rng.uniform(-0.3, 0.3)), place), 0.0
        while up < -floor + rng.uniform(-0.5, 0.15):
            out += own.slab(
                (-size[0] / 2, -size[1] / 2, up), (size[0] / 2, size[1] / 2, up + size[2]), any_furniture(rng)
            )
            up += size[2] + 1e-3
    return out


def _over(edge: Edge) -> float:
    """How far, m, furniture may stand over the table."""
    return max(min(edge.room - APART, OVER), 0.0)


def _stood(rng: np.random.Generator, edge: Edge, wide: float) -> Edge:
    """Where something ``wide`` m stands, turned a little, at the edge or beyond it."""
    angle = float(rng.uniform(-0.4, 0.4))
    near = wide / 2 * abs(np.sin(angle)) + rng.uniform(-_over(edge), 0.25)
    return edge.turned(angle, (rng.uniform(-1, 1) * edge.half, near, 0.0))


FURNITURE = (chair, chair, cupboard, rack, monitor, second_table, curtain, cartons)

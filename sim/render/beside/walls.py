"""Walls close behind a table, with what is fixed to them, and the low walls of a bin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.sim.render.beside.covers import Cover, any_furniture, any_wall, glass, paper, plain
from sayso.sim.render.beside.edge import Edge
from sayso.sim.render.surfaces import Surface

WIDE, TALL = 8.0, 2.2  # m
BIN_LOW, BIN_HIGH = 0.03, 0.35  # m
BIN_NEAR = 0.08  # m, of a bin's wall on the side from which the camera looks in
BOLT = 0.008  # m
FIXED = 0.7  # share of walls with something fixed to them


def wall(rng: np.random.Generator, edge: Edge, gap: float, floor: float) -> list[Surface]:
    """A wall ``gap`` m beyond an edge, from the ``floor`` (m from the table, negative) up."""
    straight = replace(edge, room=edge.room + gap)
    own = straight.turned(float(rng.uniform(-0.1, 0.1)) * (gap > 0.1), (0.0, gap, 0.0))
    out = [own.sheet((0.0, 0.0, floor), WIDE, TALL - floor, any_wall(rng))]
    if rng.random() < 0.4:  # another color or tiles up to some height
        out += own.slab((-WIDE / 2, -0.004, floor), (WIDE / 2, 0.0, float(rng.uniform(0.0, 0.6))), any_wall(rng))
    if rng.random() < 0.5:  # skirting
        out += own.slab(
            (-WIDE / 2, -0.015, floor), (WIDE / 2, 0.0, floor + float(rng.uniform(0.05, 0.15))), any_furniture(rng)
        )
    if gap < 0.05 and rng.random() < 0.4:  # a worktop's upstand
        out += own.slab(
            (-edge.half, -min(float(rng.uniform(0.01, 0.03)) + gap, own.room), 0.0),
            (edge.half, 0.0, float(rng.uniform(0.02, 0.1))),
            any_furniture(rng),
        )
    fixed = [sockets, window, picture, shelf, rail]
    for _ in range(int(rng.integers(1, 4)) * (rng.random() < FIXED)):
        out += fixed[int(rng.integers(len(fixed)))](rng, own)
    return out


def sockets(rng: np.random.Generator, wall: Edge) -> list[Surface]:
    """A row of sockets or switches."""
    side, up, at = rng.uniform(0.06, 0.1), rng.uniform(0.03, 0.45), rng.uniform(-wall.half, wall.half)
    frame, hole, out = plain(rng), plain(rng), list[Surface]()
    thick = min(rng.uniform(0.005, 0.02), wall.room)
    for k in range(int(rng.integers(1, 5))):
        left = at + 1.05 * k * side
        out += wall.slab((left, -thick, up), (left + side, 0.0, up + side), frame)
        for way in (0.3, 0.6):
            out.append(
                wall.sheet((left + way * side, -thick - 0.001, up + 0.45 * side), 0.08 * side, 0.12 * side, hole)
            )
    return out


def window(rng: np.random.Generator, wall: Edge) -> list[Surface]:
    """A window with a frame and one or two panes."""
    wide, tall, bar = rng.uniform(0.4, 1.4), rng.uniform(0.3, 1.2), rng.uniform(0.03, 0.07)
    left, low = rng.uniform(-wall.half, wall.half) - wide / 2, rng.uniform(0.02, 0.5)
    right, high, frame, thick = left + wide, low + tall, plain(rng), min(0.04, wall.room)
    out = [wall.sheet(((left + right) / 2, -0.002, low), wide, tall, glass(rng))]
    posts = [left, right - bar, *([(left + right - bar) / 2] if rng.random() < 0.5 else [])]
    for at in posts:
        out += wall.slab((at, -thick, low), (at + bar, 0.0, high), frame)
    for at in (low - bar, high):
        out += wall.slab((left, -thick - 0.001, at), (right, 0.0, at + bar), frame)
    return out


def picture(rng: np.random.Generator, wall: Edge) -> list[Surface]:
    """A poster, a framed picture or a notice board."""
    wide, tall, thick = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.7), min(rng.uniform(0.002, 0.03), wall.room)
    left, low = rng.uniform(-wall.half, wall.half) - wide / 2, rng.uniform(0.03, 0.5)
    return wall.slab((left, -thick, low), (left + wide, 0.0, low + tall), paper(rng))


def shelf(rng: np.random.Generator, wall: Edge) -> list[Surface]:
    """A board on the wall, and things on that."""
    wide, deep, up = rng.uniform(0.3, 1.2), min(rng.uniform(0.1, 0.25), wall.room), rng.uniform(0.15, 0.6)
    left = rng.uniform(-wall.half, wall.half) - wide / 2
    out = wall.slab((left, -deep, up), (left + wide, 0.0, up + 0.02), any_furniture(rng))
    for at in np.arange(left, left + wide - 0.05, 0.12):
        if rng.random() < 0.5:
            size = rng.uniform([0.03, 0.3 * deep, 0.04], [0.11, 0.8 * deep, 0.25])
            out += wall.slab((at, -size[1], up + 0.02), (at + size[0], 0.0, up + 0.02 + size[2]), paper(rng))
    return out


def rail(rng: np.random.Generator, wall: Edge) -> list[Surface]:
    """A pipe, a rail or a cable duct, level or upright."""
    thick, cover = min(rng.uniform(0.015, 0.06), wall.room), plain(rng)
    if rng.random() < 0.5:
        up = rng.uniform(0.02, 0.5)
        return wall.slab((-WIDE / 2, -thick, up), (WIDE / 2, 0.0, up + thick), cover)
    at = rng.uniform(-wall.half, wall.half)
    return wall.slab((at, -thick, -0.7), (at + thick, 0.0, TALL), cover)


def bin_walls(rng: np.random.Generator, edges: list[Edge]) -> list[Surface]:
    """A bin or tray around the table's top: walls that lean out, with bolts."""
    cover, bolt = any_wall(rng), plain(rng)
    tall, lean = rng.uniform(BIN_LOW, BIN_HIGH), rng.uniform(0, 0.45)
    bolted, out = rng.random() < 0.4, list[Surface]()
    for edge in edges:
        high = min(tall, BIN_NEAR) if edge.beyond() > 0 else tall
        wide = 2 * (edge.half + high * np.sin(lean))
        own = Cover(np.clip(cover.image * rng.uniform(0.85, 1.1), 0, 1).astype(np.float32), cover.repeat)
        out.append(edge.sheet((0.0, 0.0, 0.0), wide, high, own, lean))
        for at in np.arange(-edge.half, edge.half, 0.09) if bolted else ():
            up = rng.choice([0.25, 0.7]) * high
            out.append(edge.sheet((at, up * np.tan(lean) - 0.001, up), BOLT, BOLT, bolt, lean))
    return out

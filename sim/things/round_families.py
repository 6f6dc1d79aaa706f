"""Things that a potter's wheel or a lathe makes: cans, bottles, cups, mugs, plates, bowls, balls, rings."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.things.mesh import joined, revolved, sphere, swept
from sayso.sim.things.solid import Solid, chain_pieces, hollow_pieces, turned_pieces

Size = tuple[float, float, float]
HANDLE_SIDES = 8
RING_SIDES, RING_POINTS = 10, 20


def can(size: Size, rng: np.random.Generator) -> Solid:
    """A cylinder, with or without a rim at its ends."""
    r, h = size[0] / 2, size[2]
    rim = float(rng.choice([0.0, 0.0, 0.05]))
    neck = r * (1 - rim)
    profile = [(neck, 0.0), (r, 0.03 * h), (r, 0.97 * h), (neck, h)]
    return Solid(revolved([(0, 0), *profile, (0, h)]), tuple(turned_pieces(profile)), True)


def bottle(size: Size, rng: np.random.Generator) -> Solid:
    """A body, a shoulder, a neck and a cap; sometimes with a waist, sometimes flat."""
    r, h = size[0] / 2, size[2]
    shoulder, neck = rng.uniform(0.45, 0.75) * h, rng.uniform(0.25, 0.5) * r
    throat = shoulder + rng.uniform(0.08, 0.9) * (0.92 * h - shoulder)
    waist = r * (rng.uniform(0.75, 0.95) if rng.random() < 0.4 else 1.0)
    cap = neck * rng.uniform(0.9, 1.4)
    profile = [(0.93 * r, 0.0), (r, 0.03 * h), (waist, 0.5 * shoulder), (r, shoulder), (neck, throat)]
    profile += [(neck, 0.9 * h), (cap, 0.9001 * h), (cap, h)]
    return Solid(revolved([(0, 0), *profile, (0, h)]), tuple(turned_pieces(profile, 24)), True)


def _vessel(profile: list[tuple[float, float]], wall: float, floor: float) -> Solid:
    """A hollow solid of revolution with the outer ``profile``, open at the top."""
    (_, bottom), (_, top) = profile[0], profile[-1]
    inner = [(max(r - wall, 1e-4), max(z, bottom + floor)) for r, z in reversed(profile)]
    inner = [(r, z) for k, (r, z) in enumerate(inner) if k == 0 or z < inner[k - 1][1]]
    outline = [(0.0, bottom), *profile, *inner, (0.0, inner[-1][1])]
    outline[len(profile) + 1] = (inner[0][0], top)
    return Solid(revolved(outline), tuple(hollow_pieces(profile, wall, floor)), True)


def cup(size: Size, rng: np.random.Generator) -> Solid:
    """A tumbler or paper cup: straight or opening upward."""
    r, h = size[0] / 2, size[2]
    base = r * rng.uniform(0.65, 1.0)
    belly = base + (r - base) * rng.uniform(0.4, 0.7)
    return _vessel([(base, 0.0), (belly, 0.5 * h), (r, h)], min(0.003, 0.1 * r), 0.004)


def mug(size: Size, rng: np.random.Generator) -> Solid:
    """A cup with a handle toward +x; its body's diameter is the smaller width."""
    r, h = size[1] / 2, size[2]
    base = r * rng.uniform(0.7, 1.0)
    body = _vessel([(base, 0.0), (base + 0.7 * (r - base), 0.45 * h), (r, h)], min(0.004, 0.1 * r), 0.005)
    out = max(size[0] - size[1], 0.15 * r)
    high, low = rng.uniform(0.75, 0.9) * h, rng.uniform(0.15, 0.35) * h
    turn = np.linspace(-np.pi / 2, np.pi / 2, 9)
    square = rng.uniform(0.6, 1.0)  # the exponent of a superellipse: round to square
    x = r * 0.93 + (out + 0.07 * r) * np.abs(np.cos(turn)) ** square
    z = (high + low) / 2 + (high - low) / 2 * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** square
    handle = swept(np.stack([x, np.zeros_like(x), z], 1), min(0.09 * h, 0.3 * out), HANDLE_SIDES)
    pieces = (*body.pieces, *chain_pieces(handle, HANDLE_SIDES))
    return Solid(joined([body.mesh, handle]), pieces, True)


def plate(size: Size, rng: np.random.Generator) -> Solid:
    """A flat foot and a rising brim."""
    r, h = size[0] / 2, size[2]
    base = r * rng.uniform(0.5, 0.8)
    return _vessel([(base, 0.0), (base + 0.4 * (r - base), 0.35 * h), (r, h)], 0.12 * r, min(0.004, 0.4 * h))


def bowl(size: Size, rng: np.random.Generator) -> Solid:
    """A bowl with a foot and a curved wall, from flaring to bulging."""
    r, h = size[0] / 2, size[2]
    base, bulge = r * rng.uniform(0.3, 0.6), rng.uniform(1.0, 2.4)
    rise = np.linspace(0, 1, 6)
    profile = [(float(base + (r - base) * (1 - (1 - t) ** bulge)), float(t * h)) for t in rise]
    return _vessel(profile, rng.uniform(0.03, 0.06) * r, 0.006)


def ball(size: Size, rng: np.random.Generator) -> Solid:
    """A sphere."""
    mesh = sphere(size[0] / 2)
    return Solid(mesh, (mesh.vertices,), True)


def ring(size: Size, rng: np.random.Generator) -> Solid:
    """A torus that lies flat: a roll of tape, a bangle."""
    thick = size[2] / 2
    middle: Array = np.linspace(0, 2 * np.pi, RING_POINTS, endpoint=False)
    circle = np.stack([np.cos(middle), np.sin(middle), np.zeros_like(middle)], 1) * (size[0] / 2 - thick)
    tube = swept(circle, thick, RING_SIDES, closed=True)
    return Solid(tube, tuple(chain_pieces(tube, RING_SIDES, closed=True)), False)

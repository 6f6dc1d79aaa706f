"""Things with corners and without a form of their own: boxes, sticks, tools, angles, lumps."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.things.mesh import Mesh, box, hull, revolved, sphere, swept
from sayso.sim.things.solid import Solid, chain_pieces, of_parts

Size = tuple[float, float, float]
LYING = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])  # turns z to x


def cuboid(size: Size, rng: np.random.Generator) -> Solid:
    """A block or a box."""
    return of_parts([box(size)])


def _rod(length: float, radius: float, tip: float = 0.0, sides: int = 12) -> Mesh:
    """A rod along x from 0 to ``length`` m; ``tip`` is the share of it that is a cone."""
    outline = [
        (0.0, 0.0),
        (radius, 0.0),
        (radius, length * (1 - tip)),
        (radius * (0.15 if tip else 1), length),
        (0, length),
    ]
    return revolved(outline, sides).moved(LYING)


def stick(size: Size, rng: np.random.Generator) -> Solid:
    """A pen, a pencil, a ruler or a chopstick along x."""
    length, r = size[0], size[1] / 2
    way = rng.random()
    if way < 0.3:
        return of_parts([box(size)])
    if way < 0.65:
        return of_parts([_rod(length, r, float(rng.uniform(0.05, 0.15)), int(rng.choice([6, 16])))])
    narrow = hull(
        np.concatenate(
            [_rod(length, r).vertices * [0, 1, 1], _rod(length, 0.5 * r).vertices * [0, 1, 1] + [length, 0, 0]]
        )
    )
    return of_parts([narrow])


def tool(size: Size, rng: np.random.Generator) -> Solid:
    """A hammer, a screwdriver, a wrench, a spoon, a pair of scissors or a drill that lies on the table, along x."""
    kind = rng.choice(["hammer", "screwdriver", "wrench", "spoon", "scissors", "drill"])
    length, width, height = size
    if kind == "hammer":
        shaft = _rod(length, 0.25 * height)
        return of_parts([shaft, box((0.16 * length, width, 0.9 * height), (0.93 * length, 0, 0))])
    if kind == "screwdriver":
        grip = rng.uniform(0.35, 0.5) * length
        return of_parts([_rod(grip, height / 2), _rod(length, 0.15 * height)])
    if kind == "wrench":
        bar = box((length, 0.4 * width, height), (length / 2, 0, 0))
        jaws = [box((0.2 * length, 0.25 * width, height), (0.93 * length, s * 0.36 * width, 0)) for s in (-1, 1)]
        return of_parts([bar, *jaws, box((0.12 * length, 0.9 * width, height), (0.82 * length, 0, 0))])
    if kind == "spoon":
        bowl = sphere(1.0, 1).scaled(np.array([0.18 * length, width / 2, height / 2]))
        return of_parts([_rod(length * 0.8, 0.25 * height), bowl.moved(position=(0.85 * length, 0, 0))])
    if kind == "scissors":
        parts, pieces = [], []
        for side in (-1, 1):
            eye = np.linspace(0, 2 * np.pi, 12, endpoint=False)
            loop = np.stack(
                [0.15 * length * (1 + np.cos(eye)), side * 0.25 * width * (1 + 0.9 * np.sin(eye)), 0 * eye], 1
            )
            tube = swept(loop, height / 2, 6, closed=True)
            blade = hull(
                np.array(
                    [
                        (0.28 * length, side * w, s * h)
                        for w, h in ((0.2 * width, 0.5 * height), (0.05 * width, 0.5 * height))
                        for s in (-1, 1)
                    ]
                    + [(length, -side * 0.1 * width, s * 0.2 * height) for s in (-1, 1)]
                )
            )
            parts += [tube, blade]
            pieces += [*chain_pieces(tube, 6, closed=True), blade.vertices]
        whole = of_parts(parts)
        return Solid(whole.mesh, tuple(pieces))
    body = _rod(length, 0.45 * height, 0.15)
    return of_parts(
        [
            body,
            box((0.2 * length, 0.75 * width, 0.7 * height), (0.15 * length, 0.35 * width, 0)),
            box((0.32 * length, 0.25 * width, 0.95 * height), (0.16 * length, 0.8 * width, 0)),
        ]
    )


def drill(size: Size, rng: np.random.Generator) -> Solid:
    """A drill, a glue gun or a hair dryer that stands on its foot: a barrel along x on a slanting grip."""
    length, width, height = size
    barrel = min(float(rng.uniform(0.15, 0.24)) * height, width / 2)
    at, lean = float(rng.uniform(0.15, 0.5)) * length, float(rng.uniform(-0.08, 0.15)) * length
    long, wide = float(rng.uniform(0.14, 0.24)) * length, float(rng.uniform(0.5, 0.8)) * width
    foot = float(rng.uniform(0.08, 0.2)) * height
    ends = [box((long, wide, 0.01), (x, 0, z)).vertices for x, z in ((at, height - barrel), (at - lean, foot / 2))]
    return of_parts(
        [
            _rod(length, barrel, float(rng.uniform(0.0, 0.3))).moved(position=(0, 0, height - barrel)),
            hull(np.concatenate(ends)),
            box((float(rng.uniform(0.3, 0.55)) * length, width, foot), (at - lean, 0, foot / 2)),
        ]
    )


def angle(size: Size, rng: np.random.Generator) -> Solid:
    """An L, T, U, Z or plus of bars, as cut from a board."""
    letter = rng.choice(["L", "T", "U", "Z", "+"])
    bar = float(rng.uniform(0.25, 0.4))
    x, y, z = size
    across = box((bar * x, y, z))
    left, right, low, high, middle = (bar - 1) * x / 2, (1 - bar) * x / 2, (bar - 1) * y / 2, (1 - bar) * y / 2, 0.0
    beam = (x, bar * y, z)
    half = ((1 + bar) * x / 2, bar * y, z)
    bars = {
        "L": [across.moved(position=(left, 0, 0)), box(beam, (0, low, 0))],
        "T": [across, box(beam, (0, high, 0))],
        "U": [across.moved(position=(left, 0, 0)), across.moved(position=(right, 0, 0)), box(beam, (0, low, 0))],
        "Z": [across, box(half, ((1 - bar) * x / 4, low, 0)), box(half, ((bar - 1) * x / 4, high, 0))],
        "+": [across, box(beam, (0, middle, 0))],
    }[str(letter)]
    return of_parts(bars)


def lump(size: Size, rng: np.random.Generator) -> Solid:
    """A potato, a bag, a crumpled cloth: a ball with low bumps and a flattened foot."""
    mesh = sphere(1.0)
    waves, phases = rng.normal(0, 1.6, (5, 3)), rng.uniform(0, 2 * np.pi, 5)
    bumps: Array = 1 + rng.uniform(0.05, 0.13) * np.sin(mesh.vertices @ waves.T + phases).sum(1)
    power = rng.uniform(0.6, 1.0)  # below 1: fuller, as a filled bag
    vertices = np.sign(mesh.vertices) * np.abs(mesh.vertices) ** power * bumps[:, None]
    vertices[:, 2] = np.maximum(vertices[:, 2], rng.uniform(-0.9, -0.6))
    lumpy = Mesh(vertices * np.asarray(size) / 2, mesh.faces)
    return Solid(lumpy, (lumpy.vertices,))

"""Procedural bodies of blocks and bowls; those of other things: ``thing_bodies.py``."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.bullet import pybullet as p
from sayso.sim.scenes.scene_spec import ObjectSpec
from sayso.sim.scenes.thing_bodies import add_thing

BOWL_SEGMENTS = 20
BOWL_PANELS = 12
BOWL_BANDS = 5
BOWL_WALL = 0.005
BOWL_BASE = 0.62
BLOCK_DENSITY = 700.0


def _bowl_mesh(radius: float, height: float) -> tuple[Array, Array]:
    """Vertices (n, 3) m and normals (n, 3) of a bowl that stands on z = 0, by revolution; `_TRIANGLES` joins them."""
    base = radius * BOWL_BASE
    outline = [
        (0.0, 0.0),
        (base, 0.0),
        (radius, height),
        (radius - BOWL_WALL, height),
        (base - BOWL_WALL, 0.006),
        (0.0, 0.006),
    ]
    turn = np.linspace(0, 2 * np.pi, BOWL_SEGMENTS + 1)
    vertices: list[list[float]] = []
    normals: list[list[float]] = []
    for (r0, z0), (r1, z1) in pairwise(outline):
        slope = np.array([z1 - z0, r0 - r1]) / np.hypot(z1 - z0, r1 - r0)
        for a in turn:
            for r, z in ((r0, z0), (r1, z1)):
                vertices.append([r * np.cos(a), r * np.sin(a), z])
                normals.append([slope[0] * np.cos(a), slope[0] * np.sin(a), slope[1]])
    return np.array(vertices), np.array(normals)


def _bowl_triangles() -> list[int]:
    ring = 2 * (BOWL_SEGMENTS + 1)
    starts = [band * ring + 2 * k for band in range(BOWL_BANDS) for k in range(BOWL_SEGMENTS)]
    return [s + corner for s in starts for corner in (0, 2, 1, 1, 2, 3)]


# PyBullet never frees the sequences that define a mesh, not even when it disconnects. All bowls share these lists, so
# that memory does not grow.
_TRIANGLES = _bowl_triangles()
_VERTICES, _NORMALS = ([[0.0, 0.0, 0.0] for _ in range(BOWL_BANDS * 2 * (BOWL_SEGMENTS + 1))] for _ in range(2))
_MESH = threading.Lock()


def _bowl_visual(client: int, radius: float, height: float, rgba: list[float]) -> int:
    with _MESH:
        for kept, fresh in zip((_VERTICES, _NORMALS), _bowl_mesh(radius, height), strict=True):
            for row, values in zip(kept, fresh.tolist(), strict=True):
                row[:] = values
        return int(
            p.createVisualShape(
                p.GEOM_MESH, vertices=_VERTICES, indices=_TRIANGLES, normals=_NORMALS, rgbaColor=rgba,
                specularColor=[0.1, 0.1, 0.1], physicsClientId=client,
            )
        )  # fmt: skip


def _bowl_collision(client: int, radius: float, height: float) -> int:
    """A base plate and a ring of slanted boxes, which leave the inside hollow."""
    base = radius * BOWL_BASE
    slant = np.arctan2(radius - base, height)
    middle = (radius + base) / 2 - BOWL_WALL / 2
    # The panels end above the foot, so that only the base has contacts: four times cheaper to simulate.
    half = [middle * np.tan(np.pi / BOWL_PANELS) * 1.15, BOWL_WALL / 2, np.hypot(radius - base, height - 0.004) / 2]
    positions, halves, turns = [[0.0, 0.0, 0.003]], [[base * 0.72, base * 0.72, 0.003]], [[0.0, 0.0, 0.0, 1.0]]
    for k in range(BOWL_PANELS):
        a = 2 * np.pi * k / BOWL_PANELS
        positions.append([middle * np.cos(a), middle * np.sin(a), height / 2 + 0.003])
        halves.append(half)
        # After the rotation about z, local y points outward; the rotation about x opens the wall toward the rim.
        spin = p.getQuaternionFromEuler([0, 0, a - np.pi / 2])
        lean = p.getQuaternionFromEuler([-slant, 0, 0])
        turns.append(p.multiplyTransforms([0, 0, 0], spin, [0, 0, 0], lean)[1])
    return int(
        p.createCollisionShapeArray(
            shapeTypes=[p.GEOM_BOX] * len(halves),
            halfExtents=halves,
            collisionFramePositions=positions,
            collisionFrameOrientations=turns,
            physicsClientId=client,
        )
    )


def add_object(client: int, spec: ObjectSpec, color: tuple[float, float, float], friction: float) -> int:
    """Add an object to the world and return its body id; its origin is its center or a plain bowl's foot."""
    if not spec.plain:
        return add_thing(client, spec, color, friction)
    size = np.array(spec.extents)
    rgba = [*color, 1.0]
    z = spec.position[2] if len(spec.position) > 2 else 0.0
    if spec.kind == "bowl":
        collision = _bowl_collision(client, size[0] / 2, size[2])
        visual = _bowl_visual(client, size[0] / 2, size[2], rgba)
        mass, lift = 0.35, 0.0
    else:
        collision = p.createCollisionShape(p.GEOM_BOX, halfExtents=size / 2, physicsClientId=client)
        visual = p.createVisualShape(
            p.GEOM_BOX, halfExtents=size / 2, rgbaColor=rgba, specularColor=[0.1, 0.1, 0.1], physicsClientId=client
        )
        mass, lift = BLOCK_DENSITY * float(np.prod(size)), size[2] / 2
    body = p.createMultiBody(
        mass, collision, visual, [spec.position[0], spec.position[1], z + lift + 0.0005],
        p.getQuaternionFromEuler([0, 0, spec.yaw]), physicsClientId=client,
    )  # fmt: skip
    p.changeDynamics(
        body, -1, lateralFriction=friction, spinningFriction=2e-3,
        activationState=p.ACTIVATION_STATE_ENABLE_SLEEPING, physicsClientId=client,
    )  # fmt: skip
    return int(body)

"""Bodies in PyBullet of things other than plain blocks and bowls."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from sayso.hardware.types import Array
from sayso.sim.bullet import pybullet as p
from sayso.sim.scenes.palette import MIXED
from sayso.sim.scenes.scene_spec import ObjectSpec
from sayso.sim.things.catalog import FAMILIES, MESH_DENSITY, MESH_FRICTION, solid_of
from sayso.sim.things.files import write_obj
from sayso.sim.things.mesh import corner_normals, hull
from sayso.sim.things.paint import PATTERNS, painted, texture_places
from sayso.sim.things.solid import Solid

LIGHTEST, HEAVIEST = 0.02, 3.0  # kg; lighter things slip through the fingers of the solver
USUAL_FRICTION = 0.9  # of the world, for which a family's friction holds


def add_thing(client: int, spec: ObjectSpec, color: tuple[float, float, float], friction: float) -> int:
    """Add a thing to the world and return its body id; its origin is the middle of its extents."""
    solid = solid_of(spec.kind, spec.extents, spec.style, spec.mesh)
    mass, own_friction = material(spec.kind, solid)
    z = spec.position[2] if len(spec.position) > 2 else 0.0
    # PyBullet never frees the sequences that define a mesh, but the content of files.
    with tempfile.TemporaryDirectory(prefix="sayso-thing-") as folder:
        seen, hit = Path(folder) / "seen.obj", Path(folder) / "hit.obj"
        _write_seen(seen, solid)
        write_obj(hit, [hull(points) for points in solid.pieces])
        collision = p.createCollisionShape(p.GEOM_MESH, fileName=str(hit), physicsClientId=client)
        patterned = spec.color == MIXED or spec.style > 0
        visual = p.createVisualShape(
            p.GEOM_MESH, fileName=str(seen), rgbaColor=[1, 1, 1, 1] if patterned else [*color, 1.0],
            specularColor=[0.1, 0.1, 0.1], physicsClientId=client,
        )  # fmt: skip
        body = p.createMultiBody(
            mass, collision, visual, [spec.position[0], spec.position[1], z + spec.extents[2] / 2 + 0.0005],
            p.getQuaternionFromEuler([0, 0, spec.yaw]), physicsClientId=client,
        )  # fmt: skip
        if patterned:
            rng = np.random.default_rng(spec.style)
            pattern = str(rng.choice(PATTERNS[1:] if spec.color == MIXED else PATTERNS))
            image = painted(spec.color, pattern, rng).image
            cv2.imwrite(f"{folder}/paint.png", image[..., ::-1])
            texture = p.loadTexture(f"{folder}/paint.png", physicsClientId=client)
            p.changeVisualShape(body, -1, textureUniqueId=texture, physicsClientId=client)
    _rub(client, body, own_friction * friction / USUAL_FRICTION)
    return int(body)


def add_bare(client: int, kind: str, solid: Solid, position: Array, quaternion: Sequence[float]) -> int:
    """Add a thing that no camera of PyBullet sees, of usual friction, and return its body id.

    ``position`` (3,) m is the middle of the extents of ``solid``; ``quaternion`` is (x, y, z, w).
    """
    mass, friction = material(kind, solid)
    with tempfile.TemporaryDirectory(prefix="sayso-thing-") as folder:
        hit = Path(folder) / "hit.obj"
        write_obj(hit, [hull(points) for points in solid.pieces])
        collision = p.createCollisionShape(p.GEOM_MESH, fileName=str(hit), physicsClientId=client)
    body = p.createMultiBody(mass, collision, -1, [float(v) for v in position], quaternion, physicsClientId=client)
    _rub(client, body, friction)
    return int(body)


def material(kind: str, solid: Solid) -> tuple[float, float]:
    """Mass (kg) and friction of a ``solid`` of a ``kind``."""
    family = FAMILIES.get(kind)
    density, friction = (family.density, family.friction) if family else (MESH_DENSITY, MESH_FRICTION)
    return float(np.clip(density * solid.mesh.volume, LIGHTEST, HEAVIEST)), friction


def _rub(client: int, body: int, friction: float) -> None:
    p.changeDynamics(
        body, -1, lateralFriction=friction, spinningFriction=2e-3, rollingFriction=2e-4,
        activationState=p.ACTIVATION_STATE_ENABLE_SLEEPING, physicsClientId=client,
    )  # fmt: skip


def _write_seen(path: Path, solid: Solid) -> None:
    """Write the visible mesh with normals and texture coordinates, which differ from face to face."""
    corners, normals = solid.mesh.corners, corner_normals(solid.mesh)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-15)
    facing = np.repeat(flat[:, None], 3, 1)
    places = texture_places(corners, facing, solid.mesh.size, solid.round_label)
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in corners.reshape(-1, 3).tolist()]
    lines += [f"vt {u:.4f} {1 - v:.4f}" for u, v in places.reshape(-1, 2).tolist()]
    lines += [f"vn {x:.4f} {y:.4f} {z:.4f}" for x, y, z in normals.reshape(-1, 3).tolist()]
    lines += ["f " + " ".join(f"{i}/{i}/{i}" for i in range(k, k + 3)) for k in range(1, 3 * len(corners), 3)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

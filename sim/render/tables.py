"""Random tables with things on them, seen by a random camera, with everything that a picture of a real one holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sayso.hardware.types import Array, Pose
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.render.arm_meshes import ArmMeshes
from sayso.sim.render.beside.around import surrounded
from sayso.sim.render.layout import Table, resting_rotation, shadow_of
from sayso.sim.render.paints import random_paint
from sayso.sim.render.picture import HeightMap, Light, Placed
from sayso.sim.render.surfaces import Surface, table_image, wall_image
from sayso.sim.things.catalog import (
    DRILL,
    FAMILIES,
    MESH_KIND,
    RANDOM_UNIT,
    mesh_solid,
    random_mesh,
    solid_of,
    training_families,
    training_meshes,
)
from sayso.sim.things.mesh import box, corner_normals
from sayso.sim.things.paint import Paint
from sayso.sim.things.solid import Solid

MOST = 14
WIDTH = 224  # pixels of a picture for which the cameras' focal lengths are
UP = np.array([0.0, 0.0, 1.0])
BLOCK_LOW, BLOCK_HIGH = 0.022, 0.065
ARM_THERE = 0.4
OVERVIEW, OVERVIEW_TRIES = 0.85, 60
EDGE = 0.02  # m between things and the edge of the table
UNPAINTED = Paint(np.zeros((1, 1), np.uint8), np.full((1, 3), 0.5, np.float32))
AGAINST, OFF_MIDDLE, SMALLEST = 0.5, 0.25, 0.4  # of `TableSource.crowded` things: see `_crowd`
STANDING = 0.65  # share of cans, cups and the like that stand as they should


@dataclass(frozen=True, slots=True)
class TableThing:
    """A thing on the table: its kind by `sayso.sim.things.catalog.ALL_KINDS`, itself, placed, and its ``number``, by
    which it is known on another table of `TableSource.rearranged`. ``solid`` is what collides, if known.
    """

    kind: str
    placed: Placed
    number: int = 0
    solid: Solid | None = None


@dataclass(frozen=True, slots=True)
class TableView:
    """A table at height 0 about the origin: things to be found, other ``bodies`` (arm, furniture), ``surfaces`` of
    which the first is the table top, the camera, and the light.
    """

    things: tuple[TableThing, ...]
    bodies: tuple[Placed, ...]
    surfaces: tuple[Surface, ...]
    camera: Pose
    intrinsics: Array
    light: Light
    heights: HeightMap


@dataclass
class TableSource:
    """Draws tables; a seed gives the same table every time.

    ``families``, ``meshes`` (numbers of random meshes) and ``blocks`` may be seen; ``arms`` may stand about. ``width``
    and ``height`` are the pictures' pixels; ``tilt`` bounds the angle (degrees) at which a camera looks down. A share
    ``crowded`` of the things lies in, on or against another, a share ``drills`` of them are tools like a drill. A share
    ``walled`` of the views has walls and furniture at the table's edge; the others are as they would be without.
    """

    families: Sequence[str] = field(default_factory=training_families)
    meshes: Sequence[int] = field(default_factory=training_meshes)
    blocks: bool = True
    arms: Sequence[str] = tuple(ARMS)
    width: int = WIDTH
    height: int = 160
    tilt: tuple[float, float] = (18.0, 88.0)
    crowded: float = 0.0
    drills: float = 0.0
    walled: float = 0.0

    def __post_init__(self) -> None:
        self._arms: dict[str, ArmMeshes] = {}

    def views(self, seed: int, count: int = 4) -> Iterator[TableView]:
        """``count`` views of the table of a seed, which differ in everything but the things' shapes and places."""
        rng = np.random.default_rng(seed)
        things, table = self.things(rng)
        heights = table.map()
        for _ in range(count):
            yield self.view(rng, things, heights)
            things = [_painted(thing, rng) for thing in things]

    def rearranged(self, seed: int, count: int, things: int, tipped: float = 0.0) -> Iterator[TableView]:
        """``count`` tables with the same painted ``things`` on them, elsewhere, turned and in other light.

        A share ``tipped`` lies on another side. A thing without room is not on that table.
        """
        rng = np.random.default_rng(seed)
        known = []
        for number in range(things):
            kind, solid = self._solid(rng)
            placed = Placed(
                solid.mesh, _pose(kind, solid, rng), np.zeros(3), UNPAINTED, solid.round_label,
                normals=corner_normals(solid.mesh),
            )  # fmt: skip
            known.append(_painted(TableThing(kind, placed, number), rng))
        for _ in range(count):
            table, spread, there = Table(1.3), rng.uniform(0.2, 0.42, 2), []
            gap = float(rng.choice([0.004, 0.03]))
            for thing in rng.permutation(np.arange(things)).tolist():
                own = known[thing].placed
                side = resting_rotation(own.mesh, rng) if rng.random() < tipped else own.rotation
                rotation = _yawed(rng.uniform(-np.pi, np.pi)) @ side
                shift = table.put(shadow_of(own.mesh.moved(rotation), rng), rng, spread, False, gap)
                if shift is not None:
                    there.append(replace(known[thing], placed=replace(own, rotation=rotation, position=shift)))
            yield self.view(rng, there, table.map(), overview=True)

    def view(
        self, rng: np.random.Generator, things: Sequence[TableThing], heights: HeightMap, overview: bool = False
    ) -> TableView:
        """``things`` on a random table, in random light, before a random camera; an ``overview`` has most in view."""
        surfaces = self._surfaces(rng, heights)
        bodies = self._furniture(rng, surfaces[0].half)
        if self.arms and rng.random() < ARM_THERE:
            bodies += self._arm(rng)
        toward = np.array([*rng.normal(0, 0.6, 2), rng.uniform(0.5, 1.2)])
        ambient = float(rng.uniform(0.45, 0.85))
        diffuse, color = float(rng.uniform(0.1, 1.1 - ambient)), rng.uniform(0.85, 1.05, 3)
        light = Light(toward / np.linalg.norm(toward), ambient, diffuse, color)
        camera, intrinsics = self._camera(rng)
        for _ in range(OVERVIEW_TRIES if overview else 0):
            if self._share_in_view(things, camera, intrinsics) >= OVERVIEW:
                break
            camera, intrinsics = self._camera(rng)
        beside = rng.spawn(1)[0]  # so that nothing else is drawn differently
        if beside.random() < self.walled:
            surfaces = surrounded(beside, surfaces, heights, camera.position)
        return TableView(tuple(things), tuple(bodies), tuple(surfaces), camera, intrinsics, light, heights)

    def things(self, rng: np.random.Generator, count: int | None = None) -> tuple[list[TableThing], Table]:
        """Things put on a table, and its heights; at most ``count`` of them, None: as many as it happens."""
        if count is None:
            count = int(rng.choice([0, *range(1, MOST + 1)], p=[0.04, *np.full(MOST, 0.96 / MOST)]))
        table, out = Table(1.3), list[TableThing]()
        spread = np.array([rng.uniform(0.12, 0.40), rng.uniform(0.12, 0.40)])
        piled, gap = float(rng.choice([0.0, 0.1, 0.6])), float(rng.choice([0.0, 0.004, 0.03]))
        for _ in range(count):
            kind, solid = self._solid(rng)
            angle = rng.uniform(-np.pi, np.pi)
            rotation = _yawed(angle) @ _pose(kind, solid, rng)
            if self.crowded and out and rng.random() < self.crowded:
                other = out[int(rng.integers(len(out)))]
                solid, shift = _crowd(other, solid, rotation, table, rng)
            else:
                shadow = shadow_of(solid.mesh.moved(rotation), rng)
                shift = table.put(shadow, rng, spread, bool(rng.random() < piled), gap)
            if shift is None:
                continue
            normals = corner_normals(solid.mesh)
            placed = Placed(solid.mesh, rotation, shift, UNPAINTED, solid.round_label, normals=normals)
            out.append(_painted(TableThing(kind, placed, solid=solid), rng))
        return out, table

    def _solid(self, rng: np.random.Generator) -> tuple[str, Solid]:
        """A kind and a shape of it."""
        if self.drills and rng.random() < self.drills:
            return "tool", DRILL.build(DRILL.draw(rng), rng)
        kinds = [*self.families, *(["block"] if self.blocks else []), *([MESH_KIND] * 2 if self.meshes else [])]
        kind = str(rng.choice(kinds))
        if kind == MESH_KIND:
            solid = mesh_solid(random_mesh(int(rng.choice(self.meshes))))
            return kind, solid.fitted(solid.mesh.size * RANDOM_UNIT * rng.uniform(0.6, 1.3))
        size = FAMILIES[kind].draw(rng) if kind in FAMILIES else _block_size(rng)
        if kind == "box" and max(size) <= BLOCK_HIGH:
            kind = "block"
        return kind, solid_of(kind, size, int(rng.integers(1, 1_000_000)))

    def _surfaces(self, rng: np.random.Generator, heights: HeightMap) -> list[Surface]:
        """A table top that carries everything, the floor and two walls."""
        below, yaw = float(rng.choice([0.0, 0.02, 0.75], p=[0.15, 0.15, 0.7])), _yawed(rng.uniform(-np.pi, np.pi))
        offset = rng.uniform(-0.15, 0.15, 2)
        rows, columns = np.nonzero(heights.heights)
        occupied = (np.stack([columns, rows], 1) - len(heights.heights) // 2) * heights.cell - offset
        needed = np.abs(occupied @ yaw[:2, :2]).max(0, initial=0.0) + EDGE
        half = np.maximum(rng.uniform(0.25, 0.9, 2), needed)
        top = Surface(
            np.array([*offset, 0.0]), yaw[:, 0], yaw[:, 1], half, table_image(rng), float(rng.uniform(0.25, 1.2))
        )
        floor = Surface(np.array([0, 0, -below - 1e-3]), yaw[:, 0], yaw[:, 1], np.full(2, 6.0), wall_image(rng), 2.0)
        walls = []
        for _ in range(2):
            toward = rng.normal(0, 1, 2)
            inward = np.array([*-toward / np.linalg.norm(toward), 0.0])
            far = rng.uniform(0.6, 3.0) + half.max()
            walls.append(Surface(-inward * far, np.cross(UP, inward), UP, np.full(2, 5.0), wall_image(rng), 2.5))
        return [top, floor, *walls]

    def _share_in_view(self, things: Sequence[TableThing], camera: Pose, intrinsics: Array) -> float:
        """The share of the things whose place is inside the picture."""
        places = np.array([t.placed.position for t in things]).reshape(-1, 3)
        pixels = (places - camera.position) @ camera.rotation @ intrinsics.T
        uv = pixels[:, :2] / pixels[:, 2:]
        inside = (uv > 0).all(1) & (uv < [self.width, self.height]).all(1) & (pixels[:, 2] > 0)
        return float(inside.mean()) if len(things) else 1.0

    def _furniture(self, rng: np.random.Generator, half: Array) -> list[Placed]:
        """Boxes and shelves with things on them beyond the table's edge, and the table's own side."""
        out = []
        for _ in range(int(rng.choice([0, 2, 6]))):
            size = rng.uniform(0.05, 0.7, 3)
            way = rng.uniform(-np.pi, np.pi)
            far = np.hypot(*half) + 0.2 + np.hypot(*size[:2]) / 2 + rng.uniform(0, 1.0)
            low = float(rng.choice([-0.7, rng.uniform(-0.6, 0.3)]))
            center = np.array([far * np.cos(way), far * np.sin(way), low + size[2] / 2])
            out.append(Placed(box(size), _yawed(rng.uniform(-np.pi, np.pi)), center, random_paint(rng)))
            for _ in range(int(rng.choice([0, 3]))):
                _, solid = self._solid(rng)
                spot = center + np.array([*rng.uniform(-0.4, 0.4, 2) * size[:2], size[2] / 2 + solid.mesh.size[2] / 2])
                turned = _yawed(rng.uniform(-np.pi, np.pi))
                out.append(Placed(solid.mesh, turned, spot, random_paint(rng), solid.round_label))
        return out

    def _arm(self, rng: np.random.Generator) -> list[Placed]:
        """An arm that stands at one side and reaches somewhere over the table."""
        name = str(rng.choice(self.arms))
        if name not in self._arms:
            self._arms[name] = ArmMeshes(ARMS[name]())
        spec = ARMS[name]().spec
        q = np.clip(spec.home + rng.normal(0, 0.35, spec.dof), spec.lower, spec.upper)
        posed = self._arms[name].posed(q, float(rng.uniform(0, 1)))
        ahead = float(spec.workspace.lower[0] + spec.workspace.upper[0]) / 2
        yaw = _yawed(rng.uniform(-np.pi, np.pi))
        base = yaw @ np.array([-ahead + rng.uniform(-0.15, 0.15), rng.uniform(-0.2, 0.2), spec.base_height])
        shade = rng.uniform(0.3, 1.2)
        out = []
        for mesh, color in posed:
            paint = random_paint(rng) if rng.random() < 0.1 else _plain(np.clip(color * shade, 0, 1))
            out.append(Placed(mesh, yaw, base, paint, shine=0.3))
        return out

    def _camera(self, rng: np.random.Generator) -> tuple[Pose, Array]:
        """A camera that looks at the table from anywhere above its edge."""
        finer = self.width / WIDTH
        focal = float(rng.uniform(150, 270)) * finer
        intrinsics = np.array([[focal, 0, self.width / 2 - 0.5], [0, focal, self.height / 2 - 0.5], [0, 0, 1.0]])
        intrinsics[:2, 2] += rng.uniform(-4, 4, 2) * finer
        tilt, turn = np.radians(rng.uniform(*self.tilt)), rng.uniform(-np.pi, np.pi)
        far = float(np.exp(rng.uniform(np.log(0.40), np.log(1.25)))) * focal / (208 * finer)
        toward = np.array([np.cos(turn) * np.cos(tilt), np.sin(turn) * np.cos(tilt), np.sin(tilt)])
        target = np.array([*rng.uniform(-0.12, 0.12, 2), rng.uniform(0, 0.08)])
        ahead = -toward
        right = np.cross(ahead, UP)
        right /= np.linalg.norm(right)
        down = np.cross(ahead, right)
        roll = rng.normal(0, 0.05)
        right, down = np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right
        return Pose(target + far * toward, np.stack([right, down, ahead], 1)), intrinsics

    def close(self) -> None:
        """Close the arms' clients."""
        for arm in self._arms.values():
            arm.close()


def _crowd(
    other: TableThing, solid: Solid, rotation: Array, table: Table, rng: np.random.Generator
) -> tuple[Solid, Array | None]:
    """A solid, smaller if it has to be, in, on or against the ``other`` thing, and its shift as of `Table.put`."""
    there = other.placed.mesh.moved(other.placed.rotation, other.placed.position).vertices
    low, high = there.min(0)[:2], there.max(0)[:2]
    middle, room = (low + high) / 2, float((high - low).min())
    if rng.random() < AGAINST:
        mesh = solid.mesh.moved(rotation)
        return solid, table.push(shadow_of(mesh, rng), middle, rng.uniform(-np.pi, np.pi))
    wide = float(np.ptp(solid.mesh.moved(rotation).vertices[:, :2], axis=0).max())
    fitting = room * rng.uniform(0.3, 0.9) / wide
    if SMALLEST < fitting < 1:
        solid = solid.fitted(solid.mesh.size * fitting)
    shadow = shadow_of(solid.mesh.moved(rotation), rng)
    return solid, table.put(shadow, rng, np.full(2, room * OFF_MIDDLE), True, 0.0, middle)


def _yawed(angle: float) -> Array:
    return np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])


def _block_size(rng: np.random.Generator) -> tuple[float, float, float]:
    """A cube or nearly one."""
    edge = rng.uniform(BLOCK_LOW, BLOCK_HIGH / 1.25)
    return tuple(float(edge * f) for f in rng.choice([np.ones(3), rng.uniform(0.8, 1.25, 3)]))  # type: ignore[return-value]


def _pose(kind: str, solid: Solid, rng: np.random.Generator) -> Array:
    """How a thing lies: most stand as they should, and the rest on any side that carries them."""
    upright = {"box": 0.4, "block": 1.0, "stick": 0.9, "tool": 0.9, "lump": 0.9, MESH_KIND: 0.3, "angle": 0.7}
    if rng.random() < upright.get(kind, STANDING):
        return np.eye(3)
    return resting_rotation(solid.mesh, rng)


def _painted(thing: TableThing, rng: np.random.Generator) -> TableThing:
    """The thing with another paint."""
    shine = float(rng.choice([0.0, 0.1, 0.6]))
    return replace(thing, placed=replace(thing.placed, paint=random_paint(rng), shine=shine))


def _plain(color: Array) -> Paint:
    return Paint(np.zeros((1, 1), np.uint8), np.asarray(color, np.float32)[None])

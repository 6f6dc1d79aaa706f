"""Labeled frames from the simulator for the detector: any arm, objects anywhere, in stacks, bowls and the hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pybullet as p
from numpy.typing import NDArray

from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import FakeClock
from sayso.hardware.types import Array, Frame, RobotSpec
from sayso.perception.scene import COLORS
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.camera import SimCamera, cameras_for, jittered
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.palette import COLORS as PALETTE
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.training.detector_layout import Spot, scatter, table_area, upright_box

VIEWS = 8
MOST = 8
SETTLE_STEPS = 20
BACKGROUND, TABLE = 0, 255
BODIES = 64
IK_STEPS, IK_STEP_S, IK_GAIN = 30, 0.1, 5.0
HIGHEST = 0.35
PANDA = {"panda": 1.0}


@dataclass(frozen=True, slots=True)
class Label:
    """Ground truth of one object: names, center (3,) and extents (3,) in m, yaw in rad, held or not."""

    kind: str
    color: str
    position: Array
    size: Array
    yaw: float
    held: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Frames of one moment; ``ids`` (cameras, H, W) uint8 is 1 + the index of a pixel's label, `TABLE` or `BACKGROUND`.

    ``arm_over``: the arm is low over the table, not at home.
    """

    frames: tuple[Frame, ...]
    ids: NDArray[np.uint8]
    labels: tuple[Label, ...]
    arm_over: bool


class ViewSource:
    """Draws labeled views; a seed gives one world and `VIEWS` views of it, which differ in everything but sizes.

    ``arms`` maps names of `sayso.sim.arms.arm_models.ARMS` to their shares of the worlds.
    """

    def __init__(self, jitter: float = 1.0, arms: Mapping[str, float] = PANDA) -> None:
        self._jitter, self._arms = jitter, arms
        self._worlds: dict[str, Physics] = {}

    def views(self, seed: int) -> Iterator[View]:
        """The views of one seed, always the same."""
        rng = np.random.default_rng(seed)
        names = list(self._arms)
        # With one arm no random number is drawn: its views are the same as before other arms existed.
        name = names[0] if len(names) == 1 else str(rng.choice(names, p=list(self._arms.values())))
        scene = _draw_scene(rng, ARMS[name]().spec)
        if name not in self._worlds:
            self._worlds[name] = Physics(scene, ARMS[name]())
        world = self._worlds[name]
        world.reset(scene, random_appearance(rng, 0))
        for _ in range(VIEWS):
            yield self._view(world, rng)

    def close(self) -> None:
        """Close the simulators."""
        for world in self._worlds.values():
            world.close()

    def _view(self, world: Physics, rng: np.random.Generator) -> View:
        world.set_joints(world.arm.spec.home)
        colors = _paint(world, rng)
        spots = scatter(rng, world.scene.objects, table_area(world.arm.spec.workspace))
        for name, spot in spots.items():
            world.place(name, spot.position, spot.yaw)
        bowls = {o.id for o in world.scene.objects if o.kind == "bowl"}
        if any(spot.under in bowls for spot in spots.values()):
            for _ in range(SETTLE_STEPS):
                world.step()
        held, arm_over = _pose_arm(world, rng, spots)
        labels = []
        lookup = np.full(BODIES, BACKGROUND, dtype=np.uint8)
        lookup[world.table] = TABLE
        for i, (name, truth) in enumerate(world.truth().items()):
            rotation = np.array(p.getMatrixFromQuaternion(truth.quaternion)).reshape(3, 3)
            size, yaw = upright_box(rotation, truth.size)
            labels.append(Label(truth.kind, colors[name], truth.position, size, yaw, name == held))
            lookup[world.bodies[name]] = i + 1
        pattern = _table_pattern(rng)
        frames, ids = [], []
        for spec in cameras_for(world.arm.spec):
            frame, bodies = SimCamera(world, FakeClock(), jittered(spec, rng, self._jitter)).labelled()
            index = np.where(bodies >= 0, lookup[np.clip(bodies, 0, BODIES - 1)], BACKGROUND).astype(np.uint8)
            frames.append(_textured(frame, index == TABLE, pattern))
            ids.append(index)
        return View(tuple(frames), np.stack(ids), tuple(labels), arm_over)


def _draw_scene(rng: np.random.Generator, spec: RobotSpec) -> SceneSpec:
    # Only sizes and colors are used; the arm's own reach, if it has one, limits the number of objects.
    reach = None if spec.reach is None else table_area(spec.workspace)
    while True:
        blocks, bowls = int(rng.integers(0, 7)), int(rng.integers(0, 4))
        if 0 < blocks + bowls <= MOST:
            try:
                return random_scene(rng, blocks, bowls, reach=reach)
            except ValueError:  # no room for so many objects: draw again
                continue


def _paint(world: Physics, rng: np.random.Generator) -> dict[str, str]:
    """Draw light, table and colors; sometimes two objects share a color."""
    world.appearance = random_appearance(rng, len(world.scene.objects))
    client = world.client
    p.changeVisualShape(world.table, -1, rgbaColor=[*world.appearance.table, 1], physicsClientId=client)
    order = rng.permutation(list(COLORS))
    out = {}
    for i, (item, shade) in enumerate(zip(world.scene.objects, world.appearance.shades, strict=True)):
        color = str(order[i % len(order)] if rng.random() < 0.8 else rng.choice(list(COLORS)))
        rgb = np.clip(np.array(PALETTE[color]) + shade, 0.0, 1.0)
        p.changeVisualShape(world.bodies[item.id], -1, rgbaColor=[*rgb, 1], physicsClientId=client)
        out[item.id] = color
    return out


def _pose_arm(world: Physics, rng: np.random.Generator, spots: dict[str, Spot]) -> tuple[str | None, bool]:
    """Move the arm: near home, anywhere over the table, around a block, or holding one.

    Returns the id of what it holds and whether it left home.
    """
    spec = world.arm.spec
    way = rng.random()
    if way < 0.15:
        world.set_joints(spec.home + rng.normal(0, 0.05, spec.dof), float(rng.uniform(0, 1)))
        return None, False
    truth = world.truth()
    loaded = {spot.under for spot in spots.values()}
    free = [k for k, t in truth.items() if t.kind == "block" and k not in loaded]
    area = table_area(spec.workspace)
    goal = rng.uniform([*area.lower[:2], 0.03], [*area.upper[:2], min(HIGHEST, area.upper[2])])
    turn, gripper, held = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0, 1)), None
    if free and way > 0.40:
        name = str(rng.choice(free))
        assert spec.gripper is not None
        closed = min(float(truth[name].size[0]) / spec.gripper.width, 1.0)
        near = truth[name].position
        turn = (truth[name].yaw + np.pi / 4) % (np.pi / 2) - np.pi / 4
        if way < 0.70:
            rise = max(0.0, float(rng.uniform(-0.06, 0.2)))
            goal = near + np.array([*rng.normal(0, 0.004 + 0.3 * rise, 2), rise])
            gripper = float(rng.choice([1.0, rng.uniform(closed, 1.0), closed]))
        else:
            held, gripper = name, closed
            if rng.random() < 0.4:
                over = truth[str(rng.choice(list(truth)))]
                goal = over.position + np.array([*rng.normal(0, 0.02, 2), rng.uniform(0.04, 0.2)])
    reached = _reach(world, goal, turn) + rng.normal(0, 0.01, spec.dof)
    world.set_joints(reached, gripper)
    if held is not None:
        tool = Kinematics(spec).forward(reached)
        offset = np.array([rng.normal(0, 0.006), rng.normal(0, 0.001), rng.normal(0, 0.005)])
        world.place(held, tool.position + tool.rotation @ offset, tool.yaw + float(rng.normal(0, 0.03)))
    return held, True


def _reach(world: Physics, goal: Array, turn: float) -> Array:
    """Joints (n,) rad with the tool near ``goal`` (3,) m, turned to yaw ``turn``, in the arm's usual posture."""
    spec = world.arm.spec
    ik, kinematics = DifferentialIK(spec), Kinematics(spec)
    q = spec.home.copy()
    for _ in range(IK_STEPS):
        tool = kinematics.forward(q)
        twist = IK_GAIN * np.array([*(goal - tool.position), 0.0, 0.0, turn - tool.yaw])
        q = np.clip(q + IK_STEP_S * ik.velocities(q, tool, twist[None])[0], spec.lower, spec.upper)
    return q


def _table_pattern(rng: np.random.Generator) -> tuple[Array, Array, float]:
    """Waves over the table: wave vectors (2, 2) rad/m, phases (2,), depth of modulation; often none."""
    depth = float(rng.choice([0.0, 0.08, 0.25]))
    return rng.normal(0, 60, (2, 2)), rng.uniform(0, 2 * np.pi, 2), depth


def _textured(frame: Frame, table: NDArray[np.bool_], pattern: tuple[Array, Array, float]) -> Frame:
    """The frame with the table's pixels modulated by a pattern that lies on the table."""
    waves, phases, depth = pattern
    if depth == 0.0 or frame.depth is None:
        return frame
    v, u = np.nonzero(table)
    k = frame.intrinsics
    rays = np.stack([(u - k[0, 2]) / k[0, 0], (v - k[1, 2]) / k[1, 1], np.ones(len(u))], 1)
    points = (rays * frame.depth[v, u, None]) @ frame.pose.rotation.T + frame.pose.position
    swing = 1.0 + depth * np.sign(np.sin(points[:, :2] @ waves.T + phases)).mean(1)
    rgb = frame.rgb.copy()
    rgb[v, u] = np.clip(rgb[v, u] * swing[:, None], 0, 255).astype(np.uint8)
    return dataclasses.replace(frame, rgb=rgb)

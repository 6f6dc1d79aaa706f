"""The simulated arm and cameras keep their contracts, and color, depth, intrinsics and pose tell one story."""

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.check import check_camera, check_robot
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget
from sayso.sim.camera import DEFAULT_CAMERAS, OBSERVER, CameraSpec, SimCamera, jittered
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

PLACES = ((0.45, 0.20), (0.62, 0.05), (0.50, -0.22))
BLOCKS = tuple(
    ObjectSpec(f"b{i}", "block", color, place, 0.4 * i, (0.06, 0.06, 0.04))
    for i, (color, place) in enumerate(zip(("red", "green", "blue"), PLACES, strict=True))
)


@pytest.fixture(scope="module")
def world() -> Iterator[Physics]:
    world = Physics(SceneSpec(BLOCKS))
    yield world
    world.close()


def test_the_simulated_arm_keeps_its_contract(world: Physics) -> None:
    arm = SimArm(world)
    with pytest.raises(RobotError, match="cannot read the simulated panda: not connected"):
        arm.read()
    assert check_robot(arm) == []
    with pytest.raises(RobotError, match="cannot write the simulated panda: not connected"):
        arm.write(JointTarget(arm.spec.home, np.zeros(7), 1.0, np.inf))
    arm.stop()


def test_connecting_moves_neither_arm_nor_hand(world: Physics) -> None:
    home = world.arm.spec.home
    world.set_joints(home, 0.3)
    arm = SimArm(world)
    with arm:
        arm.clock.sleep_until(0.3)
        state = arm.read()
        assert np.abs(state.position - home).max() < 0.005
        assert state.gripper == pytest.approx(0.3, abs=0.02)
        arm.write(JointTarget(home, np.zeros(7), 1.0, np.inf))
        arm.clock.sleep_until(0.32)
        assert arm.read().gripper < 0.5, "the gripper opens at its own speed"
    world.set_joints(home)


def test_a_world_that_is_closed_cannot_be_connected_to() -> None:
    world = Physics(SceneSpec(()))
    world.close()
    with pytest.raises(RobotError, match="the simulated world is closed"):
        SimArm(world).connect()


@pytest.mark.parametrize("spec", [*DEFAULT_CAMERAS, OBSERVER], ids=lambda spec: spec.name)
def test_cameras_keep_their_contract(world: Physics, spec: CameraSpec) -> None:
    assert check_camera(SimCamera(world, FakeClock(), spec)) == []


@pytest.mark.parametrize("spec", DEFAULT_CAMERAS, ids=lambda spec: spec.name)
def test_a_block_is_seen_where_it_is_at_its_distance_in_its_color(world: Physics, spec: CameraSpec) -> None:
    spec = jittered(spec, np.random.default_rng(5), 1.0)
    frame = SimCamera(world, FakeClock(), spec).read()
    assert frame.depth is not None
    for item in BLOCKS:
        truth = world.truth()[item.id]
        top = truth.position + np.array([0, 0, truth.size[2] / 2])
        in_camera = frame.pose.rotation.T @ (top - frame.pose.position)
        u, v, _ = np.round(frame.intrinsics @ in_camera / in_camera[2]).astype(int)
        assert frame.depth[v, u] == pytest.approx(in_camera[2], abs=0.010), "a slanted face is 5 mm deep in a pixel"
        # Light makes it brighter or darker, the hue stays.
        seen = frame.rgb[v, u] / np.linalg.norm(frame.rgb[v, u])
        alike = {name: float(seen @ np.array(rgb)) / np.linalg.norm(rgb) for name, rgb in COLORS.items()}
        assert max(alike, key=alike.__getitem__) == item.color


@pytest.mark.parametrize("spec", DEFAULT_CAMERAS, ids=lambda spec: spec.name)
def test_depth_leads_back_to_the_table_and_to_the_middle_of_a_block(world: Physics, spec: CameraSpec) -> None:
    frame, bodies = SimCamera(world, FakeClock(), spec).labelled()
    assert frame.depth is not None
    (fx, _, cx), (_, fy, cy), _ = frame.intrinsics
    v, u = np.mgrid[: spec.height, : spec.width]
    rays = np.stack([(u - cx) / fx, (v - cy) / fy, np.ones_like(u)], -1)
    points = (rays * frame.depth[..., None].astype(float)) @ frame.pose.rotation.T + frame.pose.position
    pixel = 1.2 / fx  # what a pixel spans on the table's far side, m; the renderer samples at pixels' corners
    table = points[bodies == world.table]
    assert abs(np.median(table[:, 2])) < 0.5 * pixel
    for item in BLOCKS:
        truth = world.truth()[item.id]
        block = points[bodies == world.bodies[item.id]]
        top = block[np.abs(block[:, 2] - truth.position[2] - truth.size[2] / 2) < 0.006]
        assert len(top) > 40
        assert np.linalg.norm(top[:, :2].mean(0) - truth.position[:2]) < pixel

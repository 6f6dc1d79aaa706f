"""Outlines that all lie beside where they lay show a moved camera; a moving arm, light and noise do not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.hardware.types import Frame, Pose
from sayso.perception.calibration.outlines import EVERYWHERE, outlines, shifted
from sayso.perception.calibration.steadiness import Steadiness
from sayso.sim.camera import SimCamera
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld

SIZE = (160, 208)


def picture(rng: np.random.Generator, shift: tuple[int, int] = (0, 0), arm: int | None = None, light: float = 1.0,
            depth: bool = True) -> Frame:  # fmt: skip
    """A table with four boxes before a wall, shifted by so many rows and columns; an arm stands at column ``arm``."""
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(float)
    rows, columns = rows - shift[0], columns - shift[1]
    far = 1 / (0.6 + 0.004 * (rows - 40))
    bright = np.full(SIZE, 70.0)
    far[rows < 40 + 0.2 * columns], bright[rows < 40 + 0.2 * columns] = 2.5, 200.0
    for row, column in ((90, 50), (110, 120), (130, 170), (100, 160)):
        box = (abs(rows - row) < 9) & (abs(columns - column) < 9)
        far[box], bright[box] = far[box] - 0.08, 140.0
    if arm is not None:
        far[:110, arm : arm + 30], bright[:110, arm : arm + 30] = 0.6, 230.0
    rgb = np.repeat((light * bright)[..., None], 3, 2) + rng.normal(0, 3, (*SIZE, 3))
    measured = (far * (1 + 0.003 * far * rng.normal(size=SIZE))).astype(np.float32)
    pose = Pose(np.array([0.0, 0.0, 1.0]), np.eye(3))
    seen = rgb.clip(0, 255).astype(np.uint8)
    return Frame(0.0, "left", seen, measured if depth else None, np.eye(3), pose)


@pytest.mark.parametrize("depth", [True, False])
@pytest.mark.parametrize("shift", [(0, 5), (4, -3), (-6, 0)])
def test_a_shift_shows_beside_an_arm_that_moves(depth: bool, shift: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    before = outlines(picture(rng, arm=20, depth=depth))
    assert shifted(before, outlines(picture(rng, shift, arm=90, depth=depth)))


@pytest.mark.parametrize("depth", [True, False])
@pytest.mark.parametrize(("arm", "light"), [(20, 1.0), (24, 1.0), (130, 1.0), (90, 0.7), (60, 0.04)])
def test_an_arm_and_the_light_shift_nothing(depth: bool, arm: int, light: float) -> None:
    rng = np.random.default_rng(4)
    before = outlines(picture(rng, arm=20, depth=depth))
    assert not shifted(before, outlines(picture(rng, arm=arm, light=light, depth=depth)))


@pytest.mark.parametrize("depth", [True, False])
@pytest.mark.parametrize("by", [3, 6, 9])
def test_an_arm_that_fills_much_of_a_bare_picture_does_not_shift_all_of_it(depth: bool, by: int) -> None:
    def seen(left: int, top: int) -> Frame:
        one = picture(np.random.default_rng(5), depth=depth)
        far, bright = np.full(SIZE, 1.0, np.float32), np.full(SIZE, 70.0)
        for row, column in ((140, 20), (30, 190), (140, 190)):
            box = np.s_[row - 9 : row + 9, column - 9 : column + 9]
            far[box], bright[box] = 0.92, 140.0
        for lower in range(top, top + 120, 20):  # the links of the arm
            link = np.s_[lower : lower + 14, left : left + 44]
            far[link], bright[link] = 0.6, 230.0
        rgb = np.repeat(bright[..., None], 3, 2).astype(np.uint8)
        return replace(one, rgb=rgb, depth=far if depth else None)

    assert shifted(outlines(seen(60, 4)), outlines(seen(60 + by, 4 + by))) < EVERYWHERE


def lens(table: TableWorld) -> SimCamera:
    camera = table.lenses["left"]
    assert isinstance(camera, SimCamera)
    return camera


def bumped(camera: SimCamera, along: NDArray[np.float64]) -> Frame:
    """What a camera shows that was turned sideways by about 2 degrees, and says that it stands as before."""
    target = np.array(camera.spec.target) + along
    return replace(camera.standing(replace(camera.spec, target=tuple(target.tolist()))).read(), pose=camera.pose)


def test_a_camera_that_was_turned_along_the_table_is_noticed_though_it_measures_the_same_depths() -> None:
    things = ObjectSpec("b1", "block", "red", (0.45, 0.10)), ObjectSpec("w1", "bowl", "blue", (0.60, 0.0))
    table = TableWorld("panda", SceneSpec(things))
    table.reset(0)
    try:
        watch, camera = Steadiness(), lens(table)
        other = table.lenses["right"]
        still = [camera.read(), other.read()]
        assert len(watch.steady(still)) == 2
        eye, at = np.array(camera.spec.eye), np.array(camera.spec.target)
        sideways = np.cross(at - eye, [0.0, 0.0, 1.0])
        moved = bumped(camera, 0.04 * sideways / np.linalg.norm(sideways))
        assert moved.depth is not None and still[0].depth is not None
        assert float(np.median(np.abs(moved.depth - still[0].depth))) < 0.006
        assert [frame.camera for frame in watch.steady([moved, other.read()])] == ["right"]
        assert watch.moved == {"left"} and not watch.lost
        assert len(watch.steady([moved])) == 1 and watch.lost  # nothing better is there: whoever acts must know
    finally:
        table.close()

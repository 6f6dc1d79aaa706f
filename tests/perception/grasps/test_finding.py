"""From depth to candidate grasps: the relief, the candidates on simple shapes, their crops, and the scored ones."""

from typing import Any

import numpy as np
import pytest

from sayso.hardware.types import Frame, GripperSpec, Pose
from sayso.perception.grasps import finder
from sayso.perception.grasps.candidates import CLEARANCE, candidates
from sayso.perception.grasps.crops import ACROSS, ALONG, CHANNELS, NUMBERS, crops_of
from sayso.perception.grasps.finder import KEPT, PANDA, GraspFinder
from sayso.perception.grasps.relief import Relief, relief_of

SIDE = 160
FOCAL, HIGH = 200.0, 0.6  # pixels; m of a camera that looks straight down
DOWN = Pose(np.array([0.4, 0.0, HIGH]), np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]]))
LENS = np.array([[FOCAL, 0, SIDE / 2], [0, FOCAL, SIDE / 2], [0, 0, 1.0]])


def seen(heights: np.ndarray, owner: np.ndarray, table: float = 0.0) -> tuple[Frame, np.ndarray]:
    """The frame of a camera that looks down on ``heights`` (`SIDE`, `SIDE`) m over the table."""
    pose = Pose(DOWN.position + np.array([0, 0, table]), DOWN.rotation)
    rgb = np.zeros((SIDE, SIDE, 3), np.uint8)
    return Frame(0.0, "eye", rgb, (HIGH - heights).astype(np.float32), LENS, pose), owner


def ground() -> tuple[np.ndarray, np.ndarray]:
    """Metres of each pixel from the middle, on the table."""
    step = (np.arange(SIDE) - SIDE / 2) * HIGH / FOCAL
    return step[None] * np.ones((SIDE, 1)), -step[:, None] * np.ones((1, SIDE))


def box(wide: float, long: float, high: float, table: float = 0.0) -> Relief:
    x, y = ground()
    inside = (np.abs(x) < wide / 2) & (np.abs(y) < long / 2)
    frame, owner = seen(np.where(inside, high, 0.0), inside.astype(np.uint8), table)
    out = relief_of([frame], [owner], table)
    assert out is not None
    return out


def test_the_relief_has_the_heights_and_the_owner() -> None:
    relief = box(0.04, 0.12, 0.03, table=0.1)
    middles, tops = relief.of(1)
    assert tops == pytest.approx(0.03, abs=1e-3)
    assert np.median(middles, 0) == pytest.approx([0.4, 0.0], abs=0.004)
    assert np.ptp(middles, axis=0) == pytest.approx([0.04, 0.12], abs=0.01)


def test_the_nearer_surface_owns_a_cell() -> None:
    x, _ = ground()
    low = seen(np.full_like(x, 0.02), np.full(x.shape, 1))
    high = seen(np.full_like(x, 0.05), np.full(x.shape, 2))
    relief = relief_of([high[0], low[0]], [high[1], low[1]])
    assert relief is not None
    assert len(relief.of(2)[0]) > 3 * len(relief.of(1)[0])  # lines of pixels miss some cells


def test_a_long_box_is_taken_across_its_short_side() -> None:
    found = candidates(box(0.04, 0.12, 0.03), 1, PANDA)
    assert len(found) == 14
    assert np.abs((found.yaws[:5] + np.pi / 2) % np.pi - np.pi / 2).max() < 0.3  # along x
    assert found.widths[:5] == pytest.approx(0.042, abs=0.007)
    assert found.places[:5, 0] == pytest.approx(0.4, abs=0.006)
    assert found.places[:, 2].min() >= PANDA.fingertip + CLEARANCE


@pytest.mark.parametrize("height", [-0.7, 0.03])  # beyond the table's edge, and as high as things
def test_stray_points_at_a_things_edge_do_not_move_the_relief_away(height: float) -> None:
    x, y = ground()
    inside = (np.abs(x) < 0.02) & (np.abs(y) < 0.02)
    (frame, owner), stray = seen(np.where(inside, 0.03, 0.0), inside.astype(np.uint8)), np.zeros((SIDE, SIDE))
    stray[:2, :2] = HIGH - height
    aside = Pose(DOWN.position + np.array([4.0, 0, 0]), DOWN.rotation)
    far = Frame(0.0, "other", frame.rgb, stray.astype(np.float32), LENS, aside)
    relief = relief_of([frame, far], [owner, (stray > 0).astype(np.uint8)])
    assert relief is not None and len(candidates(relief, 1, PANDA)) > 5


@pytest.mark.parametrize("table", [0.0, 0.2])
def test_heights_count_from_the_table(table: float) -> None:
    found = candidates(box(0.03, 0.03, 0.06, table), 1, PANDA)
    high = found.places[:, 2] - table
    assert high.min() > 0.025 and high.max() < 0.05


def test_what_is_too_wide_for_the_gripper_has_no_candidate() -> None:
    slim, wide = (candidates(box(0.10, 0.12, 0.03), 1, gripper) for gripper in (PANDA, GripperSpec(width=0.14)))
    aside = [np.hypot(found.places[:, 0] - 0.4, found.places[:, 1]).min() for found in (slim, wide)]
    assert aside[0] > 0.025  # corners alone
    assert aside[1] < 0.01


def test_a_hollow_thing_is_taken_by_its_rim() -> None:
    x, y = ground()
    far = np.hypot(x, y)
    frame, owner = seen(np.where(far < 0.07, np.where(far > 0.062, 0.06, 0.008), 0.0), (far < 0.07).astype(np.uint8))
    relief = relief_of([frame], [owner])
    assert relief is not None
    found = candidates(relief, 1, PANDA)
    assert np.hypot(found.places[:8, 0] - 0.4, found.places[:8, 1]) == pytest.approx(0.066, abs=0.008)
    assert found.widths[:8].max() < 0.03


def test_fingers_want_room_beside_the_thing() -> None:
    x, y = ground()
    own = (np.abs(x) < 0.02) & (np.abs(y) < 0.02)
    wall = (np.abs(x) > 0.025) & (np.abs(x) < 0.08) & (np.abs(y) < 0.05)  # on both sides along x
    frame, owner = seen(np.where(own | wall, 0.04, 0.0), own + 2 * wall.astype(np.uint8))
    relief = relief_of([frame], [owner])
    assert relief is not None
    best = candidates(relief, 1, PANDA, 4)
    assert np.abs(best.yaws - np.pi / 2).max() < 0.3


def test_a_crop_turns_with_its_candidate() -> None:
    relief = box(0.04, 0.12, 0.03)
    found = candidates(relief, 1, PANDA)
    across = found.chosen(np.array([int(np.argmin(np.abs((found.yaws + np.pi / 2) % np.pi - np.pi / 2)))]))
    crops = crops_of(relief, 1, across, PANDA)
    assert crops.pictures.shape == (1, CHANNELS, ACROSS, ALONG) and crops.numbers.shape == (1, NUMBERS)
    own = crops.pictures[0, 1] > 0
    assert own.any(1).sum() > ACROSS - 3 and 7 <= own[ACROSS // 2].sum() <= 12  # all along the box, 4 cm across
    assert np.median(crops.pictures[0, 0][own]) == pytest.approx((0.03 - found.places[0, 2]) / 0.03, abs=0.1)


class Scores:
    """Stands for a session: a grasp is the better, the higher its tool's point."""

    def get_inputs(self) -> list[Any]:
        made = [("pictures", [None, CHANNELS, ACROSS, ALONG]), ("numbers", [None, NUMBERS])]
        return [type("Input", (), {"name": n, "shape": s}) for n, s in made]

    def run(self, _: Any, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [inputs["numbers"][:, 0]]


def test_the_finder_gives_the_best_first_for_each_thing() -> None:
    x, y = ground()
    one, two = ((np.abs(x - at) < 0.02) & (np.abs(y) < 0.02) for at in (-0.1, 0.1))
    frame, owner = seen(np.where(one, 0.06, np.where(two, 0.03, 0.0)), one + 2 * two.astype(np.uint8))
    grasps = GraspFinder(Scores()).find([frame], [owner], 3)  # type: ignore[arg-type]
    assert [len(g) for g in grasps] == [KEPT, KEPT, 0]
    assert grasps[0][0].position[0] == pytest.approx(0.3, abs=0.01)
    assert [g.quality for g in grasps[0]] == sorted((g.quality for g in grasps[0]), reverse=True)
    assert all(0 <= g.yaw < np.pi and g.width <= 0.08 for some in grasps for g in some)


@pytest.mark.parametrize(("things", "each"), [(1, 48), (8, 48), (10, 40), (30, 24)])
def test_every_thing_in_a_crowd_has_candidates_enough(things: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 8 to 24 of each one thing in twenty more was not held."""
    asked: list[int] = []
    spy = lambda relief, k, gripper, most: asked.append(most) or candidates(relief, k, gripper, most)  # noqa: E731
    monkeypatch.setattr(finder, "candidates", spy)
    x, y = ground()
    own = (np.abs(x) < 0.02) & (np.abs(y) < 0.02)
    frame, owner = seen(np.where(own, 0.04, 0.0), own.astype(np.uint8))
    assert len(GraspFinder(Scores()).find([frame], [owner], things)) == things  # type: ignore[arg-type]
    assert asked == [each] * things


def test_without_depth_there_are_no_grasps() -> None:
    frame, owner = seen(np.zeros((SIDE, SIDE)), np.ones((SIDE, SIDE)))
    flat = Frame(0.0, "eye", frame.rgb, None, LENS, DOWN)
    assert GraspFinder(Scores()).find([flat], [owner], 1) == [()]  # type: ignore[arg-type]


def test_a_model_of_another_shape_is_refused() -> None:
    other = Scores()
    other.get_inputs = lambda: []  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="the grasp network takes"):
        GraspFinder(other)  # type: ignore[arg-type]


def test_an_arm_above_the_things_does_not_hide_them() -> None:
    x, y = ground()
    own = (np.abs(x) < 0.02) & (np.abs(y) < 0.02)
    frame, owner = seen(np.where(own, 0.04, 0.0), own.astype(np.uint8))
    arm, none = seen(np.where(np.abs(x) < 0.1, 0.25, 0.0), np.zeros(x.shape))
    relief = relief_of([frame, arm], [owner, none])
    assert relief is not None and relief.of(1)[1] == pytest.approx(0.04, abs=1e-3)
    assert relief.heights.max() < 0.05

"""What disturbances do to the arm's joints and to the cameras; the readings say nothing of it."""

import numpy as np
import pytest

from sayso.hardware.types import JointTarget
from sayso.sim.table_world import TableWorld
from tests.sim.disturbances.scene import Happen


def hold(table: TableWorld) -> None:
    """Send the arm the home position, at which it stands."""
    home = table.spec.home
    table.arm.write(JointTarget(home, np.zeros(len(home)), 1.0, np.inf))
    table.arm.clock.sleep_until(table.arm.clock.now() + 0.2)


def test_a_slipped_encoder_reads_as_before_while_the_tool_is_elsewhere(table: TableWorld, happen: Happen) -> None:
    hold(table)
    tool, read = table.physics.tool(), table.arm.read().position
    director = happen("joint-offset@0")
    hold(table)
    assert np.linalg.norm(table.physics.tool() - tool) > 0.002
    assert table.arm.read().position == pytest.approx(read, abs=0.002)
    assert "1.5° beside its reading" in director.happened[0].what


@pytest.mark.parametrize(("name", "least", "most"), [("noise", 0.001, 0.012), ("burst", 0.008, 0.15)])
def test_noise_shakes_the_tool_and_ends(
    table: TableWorld, happen: Happen, name: str, least: float, most: float
) -> None:
    moved = []
    hold(table)
    tool, home = table.physics.tool(), table.spec.home

    def watch() -> None:
        table.arm.write(JointTarget(home, np.zeros(len(home)), 1.0, np.inf))
        moved.append(float(np.linalg.norm(table.physics.tool() - tool)))

    table.arm.clock.subscribe(watch)
    happen(f"{name}@0", seconds=0.25)
    table.arm.clock.unsubscribe(watch)
    assert least < np.percentile(moved, 80) < most
    assert table.arm.shift is None


def test_a_sluggish_joint_lags_and_recovers_at_the_end(table: TableWorld, happen: Happen) -> None:
    gains = list(table.arm.gains)
    seen: list[list[float]] = []
    happen("joint-sluggish@0", then=lambda: seen.append(list(table.arm.gains)))
    assert sum(now < before / 5 for now, before in zip(seen[0], gains, strict=True)) == 1
    assert table.arm.gains == pytest.approx(gains)


def test_a_weak_joint_gives_way_under_the_arms_own_weight(table: TableWorld, happen: Happen) -> None:
    hold(table)
    words = [happen("joint-weak@0", seed=seed).happened[0].what for seed in range(3)]
    assert all("Nm left" in what for what in words)


def test_a_bumped_camera_shows_another_picture_and_says_the_same_pose(table: TableWorld, happen: Happen) -> None:
    before = {name: table.look(name) for name in table.cameras}
    director = happen("camera-bumped@0")
    changed = [name for name in table.cameras if (table.look(name).rgb != before[name].rgb).mean() > 0.02]
    assert len(changed) == 1
    assert changed[0] in director.happened[0].what
    for name in table.cameras:
        assert np.array_equal(table.look(name).pose.position, before[name].pose.position)


def test_a_blocked_camera_sees_one_thing_that_is_near(table: TableWorld, happen: Happen) -> None:
    frames = []
    happen("camera-blocked@0", then=lambda: frames.extend(table.look(name) for name in table.cameras))
    assert sum(bool(frame.depth is not None and (frame.depth < 0.1).all()) for frame in frames) == 1
    assert all((table.look(name).depth > 0.2).all() for name in table.cameras)  # type: ignore[operator]


def test_in_the_dark_the_pictures_are_dark_and_the_depth_is_not(table: TableWorld, happen: Happen) -> None:
    frames = []
    hold(table)
    bright = table.look("left")
    happen("camera-dark@0", then=lambda: frames.extend(table.look(name) for name in table.cameras))
    assert all(frame.rgb.mean() < 0.15 * bright.rgb.mean() for frame in frames)
    assert frames[0].depth is not None
    assert bright.depth is not None
    assert (np.abs(frames[0].depth - bright.depth) < 0.01).mean() > 0.98
    assert table.look("left").rgb.mean() == pytest.approx(bright.rgb.mean(), rel=0.02)

"""A fixed camera that has been bumped is noticed, one that looks at a moving arm is not."""

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame, Pose
from sayso.perception.calibration.steadiness import Steadiness

SIZE = (120, 160)


def frame(depth: NDArray[np.float32], camera: str = "left", x: float = 0.0) -> Frame:
    pose = Pose(np.array([x, 0.0, 1.0]), np.eye(3))
    return Frame(0.0, camera, np.zeros((*SIZE, 3), np.uint8), depth, np.eye(3), pose)


def table(rng: np.random.Generator, tilt: float = 0.0) -> NDArray[np.float32]:
    """The depth of a table, 1 m away, with noise of 1 mm."""
    rows = np.linspace(-0.4, 0.4, SIZE[0])[:, None]
    return (1.0 + (0.5 + tilt) * rows + rng.normal(0, 0.001, SIZE)).astype(np.float32)


def names(frames: list[Frame]) -> list[str]:
    return [one.camera for one in frames]


def test_a_turned_camera_is_left_out_and_the_other_stays() -> None:
    rng, watch = np.random.default_rng(0), Steadiness()
    still = [frame(table(rng)), frame(table(rng), "right")]
    assert names(watch.steady(still)) == ["left", "right"] and not watch.moved
    bumped = [frame(table(rng, tilt=0.08)), frame(table(rng), "right")]
    assert names(watch.steady(bumped)) == ["right"]
    assert watch.moved == {"left"}
    assert names(watch.steady(still)) == ["left", "right"] and not watch.moved  # it stands as before again


def test_an_arm_in_the_picture_is_no_bump() -> None:
    rng, watch = np.random.default_rng(1), Steadiness()
    watch.steady([frame(table(rng)), frame(table(rng), "right")])
    depth = table(rng)
    depth[20:90, 30:110] = 0.4
    assert len(watch.steady([frame(depth), frame(table(rng), "right")])) == 2


def test_if_all_have_moved_all_are_kept_and_a_carried_camera_moves_by_right() -> None:
    rng, watch = np.random.default_rng(2), Steadiness()
    watch.steady([frame(table(rng)), frame(table(rng), "right")])
    assert len(watch.steady([frame(table(rng, tilt=0.1)), frame(table(rng, tilt=0.1), "right")])) == 2
    assert len(watch.steady([frame(table(rng)), frame(table(rng, tilt=0.1), "right", x=0.2)])) == 2

"""A camera's place is found from a board in the hand, and the arm's and the camera's errors are told apart from it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from sayso.calibrate.place import calibrate_place, gather
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.hardware.cameras.source import Picture
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, Pose
from sayso.perception.calibration.board import Board, Corners
from sayso.perception.calibration.hand_eye import place_camera, solve_ax_xb
from sayso.perception.calibration.lens import CalibrationError
from tests.sayso.calibrate.board_camera import HEIGHT, LENS, WIDTH, BoardCamera, in_view

BOARD = Board(0.045)
CAMERA = Pose(np.array([0.55, 0.30, 0.45]), Rotation.from_euler("xyz", [-135, 0, 120], degrees=True).as_matrix())
GRIP = Pose(np.array([-0.09, 0.01, 0.03]), Rotation.from_euler("xyz", [80, 10, 5], degrees=True).as_matrix())


def times(a: Pose, b: Pose) -> Pose:
    return Pose(a.position + a.rotation @ b.position, a.rotation @ b.rotation)


def inverse(a: Pose) -> Pose:
    return Pose(-a.rotation.T @ a.position, a.rotation.T)


def corners_at(pose: Pose, rng: np.random.Generator, noise: float = 0.1) -> Corners:
    """All corners of the board at ``pose`` in the camera's frame, with ``noise`` px."""
    x, y = np.meshgrid(np.arange(1, 7), np.arange(1, 5))
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]) * BOARD.square
    turn = cv2.Rodrigues(pose.rotation)[0]
    pixels = cv2.projectPoints(points, turn, pose.position, LENS.matrix, np.array(LENS.distortion))[0][:, 0]
    return Corners(pixels + rng.normal(0, noise, pixels.shape), points)


def poses(rng: np.random.Generator, count: int, noise_m: float = 0.0) -> tuple[list[Pose], list[Corners]]:
    """Poses of the tool that bring the board into view; the arm is wrong by ``noise_m`` about where it is."""
    hands, views = [], []
    for _ in range(count):
        seen = in_view(rng.uniform(90, 310), rng.uniform(80, 220), rng.uniform(0.5, 0.8), rng.normal(0, 0.4, 3), BOARD)
        hand = times(times(CAMERA, seen), inverse(GRIP))
        hands.append(Pose(hand.position + rng.normal(0, noise_m, 3), hand.rotation))
        views.append(corners_at(seen, rng))
    return hands, views


def gap(a: Pose, b: Pose) -> tuple[float, float]:
    """Millimetres and degrees between two poses."""
    turn = Rotation.from_matrix(a.rotation.T @ b.rotation).magnitude()
    return 1000 * float(np.linalg.norm(a.position - b.position)), float(np.degrees(turn))


def test_park_martin_solves_ax_xb() -> None:
    rng = np.random.default_rng(0)
    x = GRIP.matrix()
    b = [
        Pose(rng.normal(0, 0.2, 3), Rotation.from_rotvec(rng.normal(0, 0.8, 3)).as_matrix()).matrix() for _ in range(6)
    ]
    a = [x @ m @ np.linalg.inv(x) for m in b]
    assert np.allclose(solve_ax_xb(a, b), x, atol=1e-9)
    assert np.allclose(solve_ax_xb(a[:2], b[:2]), x, atol=1e-9), "two motions about two axes are enough"


def test_turns_about_one_axis_are_refused() -> None:
    turns = [
        Pose(np.array([k / 10, 0, 0]), Rotation.from_rotvec([0, 0, 0.3 * k]).as_matrix()).matrix() for k in (1, 2, 3)
    ]
    with pytest.raises(CalibrationError, match="rotate it about two or more"):
        solve_ax_xb(turns, turns)


def test_the_place_of_the_camera_is_found() -> None:
    found = place_camera(*poses(np.random.default_rng(1), 15), BOARD, LENS)
    assert gap(found.camera, CAMERA)[0] < 1.0 and gap(found.camera, CAMERA)[1] < 0.1
    assert gap(found.board, GRIP)[0] < 1.0
    assert found.problems() == [] and np.median(found.pixels) < 0.3 and np.median(found.mm) < 1.0


def test_an_inexact_arm_leaves_its_error_in_the_report_and_one_slip_does_not_spoil_the_rest() -> None:
    rng = np.random.default_rng(2)
    hands, views = poses(rng, 20, noise_m=0.002)
    found = place_camera(hands, views, BOARD, LENS)
    assert gap(found.camera, CAMERA)[0] < 6.0 and 1.0 < np.median(found.mm) < 6.0
    hands[4] = Pose(hands[4].position + np.array([0.05, 0, 0]), hands[4].rotation)
    slipped = place_camera(hands, views, BOARD, LENS)
    assert gap(slipped.camera, CAMERA)[0] < 10.0 and int(np.argmax(slipped.mm)) == 4


def test_an_arm_that_is_wrong_by_centimetres_is_not_good_enough() -> None:
    found = place_camera(*poses(np.random.default_rng(3), 12, noise_m=0.02), BOARD, LENS)
    assert any("arm and camera disagree" in p for p in found.problems())


def test_too_few_poses_are_refused() -> None:
    with pytest.raises(CalibrationError, match="at 7 poses; at least 8"):
        place_camera(*poses(np.random.default_rng(4), 7), BOARD, LENS)


class HandMoved(Robot):
    """An SO-101 that somebody moves by hand from one pose to the next, resting at each for a few readings."""

    def __init__(self, ways: list[Array]) -> None:
        self.spec, self.clock = load_arm("so101"), FakeClock()
        self.ways, self.step = ways, 0.0

    def connect(self) -> None: ...

    def disconnect(self) -> None: ...

    def stop(self) -> None: ...

    def write(self, target: JointTarget) -> JointTarget:
        raise AssertionError("calibration only reads")

    @property
    def position(self) -> Array:
        k = int(self.step)
        moving = np.clip(4 * (self.step - k) - 3, 0, 1)  # most of the time it rests
        return (1 - moving) * self.ways[k % len(self.ways)] + moving * self.ways[(k + 1) % len(self.ways)]

    def read(self) -> JointState:
        self.step += 0.11
        assert self.step < len(self.ways), "the hand tires: too few poses were taken"
        return JointState(self.step, self.position, np.zeros(5))


class Watching:
    """The camera that sees the board in that arm's hand."""

    def __init__(self, arm: HandMoved, camera: Pose, grip: Pose) -> None:
        self.arm, self.camera, self.grip = arm, camera, grip
        self._lens, self._kinematics = BoardCamera(BOARD), Kinematics(arm.spec)

    def read(self) -> Picture:
        board = times(self._kinematics.forward(self.arm.position), self.grip)
        return Picture(self._lens.shoot(times(inverse(self.camera), board)))

    def close(self) -> None: ...


def facing(hand: Pose, camera: Pose) -> Pose:
    """The board in the tool's frame, so that it faces the camera at ``hand`` and is in the middle of its view."""
    seen = in_view(LENS.cx, LENS.cy, 0.0, np.zeros(3), BOARD)
    toward = times(camera, seen)
    return times(inverse(hand), Pose(toward.position - camera.position + hand.position, toward.rotation))


def test_an_arm_moved_by_hand_shows_where_the_camera_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    spec = load_arm("so101")
    middle = np.array([0.0, -0.3, 0.3, 0.6, 0.0])
    hand = Kinematics(spec).forward(middle)
    # Sixty centimetres ahead of the hand, looking back at it.
    ahead = np.array([1.0, 0.2, 0.35]) / np.linalg.norm([1.0, 0.2, 0.35])
    right = np.cross([0, 0, 1.0], ahead) / np.linalg.norm(np.cross([0, 0, 1.0], ahead))
    camera = Pose(hand.position + 0.6 * ahead, np.stack([right, np.cross(-ahead, right), -ahead], 1))
    grip = facing(hand, camera)
    ways = [middle + rng.uniform(-1, 1, 5) * [0.15, 0.15, 0.2, 0.4, 0.6] for _ in range(30)]
    arm = HandMoved(ways)
    before = CameraCalibration(schema=1, camera="left", width=WIDTH, height=HEIGHT, lens=LENS)
    said: list[str] = []
    seen = gather(Watching(arm, camera, grip), arm, BOARD, before, 8, said.append)
    after, problems = calibrate_place(before, seen, BOARD, tmp_path)
    assert problems == [] and after.place is not None and said[-1] == "pose 8 of 8"
    mm, degrees = gap(after.place.pose, camera)
    assert mm < 5.0 and degrees < 0.5
    assert after.picture is not None and after.lens == LENS
    for name in ("agreement.png", "pixels.png", "millimetres.png"):
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None and picture.std() > 5
    assert json.loads((tmp_path / "report.json").read_text())["mm_median"] < 2.0
    small = before.model_copy(update={"width": 640, "height": 480})
    with pytest.raises(RobotError, match="pictures of 400 x 300, 'left' was calibrated at 640 x 480"):
        gather(Watching(arm, camera, grip), arm, BOARD, small, 12, said.append)

"""The board that is held up before an emulated camera is found where it is held."""

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from sayso.emulation.board_drawing import BACK, BoardDrawing
from sayso.hardware.types import Array, Frame, Pose

MATRIX = np.array([[415.0, 0, 208], [0, 415.0, 160], [0, 0, 1]])


def empty(depth: float = 3.0) -> Frame:
    """A gray wall, ``depth`` m away."""
    camera = Pose(np.array([0.5, 0.2, 0.6]), Rotation.from_euler("xyz", [-130, 10, 80], degrees=True).as_matrix())
    far = np.full((320, 416), depth, np.float32)
    return Frame(0.0, "left", np.full((320, 416, 3), 90, np.uint8), far, MATRIX, camera)


def held(seen_turn: Array) -> tuple[Array, Array]:
    """The board's pose (4, 4) in the camera's axes, 0.5 m away, and in the base frame."""
    seen = np.eye(4)
    seen[:3, :3] = Rotation.from_rotvec(seen_turn).as_matrix()
    seen[:3, 3] = np.array([0, 0, 0.5]) - seen[:3, :3] @ [0.1225, 0.0875, 0]
    return seen, empty().pose.matrix() @ seen


def test_the_corners_are_seen_where_they_are() -> None:
    drawing = BoardDrawing()
    seen, pose = held(np.array([0.4, -0.3, 0.2]))
    frame = drawing.before(empty(), pose)
    found = drawing.board.find(frame.rgb)
    assert found is not None and len(found.pixels) == 24
    there = cv2.projectPoints(found.points, cv2.Rodrigues(seen[:3, :3])[0], seen[:3, 3], MATRIX, None)[0][:, 0]
    assert np.abs(found.pixels - there).max() < 0.4
    assert frame.depth is not None and abs(float(frame.depth[160, 208]) - 0.5) < 0.02


def test_what_is_nearer_hides_the_board_and_its_back_shows_nothing() -> None:
    drawing = BoardDrawing()
    _, pose = held(np.zeros(3))
    assert np.array_equal(drawing.before(empty(0.4), pose).rgb, empty().rgb)
    _, turned = held(np.array([0, np.pi, 0]))
    back = drawing.before(empty(), turned)
    assert drawing.board.find(back.rgb) is None and (back.rgb == BACK).any()

"""A camera's place from touches of the fingertip on the table: found, with an honest error, or refused in one line."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.calibrate.live_page import LivePage, Mark
from sayso.calibrate.touches import Touches, calibrate_place, gather, suggested
from sayso.emulation.hand import touching
from sayso.hardware.arms.load import load_arm
from sayso.hardware.cameras.calibration import CameraCalibration, Lens
from sayso.hardware.cameras.source import Picture
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, Pose
from sayso.perception.calibration.lens import CalibrationError
from sayso.perception.calibration.points import PointsFit, place_from_points, reach_points, seen_at

SPEC = load_arm("so101")
assert SPEC.reach is not None
REACH, SIZE = SPEC.reach, (640, 480)
LENS = Lens(fx=610.0, fy=612.0, cx=322.0, cy=236.0, distortion=(-0.1, 0.03, 0.0, 0.0, 0.0))


def looking(eye: tuple[float, float, float]) -> Pose:
    """A camera at ``eye`` that looks at the middle of the reach."""
    ahead = np.array([0.2, 0.0, 0.0]) - eye
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(np.array(eye), np.stack([right, np.cross(ahead, right), ahead], 1))


CAMERA = looking((0.62, 0.25, 0.5))


def touched(
    rng: np.random.Generator, camera: Pose, n: int = 8, mm: float = 2.0, px: float = 2.0
) -> tuple[Array, Array]:
    """Touches all over the reach, wrong by ``mm``, and clicks, wrong by ``px``."""
    places = np.column_stack([np.array(suggested(SPEC))[np.arange(n) % 8], np.zeros(n)])
    places[:, :2] += rng.normal(0, 0.01, (n, 2))
    marks = seen_at(places, camera, LENS) + rng.normal(0, px, (n, 2))
    return places + np.column_stack([rng.normal(0, mm / 1000, (n, 2)), np.zeros(n)]), marks


def table_error(fit: PointsFit, camera: Pose) -> float:
    """The largest distance, mm, at the corners and in the middle of the reach, between what the found camera sees at a
    pixel and what is there."""
    there = reach_points(REACH)
    marks = seen_at(there, camera, LENS).reshape(-1, 1, 2)
    flat = cv2.undistortPoints(marks, fit.lens.matrix, np.array(fit.lens.distortion)).reshape(-1, 2)
    rays = np.column_stack([flat, np.ones(5)]) @ fit.camera.rotation.T
    hits = fit.camera.position - fit.camera.position[2] / rays[:, 2:] * rays
    return 1000 * float(np.linalg.norm(hits - there, axis=1).max())


def test_the_place_is_as_exact_as_it_says() -> None:
    rng, within, errors = np.random.default_rng(0), 0, []
    for _ in range(10):
        camera = looking((rng.uniform(0.4, 0.7), rng.uniform(-0.4, 0.4), rng.uniform(0.4, 0.7)))
        fit = place_from_points(*touched(rng, camera), SIZE, LENS, REACH)
        errors.append(table_error(fit, camera))
        within += errors[-1] <= fit.table_mm
    assert within >= 8 and np.median(errors) < 8.0


def test_a_wrong_click_is_left_out_and_shows_in_the_report() -> None:
    points, marks = touched(np.random.default_rng(1), CAMERA)
    marks[5] += [60.0, -30.0]
    fit = place_from_points(points, marks, SIZE, LENS, REACH)
    assert not fit.used[5] and fit.used.sum() == 7 and int(np.argmax(fit.pixels)) == 5
    assert table_error(fit, CAMERA) < 12.0 and fit.problems() == []


def test_a_camera_that_was_moved_meanwhile_is_refused() -> None:
    rng = np.random.default_rng(2)
    points, before = touched(rng, CAMERA)
    _, after = touched(np.random.default_rng(2), looking((0.55, 0.35, 0.45)))
    fit = place_from_points(points, np.concatenate([before[:4], after[4:]]), SIZE, LENS, REACH)
    problems = fit.problems()
    assert problems and "make sure that the camera stands still" in problems[-1]


def test_a_camera_that_was_moved_at_the_end_is_refused(tmp_path: Path) -> None:
    points, marks = touched(np.random.default_rng(2), CAMERA)
    marks[-1] += 40.0
    seen = Touches([(x, y) for x, y, _ in points.tolist()], [0.0] * 8, [(u, v) for u, v in marks.tolist()])
    before = CameraCalibration(camera="left", width=640, height=480, lens=LENS)
    _, problems, _ = calibrate_place("left", "", before, SIZE, seen, SPEC, tmp_path)
    assert problems[-1:] == ["the last touch does not agree with the others: if the camera was moved, begin anew"]


def test_without_a_lens_the_focal_length_is_found_too() -> None:
    points, marks = touched(np.random.default_rng(3), CAMERA, n=16, px=1.0, mm=1.0)
    fit = place_from_points(points, marks, SIZE, None, REACH)
    assert 0.01 < fit.focal < 0.2 and abs(fit.lens.fx / 610 - 1) < 3 * fit.focal
    assert table_error(fit, CAMERA) < 8.0, "the table is seen right even so"


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([[0.2, 0, 0], [0.1, 0.1, 0], [0.2, 0.1, 0]], "there are 3 points; at least 4"),
        ([[0.1, 0, 0], [0.15, 0, 0], [0.2, 0, 0], [0.25, 0, 0]], "all points are in one line"),
    ],
)
def test_too_few_points_are_refused(points: list[list[float]], says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        place_from_points(np.array(points, float), seen_at(np.array(points, float), CAMERA, LENS), SIZE, LENS, REACH)


class Touching(Robot):
    """An SO-101 that somebody holds where ``position`` is."""

    def __init__(self) -> None:
        self.spec, self.clock, self.position = SPEC, FakeClock(), SPEC.home.copy()

    def connect(self) -> None: ...

    def disconnect(self) -> None: ...

    def stop(self) -> None: ...

    def write(self, target: JointTarget) -> JointTarget:
        raise AssertionError("calibration only reads")

    def read(self) -> JointState:
        return JointState(0.0, self.position.copy(), np.zeros(5))


class Gray:
    """A camera whose pictures show nothing: only the clicks count."""

    def read(self) -> Picture:
        return Picture(np.full((480, 640, 3), 90, np.uint8))

    def close(self) -> None: ...


class Person:
    """In place of the page: does the next of ``steps`` at every second look, and clicks on the tip."""

    def __init__(self, arm: Touching, steps: list[object], camera: Pose = CAMERA) -> None:
        self.arm, self.steps, self.camera, self.looks, self.hints = arm, steps, camera, 0, list[str]()
        self.rng = np.random.default_rng(4)

    def show(self, rgb: Array, hint: str, done: str = "") -> None:
        self.hints.append(hint)

    def mark(self) -> Mark | None:
        if not self.steps:
            raise KeyboardInterrupt
        step = self.steps[0]
        if not isinstance(step, tuple):
            self.steps.pop(0)
            return step  # type: ignore[return-value]
        at = np.array([*step, 0.0][:3], float)
        self.looks += 1
        if self.looks % 3:  # it takes a while to get there and to be still
            self.arm.position = touching(SPEC, at)
            return None
        self.steps.pop(0)
        seen = seen_at(at[None], self.camera, LENS)[0] + self.rng.normal(0, 1, 2)
        return float(seen[0]), float(seen[1])


def gathered(arm: Touching, steps: list[object], file: Path, begun: Touches | None = None) -> tuple[Touches, list[str]]:
    said: list[str] = []
    page = Person(arm, steps)
    return gather(Gray(), arm, page, SIZE, LENS, 8, said.append, file, begun), said  # type: ignore[arg-type]


def test_touches_are_gathered_and_what_does_not_count_is_said(tmp_path: Path) -> None:
    places = suggested(SPEC)
    wrong: list[object] = [
        (0.2, 0.0, 0.06),
        places[0],
        (places[0][0] - 0.01, places[0][1]),
        "done",
        (0.2, 0.05),
        "undo",
    ]
    found, said = gathered(Touching(), [*wrong, *places[1:]], tmp_path / "touches.json")
    assert np.allclose(found.points[:, :2], places[:8], atol=0.003)
    for line in (
        "not kept: by its joints the tip is 60 mm above the table, at most 30 is allowed",
        "not kept: touch 1 is less than 2 cm away; touch another place",
        "1 touches; at least 4 are needed",
        "1 touches left",
    ):
        assert any(line in s for s in said), (line, said)
    before = CameraCalibration(camera="left", width=640, height=480, lens=LENS)
    after, problems, fit = calibrate_place("left", "", before, SIZE, found, SPEC, tmp_path / "report")
    assert problems == [] and after.place is not None and after.lens == LENS
    assert table_error(fit, CAMERA) < 8.0
    assert cv2.imread(str(tmp_path / "report" / "agreement.png")) is not None


def test_touches_survive_the_end_of_the_program(tmp_path: Path) -> None:
    file, places = tmp_path / "touches.json", suggested(SPEC)
    with pytest.raises(KeyboardInterrupt):
        gathered(Touching(), list(places[:5]), file)
    kept = Touches.kept(file)
    assert kept is not None and len(kept.marks) == 5
    found, _ = gathered(Touching(), list(places[5:]), file, kept)
    assert len(found.marks) == 8
    assert Touches.kept(tmp_path / "none.json") is None


def test_a_click_while_the_arm_moves_or_beside_the_picture_does_not_count(tmp_path: Path) -> None:
    class Restless(Touching):
        reads = 0

        def read(self) -> JointState:
            self.reads += 1
            return JointState(0.0, self.position + 0.02 * self.reads, np.zeros(5))

    said: list[str] = []
    arm = Restless()
    with pytest.raises(KeyboardInterrupt):
        gather(Gray(), arm, Person(arm, [(0.2, 0.0)]), SIZE, LENS, 8, said.append, tmp_path / "t.json")  # type: ignore[arg-type]
    assert said == ["not kept: the arm moved; hold it still while you click"]
    with pytest.raises(RobotError, match="gives pictures of 640 x 480, not 320 x 240"):
        gather(Gray(), arm, Person(arm, []), (320, 240), LENS, 8, said.append, tmp_path / "t.json")  # type: ignore[arg-type]


def test_the_page_takes_clicks_of_who_knows_its_address() -> None:
    page = LivePage("Where is left?", marks=True)
    try:
        page.show(np.full((48, 64, 3), 200, np.uint8), "touch the table")

        def ask(url: str, data: bytes | None = None) -> bytes:
            with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as answer:
                return bytes(answer.read())

        assert b"<!doctype html>" in ask(page.url) and b"touch the table" in ask(page.url + "state")
        assert cv2.imdecode(np.frombuffer(ask(page.url + "picture.jpg"), np.uint8), 1).shape == (48, 64, 3)
        ask(page.url + "mark", b"[12.5, 30]")
        assert page.mark() == (12.5, 30.0) and page.mark() is None
        root = page.url.rsplit("/", 2)[0]
        for url, data in ((root + "/", None), (root + "/mark", b"[1, 2]"), (page.url + "mark", b"[1, NaN]")):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                ask(url, data)
        assert page.mark() is None
        assert page.typed("12, 30") and page.typed("undo") and not page.typed("left")
        assert [page.mark(), page.mark()] == [(12.0, 30.0), "undo"]
    finally:
        page.close()

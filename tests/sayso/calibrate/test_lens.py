"""A lens is found again from pictures of the board; what does not suffice is said, and not saved."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.calibrate.capture import BoardWatch, elsewhere
from sayso.cli import run_command
from sayso.hardware.cameras.calibration import read_camera
from sayso.perception.calibration.board import Board, Corners
from sayso.perception.calibration.lens import CalibrationError, fit_lens
from tests.sayso.calibrate.board_camera import HEIGHT, LENS, WIDTH, BoardCamera, all_round, in_view

BOARD = Board()


@pytest.fixture(scope="module")
def shots() -> list[np.ndarray]:
    camera = BoardCamera()
    return [camera.shoot(pose) for pose in all_round(np.random.default_rng(1), BOARD, 14)]


@pytest.fixture(scope="module")
def views(shots: list[np.ndarray]) -> list[Corners]:
    return [found for shot in shots if (found := BOARD.find(shot)) is not None]


def test_the_lens_that_took_the_pictures_is_found(views: list[Corners]) -> None:
    fit = fit_lens(views, WIDTH, HEIGHT)
    assert fit.problems() == [] and len(fit.views) >= 12
    assert fit.lens.fx == pytest.approx(LENS.fx, rel=0.005) and fit.lens.fy == pytest.approx(LENS.fy, rel=0.005)
    assert fit.lens.cx == pytest.approx(LENS.cx, abs=2.0) and fit.lens.cy == pytest.approx(LENS.cy, abs=2.0)
    assert fit.lens.distortion[0] == pytest.approx(LENS.distortion[0], abs=0.03)
    assert fit.lens.rms_px < 0.2


def test_a_shaken_picture_is_left_out(views: list[Corners]) -> None:
    rng = np.random.default_rng(2)
    shaken = Corners(views[0].pixels + rng.normal(0, 4, views[0].pixels.shape), views[0].points)
    fit = fit_lens([shaken, *views[1:]], WIDTH, HEIGHT)
    assert fit.left_out == 1 and fit.lens.rms_px < 0.2


def test_what_does_not_suffice_is_said(views: list[Corners]) -> None:
    with pytest.raises(CalibrationError, match="found in 7 pictures; at least 8"):
        fit_lens(views[:7], WIDTH, HEIGHT)
    rng = np.random.default_rng(3)
    flat = [in_view(200 + rng.uniform(-9, 9), 150, 0.5, np.array([0, 0, rng.normal(0, 0.02)]), BOARD) for _ in range(9)]
    camera = BoardCamera()
    found = fit_lens([BOARD.find(camera.shoot(pose)) for pose in flat], WIDTH, HEIGHT)  # type: ignore[misc]
    said = " ".join(found.problems())
    assert "show the board at its edges" in said and "tilt the board to all sides" in said


def test_squares_of_another_size_do_not_change_the_lens(views: list[Corners]) -> None:
    twice = [Corners(v.pixels, 2 * v.points) for v in views]
    assert fit_lens(twice, WIDTH, HEIGHT).lens.fx == pytest.approx(fit_lens(views, WIDTH, HEIGHT).lens.fx, rel=1e-3)


def test_a_view_counts_when_the_board_is_still_and_elsewhere() -> None:
    camera, watch = BoardCamera(), BoardWatch(BOARD)
    here, there = (in_view(u, 150, 0.4, np.zeros(3), BOARD) for u in (170, 240))
    assert watch.still(camera.shoot(here)) is None, "the first look says nothing of motion"
    first = watch.still(camera.shoot(here))
    assert first is not None and elsewhere(first, [], WIDTH) and not elsewhere(first, [first], WIDTH)
    assert watch.still(camera.shoot(there)) is None, "it has moved since the last look"
    second = watch.still(camera.shoot(there))
    assert second is not None and elsewhere(second, [first], WIDTH)


def test_pictures_in_a_folder_become_a_calibration_with_a_report(shots: list[np.ndarray], tmp_path: Path) -> None:
    images, kept, report = tmp_path / "images", tmp_path / "kept", tmp_path / "report"
    images.mkdir()
    for i, shot in enumerate(shots):
        cv2.imwrite(str(images / f"{i:02}.png"), shot)
    command = [
        "calibrate",
        "camera",
        "left=0",
        "--images",
        str(images),
        "--calibrations",
        str(kept),
        "--out",
        str(report),
    ]
    assert run_command(command) == 0
    found = read_camera(kept / "camera-left.json")
    assert found.lens.fx == pytest.approx(LENS.fx, rel=0.005) and found.place is None and found.width == WIDTH
    for name in ("corners.png", "views.png", "straight.png"):
        picture = cv2.imread(str(report / name))
        assert picture is not None and picture.std() > 5
    assert json.loads((report / "report.json").read_text())["problems"] == []


def test_a_film_of_the_board_in_one_place_is_not_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera, film = BoardCamera(), str(tmp_path / "film.avi")
    video = cv2.VideoWriter(film, cv2.VideoWriter.fourcc(*"MJPG"), 50.0, (WIDTH, HEIGHT))
    for _ in range(3):
        video.write(camera.shoot(in_view(200, 150, 0.45, np.zeros(3), BOARD)))
    video.release()
    command = ["calibrate", "camera", f"left={film}", "--calibrations", str(tmp_path), "--out", str(tmp_path / "r")]
    assert run_command(command) == 2
    assert "found in 1 pictures; at least 8 are needed" in capsys.readouterr().err
    assert not (tmp_path / "camera-left.json").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["camera", "left=0", "--size", "big"], "--size is WIDTHxHEIGHT"),
        (["camera", "left=0", "--images", "/nowhere"], "there is no picture in /nowhere"),
        (["camera", "left=/no/film.avi"], "there is no file /no/film.avi"),
        (["hand-eye", "left=0", "--robot", "so101"], "no camera calibration"),
        (["board", "board.jpg"], "board.jpg does not end in .png"),
        (["arm", "ur5e", "--port", "x"], "ur5e has no servos to calibrate"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAYSO_CALIBRATION", str(tmp_path))
    assert run_command(["calibrate", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert not [f for f in tmp_path.rglob("*") if f.is_file()]


def test_the_board_that_is_printed_is_the_board_that_is_found(tmp_path: Path) -> None:
    assert run_command(["calibrate", "board", str(tmp_path / "board.png")]) == 0
    picture = cv2.imread(str(tmp_path / "board.png"))
    assert picture is not None
    small = cv2.resize(picture, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    found = Board().find(np.asarray(small, np.uint8))
    assert found is not None and len(found.points) == 6 * 4

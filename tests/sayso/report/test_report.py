"""What people look at after a run: it is there, shows what happened, plays anywhere, and no text breaks it."""

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from sayso.errors import UserError
from sayso.report.canvas import Canvas, shortened, text_width
from sayso.report.captions import at, captioned
from sayso.report.page import report
from sayso.report.theme import BAD, DIRECTIONS, GOOD, OPERATOR, OUTCOMES, direction_of, motion_of
from sayso.report.timeline import HEIGHT, WIDTH, Axes, draw_timeline
from sayso.report.trace import CriticLook, FilmFrame, Trace
from sayso.report.video import write_video
from sayso.report.write import write_report
from sayso.result import Correction, Motion, ObjectPose, PlanStep, Replan, RunResult

GRAY = np.full((120, 160, 3), 128, np.uint8)  # of a small camera
LARGE = np.full((480, 640, 3), 128, np.uint8)  # as it is shown
EMPTY = RunResult(
    instruction="put the red block in the blue bowl", outcome="done", success=None, robot="sim", planner="local",
    seed=0, duration_s=2.0, rates={"loop_hz": 250.0},
)  # fmt: skip
FULL = dataclasses.replace(
    EMPTY,
    success=True,
    plan=(
        PlanStep(0.1, "pick up the red block", "done"),
        PlanStep(1.0, "put the red block in the blue bowl", "failed"),
    ),
    motions=(Motion(0.1, "move arm far forward", "planner"), Motion(1.2, "move arm slightly left", "operator")),
    corrections=(Correction(1.2, "left a bit", "motion", "move arm slightly left", 12.1),),
    replans=(Replan(1.5, "subtask", "the block slipped", 0.9),),
    latency_ms={"policy": {"p50": 0.2, "p99": 0.5}, "planner": {}},
    models={"policy-panda": "sha256:abc"},
    sim={
        "before": {"b1": ObjectPose("block", "red", (0.45, 0.1, 0.02), (0, 0, 0, 1))},
        "after": {"b1": ObjectPose("block", "red", (0.55, -0.15, 0.03), (0, 0, 0, 1))},
    },
)
LOOKS = tuple(CriticLook(i / 10, i / 20, 1 - i / 20) for i in range(20))
EVIL = "</title><script>alert(1)</script>\"'&\u202e\n\x07 ünïcode 中 🤖 " + "word " * 2000


def film(count: int = 12, fps: float = 10.0) -> Trace:
    return Trace(LOOKS, (FilmFrame(i / fps, GRAY) for i in range(count)), fps)


def has(picture: np.ndarray, color: tuple[int, int, int], at_least: int = 20) -> bool:
    return int((np.abs(picture.astype(int) - color).max(-1) <= 2).sum()) >= at_least


def test_everything_lies_in_the_folder(tmp_path: Path) -> None:
    files = write_report(tmp_path / "out", FULL, film())
    assert {name: path.name for name, path in files.items()} == {
        "result": "result.json", "video": "video.mp4", "timeline": "timeline.png", "report": "report.html",
    }  # fmt: skip
    assert {p.name for p in (tmp_path / "out").iterdir()} == {p.name for p in files.values()}
    page = files["report"].read_text()
    assert 'src="video.mp4"' in page and 'src="timeline.png"' in page
    assert cv2.imread(str(files["timeline"])).shape == (HEIGHT, WIDTH, 3)


def test_without_a_film_the_page_shows_no_video(tmp_path: Path) -> None:
    files = write_report(tmp_path, FULL, Trace(LOOKS))
    assert "video" not in files and "<video" not in files["report"].read_text()


def test_the_video_plays_in_browsers_and_ends_with_the_outcome(tmp_path: Path) -> None:
    path = write_video(tmp_path, FULL, film(12, 10.0))
    assert path is not None
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(stream)]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert float(stream.average_rate or 0) == 10.0
    assert len(frames) > 12 and frames[0].shape == captioned(LARGE, FULL, 0.0).shape
    for shown, meant, other in (
        (frames[0], captioned(LARGE, FULL, 0.0), captioned(LARGE, FULL, 0.0, over=True)),
        (frames[-1], captioned(LARGE, FULL, 2.0, over=True), captioned(LARGE, FULL, 2.0)),
    ):
        near, far = (np.abs(shown.astype(float) - picture).mean() for picture in (meant, other))
        assert near < 3 and near < far / 2
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index stands in front"


def test_a_video_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*video\.mp4"):
        write_video(tmp_path / "file", FULL, film())
    assert write_video(tmp_path, FULL, Trace()) is None and not (tmp_path / "video.mp4").exists()


def test_captions_tell_what_is_in_force() -> None:
    planner, operator, over = (captioned(GRAY.repeat(4, 0).repeat(4, 1), FULL, t, t >= 2) for t in (0.5, 1.3, 2.0))
    assert has(planner, DIRECTIONS["forward"]) and not has(planner, OPERATOR)
    assert has(operator, DIRECTIONS["left"]) and has(operator, OPERATOR, 500)
    assert has(over, OUTCOMES["done"], 500) and not has(over, DIRECTIONS["left"])
    assert planner.shape[0] % 2 == planner.shape[1] % 2 == 0
    assert captioned(np.zeros((121, 161, 3), np.uint8), FULL, 0.0).shape[1] == 160
    steps = FULL.plan
    assert [at(steps, t) for t in (0.0, 0.1, 0.9, 1.0, 9.0)] == [None, steps[0], steps[0], steps[1], steps[1]]


def test_the_timeline_shows_every_lane() -> None:
    picture = draw_timeline(FULL, Trace(LOOKS)).image()
    for color in (DIRECTIONS["forward"], DIRECTIONS["left"], GOOD, BAD, OPERATOR):
        assert has(picture, color), color
    empty = draw_timeline(EMPTY, Trace()).image()
    assert not has(empty, DIRECTIONS["forward"]) and not has(empty, DIRECTIONS["left"])
    late = dataclasses.replace(FULL, motions=(Motion(1.0, "move arm far forward", "planner"),))
    column = int(Axes(2.0).x(0.5))
    there = [
        has(draw_timeline(r, Trace()).image()[:, column : column + 1], DIRECTIONS["forward"], 5) for r in (FULL, late)
    ]
    assert there == [True, False], "a bar stands where its motion was in force"


@pytest.mark.parametrize("seconds", [0.0, 0.3, 59.0, 10_000.0])
def test_an_axis_has_a_few_round_ticks(seconds: float) -> None:
    result = dataclasses.replace(FULL, duration_s=seconds)
    assert draw_timeline(result, Trace(LOOKS)).image().shape == (HEIGHT, WIDTH, 3)
    assert 1 <= len(Axes(max(seconds, 0.1)).ticks()) <= 17


def test_no_text_breaks_a_picture_or_the_page() -> None:
    evil = dataclasses.replace(
        FULL,
        instruction=EVIL, robot=EVIL, planner=EVIL, outcome="asked", question=EVIL, refusal=EVIL,
        plan=(PlanStep(0.1, EVIL, EVIL),),
        motions=(Motion(0.1, EVIL, "operator"),),
        corrections=tuple(Correction(i / 100, EVIL, "unknown", EVIL) for i in range(50)),
        replans=tuple(Replan(i / 100, "ask", EVIL, 0.5) for i in range(50)),
        models={EVIL: EVIL}, latency_ms={EVIL: {"p50": 1.0}}, rates={EVIL: 1.0},
        sim={"before": {EVIL: FULL.sim["before"]["b1"]}, "after": {}} if FULL.sim else None,
    )  # fmt: skip
    assert draw_timeline(evil, Trace(LOOKS)).image().shape == (HEIGHT, WIDTH, 3)
    assert captioned(GRAY, evil, 0.2).shape == captioned(GRAY, FULL, 0.2).shape

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.seen.add(tag)

    page, parser = report(evil, ["video.mp4", "timeline.png"]), Tags()
    parser.feed(page)
    assert "script" not in parser.seen and "<script" not in page


def test_the_page_stands_alone_and_says_everything() -> None:
    page = report(FULL, [])
    assert not re.search(r"https?://|@import|<link|<script", page)
    assert "prefers-color-scheme: dark" in page
    for text in (
        "confirmed by the simulator",
        "“left a bit”",
        "12.1",
        "the block slipped",
        "sha256:abc",
        "0.550, -0.150",
    ):
        assert text in page
    unsure = report(dataclasses.replace(EMPTY, outcome="asked", question="which red block?"), [])
    assert "which red block?" in unsure and "confirmed" not in unsure and "Corrections" not in unsure
    assert "not confirmed by the simulator" in report(dataclasses.replace(FULL, success=False), [])


def test_text_is_cut_where_it_ends() -> None:
    assert shortened("short", 500, 14) == "short"
    cut = shortened("a rather long sentence about blocks", 120, 14)
    assert cut.endswith("…") and text_width(cut, 14) <= 120 < text_width("a rather long sentence about blocks", 14)
    assert shortened("wide", 1, 14) == ""
    board = Canvas(200, 40)
    width = board.text("a rather long sentence about blocks", (10, 25), 14, (0, 0, 0), most=120)
    dark = np.flatnonzero((board.image() < 128).any((0, 2)))
    assert width <= 120 and dark.min() >= 9 and dark.max() <= 131


def test_a_canvas_draws_where_it_is_told() -> None:
    board = Canvas(40, 40)
    board.rectangle(10, 10, 20, 20, (255, 0, 0))
    board.rectangle(30, -5, 60, 60, (0, 0, 255), alpha=0.5)
    image = board.image()
    assert image[15, 15].tolist() == [255, 0, 0] and image[5, 5].tolist() == [255, 255, 255]
    assert image[8, 15].tolist() == image[15, 22].tolist() == [255, 255, 255], "nothing beyond its edges"
    assert np.abs(image[20, 38].astype(int) - [128, 128, 255]).max() <= 1


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("move arm forward and slightly left", "forward"),
        ("move arm slightly up and far right", "right"),
        ("rotate gripper left", "turn"),
        ("close gripper", "gripper"),
        ("move arm toward the red block", "toward"),
        ("hold still", "hold"),
        ("dance", "toward"),
    ],
)
def test_a_motion_has_the_color_of_its_main_direction(text: str, direction: str) -> None:
    assert direction_of(motion_of(text)) == direction


def test_pictures_that_came_irregularly_are_shown_at_their_time(tmp_path: Path) -> None:
    times = (0.0, 0.2, 0.4, 3.0, 3.05, 3.4)  # a planner was waited for
    path = write_video(tmp_path, FULL, Trace(LOOKS, (FilmFrame(7.0 + t, GRAY) for t in times), 5.0))
    assert path is not None
    with av.open(str(path)) as file:
        shown = [float(frame.time or 0.0) for frame in file.decode(file.streams.video[0])]
    assert shown[:6] == pytest.approx([0.0, 0.2, 0.4, 3.0, 3.2, 3.4])
    assert shown[-1] == pytest.approx(3.4 + 2.0)

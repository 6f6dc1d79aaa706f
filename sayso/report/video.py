"""The video of a run: the film, and beneath it what was asked, what is being done, how, and on whose word."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.report.canvas import BOLD, Canvas, text_width
from sayso.report.theme import GOOD, NEUTRAL, OPERATOR, OUTCOMES, Color
from sayso.report.timeline import verdict
from sayso.report.trace import Trace
from sayso.result import RunResult

FILE_NAME = "video.mp4"
BAR, BUBBLE = 112, 72
# The last picture stays this long, s: long enough to read how it ended.
STAYS_S = 2.0
SPOKEN_S = 2.5
_BACK, _TEXT, _DIM, _STEP, _DONE_SO_FAR = (
    (24, 27, 32),
    (240, 241, 243),
    (150, 156, 166),
    (150, 186, 240),
    (62, 126, 214),
)
_WHITE: Color = (255, 255, 255)


def write_video(folder: Path, result: RunResult, trace: Trace) -> Path:
    """Write the film of ``trace`` as ``video.mp4`` (H.264) into ``folder`` and return its path.

    The file appears when it is complete. Raises `UserError` if it cannot be written or the film is empty.
    """
    path = folder / FILE_NAME
    draft = path.with_name(f".{FILE_NAME}.partial")
    tick = 1 / Fraction(trace.fps).limit_denominator(1001)
    image: NDArray[np.uint8] | None = None
    count = 0
    try:
        with av.open(str(draft), "w", format="mp4", options={"movflags": "faststart"}) as container:
            stream = container.add_stream("libx264", rate=1 / tick, options={"crf": "20", "preset": "veryfast"})
            assert isinstance(stream, VideoStream)

            def add(image: NDArray[np.uint8]) -> None:
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = count, tick
                container.mux(stream.encode(frame))

            for shot in trace.frames:
                image = captioned(shot.rgb, shot.t, result)
                if not count:
                    stream.height, stream.width, stream.pix_fmt = image.shape[0], image.shape[1], "yuv420p"
                add(image)
                count += 1
            if image is None:
                raise UserError(f"no pictures for {path}")
            for _ in range(round(STAYS_S * trace.fps)):
                add(image)
                count += 1
            container.mux(stream.encode())
        draft.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def captioned(picture: NDArray[np.uint8], t: float, result: RunResult) -> NDArray[np.uint8]:
    """One frame: the picture above, the words in force at ``t`` s below; sides are even, as H.264 wants them."""
    height, width = (side // 2 * 2 for side in picture.shape[:2])
    picture = _spoken(picture[:height, :width], t, result)
    bar = Canvas(width, BAR, _BACK)
    share = min(max(t / max(result.duration_s, 1e-6), 0.0), 1.0)
    bar.rectangle(0, 0, width * share, 3, _DONE_SO_FAR)
    bar.text(f"“{result.instruction}”", (20, 31), 18, _TEXT, 500, most=width - 120)
    bar.text(f"{min(max(t, 0.0), result.duration_s):.1f} s", (width - 20, 31), 18, _DIM, 500, "right")
    if t >= result.duration_s - 1e-6:
        _end(bar, result)
    else:
        _now(bar, t, result)
    return np.vstack([picture, bar.image()])


def _now(bar: Canvas, t: float, result: RunResult) -> None:
    step, motion = _latest(result.plan, t), _latest(result.motions, t)
    bar.text(step.subtask if step else "looking", (20, 62), 16, _STEP, most=bar.width - 40)
    if motion is None:
        return
    operator = motion.source == "operator"
    color = OPERATOR if operator else _TEXT
    width = bar.text(motion.text, (20, 94), 20, color, BOLD, most=bar.width - 180)
    if operator:
        bar.text("as you said", (32 + width, 94), 15, OPERATOR)


def _end(bar: Canvas, result: RunResult) -> None:
    x = 20.0
    good = GOOD if result.success else OUTCOMES["failed"]
    for text, color in ((result.outcome, OUTCOMES.get(result.outcome, NEUTRAL)), (verdict(result), good)):
        if text:
            width = text_width(text, 15, BOLD) + 22
            bar.rectangle(x, 45, x + width, 69, color, 12)
            bar.text(text, (x + 11, 62), 15, _WHITE, BOLD)
            x += width + 10
    bar.text(result.question or result.refusal or "", (20, 96), 17, _TEXT, most=bar.width - 40)


def _spoken(picture: NDArray[np.uint8], t: float, result: RunResult) -> NDArray[np.uint8]:
    """What the operator has just said, as a bubble at the top of the picture."""
    said = _latest(result.corrections, t)
    if said is None or t - said.t > SPOKEN_S or picture.shape[0] < BUBBLE:
        return picture
    top = Canvas(picture.shape[1], BUBBLE)
    top.picture(picture[:BUBBLE], 0, 0)
    room = top.width - 90
    width = min(text_width(f"“{said.text}”", 22, BOLD), room)
    top.rectangle(20, 18, 20 + width + 36, 62, OPERATOR, 16)
    top.text(f"“{said.text}”", (38, 48), 22, _WHITE, BOLD, most=room)
    return np.vstack([top.image(), picture[BUBBLE:]])


def _latest(entries: Sequence[Any], t: float) -> Any:
    """The last of ``entries``, sorted by their ``t``, that had begun by ``t``; None before the first."""
    i = bisect_right([entry.t for entry in entries], t + 1e-9)
    return entries[i - 1] if i else None

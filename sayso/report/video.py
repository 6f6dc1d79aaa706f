"""The video of a run: the film with captions, as an H.264 file that browsers play while loading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.report.captions import captioned
from sayso.report.trace import FilmFrame, Trace
from sayso.result import RunResult

FILE_NAME = "video.mp4"
# Duration (s) of the last picture: long enough to read the outcome.
STAYS_S = 2.0
LEAST_WIDTH = 640  # px; on narrower pictures the captions would be unreadable


def write_video(folder: Path, result: RunResult, trace: Trace) -> Path | None:
    """Write the film of ``trace`` as ``video.mp4`` into ``folder`` and return its path; None if there is no film.

    The file appears when it is complete. Raises `UserError` if it cannot be written.
    """
    shots = iter(trace.frames)
    first = next(shots, None)
    if first is None:
        return None
    path = folder / FILE_NAME
    draft = path.with_name(f".{FILE_NAME}.partial")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _encode(draft, _captioned(chain([first], shots), result, trace.fps), trace.fps)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def _captioned(shots: Iterable[FilmFrame], result: RunResult, fps: float) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Pictures with the index of the tick of 1/``fps`` s at which each is shown; cameras may be irregular."""
    begin, tick = None, -1
    for shot in shots:
        begin = shot.t if begin is None else begin
        tick = max(tick + 1, round((shot.t - begin) * fps))
        picture = _large_enough(shot.rgb)
        yield tick, captioned(picture, result, max(shot.t, 0.0), over=shot.t >= result.duration_s - 1e-6)
    last = captioned(picture, result, max(shot.t, result.duration_s), over=True)
    for more in range(round(STAYS_S * fps)):
        yield tick + 1 + more, last


def _large_enough(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    if width >= LEAST_WIDTH:
        return rgb
    size = LEAST_WIDTH, round(height * LEAST_WIDTH / width)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _encode(path: Path, images: Iterator[tuple[int, NDArray[np.uint8]]], fps: float) -> None:
    first = next(images)
    tick = 1 / Fraction(fps).limit_denominator(1001)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=1 / tick, options={"crf": "20", "preset": "veryfast"})
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = *first[1].shape[:2], "yuv420p"
        for count, image in chain([first], images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = count, tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())

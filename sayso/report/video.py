"""The video of a run: the film, and beneath it what was asked, what is being done, how, and on whose word."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.report.captions import captioned
from sayso.report.trace import FilmFrame, Trace
from sayso.result import RunResult

FILE_NAME = "video.mp4"
# The last picture stays this long, s: long enough to read how it ended.
STAYS_S = 2.0


def write_video(folder: Path, result: RunResult, trace: Trace) -> Path:
    """Write the film of ``trace`` as ``video.mp4`` (H.264) into ``folder`` and return its path.

    The file appears when it is complete. Raises `UserError` if it cannot be written or the film is empty.
    """
    path = folder / FILE_NAME
    draft = path.with_name(f".{FILE_NAME}.partial")
    tick = 1 / Fraction(trace.fps).limit_denominator(1001)
    shot: FilmFrame | None = None
    count = 0
    try:
        with av.open(str(draft), "w", format="mp4", options={"movflags": "faststart"}) as container:
            stream = container.add_stream("libx264", rate=1 / tick, options={"crf": "20", "preset": "veryfast"})
            assert isinstance(stream, VideoStream)

            def add(shot: FilmFrame, over: bool) -> None:
                nonlocal count
                image: NDArray[np.uint8] = captioned(shot.rgb, result, max(shot.t, 0.0), over)
                if not count:
                    stream.height, stream.width, stream.pix_fmt = image.shape[0], image.shape[1], "yuv420p"
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = count, tick
                container.mux(stream.encode(frame))
                count += 1

            for shot in trace.frames:
                add(shot, shot.t >= result.duration_s - 1e-6)
            if shot is None:
                raise UserError(f"no pictures for {path}")
            for _ in range(round(STAYS_S * trace.fps)):
                add(shot, True)
            container.mux(stream.encode())
        draft.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return path

"""Camera images of many episodes in one H.264 file: writing and reading."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.skills.dataset.layout import PARTIAL, DatasetError
from sayso.skills.episodes import Pictures


def rate(fps: float) -> Fraction:
    """The frame rate as the fraction that video containers need."""
    return Fraction(fps).limit_denominator(1001)


class VideoWriter:
    """Appends frames of one camera to ``path``, which appears under its name on `close`."""

    def __init__(self, path: Path, fps: float, height: int, width: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.frames = 0
        self._path, self._partial = path, path.with_name(path.name + PARTIAL)
        self._container = av.open(str(self._partial), "w", format="mp4")
        # A key frame every two frames and no B-frames, because training reads single frames at random.
        stream = self._container.add_stream("libx264", rate=rate(fps), options={"crf": "20", "bf": "0"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size, stream.thread_count = (
            width,
            height,
            "yuv420p",
            2,
            1,
        )
        self._stream = stream
        self._tick = 1 / rate(fps)

    def add(self, frames: NDArray[np.uint8] | Pictures) -> None:
        """Append ``frames`` (T, H, W, 3) RGB."""
        for image in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = self.frames, self._tick
            self._container.mux(self._stream.encode(frame))
            self.frames += 1

    def size(self) -> int:
        """Bytes on disk."""
        return self._partial.stat().st_size

    def close(self) -> None:
        """Finish the file and rename it to its final name."""
        self._container.mux(self._stream.encode())
        self._container.close()
        self._partial.replace(self._path)


def read_frames(path: Path, times_s: Array, fps: float) -> NDArray[np.uint8]:
    """The frames nearest to the rising ``times_s`` (T,) s in the file, (T, H, W, 3) RGB.

    Raises `DatasetError` if the nearest is more than half a frame of 1/``fps`` away.
    """
    out: list[NDArray[np.uint8]] = []
    before: tuple[float, NDArray[np.uint8]] | None = None
    most = 0.5 / fps + 1e-6
    try:
        with av.open(str(path)) as container:
            for frame in _decode_from(container, float(times_s[0]) - most):
                now = (float(frame.time or 0.0), np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                while len(out) < len(times_s) and times_s[len(out)] <= now[0] + 1e-6:
                    out.append(_nearest(before, now, float(times_s[len(out)]), most, path))
                if len(out) == len(times_s):
                    break
                before = now
        while len(out) < len(times_s):
            out.append(_nearest(before, None, float(times_s[len(out)]), most, path))
    except (av.FFmpegError, IndexError) as error:
        raise DatasetError(f"cannot decode video {path}: {error}") from None
    return np.stack(out)


def _nearest(
    before: tuple[float, NDArray[np.uint8]] | None, now: tuple[float, NDArray[np.uint8]] | None, t: float,
    most: float, path: Path,
) -> NDArray[np.uint8]:  # fmt: skip
    best = min((shot for shot in (now, before) if shot is not None), key=lambda shot: abs(shot[0] - t), default=None)
    if best is None or abs(best[0] - t) > most:
        raise DatasetError(f"video {path} has no frame at {t:.3f} s")
    return best[1]


def _decode_from(container: av.container.InputContainer, t: float) -> Iterator[av.VideoFrame]:
    stream = container.streams.video[0]
    assert stream.time_base is not None
    container.seek(int(max(t, 0.0) / stream.time_base), stream=stream)
    for frame in container.decode(stream):
        if frame.time is not None and frame.time >= t:
            yield frame

"""Cuts the part of a run's video around a moment."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sayso.errors import UserError


def cut(video: Path, out: Path, from_s: float, to_s: float) -> float:
    """Write the pictures of ``video`` from ``from_s`` to ``to_s`` as ``out``; return how many seconds there were.

    Raises `UserError` for a video without pictures then, and for files that cannot be read or written.
    """
    draft = out.with_name(f".{out.name}.partial")
    try:
        with av.open(str(video)) as source:
            pictures = source.streams.video[0]
            rate = pictures.average_rate or Fraction(25, 2)
            kept = [frame for frame in source.decode(pictures) if from_s <= float(frame.time or 0.0) <= to_s]
        if not kept:
            raise UserError(f"{video} has no pictures from {from_s:.1f} s to {to_s:.1f} s")
        try:
            _write(draft, kept, rate)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, av.FFmpegError) as error:
        raise UserError(f"cannot cut {video}: {getattr(error, 'strerror', None) or error}") from error
    return len(kept) / float(rate)


def _write(path: Path, frames: list[VideoFrame], rate: Fraction) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast"})
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = frames[0].height, frames[0].width, "yuv420p"
        for count, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
            picture.pts, picture.time_base = count, 1 / rate
            container.mux(stream.encode(picture))
        container.mux(stream.encode())

"""A run's video as a moving picture for a page: ``python -m sayso.report.moving_picture VIDEO.mp4 PICTURE.webp``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sayso.errors import UserError

FPS = 10
QUALITY = "80"  # of 100; lower values leave trails behind the arm


def write_moving_picture(video: Path, out: Path, width: int = 560) -> Path:
    """Write ``video`` as an endless animated WebP, ``width`` pixels wide at 10 pictures a second.

    Raises `UserError` for an invalid video, or if the file cannot be written.
    """
    try:
        with av.open(str(video)) as source, av.open(str(out), "w", format="webp", options={"loop": "0"}) as container:
            stream = container.add_stream("libwebp_anim", rate=FPS, options={"quality": QUALITY})
            assert isinstance(stream, VideoStream)
            first = source.streams.video[0]
            height = round(width * first.height / first.width / 2) * 2
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for count, frame in enumerate(_thinned(source.decode(first))):
                small = frame.reformat(width, height, "yuv420p", interpolation="AREA")
                small.pts, small.time_base = count, Fraction(1, FPS)
                container.mux(stream.encode(small))
            container.mux(stream.encode(None))
    except (OSError, ValueError, IndexError) as error:
        raise UserError(
            f"{video} cannot be made a moving picture: {getattr(error, 'strerror', None) or error}"
        ) from error
    return out


def _thinned(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """The frame that is visible at each tick of 1/`FPS` s."""
    last = None
    tick = 0
    for frame in frames:
        while last is not None and tick / FPS < frame.time:
            yield last
            tick += 1
        last = frame
    if last is not None:
        yield last


def main() -> None:
    """Write the picture and print its size."""
    parser = argparse.ArgumentParser(prog="python -m sayso.report.moving_picture", description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=560)
    arguments = parser.parse_args()
    out = write_moving_picture(arguments.video, arguments.out, arguments.width)
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

"""A run's video becomes a small moving picture that shows the same, at the same pace."""

from pathlib import Path

import av
import numpy as np
import pytest

from sayso.errors import UserError
from sayso.report.moving_picture import FPS, write_moving_picture


def test_a_video_of_two_seconds_becomes_two_seconds_of_pictures(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for count in range(50):
            shade = np.full((48, 64, 3), 4 * count, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode(None))
    content = write_moving_picture(video, tmp_path / "run.webp", width=32).read_bytes()
    assert content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    frames = content.split(b"ANMF")[1:]  # like pictures that follow each other are one, shown longer
    shown_ms = sum(int.from_bytes(frame[16:19], "little") for frame in frames)
    assert len(frames) > FPS / 2 and abs(shown_ms - 2000) <= 2 * 1000 / FPS


def test_what_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_text("nothing")
    with pytest.raises(UserError, match=r"video\.mp4 cannot be made a moving picture"):
        write_moving_picture(tmp_path / "video.mp4", tmp_path / "run.webp")

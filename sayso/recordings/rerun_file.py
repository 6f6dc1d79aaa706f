"""Writes an episode as a Rerun recording: pictures, joints, the hand's path, and everything said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sayso.hardware.types import Pose
from sayso.recordings.mcap_file import jpeg
from sayso.skills.episodes import Episode

TIMELINE = "time"


def write_rerun(path: Path, episode: Episode, hand: Sequence[Pose]) -> None:
    """Write ``episode``, with the poses of its ``hand`` if known, to ``path``; times count from its first sample."""
    import rerun as rr

    stream = rr.RecordingStream("sayso")
    stream.save(str(path))
    begin = float(episode.times[0])
    stream.log("task", rr.TextDocument(episode.task), static=True)
    if hand:
        stream.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
        stream.log("world/path", rr.LineStrips3D([np.array([pose.position for pose in hand])]), static=True)
    texts = {"subtask": episode.subtasks, "motion": episode.motions, "said": episode.events}
    for name, said in (texts | {"understood": episode.understood}).items():
        for t, text in said:
            stream.set_time(TIMELINE, duration=max(t - begin, 0.0))
            stream.log(f"language/{name}", rr.TextLog(text))
    pictures = {key: iter(frames) for key, frames in episode.videos.items()}
    named = {name: episode.names.get(name) for name in episode.columns}
    for name, names in named.items():
        if names is not None:
            stream.log(name.replace(".", "/"), rr.SeriesLines(names=list(names)), static=True)
    for k, t in enumerate(episode.times.tolist()):
        stream.set_time(TIMELINE, duration=t - begin)
        for name, values in episode.columns.items():
            stream.log(name.replace(".", "/"), rr.Scalars(values[k].astype(np.float64)))
        if hand:
            pose = hand[k]
            stream.log("world/hand", rr.Transform3D(translation=pose.position, mat3x3=pose.rotation))
        for key, frames in pictures.items():
            picture = rr.EncodedImage(contents=jpeg(next(frames)), media_type="image/jpeg")
            stream.log(key.replace(".", "/"), picture)
    stream.flush()
    stream.disconnect()

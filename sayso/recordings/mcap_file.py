"""Writes an episode as MCAP, in JSON with Foxglove's schemas: pictures, joints, the hand's pose, what was said."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from sayso.hardware.types import Pose
from sayso.skills.episodes import Episode

QUALITY = 90
BASE, HAND = "base", "hand"


def _object(title: str, **fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "properties": fields}


_TIME = _object("time", sec={"type": "integer"}, nsec={"type": "integer"})
_NUMBER, _TEXT, _WHOLE = {"type": "number"}, {"type": "string"}, {"type": "integer"}
_VECTOR = _object("foxglove.Vector3", x=_NUMBER, y=_NUMBER, z=_NUMBER)
_TURN = _object("foxglove.Quaternion", x=_NUMBER, y=_NUMBER, z=_NUMBER, w=_NUMBER)
_POSE = _object("foxglove.Pose", position=_VECTOR, orientation=_TURN)
_BYTES = {"type": "string", "contentEncoding": "base64"}
# The names are Foxglove's, which knows messages by them; numbers have a schema of our own.
SCHEMAS = {
    "foxglove.CompressedImage": _object(
        "foxglove.CompressedImage", timestamp=_TIME, frame_id=_TEXT, data=_BYTES, format=_TEXT
    ),
    "foxglove.PoseInFrame": _object("foxglove.PoseInFrame", timestamp=_TIME, frame_id=_TEXT, pose=_POSE),
    "foxglove.Log": _object(
        "foxglove.Log", timestamp=_TIME, level=_WHOLE, message=_TEXT, name=_TEXT, file=_TEXT, line=_WHOLE
    ),
    "sayso.Numbers": _object(
        "sayso.Numbers",
        timestamp=_TIME,
        names={"type": "array", "items": _TEXT},
        units={"type": "array", "items": _TEXT},
        values={"type": "array", "items": _NUMBER},
    ),
}
INFO = 2


def write_mcap(path: Path, episode: Episode, hand: Sequence[Pose]) -> None:
    """Write ``episode``, with the poses of its ``hand`` if known, to ``path``; times count from its first sample."""
    from mcap.writer import CompressionType, Writer

    with path.open("wb") as file:
        writer = Writer(file, compression=CompressionType.ZSTD)
        writer.start(profile="", library="sayso")
        kinds = {
            name: writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
            for name, schema in SCHEMAS.items()
        }
        channels: dict[str, int] = {}
        begin = float(episode.times[0])

        def send(topic: str, kind: str, t: float, content: Mapping[str, Any]) -> None:
            if topic not in channels:
                channels[topic] = writer.register_channel(topic, "json", kinds[kind])
            at = max(round((t - begin) * 1e9), 0)
            stamp = {"sec": at // 1_000_000_000, "nsec": at % 1_000_000_000}
            data = json.dumps({"timestamp": stamp, **content}, ensure_ascii=False).encode()
            writer.add_message(channels[topic], log_time=at, publish_time=at, data=data)

        texts = {"subtask": episode.subtasks, "motion": episode.motions, "said": episode.events}
        for topic, said in (texts | {"understood": episode.understood}).items():
            for t, text in said:
                log = {"level": INFO, "message": text, "name": topic, "file": "", "line": 0}
                send(f"/language/{topic}", "foxglove.Log", t, log)
        pictures = {key: iter(frames) for key, frames in episode.videos.items()}
        for k, t in enumerate(episode.times.tolist()):
            for name, values in episode.columns.items():
                numbers = {
                    "names": list(episode.names.get(name, ())),
                    "units": list(episode.units.get(name, ())),
                    "values": [float(v) for v in values[k]],
                }
                send("/" + name.replace(".", "/"), "sayso.Numbers", t, numbers)
            if hand:
                send("/hand", "foxglove.PoseInFrame", t, {"frame_id": BASE, "pose": _pose(hand[k])})
            for key, frames in pictures.items():
                data = b64encode(jpeg(next(frames))).decode()
                image = {"frame_id": key.rpartition(".")[2], "format": "jpeg", "data": data}
                send("/" + key.replace(".", "/"), "foxglove.CompressedImage", t, image)
        success = "" if episode.success is None else str(episode.success).lower()
        about = {"task": episode.task, "robot": episode.robot, "fps": f"{episode.fps:g}", "success": success}
        writer.add_metadata("sayso", about)
        writer.finish()


def jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """An RGB picture (H, W, 3) as JPEG."""
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _pose(pose: Pose) -> dict[str, dict[str, float]]:
    x, y, z = pose.position.tolist()
    qx, qy, qz, qw = Rotation.from_matrix(pose.rotation).as_quat().tolist()
    return {"position": {"x": x, "y": y, "z": z}, "orientation": {"x": qx, "y": qy, "z": qz, "w": qw}}

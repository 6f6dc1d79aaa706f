"""What travels between the session's process, the page server and the pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.hardware.types import Frame
from sayso.runtime.hearing.command_client import MAX_PHRASE

MAX_MESSAGE = 65_536  # bytes, from a page
STATE, EVENTS, FRAME, REPLY, HELLO = b"s", b"e", b"f", b"r", b"h"


DO = Literal[
    "say", "hold", "let_go", "speed", "select", "mark", "name", "look", "take", "got", "stop", "sound", "spoken"
]


class Command(BaseModel):
    """What a page asks for. ``id`` comes back with the reply.

    say: ``text``. hold, let_go: the hold-to-run button. speed: ``value`` of full speed. select: the thing ``target``,
    "" for none. mark: the point ``x``, ``y`` m of the table. name: ``text`` for the thing ``target``. look: look anew.
    take: control. got: the picture of ``camera`` has arrived, the next may come. stop: as the gateway's, where that
    does not answer. sound: ``samples`` of the microphone, for offline recognition. spoken: the button is let go; the
    reply has the words.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    do: DO
    id: int = Field(default=0, ge=0, le=2**53)
    text: str = Field(default="", max_length=MAX_PHRASE)
    target: str = Field(default="", max_length=64)
    camera: str = Field(default="", max_length=64)
    samples: str = Field(default="", max_length=60_000)
    value: float = Field(default=1.0, gt=0.0, le=1.0)
    x: float = Field(default=0.0, ge=-10, le=10)
    y: float = Field(default=0.0, ge=-10, le=10)


class BadCommand(ValueError):
    """What a page sent is no command; ``about`` is its answer."""

    def __init__(self, about: dict[str, Any], why: str) -> None:
        super().__init__(why)
        self.about = about | {"ok": False, "text": why}


def read_command(text: str) -> Command:
    """The command of a page's message. Raises `BadCommand` with one clear line."""
    try:
        return Command.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    try:
        sent = json.loads(text)
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise BadCommand({"re": 0, "do": ""}, "this is no command; a command is a JSON object with do and id")
    number, do = sent.get("id"), sent.get("do")
    about = {"re": number if isinstance(number, int) else 0, "do": str(do)[:64]}
    field, kind = ".".join(map(str, first["loc"])), first["type"]
    if field == "do":
        raise BadCommand(about, f"there is no command {str(do)[:64]!r}; there are {', '.join(get_args(DO))}")
    if kind == "string_too_long":
        raise BadCommand(
            about, f"{field} has at most {first['ctx']['max_length']} characters; these are {len(sent[field])}"
        )
    if kind == "extra_forbidden":
        raise BadCommand(about, f"a command has no {field[:64]}; it may have {', '.join(Command.model_fields)}")
    raise BadCommand(about, f"{field}: {first['msg'].lower()}; got {str(sent.get(field))[:64]}")


class ClientMessage(BaseModel):
    """A command as the page server passes it on: from the page ``client``; "watch": ``watchers`` pages are open."""

    model_config = ConfigDict(extra="forbid", strict=True)
    client: str = Field(default="", max_length=64)
    command: Command | None = None
    watchers: int | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A camera's picture, (H, W, 3) uint8 RGB, with ``about`` for the page: camera, time, matrix, pose."""

    about: dict[str, Any]
    rgb: NDArray[np.uint8]


def packed(kind: bytes, value: object) -> bytes:
    """A message of ``kind`` with ``value`` as JSON."""
    return kind + json.dumps(value, separators=(",", ":")).encode()


def packed_frame(frame: Frame) -> bytes:
    """A frame as a message: its description in one line, then the picture's bytes."""
    about = {
        "camera": frame.camera,
        "t": round(frame.t, 3),
        "size": [int(frame.rgb.shape[1]), int(frame.rgb.shape[0])],
        "matrix": _rounded(frame.intrinsics, 3),
        "position": _rounded(frame.pose.position, 4),
        "rotation": _rounded(frame.pose.rotation, 5),
    }
    return packed(FRAME, about) + b"\n" + np.ascontiguousarray(frame.rgb, dtype=np.uint8).tobytes()


def unpacked_frame(message: bytes) -> Picture:
    """The inverse of `packed_frame`. Raises ValueError."""
    top, _, data = message[1:].partition(b"\n")
    about = json.loads(top)
    width, height = about["size"]
    return Picture(about, np.frombuffer(data, np.uint8).reshape(height, width, 3))


def _rounded(values: NDArray[Any], digits: int) -> list[float]:
    return [round(float(v), digits) for v in np.asarray(values).reshape(-1)]

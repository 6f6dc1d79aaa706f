"""Binary message of a picture and its fault, from a camera's process to the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sayso.hardware.cameras.health import Fault
from sayso.hardware.cameras.source import Picture

_FAULTS = tuple(Fault)
_TEXT = 240


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture taken at ``t`` s, None without one; with a ``fault`` it is for display only."""

    t: float
    picture: Picture | None
    fault: Fault | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShotMessage:
    """A `Shot` of ``width`` x ``height`` pixels, with ``depth`` or without."""

    width: int
    height: int
    depth: bool = False

    @property
    def layout(self) -> str:
        """Time, whether there is a picture, the fault's index, text, colors, depth."""
        pixels = self.width * self.height
        return f"dqq{_TEXT}s{3 * pixels}s" + f"{4 * pixels}s" * self.depth

    def pack(self, value: Shot) -> tuple[Any, ...]:
        """The fields. Raises ValueError for a picture of another size."""
        shape, picture = (self.height, self.width), value.picture
        rgb = depth = b""
        if picture is not None:
            if picture.rgb.shape != (*shape, 3) or picture.rgb.dtype != np.uint8:
                raise ValueError(
                    f"a picture {picture.rgb.shape} {picture.rgb.dtype} where {(*shape, 3)} uint8 is needed"
                )
            rgb = picture.rgb.tobytes()
            if self.depth:
                if picture.depth is None or picture.depth.shape != shape or picture.depth.dtype != np.float32:
                    raise ValueError(f"depth {shape} float32 is needed")
                depth = picture.depth.tobytes()
        fault = -1 if value.fault is None else _FAULTS.index(value.fault)
        return (value.t, int(picture is not None), fault, value.text.encode(), rgb, *([depth] if self.depth else []))

    def unpack(self, fields: tuple[Any, ...]) -> Shot:
        """The shot; its arrays are read-only."""
        t, there, fault, text, rgb, *depth = fields
        picture = None
        if there:
            shape = (self.height, self.width)
            far = np.frombuffer(depth[0], np.float32).reshape(shape) if self.depth else None
            picture = Picture(np.frombuffer(rgb, np.uint8).reshape(*shape, 3), far)
        said = text.rstrip(b"\0").decode(errors="ignore")
        return Shot(t, picture, None if fault < 0 else _FAULTS[fault], said)

"""A picture with what the eyes saw drawn into it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.reports import called
from sayso.perception.eyes.view import fitted, in_picture
from sayso.perception.scene import GivenName

READABLE = 640  # pixels of width: a smaller picture is enlarged
LETTERS = 0.5
TINTS = ((66, 135, 245), (245, 130, 48), (60, 180, 75), (230, 25, 75), (145, 30, 180), (0, 170, 170), (240, 50, 230))


def annotated(
    frame: Frame, instances: Sequence[Instance], ids: Sequence[str], given: Sequence[Sequence[GivenName]]
) -> NDArray[np.uint8]:
    """The frame's colors, enlarged if small, with each instance's pixels tinted, its box, id, name and confidence.

    ``given`` are the names that each may have.
    """
    view = fitted(frame)
    out = frame.rgb.copy()
    for k, instance in enumerate(instances):
        mask = in_picture(instance.mask, view, frame)
        out[mask] = (0.6 * out[mask] + 0.4 * np.array(TINTS[k % len(TINTS)])).astype(np.uint8)
    scale = -(-READABLE // out.shape[1])
    out = np.ascontiguousarray(out.repeat(scale, 0).repeat(scale, 1))
    for k, (instance, name, names) in enumerate(zip(instances, ids, given, strict=True)):
        tint = TINTS[k % len(TINTS)]
        x0, y0, x1, y1 = (round(c * scale) for c in instance.box)
        cv2.rectangle(out, (x0, y0), (x1, y1), tint, 2)
        _label(out, f"{name} {called(instance, names)} {instance.confidence:.0%}", x0, y0)
    return out


def _label(out: NDArray[np.uint8], text: str, x: int, y: int) -> None:
    """Write ``text`` above the point on a dark ground, inside the picture."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, LETTERS, 1)
    x = int(np.clip(x, 2, max(out.shape[1] - width - 6, 2)))
    y = int(np.clip(y - below - 2, height + 4, out.shape[0] - below - 2))
    cv2.rectangle(out, (x - 2, y - height - 3), (x + width + 2, y + below), (20, 20, 20), cv2.FILLED)
    cv2.putText(out, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, LETTERS, (255, 255, 255), 1, cv2.LINE_AA)

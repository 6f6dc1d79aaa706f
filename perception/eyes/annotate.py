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

TINTS = ((66, 135, 245), (245, 130, 48), (60, 180, 75), (230, 25, 75), (145, 30, 180), (0, 170, 170), (240, 50, 230))


def annotated(
    frame: Frame, instances: Sequence[Instance], ids: Sequence[str], given: Sequence[Sequence[GivenName]]
) -> NDArray[np.uint8]:
    """The frame's colors with each instance's pixels tinted, its box, and its id, name and confidence.

    ``given`` are the names that each may have.
    """
    out = frame.rgb.copy()
    view = fitted(frame)
    text = max(out.shape[1] / 1280, 0.4)
    for k, (instance, name, names) in enumerate(zip(instances, ids, given, strict=True)):
        tint = TINTS[k % len(TINTS)]
        mask = in_picture(instance.mask, view, frame)
        out[mask] = (0.6 * out[mask] + 0.4 * np.array(tint)).astype(np.uint8)
        x0, y0, x1, y1 = (round(c) for c in instance.box)
        cv2.rectangle(out, (x0, y0), (x1, y1), tint, max(int(2 * text), 1))
        label = f"{name} {called(instance, names)} {instance.confidence:.2f}"
        at = (max(x0, 2), max(y0 - 4, int(24 * text)))
        for color, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(out, label, at, cv2.FONT_HERSHEY_SIMPLEX, text, color, thick, cv2.LINE_AA)
    return out

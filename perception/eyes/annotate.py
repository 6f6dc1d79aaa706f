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
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import GivenName

READABLE = 640  # pixels of width: a smaller picture is enlarged
LETTERS = 0.5
FINGER, GAP = 0.011, 0.006  # m: half of a fingertip's width, and from the thing to where it is drawn
TINTS = ((66, 135, 245), (245, 130, 48), (60, 180, 75), (230, 25, 75), (145, 30, 180), (0, 170, 170), (240, 50, 230))


def annotated(
    frame: Frame,
    instances: Sequence[Instance],
    ids: Sequence[str],
    given: Sequence[Sequence[GivenName]],
    grasps: Sequence[Sequence[Grasp]] = (),
) -> NDArray[np.uint8]:
    """The frame's colors, enlarged if small, with each instance's pixels tinted, its box, id, name and confidence.

    ``given`` are the names that each may have, ``grasps`` those of each, of which the best one is drawn.
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
    for some in grasps:
        if some:
            _draw_grasp(out, some[0], frame, scale)
    return out


def _draw_grasp(out: NDArray[np.uint8], grasp: Grasp, frame: Frame, scale: int) -> None:
    """Draw where the two fingertips close on a thing, as two bars across the line between them."""
    along = np.array([np.cos(grasp.yaw), np.sin(grasp.yaw), 0.0])
    across = np.array([-along[1], along[0], 0.0]) * FINGER
    ends = [grasp.position + side * (grasp.width / 2 + GAP) * along for side in (-1, 1)]
    points = np.array([*ends, *(end + way * across for end in ends for way in (-1, 1))])
    local = (points - frame.pose.position) @ frame.pose.rotation
    if (local[:, 2] <= 0).any():
        return
    pixels = local @ frame.intrinsics.T
    spots = [tuple(p) for p in np.round((pixels[:, :2] / pixels[:, 2:] + 0.5) * scale).astype(int).tolist()]
    for color, thick in (((20, 20, 20), 4), ((255, 255, 255), 2)):
        for a, b in ((0, 1), (2, 3), (4, 5)):
            cv2.line(out, spots[a], spots[b], color, thick, cv2.LINE_AA)


def _label(out: NDArray[np.uint8], text: str, x: int, y: int) -> None:
    """Write ``text`` above the point on a dark ground, inside the picture."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, LETTERS, 1)
    x = int(np.clip(x, 2, max(out.shape[1] - width - 6, 2)))
    y = int(np.clip(y - below - 2, height + 4, out.shape[0] - below - 2))
    cv2.rectangle(out, (x - 2, y - height - 3), (x + width + 2, y + below), (20, 20, 20), cv2.FILLED)
    cv2.putText(out, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, LETTERS, (255, 255, 255), 1, cv2.LINE_AA)

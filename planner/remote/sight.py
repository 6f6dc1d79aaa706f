"""What a model sees of a scene: a picture with a numbered mark on each thing, and what its points mean."""

from __future__ import annotations

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.errors import PlannerError

MAX_IMAGE_SIDE = 768
MARKED_SIDE = 640
"""A camera's picture is at least this long, in pixels: in a smaller one the marks would hide the things."""
NEAR = 0.05
"""A point at most this far from a thing's outline, as a fraction of the picture's width, is the thing."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX
Image = NDArray[np.uint8]


class Sight:
    """A ``scene`` and a ``picture`` of it: a camera's frame, a bare image (H, W, 3) uint8 RGB, or None.

    A mark is the number of a thing, from 1 on in the order of the scene. A bare image has no marks and no points, for
    nobody knows from where it was taken.
    """

    def __init__(self, scene: Scene, picture: Frame | Image | None) -> None:
        self.scene = scene
        self.numbers = {i: o.id for i, o in enumerate(scene.objects, 1)}
        self.frame = picture if isinstance(picture, Frame) else None
        rgb = picture.rgb if isinstance(picture, Frame) else picture
        self._small = None if rgb is None else _fitted(rgb, 0 if self.frame is None else MARKED_SIDE)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the picture as it is sent."""
        return (1, 1) if self._small is None else (self._small.shape[1], self._small.shape[0])

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture."""
        return self._small is not None

    @property
    def points(self) -> bool:
        """Whether a point of the picture means something."""
        return self.frame is not None

    @property
    def picture(self) -> str | None:
        """The picture with its marks as a data URL of a JPEG; None without one."""
        if self._small is None:
            return None
        _, jpeg = cv2.imencode(".jpg", self._marked()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()

    def _marked(self) -> Image:
        assert self._small is not None
        image = np.ascontiguousarray(self._small)
        if self.frame is None:
            return image
        scale = self.size[0] / 1500
        for number, object_id in self.numbers.items():
            thing = self.scene.find(object_id)
            at = None if thing is None else self.pixel(thing.position + np.array([0, 0, thing.size[2] / 2]))
            if at is None:
                continue
            x, y = (round(c * side) for c, side in zip(at, self.size, strict=True))
            (width, height), _ = cv2.getTextSize(str(number), _FONT, scale, 1)
            radius = round(0.75 * max(width, height)) + 2
            above = (x, max(y - 2 * radius - 4, radius))  # beside the thing, which stays to be seen
            cv2.line(image, (x, y), above, (255, 255, 255), 1, cv2.LINE_AA)
            cv2.circle(image, above, radius, (0, 0, 0), cv2.FILLED, cv2.LINE_AA)
            cv2.circle(image, above, radius, (255, 255, 255), 1, cv2.LINE_AA)
            where = (above[0] - width // 2, above[1] + height // 2)
            cv2.putText(image, str(number), where, _FONT, scale, (255, 255, 255), 1, cv2.LINE_AA)
        return image

    def pixel(self, point: Array) -> tuple[float, float] | None:
        """Where a ``point`` (3,) m of the base frame is in the picture, (u, v); None outside of it."""
        if self.frame is None:
            return None
        x, y, z = self.frame.intrinsics @ self.frame.pose.rotation.T @ (point - self.frame.pose.position)
        height, width = self.frame.rgb.shape[:2]
        if z <= 0 or not (0 <= x / z < width and 0 <= y / z < height):
            return None
        return float(x / z / width), float(y / z / height)

    def on_table(self, u: float, v: float) -> tuple[float, float] | None:
        """The point (x, y) in m of the table, base frame, at (u, v) of the picture; None if no table is there."""
        if self.frame is None:
            return None
        height, width = self.frame.rgb.shape[:2]
        ray = self.frame.pose.rotation @ np.linalg.solve(self.frame.intrinsics, [u * width, v * height, 1.0])
        feet = [float(o.position[2] - o.size[2] / 2) for o in self.scene.objects if not o.held]
        down = self.frame.pose.position[2] - min(feet, default=0.0)
        if ray[2] >= 0 or down <= 0:
            return None
        x, y = (self.frame.pose.position + ray * (down / -ray[2]))[:2].tolist()
        return x, y

    def thing_at(self, u: float, v: float) -> SceneObject | None:
        """The thing at (u, v) of the picture, or a little beside it; the smallest of several."""
        found: list[tuple[float, float, SceneObject]] = []
        for thing in self.scene.objects:
            corners = [thing.position + thing.size * (np.array(c) - 0.5) for c in np.ndindex(2, 2, 2)]
            seen = [p for p in map(self.pixel, corners) if p is not None]
            if seen:
                low, high = np.min(seen, axis=0), np.max(seen, axis=0)
                outside = np.maximum(0.0, np.maximum(low - (u, v), (u, v) - high))
                found.append((float(np.hypot(*outside)), float(np.hypot(*(high - low))), thing))
        near = [one for one in found if one[0] <= NEAR]
        return min(near, key=lambda one: one[:2])[2] if near else None


def _fitted(image: Image, least: int = 0) -> Image:
    """``image``, its longer side from ``least`` to `MAX_IMAGE_SIDE` pixels; raises `PlannerError` for another form."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise PlannerError(f"the camera image must be (H, W, 3) uint8 RGB, not {image.shape} {image.dtype}")
    side = max(image.shape[:2])
    scale = min(max(1.0, least / side), MAX_IMAGE_SIDE / side)
    if scale == 1:
        return image.copy()
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how), np.uint8)

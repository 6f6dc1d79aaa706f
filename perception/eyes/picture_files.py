"""Pictures from files as frames: color, depth, camera and pose; one line for what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sayso.hardware.cameras.calibration import Place
from sayso.hardware.types import Frame, Pose

MAX_BYTES = 1_000_000
MAX_PICTURE = 100_000_000
FARTHEST = 20.0  # m; a median beyond it means a wrong scale
Finite = Annotated[float, Field(allow_inf_nan=False)]
Row = tuple[Finite, Finite, Finite]


class PictureError(ValueError):
    """A picture that cannot be used; the message is one line: which file, what is wrong, what is allowed."""


class CameraFile(BaseModel):
    """``camera.json``: size in pixels, pinhole matrix, OpenCV's distortion (none, or 4, 5 or 8 numbers)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    width: Annotated[int, Field(ge=16, le=8192)]
    height: Annotated[int, Field(ge=16, le=8192)]
    matrix: tuple[Row, Row, Row]
    distortion: tuple[Finite, ...] = ()

    @field_validator("matrix")
    @classmethod
    def _pinhole(cls, matrix: tuple[Row, Row, Row]) -> tuple[Row, Row, Row]:
        (fx, _, _), (zero, fy, _), last = matrix
        if fx <= 0 or fy <= 0 or zero != 0 or tuple(last) != (0.0, 0.0, 1.0):
            raise ValueError("must be [[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in pixels, fx and fy above 0")
        return matrix

    @field_validator("distortion")
    @classmethod
    def _known(cls, distortion: tuple[float, ...]) -> tuple[float, ...]:
        if len(distortion) not in (0, 4, 5, 8):
            raise ValueError(f"has {len(distortion)} numbers; OpenCV's has none, or 4, 5 or 8")
        return distortion


def read_frame(picture: Path, depth: Path | None, scale: float, camera: Path, pose: Pose) -> Frame:
    """The frame of a color ``picture``, without lens distortion.

    ``depth`` is a picture of one channel whose values times ``scale`` are m along the optical axis, 0: not measured.
    Raises `PictureError`.
    """
    rgb = _image(picture, cv2.IMREAD_COLOR)[..., ::-1]
    lens = read_camera_file(camera)
    height, width = rgb.shape[:2]
    if (lens.width, lens.height) != (width, height):
        raise PictureError(f"{picture} has {width} × {height} pixels; {camera} is of {lens.width} × {lens.height}")
    metres = None
    if depth is not None:
        raw = _image(depth, cv2.IMREAD_UNCHANGED)
        if raw.ndim != 2 or raw.dtype not in (np.uint16, np.float32):
            raise PictureError(f"{depth} is no depth picture: it has 16-bit or float values in one channel")
        if raw.shape != (height, width):
            raise PictureError(
                f"{depth} has {raw.shape[1]} × {raw.shape[0]} pixels, {picture} has {width} × {height}; "
                "the depth must be aligned to the color"
            )
        metres = np.nan_to_num(raw.astype(np.float32) * np.float32(scale), nan=0.0, posinf=0.0, neginf=0.0)
        if (metres > 0).any() and np.median(metres[metres > 0]) > FARTHEST:
            raise PictureError(
                f"{depth}: half of it is beyond {FARTHEST:g} m; --depth-scale is metres per unit, 0.001 for mm"
            )
    matrix = np.array(lens.matrix)
    if any(lens.distortion):
        maps = cv2.initUndistortRectifyMap(
            matrix, np.array(lens.distortion), np.eye(3), matrix, (width, height), cv2.CV_32FC1
        )
        rgb = cv2.remap(np.ascontiguousarray(rgb), *maps, cv2.INTER_LINEAR)
        metres = None if metres is None else cv2.remap(metres, *maps, cv2.INTER_NEAREST)
    return Frame(0.0, picture.stem, np.ascontiguousarray(rgb, dtype=np.uint8), metres, matrix, pose)


def read_camera_file(path: Path) -> CameraFile:
    """A ``camera.json``. Raises `PictureError`."""
    try:
        return CameraFile.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"][:1])
        raise PictureError(f"{path}: {place or 'file'}: {first['msg'].removeprefix('Value error, ')}") from None


def read_pose(path: Path) -> Pose:
    """A camera's pose in the base frame: ``{"position": [3], "rotation": [3 rows]}``. Raises `PictureError`."""
    try:
        return Place.model_validate(read_json(path)).pose
    except ValidationError as error:
        first = error.errors()[0]
        raise PictureError(f"{path}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from None


def read_json(path: Path) -> Any:
    """A small JSON file. Raises `PictureError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PictureError(f"{path} has {path.stat().st_size} bytes; at most {MAX_BYTES} are allowed")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise PictureError(f"{path} is not JSON: {' '.join(str(error).split())}") from None


def _image(path: Path, how: int) -> NDArray[Any]:
    try:
        if path.stat().st_size > MAX_PICTURE:
            raise PictureError(f"{path} has {path.stat().st_size} bytes; at most {MAX_PICTURE} are allowed")
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}") from None
    image = cv2.imdecode(data, how) if len(data) else None
    if image is None:
        raise PictureError(f"{path} is no picture that can be read (PNG, JPEG or TIFF)")
    return np.asarray(image)

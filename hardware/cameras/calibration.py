"""A camera's calibration file, protected by a digest: lens, pose in the base frame, and a thumbnail of its view."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, Pose

MAX_BYTES = 64_000
LOOK_WIDTH, LOOK_HEIGHT = 24, 18
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=8192)]
Triple = tuple[Finite, Finite, Finite]


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lens(_Text):
    """Pinhole parameters in pixels and OpenCV's distortion k1, k2, p1, p2, k3; ``rms_px`` is the fit's residual."""

    fx: Positive
    fy: Positive
    cx: Finite
    cy: Finite
    distortion: tuple[Finite, Finite, Finite, Finite, Finite] = (0.0, 0.0, 0.0, 0.0, 0.0)
    rms_px: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0

    @property
    def matrix(self) -> Array:
        """The pinhole matrix (3, 3)."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])


class Place(_Text):
    """The camera's pose in the base frame: ``position`` m, ``rotation`` row by row; its columns are OpenCV's axes."""

    position: Triple
    rotation: tuple[Triple, Triple, Triple]

    @model_validator(mode="after")
    def _turns(self) -> Self:
        r = np.array(self.rotation)
        if not np.allclose(r @ r.T, np.eye(3), atol=1e-6) or np.linalg.det(r) < 0:
            raise ValueError(f"rotation {r.tolist()} is invalid: it is not orthonormal, or it mirrors")
        return self

    @classmethod
    def of(cls, pose: Pose) -> Place:
        """Convert from a `Pose`."""
        return cls.model_validate({"position": pose.position.tolist(), "rotation": pose.rotation.tolist()})

    @property
    def pose(self) -> Pose:
        """The pose as arrays."""
        return Pose(np.array(self.position), np.array(self.rotation))


class CameraCalibration(_Text):
    """Calibration of one camera; ``width`` and ``height`` in pixels are those of its calibration pictures.

    The camera must deliver this size. ``place`` is None until hand-eye calibration. ``device`` is the device's own
    name, if Linux reports one. ``look`` is the thumbnail of `look_of` at calibration time in hexadecimal. Both may be
    empty.
    """

    schema_: Literal[1] = Field(default=1, alias="schema")
    camera: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    width: Pixels
    height: Pixels
    lens: Lens
    place: Place | None = None
    device: Annotated[str, Field(max_length=300)] = ""
    look: Annotated[str, Field(pattern=rf"^([0-9a-f]{{{2 * LOOK_WIDTH * LOOK_HEIGHT}}})?$")] = ""

    @model_validator(mode="after")
    def _centred(self) -> Self:
        if not (0 <= self.lens.cx <= self.width and 0 <= self.lens.cy <= self.height):
            raise ValueError(f"the lens' center lies outside of {self.width} x {self.height} pixels")
        return self

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """`look` as an image (`LOOK_HEIGHT`, `LOOK_WIDTH`) uint8."""
        if not self.look:
            return None
        return np.frombuffer(bytes.fromhex(self.look), np.uint8).reshape(LOOK_HEIGHT, LOOK_WIDTH)


def look_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image (H, W, 3) as a gray thumbnail (`LOOK_HEIGHT`, `LOOK_WIDTH`), by which `SwapWatch` identifies a view."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def read_camera(file: Path) -> CameraCalibration:
    """Read the calibration in ``file``. Raises `RobotError` if the file is missing, damaged or was edited by hand."""
    remedy = "make it with 'sayso calibrate camera', then 'sayso calibrate hand-eye'"
    try:
        if file.stat().st_size > MAX_BYTES:
            raise RobotError(
                f"the camera calibration {file} has {file.stat().st_size} bytes; at most {MAX_BYTES} are read"
            )
        content = json.loads(file.read_bytes())
        if not isinstance(content, dict):
            raise RobotError(f"{file} is no camera calibration; {remedy}")
        digest = content.pop("digest", None)
        found = CameraCalibration.model_validate(content)
    except FileNotFoundError:
        raise RobotError(f"there is no camera calibration {file}; {remedy}") from None
    except OSError as error:
        raise RobotError(f"cannot read the camera calibration {file}: {error.strerror}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise RobotError(f"{file} is no camera calibration: {wrong}; {remedy}") from error
    except (ValueError, RecursionError) as error:  # not JSON, or not text
        raise RobotError(f"{file} is no camera calibration: {error}; {remedy}") from error
    if digest != digest_of(found):
        raise RobotError(f"the camera calibration {file} is damaged: its digest does not match its content; {remedy}")
    return found


def write_camera(file: Path, calibration: CameraCalibration) -> None:
    """Save the calibration with its digest, replacing the file atomically. Raises `RobotError`."""
    content = _content(calibration) | {"digest": digest_of(calibration)}
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(content, indent=1) + "\n")
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise RobotError(f"cannot write the camera calibration {file}: {error.strerror}") from error


def digest_of(calibration: CameraCalibration) -> str:
    """sha256 of the content without the digest."""
    text = json.dumps(_content(calibration), sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _content(calibration: CameraCalibration) -> dict[str, Any]:
    return calibration.model_dump(by_alias=True, mode="json")

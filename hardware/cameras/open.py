"""Cameras from the command line's [NAME=]ADDRESS, with the calibration of that name."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

from sayso.hardware.addresses import without_password
from sayso.hardware.cameras.calibration import CameraCalibration, read_camera
from sayso.hardware.cameras.device_camera import CameraPlan
from sayso.hardware.cameras.opencv import device_of
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import CONFIG, expanded, user_folder

FOLDER_VARIABLE = "SAYSO_CALIBRATION"


def calibration_folder() -> Path:
    """The folder of calibrations: ``SAYSO_CALIBRATION``, or else sayso/calibration in the user's configuration folder.

    Raises `RobotError` for a user without a home.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return expanded(named)
    return user_folder(*CONFIG) / "sayso" / "calibration"


def camera_file(name: str, folder: Path | None = None) -> Path:
    """The calibration file of the camera ``name``."""
    return (folder or calibration_folder()) / f"camera-{name}.json"


def name_and_address(text: str) -> tuple[str, str]:
    """Split [NAME=]ADDRESS; a missing name is taken from the file, the URL's last part, or the number (camera0, …).

    Raises `RobotError` if the address is neither a number, a device, a file nor a URL.
    """
    name, equals, address = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        if equals and "/" not in name and not _exists(text):  # no address either
            raise RobotError(f"{name!a} cannot be a camera's name; 1 to 40 letters, digits, _ and - are allowed")
        name, address = "", text
    if not address:
        raise RobotError(f"'{text}' names no camera; [NAME=]ADDRESS is needed: a number, a device, a file or a URL")
    if not _could_be(address):  # not shown in the error: a URL without its scheme may contain a password
        raise RobotError(
            f"the address of the camera {name or text.partition('=')[0] if equals else 'that is given'} is no number, "
            "device, file or URL such as rtsp://HOST/PATH; a blank in a URL is written %20"
        )
    if not name:
        if address.isdecimal():
            name = f"camera{address}"
        else:
            path = urlsplit(without_password(address)).path if "://" in address else address
            stem = Path(path).stem
            name = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:40] or "camera"
            if not stem.isascii() or len(stem) > 40:  # keeps names of similar files distinct
                name += f"-{crc32(stem.encode(errors='surrogateescape')):08x}"
    return name, address


def _could_be(address: str) -> bool:
    """Whether ``address`` has the form of a camera's address; the camera need not exist."""
    if address.isdecimal() or address.partition(":")[0] == "realsense" or _exists(address):
        return True
    if "://" in address:
        return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/]\S*|file:///\S+", address) is not None
    return re.search(r"[@?]|^\w+:", address) is None and re.search(r"[/.]", address) is not None


def _exists(file: str) -> bool:
    try:
        return Path(file).exists()
    except (OSError, ValueError):
        return False


def camera_plan(text: str, folder: Path | None = None) -> CameraPlan:
    """The camera that [NAME=]ADDRESS names, with its calibration from ``folder``.

    Raises `RobotError` for a missing or damaged calibration, and for a webcam other than the calibrated one.
    """
    name, address = name_and_address(text)
    calibration = read_camera(camera_file(name, folder))
    if calibration.camera != name:
        raise RobotError(f"{camera_file(name, folder)} is the calibration of '{calibration.camera}', not of '{name}'")
    _check_identity(calibration, address)
    return CameraPlan(address, calibration, depth=address.startswith(("realsense", "rgbd+")))


def check_cameras(texts: Sequence[str]) -> None:
    """Raise `RobotError` for an invalid [NAME=]ADDRESS, or if two share a name or an address."""
    seen: dict[str, str] = {}
    for text in texts:
        name, address = name_and_address(text)
        for part in (f"name {name}", f"address {address}"):
            if part in seen:
                raise RobotError(f"two cameras have the {part}: {seen[part]} and {text}")
            seen[part] = text


def _check_identity(calibration: CameraCalibration, address: str) -> None:
    device = device_of(address)
    if calibration.device and device and device != calibration.device:
        raise RobotError(
            f"the camera {address} is {device}, but '{calibration.camera}' was calibrated as {calibration.device}: "
            "exchange the numbers, or calibrate it again"
        )

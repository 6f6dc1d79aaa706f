"""The user's own folders, on computers without a home as well: containers and services may have none."""

from __future__ import annotations

import os
from pathlib import Path

from sayso.hardware.robot import RobotError


def expanded(path: str | Path) -> Path:
    """``path`` with ~ and ~USER in place. Raises `RobotError` where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise RobotError(f"{path} is in nobody's home: HOME is not set, or there is no such user") from None


def user_folder(variable: str, otherwise: str) -> Path:
    """The folder that the environment's ``variable`` names, else ``otherwise`` in the user's home.

    A relative one does not count, as the XDG specification has it. Raises `RobotError` where neither is known.
    """
    if (base := os.environ.get(variable)) and (folder := expanded(base)).is_absolute():
        return folder
    try:
        return Path.home() / otherwise
    except RuntimeError:
        raise RobotError(
            f"this user has no home folder to keep robots and calibrations in: set HOME, or {variable}"
        ) from None

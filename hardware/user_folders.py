"""The user's configuration folders, including users without a home, as in containers and services."""

from __future__ import annotations

import os
from pathlib import Path

from sayso.hardware.robot import RobotError

# By the XDG specification: the environment's variable and where the folder is without it.
CONFIG, STATE = ("XDG_CONFIG_HOME", ".config"), ("XDG_STATE_HOME", ".local/state")
DATA = ("XDG_DATA_HOME", ".local/share")


def expanded(path: str | Path) -> Path:
    """``path`` with ~ and ~USER expanded. Raises `RobotError` if that home does not exist."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise RobotError(f"{path} needs a home folder: HOME is not set, or there is no such user") from None


def user_folder(variable: str, otherwise: str) -> Path:
    """The folder in the environment variable ``variable``, or else ``otherwise`` below the user's home.

    A relative path is ignored, as the XDG specification requires. Raises `RobotError` if the user has no home.
    """
    if (base := os.environ.get(variable)) and (folder := expanded(base)).is_absolute():
        return folder
    try:
        return Path.home() / otherwise
    except RuntimeError:
        raise RobotError(
            f"this user has no home folder for robots, calibrations and the memory: set HOME, or {variable}"
        ) from None

"""What is known of a real robot, kept by its name: how it is reached, and its cameras."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.addresses import without_password
from hardware.home import user_folder
from hardware.robot import RobotError
from sayso.errors import UserError
from sayso.files import write_atomic

MAX_BYTES = 64_000


class RobotFile(BaseModel):
    """``NAME.json``: the driver ``robot``, its port, LeRobot's calibration file, the driver's options.

    ``cameras`` are [NAME=]ADDRESS, as on the command line; their calibrations lie in ``calibrations``, None: in the
    usual folder. ``realtime`` False leaves the arm's loop at the priority of other programs. ``emulated`` marks an arm
    that `sayso emulate` wrote down, so that it never takes a real one's place. Addresses may hold passwords, so
    only its owner can read the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1] = 1
    robot: str
    port: str = ""
    calibration: str | None = None
    options: dict[str, str] = Field(default_factory=dict)
    cameras: tuple[str, ...] = ()
    calibrations: str | None = None
    realtime: bool = True
    emulated: bool = False

    @classmethod
    def load(cls, name: str) -> Self | None:
        """What is kept under ``name``, None if nothing is. Raises `UserError` saying what is wrong with the file."""
        file = robot_path(name)
        try:
            if file.stat().st_size > MAX_BYTES:
                raise UserError(f"{file} has {file.stat().st_size} bytes; at most {MAX_BYTES} are read")
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise UserError(f"{file} does not describe a robot: {where}: {first['msg']}") from error

    def save(self, name: str) -> Path:
        """Keep this under ``name``. Raises `UserError` if it cannot be, or an emulated arm would replace a real one."""
        there = RobotFile.load(name)
        if self.emulated and there is not None and not there.emulated:
            raise UserError(f"'{name}' is a real robot, kept in {robot_path(name)}; save the emulated one as another")
        return write_atomic(robot_path(name), self.model_dump_json(indent=1) + "\n", private=True)

    def shown(self) -> Self:
        """The same without the passwords in its addresses, to be shown."""
        seen = {"port": without_password(self.port), "cameras": tuple(map(without_password, self.cameras))}
        return self.model_copy(update=seen)


def robots_folder() -> Path:
    """Where robots are kept: ``sayso/robots`` in the user's configuration folder."""
    return _user_folder("XDG_CONFIG_HOME", ".config")


def robot_path(name: str) -> Path:
    """The file of the robot ``name``; a colon in it becomes a dash."""
    return robots_folder() / f"{_plain(name)}.json"


def state_path(name: str, what: str) -> Path:
    """The file in which ``what`` of the robot ``name`` outlives a session: its latched fault, its confirmed limits."""
    return _user_folder("XDG_STATE_HOME", ".local/state") / f"{_plain(name)}.{what}"


def known_robots() -> list[str]:
    """The names under which robots are kept."""
    return sorted(file.stem for file in robots_folder().glob("*.json"))


def _user_folder(variable: str, default: str) -> Path:
    try:
        return user_folder(variable, default) / "sayso" / "robots"
    except RobotError as error:
        raise UserError(str(error)) from error


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name).lstrip(".") or "-"

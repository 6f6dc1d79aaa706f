"""Saved settings of a real robot by its name: driver, port and cameras."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self
from unicodedata import normalize
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.addresses import without_password
from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import CONFIG, STATE, user_folder

MAX_BYTES = 64_000
LONGEST_NAME = 200  # of 255 bytes that a file's name may have


class RobotConfig(BaseModel):
    """``NAME.json``: the driver ``robot``, its port, LeRobot's calibration file, the driver's options.

    ``cameras`` are [NAME=]ADDRESS, as on the command line; ``calibrations`` is their calibration folder, None: the
    default. ``realtime`` False leaves the arm's loop at ordinary priority. ``emulated`` marks an arm that
    `sayso emulate` saved, so that it never replaces a real one. Addresses may contain passwords, so only the owner can
    read the file.
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
        """The robot saved under ``name``, or None. Raises `UserError` that describes an invalid file."""
        file = robot_path(name)
        try:
            if file.stat().st_size > MAX_BYTES:
                raise UserError(f"{file} has {file.stat().st_size} bytes; at most {MAX_BYTES} are read")
            found = cls.model_validate_json(file.read_bytes())
            for what in ("calibration", "calibrations"):
                if not _is_absolute(getattr(found, what)):
                    raise UserError(f"{file}: {what} is '{getattr(found, what)}'; a path from / or ~ is needed")
            return found
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            unknown = first["type"] == "extra_forbidden"
            what = f"there is no such key; there are: {', '.join(cls.model_fields)}" if unknown else first["msg"]
            raise UserError(f"{file} does not describe a robot: {where}: {what}") from error

    def save(self, name: str) -> Path:
        """Save under ``name``. Raises `UserError` if that fails, or if an emulated arm would replace a real one."""
        there = RobotConfig.load(name)
        if self.emulated and there is not None and not there.emulated:
            raise UserError(
                f"'{name}' is a real robot, saved in {robot_path(name)}; save the emulated one under another name"
            )
        kept = self.model_copy(update={"calibration": absolute(self.calibration), **self._absolute_rest()})
        return write_atomic(robot_path(name), kept.model_dump_json(indent=1) + "\n", private=True)

    def _absolute_rest(self) -> dict[str, Any]:
        """The other fields that name local files, with absolute paths."""
        from sayso.hardware.arms.load import arm_names  # imported on use: slow to load, and rarely needed

        arm = self.options.get("arm")
        options = self.options if arm is None or arm in arm_names() else {**self.options, "arm": absolute(arm)}
        prefix, colon, what = self.robot.partition(":")
        described = prefix == "rosbridge" and colon and what not in arm_names() and Path(what).exists()
        return {
            "options": options,
            "robot": f"{prefix}:{absolute(what)}" if described else self.robot,
            "port": absolute(self.port) if self.port and _is_device(self.port) else self.port,
            "cameras": tuple(map(_absolute_camera, self.cameras)),
            "calibrations": absolute(self.calibrations),
        }

    def shown(self) -> Self:
        """A copy without passwords in addresses, for display."""
        seen = {"port": without_password(self.port), "cameras": tuple(map(without_password, self.cameras))}
        return self.model_copy(update=seen)


def check_free(name: str, robot: str) -> None:
    """Raise `UserError` if ``name`` is taken: by the simulator, a driver, or a robot that differs only in case."""
    if name.partition(":")[0] in ("sim", "world"):
        raise UserError(f"'{name}' belongs to the simulator; save the robot under another name")
    from sayso.hardware.drivers.open import PREFIXES, driver_names

    prefix = name.partition(":")[0]
    if name != robot and (name in driver_names() or (":" in name and prefix in PREFIXES)):
        raise UserError(f"'{name}' is the name of a driver; save an arm of the driver {robot} under another name")
    for other in known_robots():
        if other != normalize("NFC", name) and other.casefold() == normalize("NFC", name).casefold():
            raise UserError(f"'{name}' differs from the robot '{other}' in upper and lower case only")


def forget(name: str) -> None:
    """Delete the robot ``name`` and the confirmation of its limits.

    Raises `UserError` if there is none, or if its file cannot be removed.
    """
    path = robot_path(name)
    try:
        path.unlink()
        state_path(name, "limits").unlink(missing_ok=True)
    except FileNotFoundError:
        raise none_kept(name) from None
    except OSError as error:
        raise UserError(f"cannot remove {path}: {error.strerror or error}") from error


def none_kept(name: str) -> UserError:
    """The error for a name without a saved robot."""
    there = known_robots()
    return UserError(f"no saved robot '{name}'; there are: {', '.join(there) or 'none'}{suggestion(name, there)}")


def absolute(path: str | None) -> str | None:
    """The path made absolute; ``~`` stays."""
    return path if path is None or _is_absolute(path) else str(Path(path).absolute())


def _is_absolute(path: str | None) -> bool:
    return path is None or path.startswith("~") or Path(path).is_absolute()


def _is_device(port: str) -> bool:
    try:
        return Path(port).exists() and not Path(port).is_dir()
    except (OSError, ValueError):
        return False


def _absolute_camera(text: str) -> str:
    """[NAME=]ADDRESS with the path of a local file made absolute."""
    from sayso.hardware.cameras.open import name_and_address

    name, address = name_and_address(text)
    if address.isdecimal() or "://" in address or Path(address).is_absolute() or not Path(address).exists():
        return text
    return f"{name}={absolute(address)}"


def robots_folder() -> Path:
    """The folder of saved robots: ``sayso/robots`` in the user's configuration folder."""
    return _user_folder(*CONFIG)


def robot_path(name: str) -> Path:
    """The file of the robot ``name``; distinct for each name. Raises `UserError` for an invalid name."""
    return robots_folder() / f"{_quoted(name)}.json"


def state_path(name: str, what: str) -> Path:
    """The file for persistent state of the robot ``name``, such as a latched fault or confirmed limits."""
    return _user_folder(*STATE) / f"{_quoted(name)}.{what}"


def known_robots() -> list[str]:
    """Names of all saved robots."""
    return sorted(unquote(file.stem) for file in robots_folder().glob("*.json"))


def _user_folder(variable: str, default: str) -> Path:
    try:
        return user_folder(variable, default) / "sayso" / "robots"
    except RobotError as error:
        raise UserError(str(error)) from error


def _quoted(name: str) -> str:
    """``name`` as part of a file name, URL-quoted except for letters, digits, dashes, underscores and dots."""
    if not name.isprintable() or name != name.strip() or not name:
        raise UserError(f"{name!a} cannot be a robot's name: no blanks at its ends, and only what can be printed")
    plain = quote(normalize("NFC", name), safe="")
    plain = plain.replace(".", "%2E", 1) if plain.startswith(".") else plain
    if len(plain) > LONGEST_NAME:
        raise UserError(f"'{name[:40]}…' is too long for a robot's name")
    return plain

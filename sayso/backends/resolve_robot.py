"""Resolves a real robot's name, saved settings and command-line options to a connection, and decides if it may move."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sayso.backends.robot_config import RobotConfig, known_robots, robot_path, state_path
from sayso.backends.simulated_arms import simulated_robots
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.cameras.open import check_cameras
from sayso.hardware.drivers.driver import REDUCED_SPEED, Connection, Mode
from sayso.hardware.drivers.open import driver_names, lock_of, open_driver
from sayso.hardware.drivers.ports import find_port
from sayso.hardware.near_miss import suggestion
from sayso.hardware.process.arm_lock import ArmTaken
from sayso.hardware.robot import RobotError, watchdog_of
from sayso.hardware.types import RobotSpec
from sayso.hardware.user_folders import expanded
from sayso.runtime.hearing.command_client import sessions


@dataclass(frozen=True, slots=True)
class ResolvedRobot:
    """An arm by the ``name`` it is saved under, its ``driver`` and ``connection``; nothing is open yet.

    ``cameras`` are [NAME=]ADDRESS, calibrated in the folder ``calibrations``, None: the default folder.
    ``watchdog_s``: time in s after the last target at which the arm stops by itself, None without a watchdog.
    """

    name: str
    driver: str
    connection: Connection
    spec: RobotSpec
    watchdog_s: float | None
    cameras: tuple[str, ...]
    calibrations: Path | None
    realtime: bool = True

    @property
    def digest(self) -> str:
        """sha256 of everything that determines the arm's position and limits: spec, URDF, calibration, options."""
        spec = asdict(self.spec) | {"urdf": _content(Path(self.spec.urdf))}
        calibration = _content(self.connection.calibration) if self.connection.calibration else ""
        known = [self.driver, self.limits, spec, calibration, dict(self.connection.options)]
        return hashlib.sha256(json.dumps(known, sort_keys=True, default=np.ndarray.tolist).encode()).hexdigest()

    @property
    def limits(self) -> str:
        """The limits that apply to the arm, in words."""
        spec, box = self.spec, self.spec.workspace
        if self.watchdog_s is None:
            alone = f"none in the arm: so that a person can step away, the tool keeps to {1000 * REDUCED_SPEED:g} mm/s"
        else:
            alone = f"it stops by itself {1000 * self.watchdog_s:.0f} ms after the last target"
        speeds = " to ".join(dict.fromkeys(f"{v:g}" for v in (spec.velocity.min(), spec.velocity.max())))
        place = ", ".join(
            f"{axis} {low:g} to {high:g}" for axis, low, high in zip("xyz", box.lower, box.upper, strict=True)
        )
        return (
            f"{self.name} ({spec.name}) will move, and is held to these limits:\n"
            f"  joints   at most {speeds} rad/s, within their ranges\n"
            f"  tool     {place} m from its base; the arm keeps off the table and itself\n"
            f"  force    what the arm's own settings allow: Sayso measures none\n"
            f"  watchdog {alone}\n"
            "A stop in software is no emergency stop: keep the arm's own within reach."
        )


def resolve_robot(
    name: str, port: str | None = None, cameras: Sequence[str] = (), mode: str | None = None, live: bool = False,
    options: Mapping[str, str] | None = None,
) -> ResolvedRobot:  # fmt: skip
    """Resolve the robot saved under ``name``, or else the driver of that name; the arguments replace saved settings.

    Raises `UserError` for an unknown robot, for an arm that another program drives, and for live mode without ``live``
    if these limits were never confirmed.
    """
    kept = RobotConfig.load(name)
    driver = kept.robot if kept else name
    wanted = _mode(name, mode, live)
    options = dict(options if options is not None else kept.options if kept else {})
    try:
        calibration = expanded(kept.calibration) if kept and kept.calibration else None
        folder = expanded(kept.calibrations) if kept and kept.calibrations else None
        check_cameras(cameras)
        connection = Connection(port or (kept.port if kept else ""), wanted, calibration, options)
        arm = open_driver(driver, connection)
        watchdog = watchdog_of(arm)
        if not connection.port and wanted is not Mode.MOCK:
            connection = Connection(find_port(driver), wanted, calibration, options)
            arm = open_driver(driver, connection)
        lock_of(arm, connection).check()
    except ArmTaken as error:
        raise UserError(f"{name}: {_taken(error)}") from error
    except RobotError as error:
        if str(error).startswith(f"no robot '{driver}'"):
            if kept:
                there = driver_names()
                text = f"no driver '{driver}'; there are: {', '.join(there)}{suggestion(driver, there)}"
                raise UserError(f"{robot_path(name)}: robot: {text}") from None
            if Path(name).is_dir():
                raise UserError(
                    f"{name} is a folder, not a robot; sim:{name} is the simulated arm of its arm.json"
                ) from None
            there = list(dict.fromkeys([*simulated_robots(), *driver_names(), *known_robots()]))
            raise UserError(f"no robot '{driver}'; there are: {', '.join(there)}{suggestion(driver, there)}") from None
        raise UserError(str(error)) from error
    seen_by = tuple(cameras) or (kept.cameras if kept else ())
    found = ResolvedRobot(name, driver, connection, arm.spec, watchdog, seen_by, folder, kept is None or kept.realtime)
    if wanted is Mode.LIVE and not live and not _confirmed(found):
        raise UserError(
            f"{name} is a real arm that was never moved with these limits and this calibration; "
            "--live shows the limits and moves it, "
            "--mode read-only only observes, --mode mock needs no arm"
        )
    return found


def _taken(error: ArmTaken) -> str:
    """The error text, with the session that holds the arm, if a session does."""
    pid = error.holder.pid if error.holder else None
    for session in sessions():
        if session.pid == pid:
            return f"{error.arm} is already driven by session {session}, {error.holder}; end that first"
    return str(error)


def _content(file: Path) -> str:
    """A file's content, or "" if it cannot be read: a later step that needs the file reports the error."""
    try:
        return file.read_bytes().hex()
    except OSError:
        return ""


def _mode(name: str, mode: str | None, live: bool) -> Mode:
    try:
        wanted = Mode(mode or Mode.LIVE)
    except ValueError:
        raise UserError(f"no mode '{mode}'; there are: {', '.join(Mode)}") from None
    if live and wanted is not Mode.LIVE:
        raise UserError(f"{name} cannot be live and {wanted} at once; leave one of the two out")
    return wanted


def _confirmed(found: ResolvedRobot) -> bool:
    """Whether a person has confirmed exactly these limits and this calibration before."""
    try:
        return _limits_file(found.name).read_text(encoding="utf-8").strip() == found.digest
    except (OSError, ValueError):
        return False


def confirm(found: ResolvedRobot) -> None:
    """Save that a person saw these limits and chose live mode. Raises `UserError` if the file cannot be written."""
    write_atomic(_limits_file(found.name), found.digest + "\n")


def _limits_file(name: str) -> Path:
    return state_path(name, "limits")

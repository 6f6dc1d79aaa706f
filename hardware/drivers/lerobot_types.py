"""LeRobot's robots: the interface that Sayso uses, and construction by type name or class."""

from __future__ import annotations

import dataclasses
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from sayso.hardware.foreign import foreign
from sayso.hardware.robot import RobotError

FAULTS = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError)  # include LeRobot's own errors
KEEPS_TORQUE = "disable_torque_on_disconnect"


class LeRobot(Protocol):
    """The part of ``lerobot.robots.Robot`` that Sayso uses."""

    is_calibrated: bool
    config: Any

    @property
    def observation_features(self) -> dict[str, Any]: ...
    @property
    def action_features(self) -> dict[str, Any]: ...
    def connect(self, calibrate: bool = True) -> None: ...
    def configure(self) -> None: ...
    def get_observation(self) -> dict[str, Any]: ...
    def send_action(self, action: dict[str, Any]) -> dict[str, Any]: ...
    def disconnect(self) -> None: ...


def make_lerobot(kind: str, settings: Mapping[str, Any], name: str) -> LeRobot:
    """Make the robot of LeRobot's type ``kind``, or of MODULE:CLASS, with those ``settings`` that its config has.

    Raises `RobotError`, in which the robot is called ``name``, for an unknown type or a failed construction.
    """
    module, colon, attribute = kind.partition(":")
    with foreign(name, "cannot be made", "while it is loaded; put its script under if __name__ == '__main__'"):
        try:
            if colon:
                make = getattr(import_module(module), attribute)
                config = make.config_class
            else:
                config, make = _config_of(kind), import_module("lerobot.robots").make_robot_from_config
            known = {field.name for field in dataclasses.fields(config)}
            robot: LeRobot = make(config(**{key: value for key, value in settings.items() if key in known}))
        except ModuleNotFoundError as error:
            raise RobotError(f"{name} needs {error.name}, which is not installed: pip install lerobot") from error
    return robot


def in_one_line(error: Exception) -> str:
    """A LeRobot error message in one line."""
    return " ".join(str(error).split())


def _config_of(kind: str) -> type:
    """The config class of a type. LeRobot's modules and plugins register types on import, under any module name."""
    robots = import_module("lerobot.robots")
    config, missing = robots.RobotConfig, dict[str, BaseException]()
    modules = [f"lerobot.robots.{m.name}" for m in pkgutil.iter_modules(robots.__path__) if m.ispkg]
    plugins = [m.name for m in pkgutil.iter_modules() if m.name.startswith("lerobot_robot_")]
    # Likely modules first: importing all takes seconds, and some need other makers' libraries.
    for module in sorted([*modules, *plugins], key=lambda name: not _alike(name, kind)):
        if kind in config.get_known_choices():
            break
        try:
            import_module(module)
        except (Exception, SystemExit) as error:  # a broken module must not hide the others
            missing[module] = error
    if kind not in config.get_known_choices():
        for module, why in missing.items():
            if _alike(module, kind):
                raise why
        raise ValueError(f"LeRobot has no type '{kind}'; it has: {', '.join(sorted(config.get_known_choices()))}")
    found: type = config.get_choice_class(kind)
    return found


def _alike(module: str, kind: str) -> bool:
    """Whether a module's name equals a type's without its digits: ``so_follower`` has ``so101_follower``."""
    plain = "".join(c for c in kind if not c.isdigit())
    return module.rpartition(".")[2].removeprefix("lerobot_robot_") in (kind, plain)

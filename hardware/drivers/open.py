"""Opening an arm by its name: drivers, built in or of other packages, are found by it and loaded late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from hardware.arms.load import load_arm
from hardware.clock import Clock, MonotonicClock
from hardware.drivers.driver import Connection, Mode
from hardware.mock import MockRobot
from hardware.robot import Robot, RobotError
from hardware.types import RobotSpec

GROUP = "sayso.robots"
Factory = Callable[[RobotSpec, Connection, Clock], Robot]


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a driver's class is (MODULE:CLASS), the arm it drives, and the extra that brings its library."""

    where: str
    arm: str
    extra: str = ""


# Lines of the form  name: _Found("hardware.drivers.MODULE:CLASS", arm, extra)
BUILT_IN = {
    "so101": _Found("hardware.drivers.so101:So101", "so101", "so101"),
    "so100": _Found("hardware.drivers.so101:So101", "so101", "so101"),
    "koch": _Found("hardware.drivers.koch:Koch", "koch", "koch"),
    "ur5e": _Found("hardware.drivers.ur:Ur", "ur5e", "ur"),
    "panda": _Found("hardware.drivers.panda:Panda", "panda", "panda"),
    "piper": _Found("hardware.drivers.piper:Piper", "piper", "piper"),
}

# Names of the form PREFIX:WHAT drive any arm that is described: options["arm"], else the arm that WHAT names.
PREFIXES = {
    "lerobot": "hardware.drivers.lerobot:LeRobotArm",
    "rosbridge": "hardware.drivers.rosbridge:Rosbridge",
}


def driver_names() -> list[str]:
    """The arms that `open_driver` knows."""
    return [*sorted({*BUILT_IN, *(p.name for p in entry_points(group=GROUP))}), "lerobot:TYPE", "rosbridge:ARM"]


def open_driver(name: str, connection: Connection, clock: Clock | None = None) -> Robot:
    """The arm ``name``, not yet connected. In mock mode it needs neither a device nor the maker's library.

    Another package adds drivers by entry points of the group ``sayso.robots``: a class called like `Driver` with
    (spec, connection, clock). Raises `RobotError` for a name, an arm or a library that is not there.
    """
    clock = clock or MonotonicClock()
    found = BUILT_IN.get(name) or _from_packages(name)
    prefix, _, what = name.partition(":")
    if found is None and what and prefix in PREFIXES:
        found = _Found(PREFIXES[prefix], what.removesuffix("_follower"), prefix)  # so101_follower drives a so101
        connection = replace(connection, options={**connection.options, "what": what})
    if found is None:
        raise RobotError(f"no robot '{name}'; there are: {', '.join(driver_names())}")
    spec = load_arm(connection.options.get("arm", found.arm))
    if connection.mode is Mode.MOCK:
        return MockRobot(spec, clock)
    return _load(name, found)(spec, connection, clock)


def _from_packages(name: str) -> _Found | None:
    points: list[EntryPoint] = [p for p in entry_points(group=GROUP) if p.name == name]
    return _Found(points[0].value, name) if points else None


def _load(name: str, found: _Found) -> Factory:
    module, _, attribute = found.where.partition(":")
    try:
        loaded: Factory = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        install = f"pip install 'sayso[{found.extra}]'" if found.extra else f"install what {module} needs"
        raise RobotError(f"the driver of {name} needs the library {error.name}: {install}") from error
    except (ImportError, AttributeError) as error:
        raise RobotError(f"the driver of {name}, {found.where}, cannot be loaded: {error}") from error
    return loaded

"""Opens an arm by name; drivers, built in or from other packages, are imported on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from sayso.hardware.arms.check_spec import check_spec
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.drivers.driver import Connection, Driver, Mode, ReadOnly
from sayso.hardware.drivers.options import ANY, OPTIONS, check_options
from sayso.hardware.foreign import foreign, shortened
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.near_miss import suggestion
from sayso.hardware.process.arm_lock import ArmLock, locked
from sayso.hardware.process.device_names import device_names, is_shared
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import RobotSpec

GROUP = "sayso.robots"
Factory = Callable[[RobotSpec, Connection, Clock], Robot]


@dataclass(frozen=True, slots=True)
class _Found:
    """A driver: its class (MODULE:CLASS), its arm, and the pip extra that installs its library.

    Without an ``arm`` the class has its own spec in its attribute ``spec``.
    """

    where: str
    arm: str = ""
    extra: str = ""


# Lines of the form  name: _Found("sayso.hardware.drivers.MODULE:CLASS", arm, extra)
BUILT_IN = {
    "so101": _Found("sayso.hardware.drivers.servo.so101:So101", "so101", "so101"),
    "so100": _Found("sayso.hardware.drivers.servo.so101:So101", "so101", "so101"),
    "koch": _Found("sayso.hardware.drivers.servo.koch:Koch", "koch", "koch"),
    "ur5e": _Found("sayso.hardware.drivers.ur:Ur", "ur5e", "ur"),
    "panda": _Found("sayso.hardware.drivers.panda:Panda", "panda", "panda"),
    "piper": _Found("sayso.hardware.drivers.piper:Piper", "piper", "piper"),
}

# Names PREFIX:WHAT drive any described arm: options["arm"], else the arm that WHAT names.
PREFIXES = {
    "lerobot": "sayso.hardware.drivers.lerobot:LeRobotArm",
    "rosbridge": "sayso.hardware.drivers.ros.rosbridge:Rosbridge",
}


def driver_names() -> list[str]:
    """Names that `open_driver` accepts."""
    named = sorted({*BUILT_IN, *(p.name for p in entry_points(group=GROUP))})
    return [*named, "MODULE:CLASS", "lerobot:TYPE", "rosbridge:ARM"]


def open_driver(name: str, connection: Connection, clock: Clock | None = None) -> Robot:
    """Make the arm ``name``, not yet connected. Mock mode needs neither a device nor the maker's library.

    Other packages add drivers by entry points of the group ``sayso.robots``: a class called like `Driver` with
    (spec, connection, clock). MODULE:CLASS names such a class in any importable module. options["arm"] describes its
    arm, otherwise its attribute ``spec``. Raises `RobotError` for an unknown name or arm, or a missing library.
    """
    clock = clock or MonotonicClock()
    found = BUILT_IN.get(name) or _from_packages(name)
    prefix, _, what = name.partition(":")
    if found is None and what and prefix in PREFIXES:
        arm = what.removesuffix("_follower")  # so101_follower drives a so101
        if ":" in what and not connection.options.get("arm"):
            raise RobotError(f"{name}: which arm does this class drive? name it, or its folder, as the option arm")
        found = _Found(PREFIXES[prefix], BUILT_IN[arm].arm if arm in BUILT_IN else arm, prefix)
        _check_options(name, found, connection.options)
        connection = replace(connection, options={**connection.options, "what": what})
    elif found is None and _is_class(name):
        found = _Found(name)
    if found is None:
        there = driver_names()
        raise RobotError(f"no robot '{name}'; there are: {', '.join(there)}{suggestion(name, there)}")
    _check_options(name, found, connection.options)
    spec = _spec(name, found, connection.options.get("arm") or found.arm)
    if connection.mode is Mode.MOCK:
        return MockRobot(spec, clock)
    factory, driver = _load(name, found), _called(name, found)
    with foreign(driver, "cannot be made of (spec, connection, clock)", "when it is made"):
        robot = factory(spec, connection, clock)
    if not isinstance(robot, Robot):
        raise RobotError(shortened(f"{driver} is no sayso.hardware.robot.Robot: {robot!r}", 200))
    if getattr(robot, "spec", None) is not spec:
        _check_own(f"{driver} once it is made", getattr(robot, "spec", None))
    lock = lock_of(robot, connection)
    if connection.mode is Mode.READ_ONLY and not isinstance(robot, Driver):
        robot = ReadOnly(robot)
    return locked(robot, lock)


def lock_of(robot: Robot, connection: Connection) -> ArmLock:
    """The lock that ``robot`` takes on connect; empty if the device may be shared by programs that only read."""
    at = f"{robot.spec.name} at {connection.port}" if connection.port else robot.spec.name
    return ArmLock(at, partial(_devices, robot, connection))


def _devices(robot: Robot, connection: Connection) -> Iterable[str]:
    if isinstance(robot, Driver):
        return [name for name in robot.devices() if robot.live or not is_shared(name)]
    # Third-party class: connecting may command the device even in read-only mode, so always lock it.
    kind = f"{type(robot).__module__}:{type(robot).__qualname__}"
    options = "" if connection.port else repr(sorted(connection.options.items()))
    return device_names(kind + options, connection.port)


def _from_packages(name: str) -> _Found | None:
    points: list[EntryPoint] = [p for p in entry_points(group=GROUP) if p.name == name]
    if len(places := {p.value for p in points}) > 1:
        raise RobotError(f"two packages add a robot '{name}': {', '.join(sorted(places))}; name one as MODULE:CLASS")
    return _Found(points[0].value) if points else None


def _check_options(name: str, found: _Found, options: Mapping[str, str]) -> None:
    """Check options of a built-in driver, or of a third-party class that declares ``option_names``."""
    kind = name if name in BUILT_IN else name.partition(":")[0] if found.extra else ""
    if kind in OPTIONS:
        check_options(name, OPTIONS[kind], {k: v for k, v in options.items() if k != "what" or kind == name})
    elif set(options) - {"arm"}:
        names = getattr(_load(name, found), "option_names", None)
        if names is None:
            return
        if not isinstance(names, tuple | list | set | frozenset) or not all(isinstance(n, str) for n in names):
            raise RobotError(f"option_names of {found.where} is {shortened(repr(names))}; a tuple of names is needed")
        check_options(name, dict.fromkeys(names, ANY), options)


def _is_class(name: str) -> bool:
    module, _, attribute = name.partition(":")
    if not attribute.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        return False
    try:
        with foreign(module, "cannot be found", "while it is loaded"):
            return find_spec(module) is not None
    except RobotError as error:
        # A failing parent package counts as found: loading reports the failure. A missing one means no such module.
        why = error.__cause__
        return not (isinstance(why, ModuleNotFoundError) and f"{module}.".startswith(f"{why.name}."))


def _spec(name: str, found: _Found, arm: str) -> RobotSpec:
    if arm:
        return load_arm(arm)
    own = getattr(_load(name, found), "spec", None)
    if own is None:
        raise RobotError(f"which arm is {name}? name the folder of its arm.json with the option arm")
    return _check_own(name, own)


def _check_own(name: str, own: object) -> RobotSpec:
    if not isinstance(own, RobotSpec):
        raise RobotError(shortened(f"{name} has the spec {own!r}; a sayso.hardware.types.RobotSpec is needed", 200))
    if problems := check_spec(own):
        more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise RobotError(f"{name} describes no arm that can be driven: {shortened(problems[0], 200)}{more}")
    return own


def _called(name: str, found: _Found) -> str:
    return f"the driver of {name}" + (f", {found.where}," if found.where != name else "")


def _load(name: str, found: _Found) -> Factory:
    module, _, attribute = found.where.partition(":")
    ends = "while it is loaded; put its script under if __name__ == '__main__'"
    with foreign(_called(name, found), "cannot be loaded", ends):
        try:
            loaded: Factory = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            install = f"pip install 'sayso[{found.extra}]'" if found.extra else f"install what {module} needs"
            raise RobotError(f"the driver of {name} needs the library {error.name}: {install}") from error
    return loaded

"""Opens a world by its entry-point name or by MODULE:CLASS."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points

from sayso.hardware.arms.check_spec import check_spec
from sayso.hardware.foreign import foreign, shortened
from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec
from sayso.hardware.world import World

WORLD = "world"
GROUP = "sayso.worlds"


def world_name(robot: str) -> str | None:
    """NAME for a robot called "world:NAME"; None for any other."""
    kind, colon, name = robot.partition(":")
    return name if kind == WORLD and colon else None


def world_names() -> list[str]:
    """Names that `open_world` accepts."""
    return [*sorted({point.name for point in entry_points(group=GROUP)}), "MODULE:CLASS"]


def open_world(name: str) -> World:
    """Make the world ``name``, without a reset: an entry point of the group ``sayso.worlds``, or MODULE:CLASS.

    Either is a callable without arguments that returns a `World`. Raises `RobotError` for an unknown name, for code
    that cannot be loaded or called, and for an invalid arm.
    """
    places = sorted({point.value for point in entry_points(group=GROUP) if point.name == name})
    if len(places) > 1:
        raise RobotError(f"two packages add a world '{name}': {', '.join(places)}; name one as MODULE:CLASS")
    where = places[0] if places else name
    module, _, attribute = where.partition(":")
    if not attribute:
        there = world_names()
        near = suggestion(name, there)
        raise RobotError(f"no world '{shortened(name, 60)}'; there are: {', '.join(there)}{near}")
    called = f"the world {name}" + (f", {where}," if where != name else "")
    with foreign(called, "cannot be loaded", "while it is loaded; put its script under if __name__ == '__main__'"):
        make: Callable[[], World] = getattr(import_module(module), attribute)
    with foreign(called, "cannot be made without arguments", "when it is made"):
        world = make()
    if not isinstance(world, World):
        raise RobotError(f"{called} is no sayso.hardware.world.World: {shortened(repr(world))}")
    spec: object = getattr(world, "spec", None)
    if not isinstance(spec, RobotSpec):
        raise RobotError(
            f"{called} has the spec {shortened(repr(spec), 60)}; a sayso.hardware.types.RobotSpec is needed"
        )
    if problems := check_spec(spec):
        raise RobotError(f"{called} describes no arm that can be driven: {shortened(problems[0], 200)}")
    return world

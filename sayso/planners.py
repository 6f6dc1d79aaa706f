"""Planners of other packages by name: an entry point of the group ``sayso.planners``, or MODULE:CLASS."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from sayso.errors import UserError
from sayso.hardware.foreign import foreign
from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError
from sayso.planner.plan import Planner

GROUP = "sayso.planners"
BUILT_IN = ("local", "openai:MODEL@URL", "anthropic:MODEL", "motions:MODEL@URL")


def planner_names() -> list[str]:
    """All names that --planner accepts."""
    return [*BUILT_IN, *sorted({point.name for point in entry_points(group=GROUP)}), "MODULE:CLASS"]


def load_planner(name: str) -> Planner:
    """An instance of the planner class ``name`` of another package, made without arguments.

    Raises `UserError` for an unknown name, failing code, or a class that is no `Planner`.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    where = _one(name, points) if points else name
    module, _, attribute = where.partition(":")
    if not attribute.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        there = planner_names()
        raise UserError(f"no planner '{name}'; there are: {', '.join(there)}{suggestion(name, there)}")
    try:
        with foreign(f"the planner {name}", "cannot be loaded", "while it is loaded"):
            made = getattr(import_module(module), attribute)()
    except RobotError as error:
        raise UserError(str(error)) from error
    if not isinstance(made, Planner) or not isinstance(getattr(made, "name", None), str):
        raise UserError(f"the planner {name} is no sayso.planner.plan.Planner with a name: {made!r:.100}")
    return made


def _one(name: str, points: Sequence[EntryPoint]) -> str:
    if len(places := sorted({point.value for point in points})) > 1:
        raise UserError(f"two packages add a planner '{name}': {', '.join(places)}; name one as MODULE:CLASS")
    return places[0]

"""The disturbances by name, and when each of them happens."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from sayso.hardware.near_miss import suggestion

if TYPE_CHECKING:
    from sayso.sim.disturbances.backstage import Backstage

MAX_T = 3600.0
Course = Iterator[str | float]
"""How a disturbance goes on: it yields words for what it has just done, or the s that it waits."""


class Moment(StrEnum):
    """When a disturbance happens, as the true state of the world has it."""

    BEFORE = "before"  # the arm has hardly moved
    REACH = "reach"  # the open hand comes near to the thing
    CARRIED = "carried"  # the thing is in the hand, above the table
    GRASP = "grasp"  # the fingers begin to close on the thing
    ARRIVAL = "arrival"  # the carried thing comes near to its target


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of disturbance: ``line`` describes it, ``moments`` are those that a seed chooses from.

    The function is in the ``module`` of this package and has the kind's name. ``for_good``: the instruction cannot be
    carried out any more, so that the right end is a question.
    """

    line: str
    module: str
    moments: tuple[Moment, ...]
    for_good: bool = False


_ANY = (Moment.BEFORE, Moment.REACH, Moment.CARRIED)
_OPEN = (Moment.BEFORE, Moment.REACH)
_HELD = (Moment.CARRIED,)

KINDS: dict[str, Kind] = {
    "moved": Kind("the thing is put elsewhere, also out of the hand", "places", _ANY),
    "target-moved": Kind("the target is put elsewhere", "places", _ANY),
    "target-taken": Kind("the target is gone for good", "places", _ANY, for_good=True),
    "out-of-reach": Kind("the thing is put where the arm does not get to", "places", _ANY, for_good=True),
    "target-out-of-reach": Kind("the target is put where the arm does not get to", "places", _ANY, for_good=True),
    "target-filled": Kind("another thing is put in or on the target", "places", _ANY),
    "knocked": Kind("the thing is knocked out of the hand", "grip", _HELD),
    "slip": Kind("the thing slips out of the fingers", "grip", _HELD),
    "heavy": Kind("the thing weighs 600 g and has 15 % of its friction", "grip", (Moment.BEFORE,)),
    "held-fast": Kind("the thing is fixed to the table", "grip", (Moment.BEFORE,), for_good=True),
    "exchanged": Kind("the thing and another of its kind change places", "impostors", (Moment.REACH, Moment.CARRIED)),
    "replaced": Kind("a look-alike of another color takes the thing's place", "impostors", _ANY, for_good=True),
    "new-thing": Kind("a tall new thing stands in the way", "intruders", _ANY),
    "covered": Kind("a sheet covers the thing for 3 s", "intruders", _OPEN),
    "camera-bumped": Kind("one camera is turned by 2 degrees and shifted by 1.5 cm", "cameras", _ANY),
    "camera-blocked": Kind("something is in front of one camera for 4 s", "cameras", _ANY),
    "cameras-blocked": Kind("something is in front of all cameras for 4 s", "cameras", _ANY),
    "camera-dark": Kind("the light is out for 4 s", "cameras", _ANY),
    "noise": Kind("the arm's targets shake by 4 mm (sigma) at the tool, 20 times a second", "joints", (Moment.BEFORE,)),
    "burst": Kind("five steps of 0.05 s shove the tool by 4 cm (sigma)", "joints", _ANY),
    "joint-sluggish": Kind("one joint follows its targets six times more slowly", "joints", (Moment.BEFORE,)),
    "joint-offset": Kind("one joint is 1.5 degrees beside its reading", "joints", (Moment.BEFORE,)),
    "joint-weak": Kind("one joint has a fifth of its torque", "joints", (Moment.BEFORE,)),
    "taken": Kind("a person's hand takes the thing away for good", "people", _ANY, for_good=True),
    "borrowed": Kind("a person's hand takes the thing and gives it back 2 s later", "people", _ANY),
    "bystander": Kind("somebody beside the robot talks to others", "people", _ANY),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """The disturbance ``name`` at a time (s from the start), at a `Moment`, or at one that the seed chooses (None)."""

    name: str
    at: float | Moment | None = None

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.name]

    def course(self, backstage: Backstage) -> Course:
        """The disturbance itself, to be taken step by step from the moment on when it happens."""
        module = import_module(f"sayso.sim.disturbances.{self.kind.module}")
        function: Callable[[Backstage], Course] = getattr(module, self.name.replace("-", "_"))
        return function(backstage)


def planned(text: str) -> Planned:
    """The disturbance of ``text``, NAME or NAME@T with T in s or a `Moment`. Raises `ValueError` naming what there
    is."""
    name, at_sign, when = text.strip().partition("@")
    if name not in KINDS:
        raise ValueError(f"no disturbance '{name[:40]}'; there are: {', '.join(KINDS)}{suggestion(name, KINDS)}")
    if not at_sign:
        return Planned(name)
    if when in list(Moment):
        return Planned(name, Moment(when))
    try:
        t = float(when)
    except ValueError:
        t = math.nan
    if not 0 <= t <= MAX_T:
        raise ValueError(
            f"a disturbance is NAME@T with T in seconds after the start, 0 to {MAX_T:g}, or one of "
            f"{', '.join(Moment)}; got '{text[:60]}'"
        )
    return Planned(name, t)


def listed() -> str:
    """All names, each with its line."""
    width = max(map(len, KINDS))
    return "\n".join(f"{name:{width}}  {kind.line} ({', '.join(kind.moments)})" for name, kind in KINDS.items())

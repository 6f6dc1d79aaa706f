"""People beside the robot: a hand that takes the thing, and voices that talk to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Course
from sayso.sim.physics import OUT_OF_SIGHT
from sayso.sim.scenes.props import Prop, move_prop

SKIN = (0.87, 0.67, 0.55)
PALM, SLEEVE = Prop((0.10, 0.085, 0.03), SKIN), Prop((0.42, 0.075, 0.06), (0.30, 0.33, 0.40))
FROM = np.array([1.15, 0.45, 0.25])  # m; the person stands opposite the robot
REACH_S, STEP_S, BORROWED_S = 0.6, 0.02, 2.0
ABOVE_M = 0.02  # the palm over the thing
OTHERS = (
    "Anna, could you put the {other} away later?",
    "I told him yesterday to put the {other} on the shelf",
    "no no, I was talking to Tom",
    "did you see how she dropped the {thing} yesterday?",
    "well, I would have taken the {other}",
    "go left at the lights, then it's on your right",
    "Tom, wait, I'll come with you",
    "we don't need to move the {target} any more, do we, Anna?",
)


class _Hand:
    """A hand with a sleeve, which only cameras notice; it may hold a thing."""

    def __init__(self, stage: Backstage) -> None:
        self._stage, self._physics = stage, stage.physics
        self._parts = [self._physics.add_prop(part) for part in (PALM, SLEEVE)]
        self.at, self.holds = FROM, ""

    def go(self, goal: Array) -> Iterator[float]:
        """Move to ``goal`` (3,) m in `REACH_S`, with what the hand holds."""
        start, steps = self.at, round(REACH_S / STEP_S)
        for k in range(1, steps + 1):
            self._show(start + (goal - start) * (1 - np.cos(np.pi * k / steps)) / 2)
            yield STEP_S

    def _show(self, at: Array) -> None:
        self.at = at
        back = FROM - at
        yaw = float(np.arctan2(back[1], back[0]))
        arm = np.array([np.cos(yaw), np.sin(yaw), 0.25])
        move_prop(self._physics.client, self._parts[0], at, yaw)
        move_prop(self._physics.client, self._parts[1], at + 0.25 * arm, yaw)
        if self.holds:
            self._physics.hold(self.holds, at - self._below(self.holds))

    def _below(self, thing: str) -> Array:
        item = self._stage.spec(thing)
        return np.array([0.0, 0.0, ABOVE_M + item.extents[2] / 2 + (item.extents[2] / 2 - item.origin_height)])

    def over(self, thing: str, position: Array) -> Array:
        """Where the hand is when it holds ``thing`` with its center at ``position``."""
        return position + np.array([0.0, 0.0, ABOVE_M + self._stage.spec(thing).extents[2] / 2])

    def leave(self) -> None:
        """Be gone."""
        for part in self._parts:
            self._stage.put_away(part)


def taken(stage: Backstage) -> Course:
    """A hand comes, takes the thing, also out of the robot's hand, and goes away with it."""
    hand, thing = _Hand(stage), stage.thing
    yield from _take(stage, hand, thing)
    stage.physics.hold(thing, OUT_OF_SIGHT)
    hand.leave()
    yield f"the hand is gone with {stage.name(thing)}"


def borrowed(stage: Backstage) -> Course:
    """A hand takes the thing, holds it beside the table, and puts it back where it lay at first."""
    hand, thing = _Hand(stage), stage.thing
    home = stage.before[thing]
    yield from _take(stage, hand, thing)
    yield BORROWED_S
    yield from hand.go(hand.over(thing, home.position))
    hand.holds = ""
    stage.physics.place(thing, home.position + np.array([0.0, 0.0, 0.002]), home.yaw)
    yield f"the hand puts {stage.name(thing)} back"
    yield from hand.go(FROM)
    hand.leave()


def _take(stage: Backstage, hand: _Hand, thing: str) -> Course:
    yield f"a person's hand reaches for {stage.name(thing)}"
    yield from hand.go(hand.over(thing, stage.table.truth()[thing].position))
    hand.holds = thing
    yield f"the hand takes {stage.name(thing)}"
    yield from hand.go(FROM)


def bystander(stage: Backstage) -> Course:
    """Somebody says a sentence that is not meant for the robot."""
    others = stage.others()
    names = {
        "thing": stage.name(stage.thing),
        "other": stage.name(others[0]) if others else "the big box",
        "target": stage.name(stage.target) if stage.target else "the table",
    }
    said = str(stage.rng.choice(OTHERS)).format(**{k: v.removeprefix("the ") for k, v in names.items()})
    stage.say(said)
    yield f"somebody says: {said}"

"""One grasp tried out: descend open, close, lift, tilt to and fro, and see whether the thing is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.bullet import pybullet as p
from sayso.sim.grasps.table import HZ, GraspTable

Outcome = Literal["held", "collision", "nothing", "slipped", "dropped"]

DESCENT = (0.09, 0.06, 0.04, 0.02, 0.0)  # m above the grasp where the open hand must touch nothing
TOUCH = 0.001  # m of overlap that is a collision
CLOSE_S, SETTLED_S = 0.6, 0.08
EMPTY = 0.0015  # m: fingers nearer than this have nothing between them
LIFT, LIFT_S, WAIT_S = 0.10, 0.3, 0.1
RISEN = 0.06  # m by which a held thing has risen at least
TILT, TILT_S = np.radians(25), 0.25


@dataclass(frozen=True, slots=True)
class HandPose:
    """Where the hand closes: the tool point's ``position`` (3,) m, the ``yaw`` (rad) along which the fingers close."""

    position: Array
    yaw: float


@dataclass(frozen=True, slots=True)
class Error:
    """How far the hand is off the place that it was to take: ``shift`` (3,) m and ``turn`` rad, standard deviations."""

    shift: tuple[float, float, float] = (0.002, 0.002, 0.0015)
    turn: float = 0.035

    def of(self, place: HandPose, rng: np.random.Generator) -> HandPose:
        """Where the hand goes instead of ``place``; never lower."""
        shift = rng.normal(0, self.shift)
        shift[2] = abs(shift[2])
        return HandPose(place.position + shift, place.yaw + rng.normal(0, self.turn))


def attempt(table: GraspTable, thing: int, place: HandPose) -> Outcome:
    """What comes of grasping the ``thing``, by its number, exactly at ``place``; the table is as before afterwards.

    "collision": the open hand touches something on its way down. "nothing": the fingers close on nothing, "slipped":
    the thing does not rise with them, "dropped": it falls when the hand tilts. "held" else.
    """
    table.focus(thing)
    table.restore()
    try:
        return _attempt(table, thing, place)
    finally:
        table.restore()


def _attempt(table: GraspTable, thing: int, place: HandPose) -> Outcome:
    hand, before = table.hand, float(table.position(thing)[2])
    for above in DESCENT:
        hand.place(place.position, place.yaw, above)
        p.performCollisionDetection(physicsClientId=table.client)
        contacts = p.getContactPoints(hand.body, physicsClientId=table.client)
        if any(c[2] != hand.body and c[8] < -TOUCH for c in contacts):
            return "collision"
    hand.grip()
    last = hand.opening()
    for _ in range(round(CLOSE_S / SETTLED_S)):
        table.step(SETTLED_S)
        now = hand.opening()
        if abs(now - last) < 0.0002 or now < EMPTY:
            break
        last = now
    if hand.opening() < EMPTY:
        return "nothing"
    steps = round(LIFT_S * HZ)
    for k in range(steps):
        hand.lift(LIFT * (k + 1) / steps)
        table.step(1 / HZ)
    table.step(WAIT_S)
    if not _holds(table, thing, before):
        return "slipped"
    for x, y in ((TILT, TILT), (-TILT, -TILT)):
        hand.tilt(x, y)
        table.step(TILT_S)
        if float(table.position(thing)[2]) - before < RISEN / 2:
            return "dropped"
    return "held" if _holds(table, thing, before) else "dropped"


def _holds(table: GraspTable, thing: int, before: float) -> bool:
    """Whether the thing has risen and touches both fingers."""
    if float(table.position(thing)[2]) - before < RISEN:
        return False
    contacts = p.getContactPoints(table.hand.body, table.bodies[thing], physicsClientId=table.client)
    return {c[3] for c in contacts} >= set(table.hand.fingers)

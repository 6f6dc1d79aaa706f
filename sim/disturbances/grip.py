"""The thing leaves the hand by itself, or is hard to hold."""

from __future__ import annotations

import numpy as np

from sayso.sim.bullet import pybullet as p
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Course

KNOCK_M_S, CLEAR_M = 0.5, 0.07
SLIP_S, TICK_S, LEFT_M = 2.0, 0.02, 0.08
HEAVY_KG, SMOOTHER = 0.6, 0.15


def knocked(stage: Backstage) -> Course:
    """The thing is knocked sideways out of the fingers and flies on, over the table."""
    thing = stage.thing
    at = stage.table.truth()[thing].position
    middle = np.array([0.5, 0.0]) if stage.table.spec.reach is None else _middle(stage)
    way = middle - at[:2]
    angle = np.arctan2(way[1], way[0]) + stage.rng.uniform(-1.0, 1.0)
    aside = np.array([np.cos(angle), np.sin(angle), 0.0])
    stage.physics.place(thing, at + CLEAR_M * aside, float(stage.rng.uniform(-np.pi, np.pi)))
    p.resetBaseVelocity(
        stage.physics.bodies[thing], (KNOCK_M_S * aside).tolist(), [0, 0, 0], physicsClientId=stage.physics.client
    )
    yield f"{stage.name(thing)} is knocked out of the hand"


def _middle(stage: Backstage) -> np.ndarray:
    reach = stage.table.spec.reach
    assert reach is not None
    return np.asarray((reach.lower + reach.upper)[:2] / 2)


def slip(stage: Backstage) -> Course:
    """The fingers pass through the thing, as if it had no friction, until it has left the hand."""
    thing = stage.thing
    stage.set_grip(thing, False)
    try:
        yield f"{stage.name(thing)} slips out of the fingers"
        waited = 0.0
        while stage.gap() < LEFT_M and waited < SLIP_S:
            waited += TICK_S
            yield TICK_S
    finally:
        stage.set_grip(thing, True)


def heavy(stage: Backstage) -> Course:
    """The thing is heavy and smooth from now on: fingers that hold any other just hold it."""
    thing = stage.thing
    friction = SMOOTHER * stage.friction(thing)
    stage.set_dynamics(thing, mass=HEAVY_KG, lateralFriction=friction)
    yield f"{stage.name(thing)} weighs {1000 * HEAVY_KG:.0f} g and has a friction of {friction:.2f}"


def held_fast(stage: Backstage) -> Course:
    """The thing does not come off the table, as if it were screwed to it."""
    thing = stage.thing
    stage.set_dynamics(thing, mass=0.0)
    yield f"{stage.name(thing)} is fixed to the table"

"""Somebody moves the thing or its target."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Course
from sayso.sim.scenes.scene_spec import ObjectSpec

APART_M = 0.10  # least distance of the new place from thing and target
FILLING_M = (0.034, 0.034, 0.034)


def moved(stage: Backstage) -> Course:
    """The thing is put elsewhere on the table, also out of the hand."""
    held = " from the hand" if stage.carried() else ""
    spot = _put_elsewhere(stage, stage.thing)
    yield f"{stage.name(stage.thing)} is moved{held} to {spot[0]:.2f}, {spot[1]:.2f}"


def target_moved(stage: Backstage) -> Course:
    """The target is put elsewhere on the table."""
    if (target := stage.target) is None:
        yield "nothing: the instruction has no target"
        return
    spot = _put_elsewhere(stage, target)
    yield f"{stage.name(target)} is moved to {spot[0]:.2f}, {spot[1]:.2f}"


def target_taken(stage: Backstage) -> Course:
    """The target is gone for good."""
    if (target := stage.target) is None:
        yield "nothing: the instruction has no target"
        return
    stage.physics.hold(target)
    yield f"{stage.name(target)} is taken away"


def out_of_reach(stage: Backstage) -> Course:
    """The thing is put where the arm does not get to."""
    yield _put_out_of_reach(stage, stage.thing)


def target_out_of_reach(stage: Backstage) -> Course:
    """The target is put where the arm does not get to."""
    if (target := stage.target) is None:
        yield "nothing: the instruction has no target"
        return
    yield _put_out_of_reach(stage, target)


def target_filled(stage: Backstage) -> Course:
    """Another small thing is put in a bowl, or on another target."""
    if (target := stage.target) is None:
        yield "nothing: the instruction has no target"
        return
    color = stage.new_color()
    filling = ObjectSpec(stage.new_id(), "block", color, (0.0, 0.0), 0.0, FILLING_M)
    stage.physics.add(filling)
    truth = stage.table.truth()[target]
    in_it = truth.kind != "block"
    angle = stage.rng.uniform(-np.pi, np.pi)
    aside = 0.02 * np.array([np.cos(angle), np.sin(angle), 0.0]) if in_it else np.zeros(3)
    foot = truth.position + aside
    foot[2] += (0.01 if in_it else truth.size[2]) - truth.size[2] / 2
    stage.put(filling.id, foot)
    yield f"{stage.name(filling.id)} is put {'in' if in_it else 'on'} {stage.name(target)}"


def _put_elsewhere(stage: Backstage, thing: str) -> Array:
    spot = stage.free_spot(stage.spec(thing).radius, APART_M)
    stage.put(thing, np.array([*spot, 0.0]))
    return spot


def _put_out_of_reach(stage: Backstage, thing: str) -> str:
    spot = stage.spot_out_of_reach(stage.spec(thing).radius)
    stage.put(thing, np.array([*spot, 0.0]))
    return f"{stage.name(thing)} is put out of reach, to {spot[0]:.2f}, {spot[1]:.2f}"

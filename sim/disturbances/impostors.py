"""The right place, the wrong thing: two things change places, or a look-alike takes the place of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.sim.disturbances.backstage import LIFT_M, Backstage, raised, with_article
from sayso.sim.disturbances.kinds import Course


def exchanged(stage: Backstage) -> Course:
    """The thing and another of its kind change places; one that is carried is then lying where the other lay."""
    mates = [name for name in stage.others() if stage.spec(name).kind == stage.spec(stage.thing).kind]
    if not mates:
        yield f"nothing: there is no second {stage.spec(stage.thing).kind}"
        return
    thing, other = stage.thing, str(stage.rng.choice(mates))
    truth, held = stage.table.truth(), " in the hand" if stage.carried() else ""
    a, b = truth[thing], truth[other]
    # Each foot stands where the other's foot stood: the sizes differ by some mm.
    taller = (a.size[2] - b.size[2]) / 2
    stage.physics.place(thing, raised(b.position, LIFT_M + taller), b.yaw)
    stage.physics.place(other, raised(a.position, 0.0 if held else LIFT_M - taller), a.yaw)
    yield f"{stage.name(thing)}{held} and {stage.name(other)} change places"


def replaced(stage: Backstage) -> Course:
    """A thing of the same kind and size in a color that nothing on the table has takes the thing's place; the thing is
    gone."""
    thing, item = stage.thing, stage.spec(stage.thing)
    color = stage.new_color()
    truth, held = stage.table.truth()[thing], " in the hand" if stage.carried() else ""
    stage.physics.hold(thing)
    look_alike = replace(item, id=stage.new_id(), color=color, position=tuple(np.round(truth.position[:2], 6).tolist()))
    stage.physics.add(look_alike)
    stage.physics.place(look_alike.id, truth.position, truth.yaw)
    yield f"{with_article(color)} {item.kind} takes the place of {stage.name(thing)}{held}"

"""Something new on the table: a thing in the way, or a sheet over the thing."""

from __future__ import annotations

import numpy as np

from sayso.sim.disturbances.backstage import Backstage, with_article
from sayso.sim.disturbances.kinds import Course
from sayso.sim.scenes.props import Prop, move_prop
from sayso.sim.scenes.scene_spec import ObjectSpec

POST_M = (0.045, 0.045, 0.12)
BESIDE_M = 0.10  # at most this far from the middle of the way
PAPER, PAPER_M, COVERED_S = (0.93, 0.92, 0.88), 0.05, 3.0


def new_thing(stage: Backstage) -> Course:
    """A tall thing stands where the arm will pass, between the hand or the thing and where it goes."""
    color = stage.new_color()
    post = ObjectSpec(stage.new_id(), "block", color, (0.0, 0.0), 0.0, POST_M)
    truth, here = stage.table.truth(), stage.physics.tool()
    thing = truth[stage.thing].position
    goal = thing if not stage.carried() or stage.target is None else truth[stage.target].position
    way = (here + goal) / 2 if float(np.linalg.norm((here - goal)[:2])) > 0.2 else (thing + goal) / 2
    spot = stage.free_spot(post.radius, near=way, reach=BESIDE_M)
    stage.physics.add(post)
    stage.put(post.id, np.array([*spot, 0.0]))
    yield f"{with_article(color)} post of {100 * POST_M[2]:.0f} cm stands at {spot[0]:.2f}, {spot[1]:.2f}"


def covered(stage: Backstage) -> Course:
    """A folded sheet of paper hides the thing from the cameras; the hand would go through it."""
    truth = stage.table.truth()[stage.thing]
    x, y, z = (truth.size + PAPER_M).tolist()
    sheet = stage.physics.add_prop(Prop((x, y, z), PAPER))
    move_prop(stage.physics.client, sheet, truth.position, truth.yaw)
    try:
        yield f"a sheet covers {stage.name(stage.thing)}"
        yield COVERED_S
    finally:
        stage.put_away(sheet)
    yield f"{stage.name(stage.thing)} is uncovered"

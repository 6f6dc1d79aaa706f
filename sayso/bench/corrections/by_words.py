"""Jointed things, which no shipped model knows: the arm waits, and a person moves it by spoken motions alone.

Nobody speaks: 0 %, for the planner has no word for them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sayso.bench.corrections.worth import End, Moment, Wish, WorthCorrecting
from sayso.hardware.types import Array, Box
from sayso.sim.scenes.jointed import Jointed, Kind, add_jointed
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Step

WAITS = "wait 40 seconds"
OVER_M, NEAR_M = 0.10, 0.014
BETWEEN_M = 0.006
"""A knob that does not give way is taken only if it is so near the middle between the fingers."""
MISSED_M = 0.02
"""Fingers that have closed farther than this hold no knob."""
ENOUGH = {"drawer": 0.05, "lid": 0.35, "button": 0.008}
"""How far each must be open or pressed: m, of a lid rad."""
PULL = np.array([-0.08, 0.0, 0.0])
LIFT = np.array([0.0, 0.0, 0.10])
HOOK_M = 0.022
"""How far behind the middle of a drawer's bar the fingers go down."""


def _scene(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """A single block out of the way."""
    block = ObjectSpec("b1", "block", "gray", (0.40, -0.28), 0.0)
    return SceneSpec((block,), 0.0), WAITS


def _staged(kind: Kind, table: TableWorld, rng: np.random.Generator) -> list[Jointed | float]:
    """The jointed thing, and how far it has been moved at most."""
    at = float(rng.uniform(0.52, 0.60)), float(rng.uniform(-0.12, 0.16))
    return [add_jointed(table.physics.client, kind, at), 0.0]


def _way(gap: Array) -> Wish:
    """The motion along the largest part of ``gap`` (3,) m."""
    axis = int(np.abs(gap).argmax())
    far = abs(float(gap[axis]))
    degree = Degree.SLIGHTLY if far < 0.04 else Degree.PLAIN if far < 0.15 else Degree.FAR
    return Wish(motion=LanguageMotion((Step(Axis(axis), 1 if gap[axis] > 0 else -1, degree),)), gap=gap)


def _wishes(now: Moment) -> Wish:
    """Over it, down to it, take or hook it, move it; then go on."""
    thing: Jointed = now.staged[0]
    now.staged[1] = max(now.staged[1], thing.moved)
    if now.staged[1] > ENOUGH[thing.kind]:
        return Wish(words="go on")
    tool, handle, closing = now.tool, thing.handle, now.tick.body.closing
    if thing.kind != "lid" and not closing:
        return Wish(motion=LanguageMotion(gripper=GripperAction.CLOSE))
    goal = handle + (np.array([HOOK_M, 0.0, -0.008]) if thing.kind == "drawer" else np.zeros(3))
    if thing.kind == "button":
        goal = goal - np.array([0.0, 0.0, 0.02])
    gap = goal - tool
    beside = np.array([*gap[:2], 0.0])
    if thing.kind == "lid" and closing:
        missed = now.tick.body.opening < MISSED_M and thing.moved < ENOUGH["lid"] / 2
        return Wish(motion=LanguageMotion(gripper=GripperAction.OPEN)) if missed else _way(LIFT)
    if thing.kind == "lid" and abs(gap[1]) > BETWEEN_M and float(np.hypot(*gap[:2])) < 2 * NEAR_M:
        return _way(np.array([0.0, gap[1], 0.0]))
    if float(np.abs(gap).max()) < NEAR_M:
        return Wish(motion=LanguageMotion(gripper=GripperAction.CLOSE)) if thing.kind == "lid" else _way(PULL)
    if float(np.hypot(*gap[:2])) > NEAR_M:
        low = tool[2] < handle[2] + 0.03
        return (
            _way(np.array([0.0, 0.0, OVER_M]))
            if low and thing.kind != "button" and not _hooked(thing, tool)
            else (_way(PULL) if _hooked(thing, tool) else _way(beside))
        )
    return _way(np.array([0.0, 0.0, gap[2]]))


def _hooked(thing: Jointed, tool: Array) -> bool:
    """Whether the fingers are behind the drawer's bar."""
    gap = tool - thing.handle
    return thing.kind == "drawer" and bool(0.0 < gap[0] < 0.045 and abs(gap[1]) < 0.04 and gap[2] < 0.012)


def _moved(end: End) -> bool:
    thing: Jointed = end.staged[0]
    return max(end.staged[1], thing.moved) > ENOUGH[thing.kind]


def _task(name: str, kind: Kind, reason: str) -> WorthCorrecting:
    stage: Callable[[TableWorld, np.random.Generator], list[Jointed | float]] = partial(_staged, kind)
    return WorthCorrecting(name, reason, _scene, _wishes, "by words alone", _moved, stage, limit_s=60.0)


BY_WORDS = (
    _task("press the button", "button", "no model knows buttons: close the hand, over it, and down"),
    _task("open the drawer", "drawer", "no model knows drawers: hook the bar from behind, and back"),
    _task("lift the lid", "lid", "no model knows lids: take the knob, and up"),
)

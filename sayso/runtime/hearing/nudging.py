"""A spoken motion near the end of a subtask shifts the goal for the rest of the subtask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.execution.nudge import HIGHEST_M, MOST_M
from sayso.planner.execution.supervisor import Level, Replan
from sayso.planner.plan import Subtask, Verb
from sayso.planner.viewpoint import Viewpoint
from sayso.runtime.log import Heard

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

SHOWN_M = 0.0015
CUT_M = 0.005
"""The robot says how far a bound shortens a number, from so much on."""
SEEN_S = 0.5
"""A motion that was to last longer lasts so long at least: people see that they were heard."""
_WAYS = (("forward", "back"), ("left", "right"), ("higher", "lower"))


def nudge(executive: Executive, heard: Heard, view: Viewpoint, now: float) -> str:
    """Let the spoken motion that was ``heard`` last, if it is about the goal, and put that into the run's timeline.

    The motion itself then goes little farther than the goal is shifted. Returns what lasts, in words; "" for nothing.
    """
    c, subtask, scene = heard.correction, executive.supervisor.current, executive.scene
    if c.motion is None or c.bound or subtask is None or not subtask.handles or scene is None or not executive.acts:
        return ""
    nudges, legs, shifts, cut = executive.goals.nudges, [], [], np.zeros(3)
    for motion, seconds in c.legs:
        step = executive.goals.nudge(subtask, scene, motion, seconds)
        if step is not None:
            speed = np.abs(motion.twist()[:3])  # not zero, for a nudge goes somewhere; its bound may turn its way a bit
            far = float(np.abs(step)[speed.argmax()] / speed.max())
            seconds = min(max(far, SEEN_S), seconds)
            shifts.append(step)
            cut = cut + nudges.cut
        legs.append((motion, seconds))
    if not shifts:
        return ""
    nudges.join(len(shifts))
    by = np.sum(shifts, axis=0)
    heard.nudge, heard.correction = by, replace(c, duration_s=legs[0][1], then=tuple(legs[1:]))
    told = cut_in_words(subtask, view.position(by), view.position(cut))
    words = f"{in_words(subtask, view.position(by))}{f' ({told})' if told else ''}"
    executive.supervisor.replans.append(Replan(now, Level.MOTION, f"you said “{c.text}”: {words}", 0.0))
    return words


def in_words(subtask: Subtask, by: Array) -> str:
    """A shift (3,) m of the goal of ``subtask``, in the first person: "I take the red block 2 cm farther left"."""
    name, side = subtask.object_name, np.array([*by[:2], 0.0])
    if subtask.verb is Verb.PICK:
        return f"I take the {name} {way_in_words(by)}"
    told = [f"put the {name} down {way_in_words(side)}"] if way_in_words(side) else []
    told += [f"carry the {name} {way_in_words(by - side)}"] if way_in_words(by - side) else []
    return f"I {' and '.join(told)}"


def cut_in_words(subtask: Subtask, by: Array, cut: Array) -> str:
    """That the shift ``by`` (3,) m is all that a bound leaves of what a person said, ``cut`` (3,) m too little.

    "at most 6 cm in all: you said 30 cm farther forward; for more, say the place"; "" if nothing is cut.
    """
    axes = [axis for axis in range(3) if abs(cut[axis]) >= CUT_M]
    if not axes:
        return ""
    said = way_in_words(np.array([by[axis] + cut[axis] if axis in axes else 0.0 for axis in range(3)]))
    if min(axes) < 2:
        picks = subtask.verb is Verb.PICK
        return f"at most {_length(MOST_M)} in all: you said {said}; for more, say {'which' if picks else 'the place'}"
    if subtask.verb is Verb.PICK:
        return f"no farther, for the fingers need hold of the thing: you said {said}"
    return f"at most {_length(HIGHEST_M)} in all: you said {said}"


def way_in_words(by: Array) -> str:
    """A way (3,) m in the frame of the person: "2 cm farther left and 1 cm higher"."""
    return " and ".join(
        f"{_length(abs(v))} {'' if axis == 2 else 'farther '}{_WAYS[axis][0 if v > 0 else 1]}"
        for axis, v in enumerate(by.tolist())
        if abs(v) >= SHOWN_M
    )


def _length(way: float) -> str:
    return f"{1000 * way:.0f} mm" if way < 0.0095 else f"{100 * way:.1f}".removesuffix(".0") + " cm"

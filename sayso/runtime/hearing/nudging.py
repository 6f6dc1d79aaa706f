"""A spoken motion near the end of a subtask shifts the goal for the rest of the subtask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.execution.supervisor import Level, Replan
from sayso.planner.plan import Subtask, Verb
from sayso.planner.viewpoint import Viewpoint
from sayso.runtime.log import Heard

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

SHOWN_M = 0.0015
SEEN_S = 0.5
"""A motion that was to last longer lasts so long at least: people see that they were heard."""
_WAYS = (("forward", "back"), ("left", "right"), ("higher", "lower"))


def nudge(executive: Executive, heard: Heard, view: Viewpoint, now: float) -> str:
    """Let the spoken motion that was ``heard`` last, if it is about the goal, and put that into the run's timeline.

    The motion itself then goes little farther than the goal is shifted. Returns what lasts, in words; "" for nothing.
    """
    c, subtask, scene = heard.correction, executive.supervisor.current, executive.scene
    if c.motion is None or subtask is None or subtask.wait is not None or scene is None or not executive.acts:
        return ""
    by = executive.goals.nudge(subtask, scene, c.motion, c.duration_s)
    if by is None:
        return ""
    speed = np.abs(c.motion.twist()[:3])  # not zero, for a nudge goes somewhere; its bound may turn its way a little
    seconds = float(np.abs(by)[speed.argmax()] / speed.max())
    heard.nudge, heard.correction = by, replace(c, duration_s=min(max(seconds, SEEN_S), c.duration_s))
    words = in_words(subtask, view.position(by))
    executive.supervisor.replans.append(Replan(now, Level.MOTION, f"you said “{c.text}”: {words}", 0.0))
    return words


def in_words(subtask: Subtask, by: Array) -> str:
    """A shift (3,) m of the goal of ``subtask``, in the first person: "I take the red block 2 cm farther left"."""
    picks, name = subtask.verb is Verb.PICK, subtask.object_name
    return f"I {'take' if picks else 'put'} the {name}{'' if picks else ' down'} {way_in_words(by)}"


def way_in_words(by: Array) -> str:
    """A way (3,) m in the frame of the person: "2 cm farther left and 1 cm higher"."""
    return " and ".join(
        f"{_length(abs(v))} {'' if axis == 2 else 'farther '}{_WAYS[axis][0 if v > 0 else 1]}"
        for axis, v in enumerate(by.tolist())
        if abs(v) >= SHOWN_M
    )


def _length(way: float) -> str:
    return f"{1000 * way:.0f} mm" if way < 0.0095 else f"{100 * way:.1f}".removesuffix(".0") + " cm"

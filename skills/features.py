"""Features of policy and motion planner: proprioception and subtask goal as one vector, in one form for any arm."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, JointState, Pose, RobotSpec
from sayso.skills.goal import SubtaskGoal

if TYPE_CHECKING:
    from sayso.skills.posture import Posture

RATE_TICKS = 3
CENTER = np.array([0.5, 0.0, 0.15])


@dataclass(frozen=True, slots=True)
class Proprioception:
    """Proprioception at one policy tick.

    ``position``, ``command`` (n,) rad measured and last commanded; ``tool`` pose; ``opening`` m and its ``rate`` m/s;
    ``closing`` is the last gripper command. ``posture`` is None for an arm whose base stands on the table.
    """

    position: Array
    command: Array
    tool: Pose
    opening: float
    rate: float
    closing: bool
    posture: Posture | None = None


class OpeningRate:
    """The gripper's opening rate, m/s, over the last `RATE_TICKS` policy ticks."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._recent: deque[float] = deque(maxlen=RATE_TICKS + 1)

    def update(self, opening: float) -> float:
        """Add the opening (m) of this tick; return the rate."""
        self._recent.append(opening)
        return (opening - self._recent[0]) / (self._tick_s * max(len(self._recent) - 1, 1))


def opening_of(spec: RobotSpec, state: JointState) -> float:
    """The gripper's opening in m; 0 for an arm without a gripper."""
    return state.gripper * spec.gripper.width if spec.gripper else 0.0


def feature_names(dof: int) -> tuple[str, ...]:
    """Names of the features of an arm with ``dof`` joints, in order."""
    axes = "xyz"
    names = [f"joint{i}" for i in range(dof)] + [f"lag{i}" for i in range(dof)]
    names += [f"tool_{a}" for a in axes] + ["tool_cos", "tool_sin", "lean_x", "lean_y"]
    names += ["opening", "rate", "closing", "fit"]
    names += [f"object_{a}" for a in axes] + [f"object_near_{a}" for a in axes] + ["object_off", "object_above_table"]
    names += ["width", "height", "turn_sin", "turn_cos", "held"]
    names += ["placing"] + [f"place_{a}" for a in axes] + [f"place_near_{a}" for a in axes] + ["place_off"]
    return (*names, "tolerance", "clearance", "over_clearance")


def features(body: Proprioception, goal: SubtaskGoal) -> NDArray[np.float32]:
    """The vector (F,) float32 named by `feature_names`; distances appear coarse (1/3 m) and fine (2 cm, squashed)."""
    tool, rotation = body.tool.position, body.tool.rotation
    position, command = body.position, body.command
    if body.posture is not None:
        position, command = body.posture.standing(position), body.posture.standing(command)
    gap = goal.position - tool
    width = float(max(goal.size[0], goal.size[1]))
    turn = 4.0 * (goal.yaw - body.tool.yaw)
    bottom = goal.position[2] - goal.size[2] / 2
    if goal.place is None:
        drop, off, tolerance = np.zeros(3), 0.0, 0.0
    else:
        drop = goal.place - np.array([goal.position[0], goal.position[1], bottom])
        off, tolerance = float(np.hypot(drop[0], drop[1])), goal.tolerance
    object_off = float(np.hypot(gap[0], gap[1]))
    lowest = min(tool[2], bottom) if goal.held else tool[2]
    return np.concatenate(
        [
            position,
            (command - position) * 10,
            (tool - CENTER) * 3,
            [rotation[0, 0], rotation[1, 0], 3 * rotation[0, 2], 3 * rotation[1, 2]],
            [10 * body.opening, 5 * body.rate, float(body.closing), np.tanh((body.opening - width) / 0.02)],
            gap * 3,
            np.tanh(gap / 0.02),
            [np.tanh(object_off / 0.012), 5 * goal.position[2]],
            [20 * width, 20 * goal.size[2], np.sin(turn), np.cos(turn), float(goal.held)],
            [float(goal.place is not None)],
            drop * 3,
            np.tanh(drop / 0.02),
            [np.tanh(off / 0.012), 50 * tolerance, 5 * goal.clearance, 5 * (lowest - goal.clearance)],
        ]
    ).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Observation:
    """Input of motion planner and policy at one policy tick: ``features`` (F,) of ``body`` and ``goal``."""

    body: Proprioception
    goal: SubtaskGoal
    features: NDArray[np.float32]

    @classmethod
    def of(cls, body: Proprioception, goal: SubtaskGoal) -> Self:
        """The observation of an arm with this goal."""
        return cls(body, goal, features(body, goal))

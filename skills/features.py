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
    import onnxruntime as ort

    from sayso.skills.posture import Posture

RATE_TICKS = 3
CENTER = (0.5, 0.0, 0.15)
OF_GRASPS = ("grasp_sin", "grasp_cos", "hang")  # the last features, which models from before grasps do not take


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
    return (*names, "tolerance", "clearance", "over_clearance", *OF_GRASPS)


def feature_counts(dof: int) -> tuple[int, int]:
    """How many features a model of an arm with ``dof`` joints takes: now, and from before grasps."""
    return len(feature_names(dof)), len(feature_names(dof)) - len(OF_GRASPS)


def known_features(session: ort.InferenceSession) -> slice:
    """The features that a model takes: the first ones, as many as it was trained on."""
    known: int = next(given.shape[-1] for given in session.get_inputs() if given.name == "features")
    return slice(known)


def features(body: Proprioception, goal: SubtaskGoal) -> NDArray[np.float32]:
    """The vector (F,) float32 named by `feature_names`; distances appear coarse (1/3 m) and fine (2 cm, squashed)."""
    # Plain floats: for vectors of three or seven, numpy's calls would cost several times what they calculate.
    tool, rotation = body.tool.position.tolist(), body.tool.rotation.tolist()
    position, command = body.position, body.command
    if body.posture is not None:
        position, command = body.posture.standing(position), body.posture.standing(command)
    joints: list[float] = position.tolist()
    lag = [(c - p) * 10 for c, p in zip(command.tolist(), joints, strict=True)]
    x, y, z = goal.position.tolist()
    gap = [x - tool[0], y - tool[1], z - tool[2]]
    width, height, bottom = goal.width, goal.height, z - goal.hang
    turn = goal.yaw - body.tool.yaw
    drop, off, tolerance = [0.0, 0.0, 0.0], 0.0, 0.0
    if goal.place is not None:
        place_x, place_y, place_z = goal.place.tolist()
        drop = [place_x - x, place_y - y, place_z - bottom]
        off, tolerance = float(np.hypot(drop[0], drop[1])), goal.tolerance
    object_off = float(np.hypot(gap[0], gap[1]))
    lowest = min(tool[2], bottom) if goal.held else tool[2]
    opening = goal.opening(body.opening)
    fine = [(opening - width) / 0.02, *[g / 0.02 for g in gap], object_off / 0.012]
    fine = np.tanh([*fine, *[d / 0.02 for d in drop], off / 0.012]).tolist()
    return np.array(
        [
            *joints,
            *lag,
            *[(t - c) * 3 for t, c in zip(tool, CENTER, strict=True)],
            rotation[0][0], rotation[1][0], 3 * rotation[0][2], 3 * rotation[1][2],
            10 * opening, 5 * body.rate, float(body.closing), fine[0],
            *[g * 3 for g in gap],
            *fine[1:5], 5 * z,
            20 * width, 20 * height, np.sin(4 * turn), np.cos(4 * turn), float(goal.held),
            float(goal.place is not None),
            *[d * 3 for d in drop],
            *fine[5:], 50 * tolerance, 5 * goal.clearance, 5 * (lowest - goal.clearance),
            np.sin(2 * turn), np.cos(2 * turn), 20 * goal.hang,
        ],
        dtype=np.float32,
    )  # fmt: skip


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

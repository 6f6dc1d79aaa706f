"""Required tensor widths of each model by the arm's number of joints."""

from __future__ import annotations

from collections.abc import Callable

from sayso.planner.execution.critic import CRITIC_LOGITS
from sayso.planner.execution.motion_planner import MOTION_LOGITS
from sayso.skills.features import feature_counts
from sayso.skills.motion import ENCODING_SIZE

Size = int | tuple[int, ...]
"""The last dimension of a tensor, or those that it may have, today's first."""


def _policy(dof: int) -> dict[str, Size]:
    return {"features": feature_counts(dof), "motion": ENCODING_SIZE, "velocity": dof, "closing": 1}


def _motion(dof: int) -> dict[str, Size]:
    return {"features": feature_counts(dof), "logits": MOTION_LOGITS}


def _critic(dof: int) -> dict[str, Size]:
    return {"features": feature_counts(dof), "logits": CRITIC_LOGITS}


# Per arm model: number of joints → last dimension of every tensor.
MODEL_SIZES: dict[str, Callable[[int], dict[str, Size]]] = {"policy": _policy, "motion": _motion, "critic": _critic}

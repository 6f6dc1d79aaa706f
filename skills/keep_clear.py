"""Holds a policy's motion clear of things: the last check of a chunk, whatever motion it follows.

The speed toward a thing is bounded by the distance that is left, a control barrier function (Ames et al. 2019): the
hand slows down ahead of a keepout and slides along it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Pose
from sayso.skills.hand_shape import Keepout, nearest
from sayso.skills.policy import ActionChunk

RATE = 5.0
"""Speed toward a thing per distance left, 1/s."""
MARGIN_M = 0.004
"""Stays beyond the asked distance, as the arm does not follow its targets exactly."""
HEEDED_M = 0.15
OUT_M_S = 0.05
"""Largest speed out of a keepout in which the hand is already."""
PASSES, DAMPING = 4, 1e-3


def kept_clear(chunk: ActionChunk, tool: Pose, jacobian: Array, hand: Array, things: Sequence[Keepout]) -> ActionChunk:
    """``chunk``, changed as little as needed for the ``hand``, points (k, 3) m, to stay out of ``things``.

    ``jacobian`` (6, n) is the tool's at ``tool``. The hand's turning is unchanged.
    """
    twist = jacobian @ chunk.slopes[0]
    bounds = []
    for thing in things:
        near = nearest(hand, thing)
        left = near.gap - thing.distance - MARGIN_M
        if left < HEEDED_M:
            turning = np.cross(twist[3:], near.point - tool.position)
            bounds.append((near.away, -RATE * left - float(near.away @ turning)))
    wanted = twist[:3].copy()
    for _ in range(PASSES):
        for away, least in bounds:
            wanted += max(0.0, min(least, OUT_M_S) - float(away @ wanted)) * away
    change = wanted - twist[:3]
    if not change.any():
        return chunk
    gram = jacobian @ jacobian.T
    gram[np.diag_indices(6)] += DAMPING**2
    joints = jacobian.T @ np.linalg.solve(gram, np.concatenate([change, np.zeros(3)]))
    ahead = (np.array(chunk.times) - chunk.times[0])[:, None]
    return ActionChunk(
        chunk.times, chunk.positions + ahead * joints, chunk.closed, chunk.expires, chunk.slopes + joints
    )

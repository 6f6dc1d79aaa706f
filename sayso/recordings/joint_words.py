"""Motions in joint words, for an arm whose geometry is unknown: "increase elbow slightly and decrease wrist".

The extent is relative to the joint's range over the whole dataset, so units do not matter. These are no sentences of
`sayso.skills.motion`, because nobody knows where the hand goes.
"""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.skills.labels import WINDOW_S
from sayso.skills.motion import MAX_AXES

SMALL, SLIGHT, FAR, RELATIVE_DROP = 0.02, 0.06, 0.20, 0.3
GRIPPER_CHANGE = 0.08


def joint_motions(rows: Array, names: tuple[str, ...], spans: Array, gripper: Array | None, fps: float) -> list[str]:
    """A motion for each of T samples: ``rows`` (T, n) of joints with ``spans`` (n,), ``gripper`` (T,) in 0 to 1."""
    ahead = np.minimum(np.arange(len(rows)) + max(round(WINDOW_S * fps), 1), len(rows) - 1)
    moved = (rows[ahead] - rows) / np.where(spans > 0, spans, np.inf)
    opened = np.zeros(len(rows)) if gripper is None else gripper[ahead] - gripper
    return [_sentence(move, names, float(change)) for move, change in zip(moved, opened, strict=True)]


def _sentence(moved: Array, names: tuple[str, ...], opened: float) -> str:
    size = np.abs(moved)
    keep = [i for i in np.argsort(-size)[:MAX_AXES] if size[i] > SMALL and size[i] >= RELATIVE_DROP * size.max()]
    parts = []
    for i in keep:
        degree = " slightly" if size[i] < SLIGHT else " far" if size[i] > FAR else ""
        parts.append(f"{'increase' if moved[i] > 0 else 'decrease'} {names[i]}{degree}")
    if abs(opened) > GRIPPER_CHANGE:
        parts.append(f"{'increase' if opened > 0 else 'decrease'} gripper")
    return " and ".join(parts) or "hold still"

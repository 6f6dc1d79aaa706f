"""The true scenes that writers of sentences saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject

FILE = Path(__file__).parent / "sentences" / "language" / "scenes.json"
_SIZES = {"bowl": np.array([0.15, 0.15, 0.055]), "block": np.full(3, 0.04)}


@cache
def scenes() -> tuple[Scene, ...]:
    """The scenes, in order of their numbers."""
    tool = Pose(np.array([0.42, 0.02, 0.15]), np.diag([1.0, -1.0, -1.0]))
    return tuple(Scene(0.0, tuple(_things(told)), tool) for told in json.loads(FILE.read_text()))


def _things(told: Sequence[dict[str, Any]]) -> list[SceneObject]:
    out = []
    for i, thing in enumerate(told):
        size = _SIZES[thing["kind"]]
        kinds, colors = {k: float(k == thing["kind"]) for k in KINDS}, {c: float(c == thing["color"]) for c in COLORS}
        at = np.array([thing["x"], thing["y"], size[2] / 2 + (0.01 if "in" in thing else 0.0)])
        out.append(SceneObject(f"{i} {thing['color']} {thing['kind']}", kinds, colors, at, size))
    return out

"""Things in containers: they may shift unseen, move with the container, and be hidden by what is put on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Frame
from sayso.perception.scene import HOLLOW
from sayso.perception.track import Track
from sayso.perception.visibility import Visibility, seen_past

WALL = 0.02  # m of a container's radius that its wall takes
GRID = 0.008  # m between the points that are looked at in a container
COVER = 0.3  # radius, as a fraction of a thing's shortest edge, of what must be seen to be empty where it could lie


def container_of(track: Track, tracks: Sequence[Track]) -> Track | None:
    """The container that ``track`` lies in, by their places; None without one."""
    if track.kind == "bowl":  # bowls stand on the table
        return None
    bottom = float(track.position[2] - track.size[2] / 2)
    for other in tracks:
        aside = float(np.hypot(*(track.position - other.position)[:2]))
        holds = other.kind in HOLLOW and (track.kind not in HOLLOW or track.width < other.width)
        if holds and aside < other.width / 2 and bottom < other.position[2] + other.size[2] / 2:
            return other
    return None


def look_into(track: Track, container: Track, frames: Sequence[Frame]) -> Visibility:
    """EMPTY if the cameras see past every place in the ``container`` where ``track`` could lie, else HIDDEN."""
    edge = float(track.size.min())  # it may have toppled over
    radius = max(container.width / 2 - WALL - edge / 4, GRID)
    steps = np.arange(-radius, radius + GRID, GRID)
    flat = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    flat = flat[(flat**2).sum(1) <= radius**2]
    height = container.position[2] - container.size[2] / 2 + edge * 0.6
    points: Array = np.column_stack([flat + container.position[:2], np.full(len(flat), height)])
    free = np.zeros(len(points), dtype=bool)
    for frame in frames:
        if frame.depth is not None:
            free |= seen_past(points, frame)
    near = ((flat[:, None] - flat[None]) ** 2).sum(-1) <= (COVER * edge) ** 2
    could_lie = ~(near & free).any(1)
    return Visibility.HIDDEN if could_lie.any() else Visibility.EMPTY

"""One moment of a run as a monitor sees it: the perceived scene, the hand, and what has been said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sayso.hardware.types import Array
from sayso.perception.scene import Scene


@dataclass(frozen=True, slots=True)
class Moment:
    """A perceived ``scene`` and what is measured beside it.

    ``gaps`` (m) is the distance of the hand and its load to each object by id, negative inside of it. ``speed`` is the
    tool's in m/s. ``reached`` are the ids of what the hand, its load or what it pushed has come near to since the watch
    began: what it can have moved. ``start`` holds the objects' positions (3,) m when the watch began, ``waited`` the
    seconds since. ``events`` are those that a person has said came about.
    """

    scene: Scene
    gaps: Mapping[str, float] = field(default_factory=dict)
    speed: float = 0.0
    start: Mapping[str, Array] = field(default_factory=dict)
    waited: float = 0.0
    events: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()

"""What the hand has moved, and from where, by what was perceived."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.perception.scene import Scene
from sayso.planner.interpreter.discourse import Origin
from sayso.planner.language.symbolic_state import Surroundings

REST_S = 0.5
"""A scene this much older than a grasp shows the thing before the fingers touched it."""


@dataclass(frozen=True, slots=True)
class Move:
    """The thing ``id``, called ``name`` by color and kind, was lifted from ``origin``."""

    id: str
    name: str
    origin: Origin


def origin_of(object_id: str, scene: Scene) -> Origin | None:
    """Where a thing of the scene is; None if it is not seen."""
    thing = scene.find(object_id)
    if thing is None:
        return None
    x, y = thing.position[:2].tolist()
    return Origin((x, y), Surroundings(scene).under.get(object_id))


class Trail:
    """Notes every thing that is lifted; ``moves`` are in order of time."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self._held: str | None = None
        self._older: Scene | None = None
        self._newer: Scene | None = None

    def observe(self, scene: Scene) -> None:
        """Take note of a new ``scene``."""
        if scene.held != self._held:
            if scene.held is not None:
                self._lifted(scene.held, scene)
            self._held = scene.held
            self._older = self._newer = None
        if scene.held is None and (self._newer is None or scene.t - self._newer.t >= REST_S):
            self._older, self._newer = self._newer, scene

    def _lifted(self, object_id: str, now: Scene) -> None:
        before = next((s for s in (self._older, self._newer, now) if s is not None and s.find(object_id)), now)
        origin, thing = origin_of(object_id, before), before.find(object_id)
        if origin is None or thing is None:
            return
        if not self.moves or self.moves[-1].id != object_id:  # a thing that slipped is lifted again
            self.moves.append(Move(object_id, thing.name, origin))

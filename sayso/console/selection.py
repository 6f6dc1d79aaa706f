"""What a person has pointed at on the page: a thing, or a point of the table; "this one" means the thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import names

if TYPE_CHECKING:
    from sayso.session import Session

_THIS = re.compile(r"\b(?:this|that) (?:one|thing|object)\b|\bthe (?:marked|selected) (?:one|thing|object)\b", re.I)
NOTHING = "click the thing that you mean first"


class Selection:
    """The thing with id ``thing``, or the ``point`` (x, y) m of the table; ``names`` are people's own, by thing id."""

    def __init__(self) -> None:
        self.thing = ""
        self.point: tuple[float, float] | None = None
        self.names: dict[str, str] = {}

    def select(self, thing: str) -> None:
        """Point at the thing with this id; "": at nothing."""
        self.thing, self.point = thing, None

    def mark(self, x: float, y: float) -> None:
        """Point at a place of the table, m in the base frame."""
        self.thing, self.point = "", (x, y)

    def about(self, scene: Scene | None) -> dict[str, Any]:
        """What is pointed at, for the page."""
        thing, name = self._found(scene)
        return {
            "id": self.thing if thing is not None else "",
            "name": name,
            "point": None if self.point is None else [round(v, 3) for v in self.point],
        }

    def meant(self, text: str, scene: Scene | None) -> str | None:
        """``text`` with the thing's name in place of "this one"; None if it says so and nothing is selected."""
        if not _THIS.search(text):
            return text
        thing, name = self._found(scene)
        return None if thing is None else _THIS.sub(f"the {name}", text)

    def name(self, session: Session, thing: str, name: str) -> str:
        """Give the thing with this id a name; what was remembered. Raises `SessionError`.

        The one place where the console gives names.
        """
        told = session.name(thing, name)
        self.names[thing] = name
        return told

    def _found(self, scene: Scene | None) -> tuple[SceneObject | None, str]:
        if scene is None or not self.thing:
            return None, ""
        found = zip(scene.objects, names(scene.objects), strict=True)
        return next(((o, name) for o, name in found if o.id == self.thing), (None, ""))

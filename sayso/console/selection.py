"""What a person has pointed at on the page: a thing, or a point of the table; "this one" means the thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import names
from sayso.session.options import SessionError

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

        The one place where the console gives names. A session at work takes names in words only.
        """
        if session.is_running:
            found = next((said for o, said in _called(session.scene) if o.id == thing), None)
            told = session.say(f"call the {found} {name}") if found is not None else None
            if told is None or told.level != "remark":
                raise SessionError(f"not named: {told}" if told is not None else "that thing is not seen any more")
            self.names[thing] = name
            return str(told)
        told_name = session.name(thing, name)
        self.names[thing] = name
        return told_name

    def _found(self, scene: Scene | None) -> tuple[SceneObject | None, str]:
        if not self.thing:
            return None, ""
        return next(((o, name) for o, name in _called(scene) if o.id == self.thing), (None, ""))


def _called(scene: Scene | None) -> list[tuple[SceneObject, str]]:
    return [] if scene is None else list(zip(scene.objects, names(scene.objects), strict=True))

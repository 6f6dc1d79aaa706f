"""What a person has pointed at on the page, a thing and a point of the table: "this one", "here"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import names
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.pointed import with_point
from sayso.session.options import SessionError

if TYPE_CHECKING:
    from sayso.session import Session

_ONE = r"(?:one|thing|object)\b"
_THIS = re.compile(rf"\b(?:this|that) {_ONE}|\bthe (?:marked|selected) {_ONE}", re.I)
_AFTER = (
    r"here|there|in|into|on|onto|to|by|beside|next|behind|left|right|over|under|between|up|down|aside|away|out|back"
    r"|is|my|your|our|please|and|then|now|instead"
)
_BARE = re.compile(
    r"(?<!\blike )(?<!\bdo )(?<!\bis )\bthis(?=\s*(?:$|[.,;!?]))"
    rf"|(?<!\blike )(?<!\bdo )\bthis(?=\s+(?:{_AFTER})\b)|(?<=\bname )this\b|(?<=\bcall )this\b",
    re.I,
)
_IT = re.compile(
    r"^((?:please |now |then |no,? )*"
    r"(?:put|move|place|bring|take|push|pick up|pick|grab|lift|set|name|call|drop|slide|stack) )it\b",
    re.I,
)
_HERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bfrom )(?<!\bof )(?<!\bback )"
    r"\b(?:(?:over |right |down )*(?:here|there)\b(?! (?:is|are|was|you)\b)"
    r"|(?:at|in|on|to|over|onto) (?:this|that|the marked|the selected) (?:spot|place|point|position)\b"
    r"|where I (?:point|pointed|click|clicked|marked)\b)",
    re.I,
)
_IN_HERE = re.compile(rf"\b(?:in|into|inside|on|onto)\s+(?:{_HERE.pattern})|(?:{_HERE.pattern})", re.I)
_PUTS = re.compile(r"\b(?:put|place|move|bring|push|set|drop|slide|stack)\b", re.I)
NOTHING = "click the thing that you mean first"
NO_PLACE = "click the place that you mean first"


class NotPointedAt(ValueError):
    """Words such as "this one" and "here" without anything that was clicked; the message says what to do."""


class Selection:
    """The thing with id ``thing``, and the ``point`` (x, y) m of the table; ``names`` are people's own, by thing id.

    A click on a thing and a click on the table go together: "put this one here". "it" means a thing that was clicked
    after the last words, "here" in or on a thing if that was clicked last.
    """

    def __init__(self) -> None:
        self.thing = ""
        self.point: tuple[float, float] | None = None
        self.names: dict[str, str] = {}
        self._is_fresh = self._is_place = (
            False  # the thing was clicked after the last words; the last click was a place
        )

    def select(self, thing: str) -> None:
        """Point at the thing with this id; "": at nothing any more."""
        self.thing, self._is_fresh, self._is_place = thing, bool(thing), False
        if not thing:
            self.point = None

    def mark(self, x: float, y: float) -> None:
        """Point at a place of the table, m in the base frame; a selected thing stays selected."""
        self.point, self._is_place = (x, y), True

    def about(self, scene: Scene | None) -> dict[str, Any]:
        """What is pointed at, for the page."""
        thing, name = self._found(scene)
        return {
            "id": self.thing if thing is not None else "",
            "name": name,
            "point": None if self.point is None else [round(v, 3) for v in self.point],
        }

    def meant(self, text: str, scene: Scene | None) -> str:
        """``text`` with the selected thing's name in place of "this one", and the marked point behind "here".

        ``scene`` is seen as the person who speaks sees it. Raises `NotPointedAt`.
        """
        thing, name = self._found(scene)
        fresh, self._is_fresh = self._is_fresh, False
        said = text
        if thing is None and _THIS.search(text):
            raise NotPointedAt(NOTHING)
        if thing is not None:
            kind = re.compile(rf"\b(?:this|that) {re.escape(thing.kind)}\b", re.I)
            for words in (_THIS, kind, _BARE):
                text = words.sub(f"the {name}", text)
        if not _HERE.search(text):
            return self._with_it(text, thing, name, scene) if fresh else text
        if self.point is not None and (self._is_place or thing is None or text != said):
            text = self._with_it(text, thing, name, scene) if fresh else text
            return with_point(_IN_HERE.sub("here", text), self.point)
        if thing is not None and text == said:
            return _IN_HERE.sub(f"{'in' if is_container(thing) else 'on'} the {name}", text)
        if _PUTS.search(text):
            raise NotPointedAt(NO_PLACE)
        return text

    @staticmethod
    def _with_it(text: str, thing: SceneObject | None, name: str, scene: Scene | None) -> str:
        """``text`` with the thing's name in place of an "it" that nothing before it explains."""
        if thing is None or scene is None or scene.held is not None:
            return text
        return _IT.sub(rf"\g<1>the {name}", text)

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

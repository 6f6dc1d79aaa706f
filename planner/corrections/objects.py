"""Things named in a correction ("the green one", "the other block", "the left bowl"), looked up in the scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject
from sayso.planner.corrections import words as W
from sayso.planner.language.grounding import MATCH


def _table(names: Mapping[str, Iterable[str]], known: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Word sequences, singular and plural, to the colour or kind that they name."""
    every = [*((k, k) for k in known), *((name, value) for value, group in names.items() for name in group)]
    return {tuple(form.split()): value for name, value in reversed(every) for form in (name, f"{name}s")}


_COLOR_OF = _table(W.COLORS, COLORS)
_KIND_OF = _table(W.KINDS, KINDS)
NOUNS = frozenset(name[-1] for name in _KIND_OF)
WORDS = NOUNS.union({w for names in (_COLOR_OF, _KIND_OF) for name in names for w in name}, W.SIDE, ("it", "other"))


RIVAL = 0.5
"""An object at least this many times as probable as the best one is another possible reading."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the words tell of a thing: its kind and colour (None: not said), where it stands, "the other", "it"."""

    words: str
    kind: str | None = None
    color: str | None = None
    side: str | None = None
    other: bool = False
    pronoun: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether the words are only "that one"."""
        return not (self.kind or self.color or self.side or self.other or self.pronoun)


def read_name(words: Sequence[str]) -> Named | None:
    """The thing that all of ``words`` name, or None if they name nothing."""
    rest = [w for w in words if w != ","]
    if " ".join(rest) in ("it", "that", "this", "them"):
        return Named(" ".join(rest), pronoun=True)
    color = kind = side = None
    other = said = False
    i = 0
    while i < len(rest):
        word, taken = rest[i], 1
        if word in ("other", "second", "else", "different", "another"):
            other = True
        elif (match := _longest(_COLOR_OF, rest, i)) and color is None and match[0] != "any":
            color, taken = match
        elif (match := _longest(_KIND_OF, rest, i)) and kind in (None, "any"):
            kind, taken = match
        elif word in W.SIDE and side is None and rest[i + 1 : i + 2] != ["of"]:
            side = W.SIDE[word]
        elif not (
            word in W.DETERMINERS
            or (word in ("is", "thats", "which") and said)
            or (word in ("hand", "side", "to", "from", "you", "robot") and side)
            or (word in ("on", "at", "in", "to") and said and rest[i + 2 : i + 3] and rest[i + 2] in W.SIDE)
        ):
            return None
        said = said or kind is not None or color is not None
        i += taken
    if not (color or kind or other or (rest and rest[-1] == "one")):
        return None
    bare = " ".join(w for w in rest if w not in W.DETERMINERS or w == "one")
    return Named(bare, None if kind in ("any", None) else kind, color, side, other)


def _longest(table: dict[tuple[str, ...], str], words: Sequence[str], i: int) -> tuple[str, int] | None:
    for n in (3, 2, 1):
        value = table.get(tuple(words[i : i + n]))
        if value is not None and i + n <= len(words):
            return value, n
    return None


def matching(
    named: Named,
    scene: Scene,
    *,
    kind: str | None = None,
    without: Iterable[str | None] = (),
    viewpoint_yaw: float = 0.0,
) -> list[SceneObject]:
    """The objects that ``named`` may mean, best first: of ``kind`` unless it says its own, none of the ids ``without``.

    Sides are those of a viewer who looks along ``viewpoint_yaw`` (rad, base frame). Objects of one name cannot be told
    apart in words, so of those only the nearest to the tool stays.
    """
    left_out = set(without)
    scored = [(_fit(named, kind, o), o) for o in scene.objects if o.id not in left_out]
    least = max(MATCH, RIVAL * max((p for p, _ in scored), default=0.0))
    found = [o for p, o in scored if p >= least]
    if found and named.side is not None:
        ahead = np.array([np.cos(viewpoint_yaw), np.sin(viewpoint_yaw)])
        way = {"far": ahead, "near": -ahead, "left": ahead[::-1] * (-1, 1), "right": ahead[::-1] * (1, -1)}[named.side]
        found = [max(found, key=lambda o: float(o.position[:2] @ way))]
    found.sort(key=lambda o: float(np.linalg.norm(o.position - scene.tool.position)))
    return list({o.name: o for o in reversed(found)}.values())[::-1]


def _fit(named: Named, kind: str | None, thing: SceneObject) -> float:
    wanted = named.kind or kind
    kinds = 1.0 if wanted is None else thing.kinds.get(wanted, 0.0)
    return kinds * (1.0 if named.color is None else thing.colors.get(named.color, 0.0))


def unseen(named: Named, scene: Scene, kind: str | None = None) -> str:
    """One line that says that the thing is not there, and what is."""
    wanted = named.kind if named.kind not in (None, "other") else kind
    what = (
        named.words
        if "other" in (named.kind, named.color)
        else " ".join(p for p in (named.color, wanted or "object") if p)
    )
    return f"I see no {'other ' if named.other else ''}{what}; there are: {names(scene.objects)}"


def names(objects: Iterable[SceneObject]) -> str:
    """The objects' names in one line."""
    return ", ".join(dict.fromkeys(o.name for o in objects)) or "none"

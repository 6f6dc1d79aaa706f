"""Grounding: the objects of the scene that a mention means, by read times perceived probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.reading import ANY, TABLE, Mention, Side
from sayso.planner.plan import Answer, Question

MATCH = 0.25
"""Least probability at which an object fits a mention."""
RIVAL = 0.5
"""An object at least this many times as probable as the best one is another possible reading."""
_SIDES: dict[Side, Callable[[SceneObject, float], float]] = {
    Side.LEFT: lambda o, yaw: _leftward(o, yaw),
    Side.RIGHT: lambda o, yaw: -_leftward(o, yaw),
    Side.NEAR: lambda o, yaw: -_ahead(o, yaw),
    Side.FAR: lambda o, yaw: _ahead(o, yaw),
    Side.LARGE: lambda o, yaw: float(np.prod(o.size)),
    Side.SMALL: lambda o, yaw: -float(np.prod(o.size)),
}
_DETERMINERS = ["the", "a", "an", "that", "this", "my", "any", "some", "all", "every", "each", "of", "one"]
_SIDE_NAMES = {Side.LEFT: "left", Side.RIGHT: "right", Side.NEAR: "nearest", Side.FAR: "farthest"}


class Unresolved(Exception):
    """The words cannot become subtasks; ``answer`` is the question or refusal.

    ``about`` is the description that fits several ``things``, or none of them, which are the question's options; in
    the task language they may be places.
    """

    def __init__(self, answer: Answer, about: object = None, things: Sequence[Any] = ()) -> None:
        self.answer, self.about, self.things = answer, about, tuple(things)


def probability(mention: Mention, thing: SceneObject) -> float:
    """The probability that ``mention`` fits ``thing`` in kind and color, read and perceived."""
    kind = mention.kinds[ANY] + sum(mention.kinds.get(k, 0.0) * p for k, p in thing.kinds.items())
    color = mention.colors[ANY] + sum(mention.colors.get(c, 0.0) * p for c, p in thing.colors.items())
    return kind * color


def fitting(mention: Mention, things: Iterable[SceneObject], viewpoint_yaw: float = 0.0) -> list[SceneObject]:
    """The objects that ``mention`` may mean; of several, the outermost on the named side, if one stands out.

    Sides are those of a viewer who looks along ``viewpoint_yaw`` (rad, base frame).
    """
    scored = [(probability(mention, o), o) for o in things]
    best = max((p for p, _ in scored), default=0.0)
    found = [o for p, o in scored if p >= max(MATCH, RIVAL * best)]
    if found and mention.side is not Side.NONE:
        return [_standing_out(found, mention.side, viewpoint_yaw)]
    return found


def _standing_out(things: Iterable[SceneObject], side: Side, yaw: float = 0.0) -> SceneObject:
    return max(things, key=lambda o: _SIDES[side](o, yaw))


def _ahead(thing: SceneObject, yaw: float) -> float:
    return float(thing.position[:2] @ (np.cos(yaw), np.sin(yaw)))


def _leftward(thing: SceneObject, yaw: float) -> float:
    return float(thing.position[:2] @ (-np.sin(yaw), np.cos(yaw)))


def names(things: Sequence[SceneObject]) -> tuple[str, ...]:
    """A unique name for each object: "red block", "left red block"."""
    out = []
    for thing in things:
        twins = [o for o in things if o.name == thing.name]
        sides = (word for side, word in _SIDE_NAMES.items() if _standing_out(twins, side) is thing)
        side = next(sides, None) if len(twins) > 1 else None
        out.append(f"{side} {thing.name}" if side else thing.name)
    return tuple(out)


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def a(name: str) -> str:
    """ "a red block", "an orange bowl"."""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def the(things: Sequence[SceneObject]) -> str:
    """ "the red block and the left green block"."""
    return listed([f"the {name}" for name in names(things)])


def absent(mention: Mention, scene: Scene, things: Sequence[SceneObject]) -> Unresolved:
    """The answer if no object fits; ``things`` are offered instead."""
    text = f"I see no {_plain(mention)}; I see {the(scene.objects)}."
    if mention.kind == TABLE:
        text = "I need a place on the table: to the left or right of, in front of or behind what?"
    return Unresolved(
        Question(f"{text} Which one do you mean?" if things and mention.kind != TABLE else text, names(things))
    )


def several(mention: Mention, things: Sequence[SceneObject]) -> Unresolved:
    """The question if several objects fit."""
    options = names(things)
    return Unresolved(
        Question(f"Which {_plain(mention)} do you mean: {listed([f'the {o}' for o in options], 'or')}?", options)
    )


def _plain(mention: Mention) -> str:
    words = mention.text.split()
    while len(words) > 1 and words[0].lower() in _DETERMINERS:
        words = words[1:]
    return " ".join(words)

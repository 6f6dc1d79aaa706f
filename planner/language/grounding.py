"""How the robot names things of the scene, and what it says where words fit none or several of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sayso.perception.scene import SceneObject
from sayso.planner.plan import Answer

MATCH = 0.25
"""Least probability at which an object fits a description."""
MEANT = "Do you mean that?"
"""Asked about the only thing that words may mean: "yes" answers it."""
FIRST = "Shall I put it aside first?"
"""Asked about a thing in the way: "yes" is the first way that is offered."""
_SIDES: dict[str, Callable[[SceneObject], float]] = {
    "left": lambda o: float(o.position[1]), "right": lambda o: -float(o.position[1]),
    "nearest": lambda o: -float(o.position[0]), "farthest": lambda o: float(o.position[0]),
}  # fmt: skip


class Unresolved(Exception):
    """The words cannot become subtasks; ``answer`` is the question or refusal.

    ``about`` is the description that fits several ``things``, or none of them, which are the question's options; in
    the task language they may be places. It is a part of ``task``, None: of the task that was to become subtasks.
    """

    def __init__(self, answer: Answer, about: Any = None, things: Sequence[Any] = (), task: Any = None) -> None:
        self.answer, self.about, self.things, self.task = answer, about, tuple(things), task


def names(things: Sequence[SceneObject]) -> tuple[str, ...]:
    """A unique name for each object: "red block", "left red block"."""
    out = []
    for thing in things:
        twins = [o for o in things if o.name == thing.name]
        side = next((word for word, key in _SIDES.items() if max(twins, key=key) is thing), None)
        out.append(f"{side} {thing.name}" if side and len(twins) > 1 else thing.name)
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

"""What a person who means one thing of the scene says to a question of the robot."""

from __future__ import annotations

from collections.abc import Callable

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import names
from sayso.planner.plan import Question

_SIDES: dict[str, Callable[[SceneObject], float]] = {
    "the left one": lambda o: -o.position[1], "the right one": lambda o: o.position[1],
    "the nearest one": lambda o: o.position[0], "the farthest one": lambda o: -o.position[0],
}  # fmt: skip


def spoken(meant: SceneObject, question: Question, scene: Scene, number: int) -> str:
    """The answer of the person of this ``number``: by side, by color, by the option's number or in its words."""
    there = offered(question, scene)
    others = [o for o in there if o.id != meant.id] or [o for o in scene.objects if o.id != meant.id]
    ways = [
        next((words for words, key in _SIDES.items() if all(key(meant) < key(o) for o in others)), ""),
        f"the {meant.color} one" if all(o.color != meant.color for o in others) else "",
        f"number {there.index(meant) + 1}" if meant in there else "",
        f"the {meant.name}" if all(o.name != meant.name for o in others) else "",
    ]
    said = [words for words in (ways[(number + i) % len(ways)] for i in range(len(ways))) if words]
    return said[0] if said else f"the {meant.name}"


def offered(question: Question, scene: Scene) -> list[SceneObject]:
    """The things that the options name, in their order; empty if they name something else."""
    known = dict(zip(names(scene.objects), scene.objects, strict=True))
    plain = {o.name: o for o in scene.objects}
    found = [known.get(option) or plain.get(option) for option in question.options]
    return [o for o in found if o is not None] if all(found) else []

"""The things that the options of a question name."""

from __future__ import annotations

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import names
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Question


def offered(question: Question, scene: Scene) -> dict[str, SceneObject]:
    """The things of ``scene`` that the options of a question name, by the option."""
    if question.gap is not None and len(question.gap.things) == len(question.options):
        found = [(option, scene.find(i)) for option, i in zip(question.options, question.gap.things, strict=True)]
        return {option: thing for option, thing in found if thing is not None}
    out: dict[str, SceneObject] = {}
    for pool in (scene.objects, *(tuple(o for o in scene.objects if is_container(o) == c) for c in (False, True))):
        called = dict(zip(names(pool), pool, strict=True))
        out |= {option: called[option] for option in question.options if option in called}
    return out

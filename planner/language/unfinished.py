"""Orders that end before they say where: "put the red block", "put it in"."""

from __future__ import annotations

import re

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.corrections.objects import matching, read_name
from sayso.planner.corrections.text import normalise, tokens
from sayso.planner.interpreter.grounding import named
from sayso.planner.language.grounding import names
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Gap, Question
from sayso.planner.task.text import write
from sayso.planner.task.things import THING
from sayso.planner.task.values import Aside, Beside, Direction, In, On, Place, Put, Shift, The

_FORM = re.compile(
    r"(?:please |now |then |could you |can you )*(?:put|place|set|lay|drop|stick|move) (?P<thing>[\w\s]+?)"
    r"(?: (?P<where>in|into|inside|on|onto|on top of|beside|next to))?[\s.!,]*(?:please)?[\s.!]*"
)


def unfinished(text: str, scene: Scene) -> Question | None:
    """The question where one thing of ``scene`` shall go; None for other sentences."""
    form = _FORM.fullmatch(normalise(text).strip())
    told = read_name(tokens(form["thing"])) if form is not None else None
    found = matching(told, scene) if told is not None and not told.pronoun else []
    if form is None or len(found) != 1:
        return None
    thing, where = found[0], form["where"] or ""
    others = [o for o in scene.objects if o is not thing]
    bowls = [o for o in others if is_container(o)]
    if where in ("in", "into", "inside"):
        return _asked(f"In what shall I put the {thing.name}?", thing, In, bowls)
    if where in ("on", "onto", "on top of"):
        return _asked(f"On what shall I put the {thing.name}?", thing, On, others)
    if where:
        return _asked(f"Beside what shall I put the {thing.name}?", thing, Beside, others)
    options = (*(f"in the {n}" for n in names(bowls)), "to the left", "to the right")
    places = (*(In(named(o)) for o in bowls), Shift(Direction.LEFT), Shift(Direction.RIGHT))
    return _question(f"Where shall I put the {thing.name}?", thing, Aside(), options, places)


def _asked(text: str, thing: SceneObject, where: type[In | On | Beside], things: list[SceneObject]) -> Question:
    return _question(text, thing, where(The(THING)), names(things), tuple(where(named(o)) for o in things))


def _question(
    text: str, thing: SceneObject, about: Place, options: tuple[str, ...], places: tuple[Place, ...]
) -> Question:
    gap = Gap(write(Put(named(thing), about)), write(about))
    return Question(text, options, tuple(write(Put(named(thing), place)) for place in places), gap)

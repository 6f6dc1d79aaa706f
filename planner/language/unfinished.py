"""Orders that end before they say where: "put the red block", "put it in"."""

from __future__ import annotations

import re

from sayso.perception.scene import Scene
from sayso.planner.corrections.objects import matching, read_name
from sayso.planner.corrections.text import normalise, tokens
from sayso.planner.language.grounding import names
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Question

_FORM = re.compile(
    r"(?:please |now |then |could you |can you )*(?:put|place|set|lay|drop|stick|move) (?P<thing>[\w\s]+?)"
    r"(?: (?P<where>in|into|inside|on|onto|on top of|beside|next to))?[\s.!,]*(?:please)?[\s.!]*"
)


def unfinished(text: str, scene: Scene) -> Question | None:
    """The question where one thing of ``scene`` shall go; None for other sentences."""
    form = _FORM.fullmatch(normalise(text).strip())
    named = read_name(tokens(form["thing"])) if form is not None else None
    found = matching(named, scene) if named is not None and not named.pronoun else []
    if form is None or len(found) != 1:
        return None
    thing, where = found[0], form["where"] or ""
    bowls = names([o for o in scene.objects if is_container(o) and o is not thing])
    others = names([o for o in scene.objects if o is not thing])
    if where in ("in", "into", "inside"):
        return Question(f"In what shall I put the {thing.name}?", bowls)
    if where in ("on", "onto", "on top of"):
        return Question(f"On what shall I put the {thing.name}?", others)
    if where:
        return Question(f"Beside what shall I put the {thing.name}?", others)
    return Question(
        f"Where shall I put the {thing.name}?", (*(f"in the {n}" for n in bowls), "to the left", "to the right")
    )

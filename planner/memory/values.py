"""Sentences and texts of values, and things found by what is recalled."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Subtask
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Name, Rule, Task, Utterance
from sayso.planner.viewpoint import Viewpoint


def grounding(words: LocalPlanner, scene: Scene, done: Sequence[Subtask] = ()) -> Grounding:
    """Finds things in ``scene``, as the person who speaks sees it, by what ``words`` recall."""
    view, talk = Viewpoint(words.viewpoint_yaw).quarter, Discourse(earlier=words.recalled)
    around, yaw = Surroundings(view.seen(scene), view.told(done)), words.viewpoint_yaw - view.yaw
    return Grounding(around, talk, kinds_meant, colors_meant, yaw, view.reach(None), view.yaw)


def as_value(text: str) -> Utterance | None:
    """The task, name or rule whose text ``text`` is; None for a sentence."""
    for kind in (Task, Name, Rule):
        try:
            return parse(text, kind)  # type: ignore[no-any-return]
        except NotATask:
            continue
    return None

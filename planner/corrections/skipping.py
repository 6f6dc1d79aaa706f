"""Things of the plan left out by their number: "skip the second one", "leave the last one out"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.heard import doing, str_of
from sayso.planner.corrections.text import tokens
from sayso.planner.plan import Subtask
from sayso.planner.task.english import said, without_ids

_NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth")
_WHICH = rf"the (?P<nth>{'|'.join(_NUMBERS)}|next|last)(?: (?:one|thing|item|object|step|part|task|piece|move|put))?"
_SKIP = re.compile(
    r"(?:(?:please|just|ok|okay|now|and|but|oh|actually|you can|you may|can you|could you|lets) )*"
    rf"(?:(?:skip|omit|leave out|miss out|forget|forget about|never mind|dont do|do not do|dont bother with"
    rf"|do not bother with) (?:doing )?{_WHICH}|(?:leave|miss) {_WHICH.replace('nth', 'out')} out)"
    r"(?: (?:please|then|now|thanks|for now|instead))*"
)


def read_skip(
    text: str, done: Sequence[Subtask], ahead: Sequence[Subtask], scene: Scene, yaw: float = 0.0
) -> Correction | None:
    """The correction of ``text`` that leaves out a thing by its number in the plan; None for all other words.

    The things count in the order of ``done`` and of the subtasks ``ahead``, of which the first is under way.
    """
    found = _SKIP.fullmatch(" ".join(word for word in tokens(text) if word != ","))
    things = list(dict.fromkeys(step.object_id for step in (*done, *ahead) if step.handles))
    if found is None or not ahead:
        return None
    left = list(dict.fromkeys(step.object_id for step in ahead if step.handles))
    nth, at = found["nth"] or found["out"], {"next": len(things) - len(left) + 1, "last": len(things) - 1}
    number = at[nth] if nth in at else _NUMBERS.index(nth)
    if number >= len(things):
        return Correction(text, "ask", f"there is no {nth} one: I have only {_counted(len(left))} to do")
    if things[number] not in left:
        name = next(step.object_name for step in done if step.object_id == things[number])
        return Correction(text, "ask", f"the {nth} one is the {name}, which is done already")
    rest = doing([step for step in ahead if step.object_id != things[number]], scene, True, yaw)
    if rest is None:
        return Correction(text, "stop", "stop: nothing is left to do")
    return Correction(text, "goal", said(without_ids(rest)), instruction=str_of(rest))


def _counted(number: int) -> str:
    return "one thing" if number == 1 else f"{number} things"

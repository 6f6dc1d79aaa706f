""" "The other way round": a thing and the place where it goes change parts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sayso.planner.corrections.correction import Correction, goal_of
from sayso.planner.corrections.heard import Hearing
from sayso.planner.plan import Question, Verb
from sayso.planner.task.values import In, Put, Seq, Task

_LEAD = (
    r"\W*(?:(?:no|nope|nah|oh|sorry|wait|please|actually|i (?:meant?|said)|do it|but|just|it['’]?s|that['’]?s)\b\W*)*"
)
_SAYS = re.compile(
    rf"{_LEAD}(?:(?:exactly |just )?(?:the |it )?(?:other|opposite|wrong) way a?round|vice[ -]versa"
    r"|(?:you(?: have|['’]?ve)? )?(?:got|put|did|have) (?:it|them|that) (?:the )?(?:other|wrong) way a?round)"
    r"(?:\W+(?:please|instead|then|now|thanks))*\W*",
    re.I,
)
LONGEST = 200
"""No sentence that says only this has more characters; a pattern would look at each of them several times."""
ASKS = "What goes where, the other way round? Say the whole instruction"


def says_round_about(text: str) -> bool:
    """Whether ``text`` says by itself that it is to be the other way round."""
    return len(text) <= LONGEST and _SAYS.fullmatch(text) is not None


def round_about(task: Any) -> Task | None:
    """``task`` with the thing and the one at its place exchanged; None where nothing can be put so."""
    place: Any = getattr(task, "place", None)
    if not isinstance(task, Put) or not hasattr(place, "thing") or isinstance(place, In):
        return None  # nothing is put into a block
    return Put(place.thing, replace(place, thing=task.thing))


def read_round_about(hearing: Hearing) -> Correction | None:
    """The exchange that the words of ``hearing`` ask for; a question where it is in doubt, None for all other words.

    Of a motion that a person has asked for, the other way round is the motion back.
    """
    if (
        not says_round_about(hearing.text)
        or (hearing.spoken and hearing.current is not None)
        or not any(s.handles for s in hearing.steps)
    ):
        return None
    puts = [s for s in hearing.steps if s.verb is Verb.PLACE]
    task = hearing.plan.task
    first, rest = (task.tasks[0], task.tasks[1:]) if isinstance(task, Seq) else (task, ())
    new = round_about(first) if len(puts) == 1 else None
    if new is None:
        return Correction(hearing.text, "ask", f"{ASKS}.", holds=Question(f"{ASKS}."), hesitates=True)
    whole: Task = Seq((new, *rest)) if rest else new
    return goal_of(hearing.text, whole)

"""Whether a condition holds on the symbolic state."""

from __future__ import annotations

import re

from sayso.planner.corrections.text import normalise
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Question
from sayso.planner.task.english import said
from sayso.planner.task.values import (
    All,
    And,
    At,
    AtLeast,
    Compared,
    Condition,
    Empty,
    Exists,
    Full,
    Holding,
    More,
    Not,
    On,
    Or,
    OutOf,
    Table,
)  # fmt: skip

FULL = 4
"""So many things fill a bowl."""
_YOU = (
    (r"\bim\b", "you are"), (r"\bi am\b", "you are"), (r"\bi was\b", "you were"), (r"\bive\b", "you have"),
    (r"\bi\b", "you"), (r"\bmy\b", "your"), (r"\btell you\b", "tell me"), (r"\bgive you\b", "give me"),
)  # fmt: skip


def holds(condition: Condition, ground: Grounding) -> bool:
    """Whether ``condition`` holds now. Raises `Unresolved` for what the robot cannot see."""
    around = ground.around
    match condition:
        case Not(inner):
            return not holds(inner, ground)
        case And(several):
            return all(holds(c, ground) for c in several)
        case Or(several):
            return any(holds(c, ground) for c in several)
        case Exists(thing):
            return bool(ground.matching(thing))
        case AtLeast(number, thing):
            return len(ground.matching(thing)) >= number
        case More(thing, than):
            return len(ground.matching(thing)) > len(ground.matching(than))
        case Compared(rank, thing, than):
            others = ground.several(than)
            return all(ground.exceeds(o, other, rank) is True for o in ground.several(thing) for other in others)
        case Holding(thing):
            return around.held is not None and around.held in {o.id for o in ground.matching(thing)}
        case Empty(thing):
            return all(o.id not in around.under.values() for o in ground.several(thing))
        case Full(thing):
            return all(
                sum(1 for b in around.under.values() if b == o.id) >= FULL
                for o in ground.several(thing)
                if is_container(o)
            )
        case At(thing, place):
            found = ground.matching(thing)
            if isinstance(place, OutOf) or place == On(Table()):
                there = [o for o in found if o.id not in around.under and o.id != around.held]
            else:
                there = ground._at(place, found, many=True)
            return len(there) == len(found) > 0 if isinstance(thing, All) else bool(there)
    raise Unresolved(Question(f"I cannot see whether {said(condition)}. Tell me when it is so.", ("now",)))


def as_heard(event: str) -> str:
    """What a person says of themselves, as the robot says it: "i say so" is "you say so"."""
    out = normalise(event)
    for mine, yours in _YOU:
        out = re.sub(mine, yours, out)
    return out

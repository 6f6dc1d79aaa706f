"""What is picked up and put down again: "lift it and put it down" puts it where it was.

By itself "put it down" is out of the way, and "put it back" undoes an earlier task. After a pick of the same order both
speak of the place from which the thing was taken; a hand that opens or goes down there does the same.
"""

from __future__ import annotations

import re
from typing import Any

from sayso.planner.reader.counted import each_changed
from sayso.planner.task.values import (
    Aside,
    Direction,
    Held,
    Hold,
    It,
    Move,
    Pick,
    Put,
    Release,
    Seq,
    Undo,
    Way,
    WhereItWas,
)  # fmt: skip

_DOWN = re.compile(r"\b(?:put|set|lay|place)\b[^.;]*?\b(?:down|back)\b", re.I)
_HANDS = Pick | Hold


def set_down(said: str, meaning: Any) -> Any:
    """``meaning`` of the sentence ``said`` with what it picks up and puts down again back where it was."""
    if _DOWN.search(said) is None:
        return meaning
    return each_changed(meaning, lambda value: _put_back(value) if isinstance(value, Seq) else value)


def _put_back(row: Seq) -> Seq:
    tasks = list(row.tasks)
    for i in range(1, len(tasks)):
        lifts = isinstance(tasks[i - 1], Move) and i > 1 and tasks[i - 1] != _LOWERED  # "raise it a bit"
        taken = tasks[i - 2] if lifts else tasks[i - 1]
        moved = lifts and any(way.direction is not Direction.UP for way in tasks[i - 1].ways)  # type: ignore[attr-defined]
        if isinstance(taken, _HANDS) and not moved and _is_down(tasks[i], taken):
            tasks[i] = Put(It(), WhereItWas())
    return Seq(tuple(tasks))


_LOWERED = Move((Way(Direction.DOWN),))


def _is_down(task: Any, taken: Pick | Hold) -> bool:
    match task:
        case Release() | Undo() | Put(It() | Held(), Aside()):
            return True
        case Put(thing, Aside()):
            return bool(thing == taken.thing)
    return bool(task == _LOWERED)

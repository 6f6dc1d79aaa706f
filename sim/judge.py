"""The simulator's verdict on an instruction, from ground truth; None for an instruction that it does not understand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from sayso.hardware.world import ObjectTruth
from sayso.sim.scenes.palette import COLORS, KINDS
from sayso.sim.tasks import PUT, TASKS, TaskKind, is_on

_THING = rf"(?:the |a )?(?P<{{0}}>(?:{'|'.join(COLORS)}) (?:{'|'.join(KINDS)}))"
_A, _B = _THING.format("a"), _THING.format("b")
_ALL_IN = re.compile(rf"{PUT} all (?:the |of the )?blocks (?:in|into) {_A}")
_IN, _ON = TASKS["put in"], TASKS["put on"]
_STACK_ALL = re.compile(r"stack all (?:the |of the )?blocks")


@dataclass(frozen=True, slots=True)
class GoalCondition:
    """One condition of the final state: the task whose verdict counts, None for a block of a stack of all, and the ids
    of its objects; ``b`` is ``a`` where the task has no reference."""

    kind: TaskKind | None
    a: str
    b: str


def wishes(
    instruction: str, truth: Mapping[str, ObjectTruth], also: Iterable[TaskKind] = ()
) -> list[GoalCondition] | None:
    """The goal conditions of ``instruction``, or None if its words or objects are ambiguous."""
    kinds = {kind.name: kind for kind in (*TASKS.values(), *also)}
    text = re.sub(r"\s+", " ", instruction.lower().strip(" .!?"))
    text = re.sub(r"^(?:please |could you |can you )+|(?: please)$", "", text)
    out: list[GoalCondition] = []
    for clause in re.split(r",? and then |,? then |; ", text):
        found = _clause(clause, truth, kinds.values())
        if found is None:
            return None
        # A later condition on an object replaces earlier ones.
        for wish in found:
            still = wish.kind is _ON  # the order of blocks within a stack does not contradict the stack
            out = [w for w in out if w.a != wish.a or (still and w.kind is None)]
            out.append(wish)
    return out


def _clause(clause: str, truth: Mapping[str, ObjectTruth], kinds: Iterable[TaskKind]) -> list[GoalCondition] | None:
    blocks = [k for k, o in truth.items() if o.kind == "block"]
    if _STACK_ALL.fullmatch(clause):
        return [GoalCondition(None, b, b) for b in blocks] if len(blocks) > 1 else None
    if match := _ALL_IN.fullmatch(clause):
        bowl = _find(match["a"], truth)
        return None if bowl is None else [GoalCondition(_IN, b, bowl) for b in blocks] or None
    for kind in kinds:
        pattern = (kind.heard or kind.sentence.replace("the {", "{")).replace("{a}", _A).replace("{b}", _B)
        if match := re.fullmatch(pattern, clause):
            a, b = (_find(name, truth) for name in (match["a"], match["b"] if kind.references else match["a"]))
            if a is None or b is None or (kind.references and a == b):  # no object relative to itself
                return None
            return [GoalCondition(kind, a, b)]
    return None


def _find(name: str, truth: Mapping[str, ObjectTruth]) -> str | None:
    color, kind = name.split(" ")
    found = [k for k, o in truth.items() if o.color == color and o.kind == kind]
    return found[0] if len(found) == 1 else None


def judge(
    instruction: str, before: Mapping[str, ObjectTruth], after: Mapping[str, ObjectTruth],
    also: Iterable[TaskKind] = (),
) -> bool | None:  # fmt: skip
    """Whether ``instruction`` was fulfilled between two states of the world; None if that cannot be judged.

    ``also``: tasks to understand beside `sayso.sim.tasks.TASKS`.
    """
    asked = wishes(instruction, before, also)
    if asked is None:
        return None
    stacked = [w.a for w in asked if w.kind is None]
    if stacked and not _is_stack(stacked, after):
        return False
    return all(w.kind.done(before, after, w.a, w.b) for w in asked if w.kind is not None)


def _is_stack(blocks: list[str], after: Mapping[str, ObjectTruth]) -> bool:
    order = sorted(blocks, key=lambda b: float(after[b].position[2]))
    return all(is_on(after, upper, lower) for lower, upper in pairwise(order))

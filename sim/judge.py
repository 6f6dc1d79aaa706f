"""The simulator's verdict on an instruction, from ground truth; None for an instruction that it does not understand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sayso.hardware.world import ObjectTruth
from sayso.sim import tasks
from sayso.sim.scenes.palette import COLORS, KINDS

_THING = rf"(?:the |a )?(?P<{{0}}>(?:{'|'.join(COLORS)}) (?:{'|'.join(KINDS)}))"
_PUT = r"(?:put|place|drop|set|move|lay)"
_A, _B = _THING.format("a"), _THING.format("b")
_PATTERNS = {
    "lifted": rf"(?:pick up|grab|lift|take) {_A}",
    "in": rf"{_PUT} {_A} (?:in|into|inside) {_B}",
    "on": rf"(?:{_PUT}|stack) {_A} (?:on top of|onto|on) {_B}",
    "left": rf"{_PUT} {_A} (?:to the )?left of {_B}",
    "right": rf"{_PUT} {_A} (?:to the )?right of {_B}",
    "front": rf"{_PUT} {_A} in front of {_B}",
    "behind": rf"{_PUT} {_A} behind {_B}",
    "moved left": rf"move {_A} (?:to the )?left",
    "moved right": rf"move {_A} (?:to the )?right",
    "moved behind": rf"move {_A} forward",
    "moved front": rf"move {_A} back",
}
_ALL_IN = re.compile(rf"{_PUT} all (?:the |of the )?blocks (?:in|into) {_A}")
_STACK_ALL = re.compile(r"stack all (?:the |of the )?blocks")


@dataclass(frozen=True, slots=True)
class GoalCondition:
    """One condition of the final state: a predicate's name and one or two object ids."""

    predicate: str
    a: str
    b: str | None = None


def wishes(instruction: str, truth: Mapping[str, ObjectTruth]) -> list[GoalCondition] | None:
    """The goal conditions of ``instruction``, or None if its words or objects are ambiguous."""
    text = re.sub(r"\s+", " ", instruction.lower().strip(" .!?"))
    text = re.sub(r"^(?:please |could you |can you )+|(?: please)$", "", text)
    out: list[GoalCondition] = []
    for clause in re.split(r",? and then |,? then |; ", text):
        found = _clause(clause, truth)
        if found is None:
            return None
        # A later condition on an object replaces earlier ones.
        for wish in found:
            still = wish.predicate == "on"  # the order of blocks within a stack does not contradict the stack
            out = [w for w in out if w.a != wish.a or (still and w.predicate == "stacked")]
            out.append(wish)
    return out


def _clause(clause: str, truth: Mapping[str, ObjectTruth]) -> list[GoalCondition] | None:
    blocks = [k for k, o in truth.items() if o.kind == "block"]
    if _STACK_ALL.fullmatch(clause):
        return [GoalCondition("stacked", b) for b in blocks] if len(blocks) > 1 else None
    if match := _ALL_IN.fullmatch(clause):
        bowl = _find(match["a"], truth)
        return None if bowl is None else [GoalCondition("in", b, bowl) for b in blocks] or None
    for predicate, pattern in _PATTERNS.items():
        if match := re.fullmatch(pattern, clause):
            named = match.groupdict()
            ids = [_find(named[k], truth) for k in ("a", "b") if k in named]
            if None in ids:
                return None
            a = ids[0]
            assert a is not None
            if ids[1:] == [a]:  # an object relative to itself
                return None
            return [GoalCondition(predicate, a, ids[1] if len(ids) > 1 else None)]
    return None


def _find(name: str, truth: Mapping[str, ObjectTruth]) -> str | None:
    color, kind = name.split(" ")
    found = [k for k, o in truth.items() if o.color == color and o.kind == kind]
    return found[0] if len(found) == 1 else None


def judge(instruction: str, before: Mapping[str, ObjectTruth], after: Mapping[str, ObjectTruth]) -> bool | None:
    """Whether ``instruction`` was fulfilled between two states of the world; None if that cannot be judged."""
    asked = wishes(instruction, before)
    if asked is None:
        return None
    stacked = [w.a for w in asked if w.predicate == "stacked"]
    if stacked and not _is_stack(stacked, after):
        return False
    return all(_holds(w, before, after) for w in asked if w.predicate != "stacked")


def _is_stack(blocks: list[str], after: Mapping[str, ObjectTruth]) -> bool:
    order = sorted(blocks, key=lambda b: float(after[b].position[2]))
    return all(tasks.is_on(after, upper, lower) for lower, upper in pairwise(order))


def _holds(wish: GoalCondition, before: Mapping[str, ObjectTruth], after: Mapping[str, ObjectTruth]) -> bool:
    if wish.predicate == "lifted":
        return tasks.is_lifted(after, before, wish.a)
    if wish.predicate.startswith("moved "):
        return tasks.is_moved(before, after, wish.a, wish.predicate.removeprefix("moved "))
    assert wish.b is not None
    if wish.predicate == "in":
        return tasks.is_in(after, wish.a, wish.b)
    if wish.predicate == "on":
        return tasks.is_on(after, wish.a, wish.b)
    return tasks.is_beside(after, wish.a, wish.b, wish.predicate)

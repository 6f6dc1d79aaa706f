"""Subtasks in words: the task's own words, cut where the gripper takes something and lets go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.recordings.grips import Grip
from sayso.skills.episodes import Texts

AWAY = "move the arm away"
LINGER_S = 0.6
"""An ending after the last release that is shorter belongs to the release."""
_TAKE = r"(?:pick(?:ing)? up|pick|grasp|grab|take|lift(?: up)?|get|fetch)"
_PUT = r"(?:put|place|drop|set|lay|insert|stack|move|bring|transfer|deliver|throw|toss|return|hang|store)"
_WHERE = r"(?:in|into|inside|on|onto|to|at|over|under|below|beside|behind|between|near|next to|on top of|in front of)"
# "and" joins clauses before a verb; elsewhere, things: "the yellow and white mug".
_THEN = re.compile(rf"\s*(?:[;.]|,?\s*\b(?:and )?then\b|(?:,|,?\s*\band\b)(?=\s+(?:{_TAKE}|{_PUT})\b))\s*")
_PUT_CLAUSE = re.compile(rf"(?:{_PUT}\s+(?:up |down )?)?(.*?)\s*\b({_WHERE}\s+.+)$")
_SHORT = re.compile(r"(?:it|them|that|this)")


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to take and, if said, where it goes: "in the bowl"."""

    thing: str
    where: str


def moves_in(task: str) -> list[Move]:
    """The things that a task's text says to take or put, with their places, in order."""
    found: list[Move] = []
    text = re.sub(r"^(?:please|can you|could you)\s+", "", " ".join(task.lower().split()).strip(" .!?"))
    for clause in filter(None, _THEN.split(text)):
        if take := re.match(rf"{_TAKE}\b\s*(.*)", clause):
            thing = re.sub(r"\s+(?:up|from|off)(?:\s.*)?$", "", take[1])
            found += [Move(one, "") for one in _things(thing)]
        elif re.match(rf"{_PUT}\b", clause) or found:
            put = _PUT_CLAUSE.match(clause)
            thing, where = (put[1], put[2]) if put else (re.sub(rf"^{_PUT}\b\s*", "", clause), "")
            if not thing or _SHORT.fullmatch(thing):
                found = [Move(move.thing, move.where or where) for move in found]
            else:
                found += [Move(one, where) for one in _things(thing)]
    return found


def _things(words: str) -> list[str]:
    """ "both the soup and the sauce" as two things."""
    both = re.fullmatch(r"both (.+) and (.+)", words)
    return [both[1], both[2]] if both else [words] if words else []


def subtasks_of(task: str, grips: Sequence[Grip], frames: int, fps: float) -> Texts:
    """Each subtask's begin (s) and text, for an episode of ``frames`` with these ``grips``.

    Without a grasp the whole task is one subtask. If the text does not tell one grasp from another, the thing is "the
    object".
    """
    grasps = sum(grip.kind == "grasp" for grip in grips)
    if not grasps:
        return ((0.0, task),)
    said = moves_in(task)
    moves = said if len(said) == grasps else said * grasps if len(said) == 1 else [Move("the object", "")] * grasps
    out: list[tuple[float, str]] = []
    begin, taken = 0.0, 0
    for grip in grips:
        move = moves[max(taken - (grip.kind == "release"), 0)]
        out.append((begin, _take(move) if grip.kind == "grasp" else _put(move)))
        taken += grip.kind == "grasp"
        begin = (grip.end + 1) / fps
    left = frames / fps - begin
    if grips[-1].kind == "grasp":  # held to the end: carried where the task says, or lifted
        if left > LINGER_S and moves[taken - 1].where:
            out.append((begin, _put(moves[taken - 1])))
    elif left > LINGER_S:
        out.append((begin, AWAY))
    return tuple(out)


def _take(move: Move) -> str:
    return f"pick up {move.thing}"


def _put(move: Move) -> str:
    return f"place {move.thing}" + (f" {move.where}" if move.where else "")

"""A value in plain English, to say what was understood and to quote a meaning in a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sayso.planner.language.grounding import listed
from sayso.planner.task import values as v
from sayso.planner.task.text import NotATask, parse

_ORDINALS = ("", "", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ")
_RANKS = {
    "left": "leftmost", "right": "rightmost", "near": "nearest", "far": "farthest", "big": "biggest",
    "small": "smallest", "tall": "tallest", "short": "shortest", "top": "top", "bottom": "bottom", "middle": "middle",
}  # fmt: skip
_COMPARED = {
    "left": "farther left", "right": "farther right", "near": "nearer", "far": "farther away", "big": "bigger",
    "small": "smaller", "tall": "taller", "short": "shorter", "top": "higher", "bottom": "lower",
    "middle": "nearer to the middle",
}  # fmt: skip
_DIRECTIONS = {
    "left": "to the left", "right": "to the right", "forward": "forward", "back": "back", "up": "up", "down": "down",
}  # fmt: skip
_UNITS = {v.Mm: "mm", v.Cm: "cm", v.M: "m", v.Inch: "inches"}
_PACES = {"slower": "more slowly", "faster": "faster", "slow": "slowly", "fast": "fast", "normal": "at the usual speed"}
_SHAPES = {
    "line": "in a row", "column": "in a column", "circle": "in a circle", "towers": "in towers", "apart": "apart",
    "together": "together",
}  # fmt: skip
_BARE: dict[type, Mapping[str, str]] = {v.Direction: _DIRECTIONS, v.Pace: _PACES, v.Shape: _SHAPES}


_PATTERNS: dict[type[v.Value], str] = {
    # Things
    v.It: "it", v.Them: "them", v.Held: "what I hold", v.Each: "each of them", v.Me: "you", v.Robot: "me",
    v.Table: "the table",
    # Modifiers that stand alone
    v.Color: "{name}", v.Is: "{words}", v.Other: "the other one",
    # Places
    v.In: "in {thing}", v.On: "on {thing}", v.Under: "under {thing}", v.OutOf: "out of {thing}",
    v.Beside: "{by}beside {thing}", v.LeftOf: "{by}to the left of {thing}", v.RightOf: "{by}to the right of {thing}",
    v.InFrontOf: "{by}in front of {thing}", v.Behind: "{by}behind {thing}", v.Corner: "in the {depth} {side} corner",
    v.AtSide: "on the {side} side", v.Middle: "in the middle", v.Aside: "aside", v.WhereItWas: "where it was",
    v.WhereWas: "where {thing} was",
    v.Here: "there", v.Point: "at the point {u}, {v} of the picture", v.Shift: "{by}{direction}",
    v.Toward: "{by}nearer to {thing}", v.AwayFrom: "{by}away from {thing}",
    # Conditions
    v.At: "{thing} is {place}", v.Empty: "{thing} is empty", v.Full: "{thing} is full", v.Holding: "I hold {thing}",
    v.AtLeast: "there are at least {number} of {thing}", v.More: "there are more of {thing} than of {than}",
    v.After: "{seconds} s have passed", v.Event: "'{words}'",
    # Constraints
    v.Untouched: "never touch {thing}", v.Never: "never let it come about that {condition}",
    v.KeepAway: "stay {by}away from {thing}", v.AtPace: "{pace}", v.Mind: "'{words}'",
    # Tasks
    v.Pick: "pick up {thing}", v.Put: "put {thing} {place}", v.Push: "push {thing} {place}",
    v.Swap: "exchange {one} and {other}", v.Hold: "hold {thing}", v.Hand: "hand you {thing}",
    v.Release: "put down what I hold", v.PointAt: "point at {thing}", v.Tip: "tip over {thing}", v.Open: "open {thing}",
    v.Close: "close {thing}", v.Press: "press {thing}", v.Pour: "pour {thing} {place}", v.Wipe: "wipe {thing}",
    v.Gripper: "{jaw} the gripper", v.GoTo: "go {place}", v.Way: "{by}{direction}",
    v.Approach: "move {by}nearer to {thing}", v.Retreat: "move {by}away from {thing}", v.Wait: "wait until {condition}",
    v.Unable: "'{words}'", v.Harm: "do harm", v.Undo: "undo that", 
    v.Once: "as soon as {condition}, {task}", v.Until: "{task} until {condition}", v.Repeat: "{task}, {number} times",
    # What else
    v.Whether: "a question: {condition}?",
    v.Name: "call {thing} '{name}'", v.Remark: "nothing to do", v.Unclear: "unclear", v.Stop: "stop", v.GoOn: "go on",
    v.Speed: "go {pace}", v.Instead: "{thing} instead", v.InsteadAt: "{place} instead", v.Also: "also: {task}",
    v.First: "first: {task}", v.Drop: "leave out {thing}", v.Skip: "skip this step", v.Answer: "{reply}",
    v.AnswerThing: "{thing}", v.AnswerPlace: "{place}",
}  # fmt: skip
"""What is said of each value, with its fields."""


def plainly(instruction: str) -> str:
    """``instruction`` in English if it is the text of a task."""
    try:
        return said(without_ids(parse(instruction)))
    except NotATask:
        return instruction


def plural(noun: str) -> str:
    """The plural of a noun."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun if noun.endswith("s") else noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"


def _described(noun: str, modifiers: Sequence[Any], many: bool) -> str:
    before, after = [], []
    word = plural(noun) if many else noun
    for m in modifiers:
        match m:
            case v.Color(name) | v.Is(name):
                before.append(name)
            case v.Sized(size):
                before.append(str(size))
            case v.Nth(number, rank):
                before.insert(
                    0, (_ORDINALS[int(number)] if number < len(_ORDINALS) else f"{number:g}th ") + _RANKS[rank]
                )
            case v.Nearest(to):
                after.append(f"nearest to {said(to)}")
            case v.Farthest(to):
                after.append(f"farthest from {said(to)}")
            case v.SameColor(like):
                after.append(f"of the same color as {said(like)}")
            case v.Called(name):
                after.append(f"called {name}")
            case v.Other():
                before.insert(0, "other")
            case v.But(but):
                after.append(f"except {_without_all(but)}")
            case v.Non(inner):
                after.append("not " + _described("", (inner,), False).strip())
            case _:
                after.append(said(m))
    if noun == "thing" and before and not many:
        word = "one"
    elif noun == "thing" and before:
        word = "ones"
    return " ".join([*before, word, *after])


def _without_all(things: v.Thing) -> str:
    """``things`` after "except" and "only", where "all the blocks" are "the blocks"."""
    parts = things.things if isinstance(things, v.Together) else (things,)
    return listed([said(t).removeprefix("all ") for t in parts])


def _by(by: Any) -> str:
    if by is None:
        return ""
    if type(by) in _UNITS:
        return f"{by.number:g} {_UNITS[type(by)]} "
    return "a little " if str(by) == "little" else "far "


def without_ids(value: Any) -> Any:
    """``value`` without names, which may be ids that only the robot knows."""
    if isinstance(value, tuple):
        return tuple(without_ids(one) for one in value if not isinstance(one, v.Called))
    if isinstance(value, v.Value) and fields(value):
        return replace(value, **{f.name: without_ids(getattr(value, f.name)) for f in fields(value)})
    return value


def denied(condition: v.Condition) -> str:
    """That ``condition`` does not hold, in plain English: "there is no red block"."""
    match condition:
        case v.Not(inner):
            return said(inner)
        case v.Exists(v.The(noun, modifiers) | v.A(noun, modifiers)):
            return f"there is no {_described(noun, modifiers, False)}"
        case v.At(v.The() | v.A() as thing, place):
            return f"{said(thing)} is not {said(place)}"
        case v.Compared(rank, thing, than):
            return f"{said(thing)} is not {_COMPARED[rank]} than {said(than)}"
        case v.Empty(v.The() as thing):
            return f"{said(thing)} is not empty"
        case v.Full(v.The() as thing):
            return f"{said(thing)} is not full"
        case v.Holding(thing):
            return f"I do not hold {said(thing)}"
    return f"it is not so that {said(condition)}"


def said(value: Any) -> str:  # one case for each value of which `_PATTERNS` cannot tell all
    """``value`` in plain English: "put the red block in the blue bowl"."""
    match value:
        # Things
        case v.The(noun, modifiers):
            return "the " + _described(noun, modifiers, False)
        case v.A(noun, modifiers):
            words = _described(noun, modifiers, False)
            return ("an" if words.startswith("other") else "an " if words[:1] in "aeiou" else "a ") + words
        case v.All("thing", ()):
            return "everything"
        case v.All(noun, modifiers):
            return "all the " + _described(noun, modifiers, True)
        case v.Some(number, noun, modifiers):
            return f"{number:g} " + _described(noun, modifiers, number != 1)
        case v.Rest(noun, modifiers):
            return "the other " + _described(noun, modifiers, True)
        case v.Together(things):
            return listed([said(t) for t in things])
        # Places and conditions
        case v.Between(things):
            return f"between {listed([said(t) for t in things])}"
        case v.Exists(thing):
            return f"there is {said(thing).replace('the ', 'a ', 1)}"
        case v.Compared(rank, thing, than):
            return f"{said(thing)} is {_COMPARED[rank]} than {said(than)}"
        case v.Not(condition):
            return denied(condition)
        case v.And(conditions):
            return listed([said(c) for c in conditions])
        case v.Or(conditions):
            return listed([said(c) for c in conditions], "or")
        case v.Only(things):
            return f"touch only {_without_all(things)}"
        case v.Never(v.At(thing, place)):
            return f"never put {said(thing)} {said(place)}"
        # Tasks
        case v.Put(v.All() | v.Rest() | v.Some() | v.Together() | v.Them() as things, v.In(v.A(noun, (v.Other(),)))):
            return f"put {said(things)} in a {noun} each"
        case v.ForEach(thing, task):
            return f"for each of {said(thing).removeprefix('all ')}: {said(task).replace(said(v.Each()), 'it')}"
        case v.Stack(thing, place, by):
            order = " from the bottom up" if isinstance(thing, v.Together) and by is None else ""
            return f"stack {said(thing)}" + order + _more(" by {}", by) + _more(" {}", place)
        case v.Arrange(thing, shape, place, by):
            return f"arrange {said(thing)} {_SHAPES[shape]}" + _more(" by {}", by) + _more(" {}", place)
        case v.Sort(thing, by, into):
            return f"sort {said(thing)} by {by}" + _more(" into {}", into)
        case v.Turn(thing, degrees):
            return f"turn {said(thing)}" + (f" by {degrees:g} degrees" if degrees else "")
        case v.Go(spot):
            return "go home" if spot is v.Spot.HOME else "lie down"
        case v.GoTo(v.In(thing) | v.On(thing) | v.Under(thing)) if not isinstance(thing, v.Table):
            return f"go over to {said(thing)}"
        case v.Move(ways):
            return f"move {listed([said(w) for w in ways])}"
        case v.Again(thing):
            return "do it again" + _more(" with {}", thing)
        case v.Seq(tasks):
            return ", then ".join(said(t) for t in tasks)
        case v.If(condition, task, otherwise):
            return f"if {said(condition)}, {said(task)}" + _more(", otherwise {}", otherwise)
        case v.Either(options) | v.Choose(options):
            return "either " + listed([said(o) for o in options], "or")
        case v.With(task, constraints):
            return f"{said(task)}; {listed([said(c) for c in constraints])}"
        # What else
        case v.Rule(constraints):
            return listed([said(c) for c in constraints])
        case v.Ask(about, thing):
            return f"a question: {about}" + _more(" {}", thing)
    if type(value) not in _PATTERNS:
        raise TypeError(f"{type(value).__name__} is no value of the task language")
    return _PATTERNS[type(value)].format(**{f.name: _field(f.name, getattr(value, f.name)) for f in fields(value)})


def _field(name: str, held: Any) -> str:
    if name == "by":
        return _by(held)
    if isinstance(held, v.Value):
        return said(held)
    return f"{held:g}" if isinstance(held, float) else _BARE.get(type(held), {}).get(held, str(held))


def _more(words: str, held: v.Value | v.Key | None) -> str:
    """``words`` with what is ``held``; "" without it."""
    return "" if held is None else words.format(said(held) if isinstance(held, v.Value) else held)

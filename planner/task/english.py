"""A value in plain English, to say what was understood and to quote a meaning in a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sayso.planner.language.grounding import listed
from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.values import (
    A,
    After,
    Again,
    All,
    Also,
    And,
    Answer,
    AnswerPlace,
    AnswerThing,
    Approach,
    Arrange,
    Aside,
    Ask,
    At,
    AtLeast,
    AtPace,
    AtSide,
    AwayFrom,
    Behind,
    Beside,
    Between,
    But,
    Called,
    Choose,
    Close,
    Cm,
    Color,
    Condition,
    Corner,
    Drop,
    Each,
    Either,
    Empty,
    Event,
    Exists,
    Farthest,
    First,
    ForEach,
    Full,
    Go,
    GoOn,
    GoTo,
    Gripper,
    Hand,
    Harm,
    Held,
    Here,
    Hold,
    Holding,
    If,
    In,
    Inch,
    InFrontOf,
    Instead,
    InsteadAt,
    Is,
    It,
    KeepAway,
    LeftOf,
    M,
    Me,
    Middle,
    Mind,
    Mm,
    Move,
    Name,
    Nearest,
    Never,
    Non,
    Not,
    Nth,
    On,
    Once,
    Only,
    Open,
    Or,
    Other,
    OutOf,
    Pick,
    Point,
    PointAt,
    Pour,
    Press,
    Push,
    Put,
    Release,
    Remark,
    Repeat,
    Rest,
    Retreat,
    RightOf,
    Robot,
    Rule,
    SameColor,
    Seq,
    Shift,
    Sized,
    Skip,
    Some,
    Sort,
    Speed,
    Stack,
    Stop,
    Swap,
    Table,
    The,
    Them,
    Tip,
    Together,
    Toward,
    Turn,
    Unable,
    Unclear,
    Under,
    Undo,
    Until,
    Untouched,
    Value,
    Wait,
    Way,
    WhereItWas,
    Wipe,
    With,
)  # fmt: skip

_ORDINALS = ("", "", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ")
_RANKS = {
    "left": "leftmost", "right": "rightmost", "near": "nearest", "far": "farthest", "big": "biggest",
    "small": "smallest", "tall": "tallest", "short": "shortest", "top": "top", "bottom": "bottom", "middle": "middle",
}  # fmt: skip
_DIRECTIONS = {
    "left": "to the left",
    "right": "to the right",
    "forward": "forward",
    "back": "back",
    "up": "up",
    "down": "down",
}
_UNITS = {Mm: "mm", Cm: "cm", M: "m", Inch: "inches"}
_PACES = {"slower": "more slowly", "faster": "faster", "slow": "slowly", "fast": "fast", "normal": "at the usual speed"}
_SHAPES = {
    "line": "in a row", "column": "in a column", "circle": "in a circle", "towers": "in towers", "apart": "apart",
    "together": "together",
}  # fmt: skip


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
            case Color(name) | Is(name):
                before.append(name)
            case Sized(size):
                before.append(str(size))
            case Nth(number, rank):
                before.insert(
                    0, (_ORDINALS[int(number)] if number < len(_ORDINALS) else f"{number:g}th ") + _RANKS[rank]
                )
            case Nearest(to):
                after.append(f"nearest to {said(to)}")
            case Farthest(to):
                after.append(f"farthest from {said(to)}")
            case SameColor(like):
                after.append(f"of the same color as {said(like)}")
            case Called(name):
                after.append(f"called {name}")
            case Other():
                before.insert(0, "other")
            case But(but):
                after.append(f"except {said(but)}")
            case Non(inner):
                after.append("not " + _described("", (inner,), False).strip())
            case _:
                after.append(said(m))
    if noun == "thing" and before and not many:
        word = "one"
    elif noun == "thing" and before:
        word = "ones"
    return " ".join([*before, word, *after])


def _by(by: Any) -> str:
    if by is None:
        return ""
    if type(by) in _UNITS:
        return f"{by.number:g} {_UNITS[type(by)]} "
    return "a little " if str(by) == "little" else "far "


def without_ids(value: Any) -> Any:
    """``value`` without names, which may be ids that only the robot knows."""
    if isinstance(value, tuple):
        return tuple(without_ids(v) for v in value if not isinstance(v, Called))
    if isinstance(value, Value) and fields(value):
        return replace(value, **{f.name: without_ids(getattr(value, f.name)) for f in fields(value)})
    return value


def denied(condition: Condition) -> str:
    """That ``condition`` does not hold, in plain English: "there is no red block"."""
    match condition:
        case Not(inner):
            return said(inner)
        case Exists(The(noun, modifiers) | A(noun, modifiers)):
            return f"there is no {_described(noun, modifiers, False)}"
        case At(The() | A() as thing, place):
            return f"{said(thing)} is not {said(place)}"
        case Empty(The() as thing):
            return f"{said(thing)} is not empty"
        case Full(The() as thing):
            return f"{said(thing)} is not full"
        case Holding(thing):
            return f"I do not hold {said(thing)}"
    return f"it is not so that {said(condition)}"


def said(value: Any) -> str:  # one case for each value of the language
    """``value`` in plain English: "put the red block in the blue bowl"."""
    match value:
        # Things
        case The(noun, modifiers):
            return "the " + _described(noun, modifiers, False)
        case A(noun, modifiers):
            words = _described(noun, modifiers, False)
            return ("an" if words.startswith("other") else "an " if words[:1] in "aeiou" else "a ") + words
        case All(noun, modifiers):
            return (
                "everything" + _described("", modifiers, False).rstrip()
                if noun == "thing" and not modifiers
                else "all the " + _described(noun, modifiers, True)
            )
        case Some(number, noun, modifiers):
            return f"{number:g} " + _described(noun, modifiers, number != 1)
        case Rest(noun, modifiers):
            return "the other " + _described(noun, modifiers, True)
        case Together(things):
            return listed([said(t) for t in things])
        case Either(things):
            return "either " + listed([said(t) for t in things], "or")
        case It():
            return "it"
        case Them():
            return "them"
        case Held():
            return "what I hold"
        case Each():
            return "each of them"
        case Me():
            return "you"
        case Robot():
            return "me"
        case Table():
            return "the table"
        # Modifiers that stand alone
        case Color(name) | Is(name):
            return name
        case Other():
            return "the other one"
        # Places
        case In(t):
            return f"in {said(t)}"
        case On(t):
            return f"on {said(t)}"
        case Under(t):
            return f"under {said(t)}"
        case OutOf(t):
            return f"out of {said(t)}"
        case Beside(t, by):
            return f"{_by(by)}beside {said(t)}"
        case LeftOf(t, by):
            return f"{_by(by)}to the left of {said(t)}"
        case RightOf(t, by):
            return f"{_by(by)}to the right of {said(t)}"
        case InFrontOf(t, by):
            return f"{_by(by)}in front of {said(t)}"
        case Behind(t, by):
            return f"{_by(by)}behind {said(t)}"
        case Between(ts):
            return f"between {listed([said(t) for t in ts])}"
        case Corner(depth, side):
            return f"in the {depth} {side} corner"
        case AtSide(side):
            return f"on the {side} side"
        case Middle():
            return "in the middle"
        case Aside():
            return "aside"
        case WhereItWas():
            return "where it was"
        case Here():
            return "there"
        case Point(u, v):
            return f"at the point {u:g}, {v:g} of the picture"
        case Shift(direction, by):
            return f"{_by(by)}{_DIRECTIONS[direction]}"
        case Toward(t, by):
            return f"{_by(by)}nearer to {said(t)}"
        case AwayFrom(t, by):
            return f"{_by(by)}away from {said(t)}"
        # Conditions
        case At(t, place):
            return f"{said(t)} is {said(place)}"
        case Exists(t):
            return f"there is {said(t).replace('the ', 'a ', 1)}"
        case Empty(t):
            return f"{said(t)} is empty"
        case Full(t):
            return f"{said(t)} is full"
        case Holding(t):
            return f"I hold {said(t)}"
        case AtLeast(number, t):
            return f"there are at least {number:g} of {said(t)}"
        case After(seconds):
            return f"{seconds:g} s have passed"
        case Event(words):
            return f"'{words}'"
        case Not(c):
            return denied(c)
        case And(cs):
            return listed([said(c) for c in cs])
        case Or(cs):
            return listed([said(c) for c in cs], "or")
        # Constraints
        case Untouched(t):
            return f"never touch {said(t)}"
        case Never(At(t, place)):
            return f"never put {said(t)} {said(place)}"
        case Never(c):
            return f"never let it come about that {said(c)}"
        case KeepAway(t, by):
            return f"stay {_by(by)}away from {said(t)}"
        case Only(t):
            return f"touch only {said(t)}"
        case AtPace(pace):
            return _PACES[pace]
        case Mind(words):
            return f"'{words}'"
        # Tasks
        case Pick(t):
            return f"pick up {said(t)}"
        case Put(All() | Rest() | Some() | Together() | Them() as t, In(A(noun, (Other(),)))):
            return f"put {said(t)} in a {noun} each"
        case Put(t, place):
            return f"put {said(t)} {said(place)}"
        case Push(t, place):
            return f"push {said(t)} {said(place)}"
        case Stack(t, place, by):
            return f"stack {said(t)}" + (f" by {by}" if by else "") + (f" {said(place)}" if place else "")
        case Arrange(t, shape, place, by):
            return (
                f"arrange {said(t)} {_SHAPES[shape]}"
                + (f" by {by}" if by else "")
                + (f" {said(place)}" if place else "")
            )
        case Sort(t, by, into):
            return f"sort {said(t)} by {by}" + (f" into {said(into)}" if into else "")
        case Swap(one, other):
            return f"exchange {said(one)} and {said(other)}"
        case Hold(t):
            return f"hold {said(t)}"
        case Hand(t):
            return f"hand you {said(t)}"
        case Release():
            return "put down what I hold"
        case PointAt(t):
            return f"point at {said(t)}"
        case Turn(t, degrees):
            return f"turn {said(t)}" + (f" by {degrees:g} degrees" if degrees else "")
        case Tip(t):
            return f"tip over {said(t)}"
        case Open(t):
            return f"open {said(t)}"
        case Close(t):
            return f"close {said(t)}"
        case Press(t):
            return f"press {said(t)}"
        case Pour(t, place):
            return f"pour {said(t)} {said(place)}"
        case Wipe(t):
            return f"wipe {said(t)}"
        case Gripper(jaw):
            return f"{jaw} the gripper"
        case Go(spot):
            return "go home" if str(spot) == "home" else "lie down"
        case GoTo(place):
            return f"go {said(place)}"
        case Way(direction, by):
            return f"{_by(by)}{_DIRECTIONS[direction]}"
        case Move(ways):
            return f"move {listed([said(w) for w in ways])}"
        case Approach(t, by):
            return f"move {_by(by)}nearer to {said(t)}"
        case Retreat(t, by):
            return f"move {_by(by)}away from {said(t)}"
        case Wait(c):
            return f"wait until {said(c)}"
        case Unable(words):
            return f"'{words}'"
        case Harm():
            return "do harm"
        case Undo():
            return "undo that"
        case Again(t):
            return "do it again" + (f" with {said(t)}" if t else "")
        case Seq(tasks):
            return ", then ".join(said(t) for t in tasks)
        case ForEach(t, task):
            return f"for {said(t)}: {said(task)}"
        case If(c, task, otherwise):
            return f"if {said(c)}, {said(task)}" + (f", otherwise {said(otherwise)}" if otherwise else "")
        case Once(c, task):
            return f"as soon as {said(c)}, {said(task)}"
        case Until(c, task):
            return f"{said(task)} until {said(c)}"
        case Repeat(number, task):
            return f"{said(task)}, {number:g} times"
        case Choose(tasks):
            return "either " + listed([said(t) for t in tasks], "or")
        case With(task, constraints):
            return f"{said(task)}; {listed([said(c) for c in constraints])}"
        # What else
        case Rule(constraints):
            return listed([said(c) for c in constraints])
        case Ask(about, t):
            return f"a question: {about}" + (f" {said(t)}" if t else "")
        case Name(t, name):
            return f"call {said(t)} '{name}'"
        case Remark():
            return "nothing to do"
        case Unclear():
            return "unclear"
        case Stop():
            return "stop"
        case GoOn():
            return "go on"
        case Speed(pace):
            return f"go {_PACES[pace]}"
        case Instead(t):
            return f"{said(t)} instead"
        case InsteadAt(place):
            return f"{said(place)} instead"
        case Also(task):
            return f"also: {said(task)}"
        case First(task):
            return f"first: {said(task)}"
        case Drop(t):
            return f"leave out {said(t)}"
        case Skip():
            return "skip this step"
        case Answer(reply):
            return str(reply)
        case AnswerThing(t) | AnswerPlace(t):
            return said(t)
    raise TypeError(f"{type(value).__name__} is no value of the task language")

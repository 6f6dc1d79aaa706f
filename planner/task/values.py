"""The task language: what a sentence can mean to the robot, as typed values with one text each.

A sentence means an `Utterance`: a `Task`, a standing `Rule`, a question, or a correction of what is being done. Things
are *descriptions*; `sayso.planner.interpreter.grounding` finds them in the scene when they are needed. Sides and
directions are those of the person who speaks; ``near`` is nearest to that person, who stands behind the arm unless a
viewpoint is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """A side of the table or of a thing."""

    LEFT = "left"
    RIGHT = "right"
    NEAR = "near"
    FAR = "far"


class Rank(StrEnum):
    """What things are ordered by, the first being the farthest to that side, or the biggest, smallest, …"""

    LEFT = "left"
    RIGHT = "right"
    NEAR = "near"
    FAR = "far"
    BIG = "big"
    SMALL = "small"
    TALL = "tall"
    SHORT = "short"
    TOP = "top"
    BOTTOM = "bottom"
    MIDDLE = "middle"


class Size(StrEnum):
    """A size that is no superlative."""

    BIG = "big"
    SMALL = "small"
    TALL = "tall"
    SHORT = "short"


class Direction(StrEnum):
    """A direction of the arm or of a thing."""

    LEFT = "left"
    RIGHT = "right"
    FORWARD = "forward"
    BACK = "back"
    UP = "up"
    DOWN = "down"


class Degree(StrEnum):
    """How much, without a number."""

    LITTLE = "little"
    LOT = "lot"


class Key(StrEnum):
    """What things are sorted by or ordered by."""

    COLOR = "color"
    KIND = "kind"
    SIZE = "size"
    HEIGHT = "height"


class Pace(StrEnum):
    """A speed: relative to the present one, or of its own."""

    SLOWER = "slower"
    FASTER = "faster"
    SLOW = "slow"
    FAST = "fast"
    NORMAL = "normal"


class Shape(StrEnum):
    """The shape in which things are arranged."""

    LINE = "line"
    COLUMN = "column"
    CIRCLE = "circle"
    TOWERS = "towers"
    APART = "apart"
    TOGETHER = "together"


class Jaw(StrEnum):
    """What the gripper does."""

    OPEN = "open"
    CLOSE = "close"


class Spot(StrEnum):
    """A posture of the arm that has a name."""

    HOME = "home"
    REST = "rest"


class About(StrEnum):
    """What a question to the robot is about."""

    SEE = "see"
    WHERE = "where"
    COUNT = "count"
    WHAT = "what"
    DOING = "doing"
    WHY = "why"
    ABLE = "able"


class Reply(StrEnum):
    """A bare answer to the robot's question."""

    YES = "yes"
    NO = "no"
    ANY = "any"
    NONE = "none"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the task language."""


class Utterance(Value):
    """What a whole sentence means."""

    __slots__ = ()


class Task(Utterance):
    """What the robot is to do."""

    __slots__ = ()


class Thing(Value):
    """One or several things, described."""

    __slots__ = ()


class Modifier(Value):
    """What narrows a description."""

    __slots__ = ()


class Place(Modifier):
    """Where a thing goes; in a description, where the thing is."""

    __slots__ = ()


class Condition(Value):
    """What can be true or false of the table."""

    __slots__ = ()


class Constraint(Value):
    """What holds while the rest runs."""

    __slots__ = ()


class Length(Value):
    """A length in the speaker's words: a number and a unit."""

    __slots__ = ()


# Lengths


@dataclass(frozen=True, slots=True)
class Mm(Length):
    """Millimetres."""

    number: float


@dataclass(frozen=True, slots=True)
class Cm(Length):
    """Centimetres."""

    number: float


@dataclass(frozen=True, slots=True)
class M(Length):
    """Metres."""

    number: float


@dataclass(frozen=True, slots=True)
class Inch(Length):
    """Inches."""

    number: float


By = Degree | Length


# Things


@dataclass(frozen=True, slots=True)
class The(Thing):
    """The one thing that fits: "the red block", "that one"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class A(Thing):
    """Any one thing that fits: "a block", "any of the bowls"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class All(Thing):
    """Every thing that fits: "all the blocks", "the blocks", "both", "everything"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Some(Thing):
    """Any ``number`` of the things that fit: "two blocks"."""

    number: float
    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest(Thing):
    """All that fit and were not mentioned yet: "the rest", "the remaining blocks", "the others"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Together(Thing):
    """Several descriptions: "the red block and the green one"."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Either(Thing):
    """One of several descriptions, the robot may choose: "the red or the green one, I don't mind"."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class It(Thing):
    """The thing spoken of last: "it", "that", "the same one"."""


@dataclass(frozen=True, slots=True)
class Them(Thing):
    """The things spoken of last: "them", "those", "these"."""


@dataclass(frozen=True, slots=True)
class Held(Thing):
    """What is in the hand: "what you are holding"."""


@dataclass(frozen=True, slots=True)
class Each(Thing):
    """In the body of `ForEach`: the thing whose turn it is."""


@dataclass(frozen=True, slots=True)
class Me(Thing):
    """The person who speaks; also their hand."""


@dataclass(frozen=True, slots=True)
class Robot(Thing):
    """The robot itself, its hand, its base."""


@dataclass(frozen=True, slots=True)
class Table(Thing):
    """The table."""


# What narrows a description


@dataclass(frozen=True, slots=True)
class Color(Modifier):
    """A color, in the speaker's words."""

    name: str


@dataclass(frozen=True, slots=True)
class Is(Modifier):
    """Any other property, in the speaker's words: "wooden", "striped", "shiny"."""

    words: str


@dataclass(frozen=True, slots=True)
class Sized(Modifier):
    """A size that is no superlative: "the big bowl"."""

    size: Size


@dataclass(frozen=True, slots=True)
class Nth(Modifier):
    """The ``number``-th of those that fit, from that side or by that measure: "leftmost" is ``nth(1, left)``."""

    number: float
    rank: Rank


@dataclass(frozen=True, slots=True)
class Nearest(Modifier):
    """Of those that fit, the nearest to another thing."""

    to: Thing


@dataclass(frozen=True, slots=True)
class Farthest(Modifier):
    """Of those that fit, the farthest from another thing."""

    to: Thing


@dataclass(frozen=True, slots=True)
class SameColor(Modifier):
    """As another thing's color: "the bowl of the same color", ``same_color(it)``."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Called(Modifier):
    """By a name that a person gave it: "Betty", "my mug"."""

    name: str


@dataclass(frozen=True, slots=True)
class Other(Modifier):
    """Not the one spoken of or being handled: "the other block", "another one"."""


@dataclass(frozen=True, slots=True)
class But(Modifier):
    """Except a thing: "all but the red one"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Non(Modifier):
    """The opposite of a modifier: "the block that is not red"."""

    modifier: Modifier


# Places


@dataclass(frozen=True, slots=True)
class In(Place):
    """Inside a container."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class On(Place):
    """On top of a thing, or on the table."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Under(Place):
    """Underneath a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class OutOf(Place):
    """On the table, out of or off a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Beside(Place):
    """Beside a thing on whichever side; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class LeftOf(Place):
    """To the left of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class RightOf(Place):
    """To the right of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class InFrontOf(Place):
    """In front of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Behind(Place):
    """Behind a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Between(Place):
    """Between two things, or among those of one group."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Corner(Place):
    """A corner of the table."""

    depth: Side
    side: Side


@dataclass(frozen=True, slots=True)
class AtSide(Place):
    """A side of the table: "on the left", "the left half", "the far edge"."""

    side: Side


@dataclass(frozen=True, slots=True)
class Middle(Place):
    """The middle of the table."""


@dataclass(frozen=True, slots=True)
class Aside(Place):
    """Out of the way, wherever there is room; "put it down", "set it aside"."""


@dataclass(frozen=True, slots=True)
class WhereItWas(Place):
    """Where the thing was before it was moved."""


@dataclass(frozen=True, slots=True)
class Here(Place):
    """A place that the person points at: "here", "there", "that spot"."""


@dataclass(frozen=True, slots=True)
class Point(Place):
    """A point in the picture, 0 to 1 from the left and from the top."""

    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Shift(Place):
    """From where the thing is now, some way in a direction: "10 cm to the left"."""

    direction: Direction
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Toward(Place):
    """Nearer to a thing."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class AwayFrom(Place):
    """Farther from a thing."""

    thing: Thing
    by: By | None = None


# Conditions


@dataclass(frozen=True, slots=True)
class At(Condition):
    """A thing is in a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """There is such a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Empty(Condition):
    """A container holds nothing, or nothing stands on a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Full(Condition):
    """A container has no more room."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Holding(Condition):
    """The hand holds a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """At least ``number`` such things are there."""

    number: float
    thing: Thing


@dataclass(frozen=True, slots=True)
class After(Condition):
    """Some seconds have passed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Event(Condition):
    """Something that the robot cannot see, in the speaker's words: "the phone rings", "I say so", "Mum is back"."""

    words: str


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """A condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of several conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """One of several conditions holds."""

    conditions: tuple[Condition, ...]


# Constraints


@dataclass(frozen=True, slots=True)
class Untouched(Constraint):
    """A thing is never touched or moved."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Never(Constraint):
    """A condition never comes about: ``never(at(the(block), in(the(bowl))))``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class KeepAway(Constraint):
    """The arm and what it carries stay away from a thing."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Only(Constraint):
    """Nothing but these things is touched."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class AtPace(Constraint):
    """At a speed; "gently" and "carefully" are ``slow``."""

    pace: Pace


@dataclass(frozen=True, slots=True)
class Mind(Constraint):
    """A wish that the robot cannot watch, in the speaker's words: "without a noise"."""

    words: str


# Tasks


@dataclass(frozen=True, slots=True)
class Pick(Task):
    """Pick up, take, grab, lift; the hand keeps the thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Put(Task):
    """Put, move, place, bring a thing to a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Push(Task):
    """Push, slide, nudge a thing over the table without lifting it."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Stack(Task):
    """Stack several things; in the order in which they are named from the bottom up, unless ``by`` orders them."""

    thing: Thing
    place: Place | None = None
    by: Key | None = None


@dataclass(frozen=True, slots=True)
class Arrange(Task):
    """Arrange several things in a shape."""

    thing: Thing
    shape: Shape
    place: Place | None = None
    by: Key | None = None


@dataclass(frozen=True, slots=True)
class Sort(Task):
    """Sort things by color, kind or size, into containers if ``into`` names them."""

    thing: Thing
    by: Key
    into: Thing | None = None


@dataclass(frozen=True, slots=True)
class Swap(Task):
    """Exchange the places of two things."""

    one: Thing
    other: Thing


@dataclass(frozen=True, slots=True)
class Hold(Task):
    """Pick up a thing and hold it in the air, or go on holding it."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Hand(Task):
    """Hand a thing over to the person who speaks: "give me", "pass me"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Release(Task):
    """Let go of what is held, put it down where the hand is."""


@dataclass(frozen=True, slots=True)
class PointAt(Task):
    """Show a thing by pointing at it."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Turn(Task):
    """Turn a thing about the upright axis; degrees, clockwise from above positive, None: some."""

    thing: Thing
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class Tip(Task):
    """Turn a container over, tip out what it holds, or set a thing upright."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Open(Task):
    """Open a drawer, a box, a door, a lid."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Close(Task):
    """Close a drawer, a box, a door, a lid."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Press(Task):
    """Press a button or a switch."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Pour(Task):
    """Pour what a thing holds into a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Wipe(Task):
    """Wipe a thing or a place."""

    thing: Thing | Place


@dataclass(frozen=True, slots=True)
class Gripper(Task):
    """Open or close the gripper."""

    jaw: Jaw


@dataclass(frozen=True, slots=True)
class Go(Task):
    """Move the arm to a posture with a name."""

    spot: Spot


@dataclass(frozen=True, slots=True)
class GoTo(Task):
    """Move the hand to a place or above a thing, without taking anything: "go over to the bowl"."""

    place: Place


@dataclass(frozen=True, slots=True)
class Way(Value):
    """A direction and how far."""

    direction: Direction
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Move(Task):
    """Move the arm in one or several directions: "up a bit", "left and down"."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Approach(Task):
    """Move the arm nearer to a thing: "closer to the bowl"."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Retreat(Task):
    """Move the arm away from a thing: "away from the glass"."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Wait(Task):
    """Do nothing until a condition holds: ``wait(after(5))``, ``wait(event("I am ready"))``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Unable(Task):
    """Something that no arm at a table does or no other value says, in the speaker's words: "bake a cake"."""

    words: str


@dataclass(frozen=True, slots=True)
class Harm(Task):
    """What would hurt somebody or break something."""


@dataclass(frozen=True, slots=True)
class Undo(Task):
    """Undo what was done last: "put it back as it was", "undo that"."""


@dataclass(frozen=True, slots=True)
class Again(Task):
    """Do once more what was done last; with ``thing``, the same with another thing."""

    thing: Thing | None = None


# Tasks made of tasks


@dataclass(frozen=True, slots=True)
class Seq(Task):
    """One task after another, in the order in which they are carried out."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class ForEach(Task):
    """A task for each of several things; the task says ``each``."""

    thing: Thing
    task: Task


@dataclass(frozen=True, slots=True)
class If(Task):
    """A task if a condition holds now, else another."""

    condition: Condition
    task: Task
    otherwise: Task | None = None


@dataclass(frozen=True, slots=True)
class Once(Task):
    """A task as soon as a condition holds, not before."""

    condition: Condition
    task: Task


@dataclass(frozen=True, slots=True)
class Until(Task):
    """A task over and over until a condition holds."""

    condition: Condition
    task: Task


@dataclass(frozen=True, slots=True)
class Repeat(Task):
    """A task several times."""

    number: float
    task: Task


@dataclass(frozen=True, slots=True)
class Choose(Task):
    """One of several tasks; the robot may choose."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class With(Task):
    """A task during which constraints hold."""

    task: Task
    constraints: tuple[Constraint, ...]


# What else a sentence can mean


@dataclass(frozen=True, slots=True)
class Rule(Utterance):
    """Constraints from now on, with nothing to do: "don't touch the red block", "never stack the bowls"."""

    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Ask(Utterance):
    """A question to the robot: "what do you see?", "how many blocks are there?", "where is the mug?"."""

    about: About
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class Name(Utterance):
    """A thing gets a name: "this is my mug", "call the red one Betty"."""

    thing: Thing
    name: str


@dataclass(frozen=True, slots=True)
class Remark(Utterance):
    """Nothing to do: praise, small talk, a remark, something told about others, a thought said aloud."""


@dataclass(frozen=True, slots=True)
class Unclear(Utterance):
    """An order without a certain meaning: cut off, contradictory, two orders of which only one can be meant."""


@dataclass(frozen=True, slots=True)
class Stop(Utterance):
    """Stop at once: "stop", "whoa", a cry, a warning, "not like that!", "no no no"."""


@dataclass(frozen=True, slots=True)
class GoOn(Utterance):
    """Go on with what was being done: "carry on", "it's fine, continue", "that's right"."""


@dataclass(frozen=True, slots=True)
class Speed(Utterance):
    """Another speed for what is being done."""

    pace: Pace


@dataclass(frozen=True, slots=True)
class Instead(Utterance):
    """Another thing in place of the one being handled: "the green one", "no, I meant the left one"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class InsteadAt(Utterance):
    """Another place in place of the one under way: "in the pink bowl, not the blue one"."""

    place: Place


@dataclass(frozen=True, slots=True)
class Also(Utterance):
    """A task besides, after what is being done: "and the green one too", "afterwards …"."""

    task: Task


@dataclass(frozen=True, slots=True)
class First(Utterance):
    """A task before the rest of what is being done: "do the green one first"."""

    task: Task


@dataclass(frozen=True, slots=True)
class Drop(Utterance):
    """A thing is left out of what is being done: "not the yellow one", "leave the bowl out of it"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Skip(Utterance):
    """The present step is left out: "skip this one", "never mind that, next"."""


@dataclass(frozen=True, slots=True)
class Answer(Utterance):
    """A bare answer to the robot's question."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class AnswerThing(Utterance):
    """A thing as the answer to the robot's question: "the left one"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class AnswerPlace(Utterance):
    """A place as the answer to the robot's question: "in the pink bowl"."""

    place: Place


METRES = {Mm: 0.001, Cm: 0.01, M: 1.0, Inch: 0.0254}
"""Metres of each unit."""

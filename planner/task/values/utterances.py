"""What else a sentence can mean."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Condition, Constraint, Place, Task, Thing, Utterance
from sayso.planner.task.values.words import About, Pace, Reply


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
class Whether(Utterance):
    """A question whether something is so: "is the can on the plate?", "is the cup taller than the mug?"."""

    condition: Condition


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

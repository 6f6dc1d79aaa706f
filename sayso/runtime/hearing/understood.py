"""What was understood of a phrase, in one line for the person who said it."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.grammar import DURATION_S
from sayso.planner.plan import Question, Subtask, Verb
from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Speed, Step

HELD = "stop: I hold still; say go on, go home or lie down"
NOBODY = "no instruction is running that the words could change"
# A stop while nothing is under way lasts until a person says what is next.
STOPPED_IDLE = "stop: nothing moves; say go on, or what to do next"
STOP_HOLDS = "nothing is under way, and a stop holds the arm; say go on to end the stop"
STOP_OVER = "the stop is over; nothing is under way: say what to do"
UNREAD = "said; the session has not come to read it yet"
UNASKED = "There is no question to answer."
LEFT = "all right, I leave it"
AS_BEFORE = "all right, I go on as before"
MOST_STEPS = 4
_SIDEWAYS = {"left": "to the left", "right": "to the right"}
_DEGREES = {"slightly ": " a bit", "far ": " far", "": ""}
_DIRECTION = re.compile(r"\b(slightly |far |)(forward|back|left|right|up|down)\b")
_PLAINLY = {
    "move arm": "move", "rotate gripper": "turn the gripper", "roll gripper": "roll the gripper",
    "tilt gripper": "tilt the gripper", "open gripper": "open the gripper", "close gripper": "close the gripper",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """What a session made of ``text``: its ``level``, and ``read_as`` in one line; ``options`` answer a question.

    ``level`` is that of `Correction`, "nobody" if nothing was under way that the text could be about, or "said" if it
    was not read in time. True unless nobody took it.
    """

    text: str
    level: str
    read_as: str
    options: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.level != "nobody"

    def __str__(self) -> str:
        return self.read_as


class Reply:
    """The place where the thread that said a phrase waits for what was understood of it."""

    def __init__(self) -> None:
        self._given = threading.Event()
        self._understood: Understood | None = None

    def give(self, understood: Understood | None) -> None:
        """Say what was understood; None: nobody has read it."""
        self._understood = understood
        self._given.set()

    def wait(self, text: str, seconds: float) -> Understood:
        """What was understood of ``text``; waits at most so many seconds of real time."""
        if not self._given.wait(seconds):
            return Understood(text, "said", UNREAD)
        return self._understood or Understood(text, "nobody", NOBODY)


def obeyed(correction: Correction) -> str:
    """What the robot does about a correction that it obeys, in the first person."""
    if correction.bound and correction.motion is not None:
        ways = f"I go no {beyond(correction.bound)} without asking"
        return ways if correction.motion.is_hold else f"{obeyed(replace(correction, bound=()))}; {ways}"
    if correction.motion is not None and correction.motion.is_hold and correction.beside:
        return correction.beside
    if correction.motion is not None:
        return f"I {', then '.join(leg_in_words(motion, seconds) for motion, seconds in correction.legs)}"
    if correction.level == "resume" and correction.pace is not None:
        return f"I go on; from now on {correction.pace.words}"
    if correction.pace is not None:
        return f"from now on {correction.pace.words}"
    if correction.level == "subtask":
        return f"I take {correction.read_as}"
    if correction.level == "stop":
        return HELD if correction.read_as == "stop" else correction.read_as
    if correction.level == "resume" and correction.read_as not in (LEFT, AS_BEFORE):
        return "I go on" if correction.read_as == "go on" else f"I go on: {correction.read_as}"
    return correction.read_as


def asked(question: Question) -> str:
    """A question with its options, numbered, in one line."""
    options = ", ".join(f"{i} {option}" for i, option in enumerate(question.options, 1))
    return f"{question.text} [{options}]" if options else question.text


def planned(steps: Sequence[Subtask]) -> str:
    """What a plan will do, in the first person; a pick that a put follows goes without saying."""
    puts = {step.object_id for step in steps if step.verb is Verb.PLACE}
    told = [str(step) for step in steps if step.verb is Verb.PLACE or step.object_id not in puts]
    more = f" and {len(told) - MOST_STEPS} more" if len(told) > MOST_STEPS else ""
    return f"I {', then '.join(told[:MOST_STEPS])}{more}" if told else "that is done already"


def ruled(rule: str) -> str:
    """What the robot says to a person's standing ``rule``, in the task language."""
    from sayso.planner.task.english import said  # 0.1 s that a real arm's backend does not need
    from sayso.planner.task.text import parse
    from sayso.planner.task.values import Rule, Untouched

    kept = parse(rule, Rule).constraints
    return "; ".join(
        f"I leave {said(c.thing)} alone" if isinstance(c, Untouched) else f"I keep to that: {said(c)}" for c in kept
    )


def leg_in_words(motion: LanguageMotion, seconds: float) -> str:
    """A spoken motion of ``seconds`` as people say it, with its length where a person has given one."""
    if not seconds or seconds in DURATION_S.values() or not motion.steps or motion.toward is not None:
        return motion_in_words(motion)
    way = motion.twist() * seconds
    told = [_way_in_words(step, abs(float(way[step.axis]))) for step in motion.steps]
    more = "" if motion.gripper is GripperAction.KEEP else f" and {_PLAINLY[str(motion.gripper)]}"
    speed = "" if motion.speed is Speed.PLAIN else f" {motion.speed.name.lower()}"
    return f"{' and '.join([told[0], *(one.removeprefix('move ') for one in told[1:])])}{more}{speed}"


def _way_in_words(step: Step, amount: float) -> str:
    """ "move 3 cm to the left"; ``amount`` in m or rad."""
    if step.axis <= Axis.Z:
        way = _DIRECTION.sub(
            lambda m: _SIDEWAYS.get(m[2], m[2]), str(LanguageMotion((step,))).removeprefix("move arm ")
        )
        return f"move {100 * amount:.3g} cm {re.sub('^(?:slightly|far) ', '', way)}"
    turn = motion_in_words(LanguageMotion((replace(step, degree=Degree.PLAIN),)))
    return f"{turn} by {np.degrees(amount):.0f}°"


def beyond(ways: Sequence[Step]) -> str:
    """Ways of the hand, as one says that it has come far enough: "lower and no farther left"."""
    named = (str(LanguageMotion((way,))).split()[-1] for way in ways)
    return " and no ".join({"up": "higher", "down": "lower"}.get(word, f"farther {word}") for word in named)


def motion_in_words(motion: LanguageMotion) -> str:
    """A motion as people say it: "move to the left a bit and up", "open the gripper"."""
    text = str(motion)
    for terse, plain in _PLAINLY.items():
        text = text.replace(terse, plain)
    if motion.toward is not None:  # the object's name may hold a side
        return text
    return _DIRECTION.sub(lambda m: f"{_SIDEWAYS.get(m[2], m[2])}{_DEGREES[m[1]]}", text)

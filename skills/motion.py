"""The grammar of language motions, the commands of the motion planner to the policy; each has exactly one sentence.

The idea of language motions between task and action, built from a closed set of atoms, is RT-H's (Belkhale et al. 2024,
§3).
Base frame: forward +x, left +y, up +z.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from sayso.hardware.types import Array

MAX_AXES = 3
LINEAR_SPEED = 0.20
ANGULAR_SPEED = 1.0


class Axis(IntEnum):
    """The six degrees of freedom of the tool, in the order of a twist."""

    X = 0
    Y = 1
    Z = 2
    ROLL = 3
    TILT = 4
    ROTATE = 5


class Degree(IntEnum):
    """Extent of motion along an axis."""

    SLIGHTLY = 1
    PLAIN = 2
    FAR = 3


class Speed(IntEnum):
    """Speed of the whole motion."""

    SLOWLY = -1
    PLAIN = 0
    QUICKLY = 1


class GripperAction(StrEnum):
    """Simultaneous gripper command; KEEP has no words."""

    KEEP = ""
    OPEN = "open gripper"
    CLOSE = "close gripper"


DEGREE_SCALE = {Degree.SLIGHTLY: 0.25, Degree.PLAIN: 0.6, Degree.FAR: 1.0}
SPEED_SCALE = {Speed.SLOWLY: 0.5, Speed.PLAIN: 1.0, Speed.QUICKLY: 1.5}
_DEGREE_WORD = {Degree.SLIGHTLY: "slightly ", Degree.PLAIN: "", Degree.FAR: "far "}
_SPEED_WORD = {Speed.SLOWLY: " slowly", Speed.PLAIN: "", Speed.QUICKLY: " quickly"}
_WORDS = {
    (Axis.X, 1): "forward",
    (Axis.X, -1): "back",
    (Axis.Y, 1): "left",
    (Axis.Y, -1): "right",
    (Axis.Z, 1): "up",
    (Axis.Z, -1): "down",
    (Axis.ROLL, 1): "right",
    (Axis.ROLL, -1): "left",
    (Axis.TILT, 1): "down",
    (Axis.TILT, -1): "up",
    (Axis.ROTATE, 1): "left",
    (Axis.ROTATE, -1): "right",
}
_LEAD = {
    Axis.X: "move arm",
    Axis.Y: "move arm",
    Axis.Z: "move arm",
    Axis.ROLL: "roll gripper",
    Axis.TILT: "tilt gripper",
}
_LEAD[Axis.ROTATE] = "rotate gripper"
_RESERVED = {"and", "slowly", "quickly"}
ENCODING_SIZE = 15
_GRIPPER_CODE = {GripperAction.KEEP: 0.0, GripperAction.OPEN: 1.0, GripperAction.CLOSE: -1.0}


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Motion along one axis: axis, direction (+1 or -1), extent."""

    axis: Axis
    sign: int
    degree: Degree = Degree.PLAIN


@dataclass(frozen=True, slots=True)
class LanguageMotion:
    """A motion in words. Steps are sorted (arm before gripper, larger before smaller), so that the sentence is unique
    and ``parse(str(m)) == m``. Without steps, gripper action and object the motion is "hold still".

    ``toward`` names an object that the arm moves to (or from, with ``away``), in lower-case words. Raises ValueError
    for two steps on one axis, more than three steps, arm steps together with ``toward``, or a name that would make
    the sentence ambiguous.
    """

    steps: tuple[Step, ...] = ()
    gripper: GripperAction = GripperAction.KEEP
    speed: Speed = Speed.PLAIN
    toward: str | None = None
    away: bool = False

    def __post_init__(self) -> None:
        if len({s.axis for s in self.steps}) != len(self.steps) or len(self.steps) > MAX_AXES:
            raise ValueError(f"a motion has at most {MAX_AXES} steps, each on its own axis; got {self.steps}")
        if any(s.sign not in (1, -1) for s in self.steps):
            raise ValueError("a step's sign is 1 or -1")
        if self.toward is not None and any(s.axis <= Axis.Z for s in self.steps):
            raise ValueError("a motion goes along axes or toward an object, not both")
        if self.toward is not None:
            words = self.toward.lower().split()
            if not words or self.toward != " ".join(words) or _RESERVED.intersection(words):
                raise ValueError(
                    f"an object's name is lower-case words with one space between and none of {sorted(_RESERVED)}; "
                    f"got '{self.toward}'"
                )
        if self.away and self.toward is None:
            raise ValueError("away needs an object to go away from")
        if self.speed is not Speed.PLAIN and not self.steps and self.toward is None:
            raise ValueError("a motion without movement has no speed")
        if len(self.steps) > 1:
            ordered = sorted(self.steps, key=lambda s: (s.axis > Axis.Z, -s.degree, s.axis))
            object.__setattr__(self, "steps", tuple(ordered))

    @property
    def is_hold(self) -> bool:
        """Whether the motion is "hold still"."""
        return not self.steps and self.toward is None and self.gripper is GripperAction.KEEP

    def __str__(self) -> str:
        if self.is_hold:
            return "hold still"
        parts: list[str] = []
        if self.toward is not None:
            parts.append(f"move arm {'away from' if self.away else 'toward'} the {self.toward}")
        lead = ""
        for step in self.steps:
            words = _DEGREE_WORD[step.degree] + _WORDS[step.axis, step.sign]
            parts.append(words if _LEAD[step.axis] == lead else f"{_LEAD[step.axis]} {words}")
            lead = _LEAD[step.axis]
        sentence = " and ".join(parts) + _SPEED_WORD[self.speed]
        if self.gripper is GripperAction.KEEP:
            return sentence
        return f"{sentence} and {self.gripper.value}" if sentence else self.gripper.value

    def twist(self) -> Array:
        """The nominal tool velocity (6,) in the base frame: m/s, then rad/s. Zero for "hold still" and "toward"."""
        out = np.zeros(6)
        for step in self.steps:
            top = LINEAR_SPEED if step.axis <= Axis.Z else ANGULAR_SPEED
            out[step.axis] = step.sign * DEGREE_SCALE[step.degree] * top
        return out * SPEED_SCALE[self.speed]

    def encode(self) -> Array:
        """A vector (15,) for networks: signed degrees (6), signs (6), gripper, still, speed."""
        out = np.zeros(ENCODING_SIZE)
        for step in self.steps:
            out[step.axis] = step.sign * DEGREE_SCALE[step.degree]
            out[6 + step.axis] = step.sign
        out[12] = _GRIPPER_CODE[self.gripper]
        out[13] = float(not self.steps)
        out[14] = float(self.speed)
        return out


HOLD = LanguageMotion()


def decode(vector: Array) -> LanguageMotion:
    """The motion with the encoding ``vector`` (15,); the encoding does not contain the object of ``toward``."""
    vector = np.asarray(vector)
    degrees = {round(v * 100): d for d, v in DEGREE_SCALE.items()}
    steps = tuple(
        Step(Axis(i), int(np.sign(vector[i])), degrees[round(abs(float(vector[i])) * 100)])
        for i in range(6)
        if vector[6 + i]
    )
    gripper = {0: GripperAction.KEEP, 1: GripperAction.OPEN, -1: GripperAction.CLOSE}[round(float(vector[12]))]
    return LanguageMotion(steps, gripper, Speed(round(float(vector[14]))))


def parse(sentence: str) -> LanguageMotion:
    """Parse a ``sentence``; the inverse of ``str``. Raises ValueError that names the words not understood."""
    text = " ".join(sentence.lower().split())
    if text == "hold still":
        return HOLD
    gripper = GripperAction.KEEP
    for action in (GripperAction.OPEN, GripperAction.CLOSE):
        if text == action.value:
            return LanguageMotion(gripper=action)
        if text.endswith(f" and {action.value}"):
            text, gripper = text.removesuffix(f" and {action.value}"), action
            break
    speed = Speed.PLAIN
    for candidate, word in ((Speed.SLOWLY, " slowly"), (Speed.QUICKLY, " quickly")):
        if text.endswith(word):
            text, speed = text.removesuffix(word), candidate
    toward, away, steps, lead = None, False, [], ""
    for part in text.split(" and "):
        for prefix, is_away in (("move arm toward the ", False), ("move arm away from the ", True)):
            if part.startswith(prefix):
                if toward is not None:
                    raise ValueError(f"'{sentence}' names two objects to move by; one is allowed")
                toward, away, part = part.removeprefix(prefix), is_away, ""
                break
        if not part and toward is not None:
            continue
        for name in dict.fromkeys(_LEAD.values()):
            if part.startswith(name + " "):
                lead, part = name, part.removeprefix(name + " ")
        steps.append(_parse_step(lead, part, sentence))
    return LanguageMotion(tuple(steps), gripper, speed, toward, away)


def _parse_step(lead: str, words: str, sentence: str) -> Step:
    degree = Degree.PLAIN
    for candidate, word in ((Degree.SLIGHTLY, "slightly "), (Degree.FAR, "far ")):
        if words.startswith(word):
            degree, words = candidate, words.removeprefix(word)
    for (axis, sign), name in _WORDS.items():
        if _LEAD[axis] == lead and name == words:
            return Step(axis, sign, degree)
    allowed = sorted({n for (a, _), n in _WORDS.items() if _LEAD[a] == lead})
    if not lead:
        allowed = [
            *sorted(set(_LEAD.values())),
            *(action.value for action in GripperAction if action.value),
            "hold still",
        ]
    where = f"after '{lead}'" if lead else "at the start"
    raise ValueError(f"'{words}' in '{sentence}' is not a motion; allowed {where}: {', '.join(allowed)}")

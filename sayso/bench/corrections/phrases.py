"""How people say a motion, in varied words; some are not understood, as with people."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Step

_ARM = {
    (Axis.Z, 1): ("up", "higher", "go up", "move up", "too low", "lift it", "raise the arm", "you are too low"),
    (Axis.Z, -1): ("down", "lower", "go down", "move down", "too high", "further down"),
    (Axis.Y, 1): ("left", "to the left", "go left", "more left", "too far right", "move left"),
    (Axis.Y, -1): ("right", "to the right", "go right", "more right", "too far left", "move right"),
    (Axis.X, 1): ("forward", "further away", "go forward", "move forward", "more forward"),
    (Axis.X, -1): ("back", "come back", "closer to you", "move back", "backwards"),
}
_HAND = {
    GripperAction.CLOSE: (
        "close the gripper", "close your hand", "grip now", "grab it", "grab it now", "shut the gripper", "close it",
        "pinch it now", "now close", "take it now", "grasp it", "close the fingers",
    ),
    GripperAction.OPEN: ("open", "open the gripper", "let go", "release it", "open your hand"),
}  # fmt: skip
SLOWLY = ("slowly", "slower", "go slowly", "careful, slowly", "more slowly please")
_RATHER = (
    "no, the {} one", "the {} one", "not that one, the {} one", "take the {} one", "I meant the {} block",
    "the {} block",
)  # fmt: skip
_WAY = {
    (Axis.Z, 1): "up", (Axis.Z, -1): "down", (Axis.Y, 1): "left", (Axis.Y, -1): "right", (Axis.X, 1): "forward",
    (Axis.X, -1): "back",
}  # fmt: skip
_MEASURED = ("{} {} cm", "{1} cm {0}", "{} {} centimeters", "go {} {} cm")
_FINE = ("{} {} mm", "{1} mm {0}", "{1} millimeters {0}")
FINE_M = (0.004, 0.01)
MEASURED_M, MEASURED, TWO_WAYS, BIT_M = (0.01, 0.12), 0.5, 0.5, 0.04
_BITS = ("a bit {}", "{} a bit", "{} a little", "just {} slightly")


def phrase(motion: LanguageMotion, rng: np.random.Generator, gap: Array | None = None) -> str | None:
    """Words for the gripper's action of ``motion``, else for its largest direction, often with the second; None for a
    motion of neither.

    ``gap`` (3,) m is how far the hand is from where the person wants it: people say short ways in cm,
    and very short ones in mm.
    """
    if motion.gripper is not GripperAction.KEEP:
        return str(rng.choice(_HAND[motion.gripper]))
    steps = [s for s in motion.steps if s.axis <= Axis.Z]
    if not steps:
        return None
    words = _way(steps[0], rng, gap)
    if len(steps) > 1 and not _is_fine(steps[0], gap) and rng.random() < TWO_WAYS:
        words = f"{_short(steps[0], gap)} and {_short(steps[1], gap)}"
    return words


def _way(step: Step, rng: np.random.Generator, gap: Array | None) -> str:
    far = None if gap is None else float(gap[step.axis]) * step.sign
    if far is not None and _is_fine(step, gap):
        return str(rng.choice(_FINE)).format(_WAY[step.axis, step.sign], round(1000 * far))
    if far is not None and MEASURED_M[0] < far < MEASURED_M[1] and rng.random() < MEASURED:
        return str(rng.choice(_MEASURED)).format(_WAY[step.axis, step.sign], round(100 * far))
    if step.degree is not Degree.SLIGHTLY:
        return str(rng.choice(_ARM[step.axis, step.sign]))
    plain = [words for words in _ARM[step.axis, step.sign] if len(words.split()) == 1] or [_WAY[step.axis, step.sign]]
    return str(rng.choice(_BITS)).format(str(rng.choice(plain)))


def _is_fine(step: Step, gap: Array | None) -> bool:
    return gap is not None and FINE_M[0] < float(gap[step.axis]) * step.sign <= FINE_M[1]


def _short(step: Step, gap: Array | None) -> str:
    """One of two directions: "left", "a bit left"."""
    near = step.degree is Degree.SLIGHTLY or (gap is not None and abs(float(gap[step.axis])) < BIT_M)
    return f"a bit {_WAY[step.axis, step.sign]}" if near else _WAY[step.axis, step.sign]


def wrong_phrase(motion: LanguageMotion, rng: np.random.Generator) -> str:
    """Words for another motion than ``motion``: an arm direction at random, or the gripper's other action."""
    if motion.gripper is not GripperAction.KEEP and rng.random() < 0.5:
        other = GripperAction.OPEN if motion.gripper is GripperAction.CLOSE else GripperAction.CLOSE
        return str(rng.choice(_HAND[other]))
    said = {(s.axis, s.sign) for s in motion.steps}
    ways = [way for way in _ARM if way not in said]
    return str(rng.choice(_ARM[ways[int(rng.integers(len(ways)))]]))


def rather(thing: str, rng: np.random.Generator) -> str:
    """Words for another thing than the one that the arm is about; ``thing`` is its color."""
    return str(rng.choice(_RATHER)).format(thing)

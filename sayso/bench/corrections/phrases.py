"""How people say a motion, in varied words; some are not understood, as with people."""

from __future__ import annotations

import numpy as np

from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion

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
_BITS = ("a bit {}", "{} a bit", "{} a little", "just {} slightly")


def phrase(motion: LanguageMotion, rng: np.random.Generator) -> str | None:
    """Words for the gripper's action of ``motion``, else for its largest direction; None for a motion of neither."""
    if motion.gripper is not GripperAction.KEEP:
        return str(rng.choice(_HAND[motion.gripper]))
    step = next((s for s in motion.steps if s.axis <= Axis.Z), None)
    if step is None:
        return None
    words = str(rng.choice(_ARM[step.axis, step.sign]))
    if step.degree is Degree.SLIGHTLY and len(words.split()) == 1:
        words = str(rng.choice(_BITS)).format(words)
    return words


def wrong_phrase(motion: LanguageMotion, rng: np.random.Generator) -> str:
    """Words for another motion than ``motion``: an arm direction at random, or the gripper's other action."""
    if motion.gripper is not GripperAction.KEEP and rng.random() < 0.5:
        other = GripperAction.OPEN if motion.gripper is GripperAction.CLOSE else GripperAction.CLOSE
        return str(rng.choice(_HAND[other]))
    said = {(s.axis, s.sign) for s in motion.steps}
    ways = [way for way in _ARM if way not in said]
    return str(rng.choice(_ARM[ways[int(rng.integers(len(ways)))]]))

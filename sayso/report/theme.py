"""Colors of timeline, captions and pages, sRGB 0..255, and their meanings."""

from __future__ import annotations

from sayso.skills.motion import Axis, GripperAction, LanguageMotion, parse

Color = tuple[int, int, int]

PAPER, INK, FAINT_INK, LINE, SHADE = (255, 255, 255), (28, 32, 40), (110, 118, 130), (226, 229, 234), (246, 247, 249)
GOOD, BAD, OPERATOR, NEUTRAL = (36, 138, 86), (200, 60, 52), (226, 140, 16), (116, 128, 146)
# One hue per axis, lighter for the positive direction.
DIRECTIONS: dict[str, Color] = {
    "forward": (62, 126, 214),
    "back": (30, 76, 158),
    "left": (26, 158, 150),
    "right": (14, 104, 104),
    "up": (146, 104, 214),
    "down": (92, 60, 158),
    "turn": (206, 92, 148),
    "gripper": (148, 112, 60),
    "toward": (80, 100, 130),
    "hold": (196, 202, 210),
}
OUTCOMES: dict[str, Color] = {
    "done": GOOD,
    "failed": BAD,
    "timeout": BAD,
    "stopped": OPERATOR,
    "asked": OPERATOR,
    "refused": OPERATOR,
}


def verdict(success: bool | None) -> str:
    """The simulator's verdict in words; empty if there is none."""
    return {None: "", True: "confirmed by the simulator", False: "not confirmed by the simulator"}[success]


def motion_of(text: str) -> LanguageMotion | None:
    """The motion with the sentence ``text``, None if it is not in the grammar."""
    try:
        return parse(text)
    except ValueError:
        return None


def direction_of(motion: LanguageMotion | None) -> str:
    """The entry of `DIRECTIONS` for a motion: its largest step, else toward, gripper or hold."""
    if motion is None:
        return "toward"
    if motion.steps:
        step = motion.steps[0]
        if step.axis > Axis.Z:
            return "turn"
        ways = {Axis.X: ("back", "forward"), Axis.Y: ("right", "left"), Axis.Z: ("down", "up")}
        return ways[step.axis][step.sign > 0]
    if motion.toward is not None:
        return "toward"
    return "hold" if motion.gripper is GripperAction.KEEP else "gripper"

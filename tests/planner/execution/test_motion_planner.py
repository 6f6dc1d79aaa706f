"""The motion planner's logits become a motion that can be said: three axes at most, the surest."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sayso.planner.execution.motion_planner import (
    AXIS_CHOICES,
    GRIPPERS,
    MOTION_LOGITS,
    MotionPlanner,
    choices_of,
    motion_of,
)
from sayso.skills.motion import HOLD, MAX_AXES, Axis, GripperAction, LanguageMotion, parse

SENTENCES = (
    "hold still",
    "move arm far forward and slightly left",
    "move arm down and rotate gripper slightly right and close gripper",
    "roll gripper far left and tilt gripper up and open gripper",
    "close gripper",
)


def logits_of(motion: LanguageMotion, sure: float = 5.0) -> np.ndarray:
    """Logits that choose this motion."""
    out = np.zeros(MOTION_LOGITS, np.float32)
    *axes, gripper = choices_of(motion)
    for axis, choice in enumerate(axes):
        out[axis * len(AXIS_CHOICES) + choice] = sure
    out[len(Axis) * len(AXIS_CHOICES) + gripper] = sure
    return out


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_motion_survives_the_way_through_the_logits(sentence: str) -> None:
    motion = parse(sentence)
    assert motion_of(logits_of(motion)) == motion


def test_to_hold_still_is_the_middle_of_every_axis() -> None:
    assert choices_of(HOLD).tolist() == [AXIS_CHOICES.index(0)] * len(Axis) + [GRIPPERS.index(GripperAction.KEEP)]


def test_of_more_axes_than_can_be_said_the_surest_are_kept() -> None:
    logits = logits_of(HOLD, 1.0)
    far = AXIS_CHOICES.index(3)
    for axis, sure in {Axis.X: 9.0, Axis.Y: 3.0, Axis.Z: 7.0, Axis.ROTATE: 8.0}.items():
        logits[axis * len(AXIS_CHOICES) + far] = sure
    kept = {step.axis for step in motion_of(logits).steps}
    assert len(kept) == MAX_AXES and kept == {Axis.X, Axis.Z, Axis.ROTATE}


def test_the_planner_asks_its_network_once_with_one_row_of_features() -> None:
    asked = []

    class Network:
        def get_inputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(name="features", shape=[None, 4])]

        def run(self, outputs: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(inputs)
            return [logits_of(parse("move arm left"))[None]]

    class Seen:
        features = np.arange(4, dtype=np.float32)

    motion = MotionPlanner(Network()).next_motion(Seen())  # type: ignore[arg-type]
    assert motion == parse("move arm left")
    assert [given["features"].tolist() for given in asked] == [[[0.0, 1.0, 2.0, 3.0]]]

"""Motions read off a trajectory by rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from sayso.hardware.types import Pose
from sayso.skills.labels import FAR, GRIPPER_CHANGE, SLIGHT, SMALL, WINDOW_S, label, label_trajectory, rotation_vector
from sayso.skills.motion import HOLD, MAX_AXES, Axis, Degree, parse

moves = arrays(float, 6, elements=st.floats(-0.5, 0.5))


def straight(velocity: list[float], seconds: float = 2.0, fps: float = 20.0) -> tuple[np.ndarray, list[Pose]]:
    """Times and poses of a tool with a constant velocity (6,) in m/s and rad/s, from an oblique start."""
    times = np.arange(round(seconds * fps)) / fps
    start = Rotation.from_euler("xyz", (3.0, 0.2, 0.7))
    turns = [Rotation.from_rotvec(np.array(velocity[3:]) * t) * start for t in times]
    place = np.array([0.4, 0.1, 0.3])
    return times, [Pose(place + np.array(velocity[:3]) * t, r.as_matrix()) for t, r in zip(times, turns, strict=True)]


@pytest.mark.parametrize(
    ("displacement", "gripper", "sentence"),
    [
        ([0, 0, 0, 0, 0, 0], 0.0, "hold still"),
        ([0.003, -0.003, 0.003, 0.04, 0, 0], 0.05, "hold still"),
        ([0.04, 0, 0, 0, 0, 0], 0.0, "move arm forward"),
        ([0.04, 0.014, 0, 0, 0, 0], 0.0, "move arm forward and slightly left"),
        ([0.04, 0.011, 0, 0, 0, 0], 0.0, "move arm forward"),
        ([0.01, -0.08, -0.03, 0, 0, 0], 0.0, "move arm far right and down"),
        ([0, 0, -0.01, 0, 0, 0.35], -0.5, "move arm slightly down and rotate gripper far left and close gripper"),
        ([0, 0, 0, -0.1, 0.2, 0], 0.3, "tilt gripper down and roll gripper slightly left and open gripper"),
        ([0, 0, 0, 0, 0, 0], -0.2, "close gripper"),
    ],
)
def test_the_rule(displacement: list[float], gripper: float, sentence: str) -> None:
    assert str(label(np.array(displacement, float), gripper)) == sentence


@given(moves, st.floats(-1, 1))
def test_labels_can_be_said_and_point_the_way_of_the_displacement(displacement: np.ndarray, change: float) -> None:
    motion = label(displacement, change)
    assert parse(str(motion)) == motion
    for step in motion.steps:
        size = abs(displacement[step.axis])
        assert step.sign == np.sign(displacement[step.axis]) and size > SMALL[step.axis]
        assert (step.degree is Degree.SLIGHTLY) == (size < SLIGHT[step.axis])
        assert (step.degree is Degree.FAR) == (size > FAR[step.axis])
    assert bool(motion.gripper) == (abs(change) > GRIPPER_CHANGE)


@given(moves)
def test_the_largest_axis_is_never_left_out(displacement: np.ndarray) -> None:
    motion = label(displacement)
    said = {step.axis for step in motion.steps}
    relative = np.abs(displacement) / FAR
    largest = Axis(int(relative.argmax()))
    assert largest in said or abs(displacement[largest]) <= SMALL[largest] or motion == HOLD
    if len(said) == MAX_AXES:
        assert min(relative[list(said)]) >= 0.05


@given(moves)
def test_the_opposite_displacement_is_the_opposite_motion(displacement: np.ndarray) -> None:
    there, back = label(displacement), label(-displacement)
    assert [(s.axis, -s.sign, s.degree) for s in there.steps] == [(s.axis, s.sign, s.degree) for s in back.steps]


@given(arrays(float, 3, elements=st.floats(-1.7, 1.7)))
def test_rotation_vector_is_the_logarithm(vector: np.ndarray) -> None:
    np.testing.assert_allclose(rotation_vector(Rotation.from_rotvec(vector).as_matrix()), vector, atol=1e-6)


@pytest.mark.parametrize("fps", [10.0, 20.0, 50.0, 125.0])
@pytest.mark.parametrize(
    ("velocity", "sentence"),
    [
        ([0.1, 0, 0, 0, 0, 0], "move arm forward"),
        ([0, -0.1, 0.035, 0, 0, 0], "move arm right and slightly up"),
        ([0, 0, -0.2, 0, 0, 0.5], "move arm far down and rotate gripper left"),
        ([0, 0, 0, 0, 0, 0], "hold still"),
    ],
)
def test_a_steady_motion_has_one_label_at_any_rate(velocity: list[float], sentence: str, fps: float) -> None:
    times, tools = straight(velocity, fps=fps)
    labels = label_trajectory(times, tools, np.ones(len(times)))
    assert len(labels) == len(times)
    # Half a window from the end there is still enough to see the full motion.
    settled = int((times <= times[-1] - WINDOW_S / 2).sum())
    assert {str(motion) for motion in labels[:settled]} == {sentence}
    assert labels[-1] == HOLD


def test_labels_look_ahead_to_where_the_tool_turns() -> None:
    times, tools = straight([0.1, 0, 0, 0, 0, 0], seconds=1.0)
    end = tools[-1]
    _, up = straight([0, 0, 0.1, 0, 0, 0], seconds=1.0)
    later = [Pose(end.position + p.position - up[0].position, end.rotation) for p in up[1:]]
    all_times = np.arange(len(times) + len(later)) / 20.0
    labels = [str(m) for m in label_trajectory(all_times, [*tools, *later], np.ones(len(all_times)))]
    assert labels[0] == "move arm forward" and labels[25] == "move arm up"
    assert "move arm forward and up" in labels[11:19] and labels[19] == "move arm up"


def test_the_gripper_is_labelled_while_it_closes_in_the_window() -> None:
    times, tools = straight([0, 0, 0, 0, 0, 0], seconds=3.0)
    gripper = np.interp(times, [1.0, 1.5], [1.0, 0.3])
    labels = [str(m) for m in label_trajectory(times, tools, gripper)]
    closing = times[[text == "close gripper" for text in labels]]
    assert set(labels) == {"hold still", "close gripper"}
    assert 1.0 - WINDOW_S <= closing[0] <= 1.0 and 1.3 <= closing[-1] <= 1.5


def test_a_recording_of_one_sample_holds_still() -> None:
    times, tools = straight([1, 0, 0, 0, 0, 0])
    assert label_trajectory(times[:1], tools[:1], np.ones(1)) == [HOLD]
    assert label_trajectory(times[:0], [], np.ones(0)) == []

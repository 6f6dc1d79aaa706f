"""Every language motion has exactly one sentence, and every sentence is a motion or a clear error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.skills.motion import (
    ANGULAR_SPEED,
    ENCODING_SIZE,
    HOLD,
    LINEAR_SPEED,
    MAX_AXES,
    Axis,
    Degree,
    GripperAction,
    LanguageMotion,
    Speed,
    Step,
    decode,
    parse,
)

ARM = ("move arm", "forward", "back", "left", "right", "up", "down", "slightly", "far", "slowly", "quickly", "and")
OTHER = ("roll gripper", "tilt gripper", "open gripper", "close gripper", "hold still", "toward the", "red block")
NAMES = ("red block", "and", "slowly", "Quickly", "", "  ", "\t", "ß", "İ", "the", "open gripper", "hold still")


def steps(axes: list[Axis]) -> st.SearchStrategy[tuple[Step, ...]]:
    one = st.builds(Step, st.sampled_from(axes), st.sampled_from((1, -1)), st.sampled_from(Degree))
    return st.lists(one, max_size=MAX_AXES, unique_by=lambda step: step.axis).map(tuple)


@st.composite
def motions(draw: st.DrawFn, *, objects: bool = True) -> LanguageMotion:
    toward = (
        draw(st.none() | st.sampled_from(("red block", "bowl", "the lid", "left hand", "open box")))
        if objects
        else None
    )
    moves = draw(steps([a for a in Axis if toward is None or a > Axis.Z]))
    speed = draw(st.sampled_from(Speed)) if moves or toward else Speed.PLAIN
    away = draw(st.booleans()) if toward else False
    return LanguageMotion(moves, draw(st.sampled_from(GripperAction)), speed, toward, away)


@given(motions())
def test_a_sentence_says_the_motion_it_came_from(motion: LanguageMotion) -> None:
    assert parse(str(motion)) == motion
    assert parse(f"  {str(motion).upper()} ") == motion


@given(motions(), motions())
def test_two_motions_never_share_a_sentence(one: LanguageMotion, other: LanguageMotion) -> None:
    assert (str(one) == str(other)) == (one == other)


def test_every_single_axis_sentence_is_unique() -> None:
    every = [
        LanguageMotion((Step(axis, sign, degree),), gripper, speed)
        for axis in Axis
        for sign in (1, -1)
        for degree in Degree
        for gripper in GripperAction
        for speed in Speed
    ]
    assert len({str(m) for m in every}) == len(every) == 324


@given(st.permutations((Step(Axis.Y, 1, Degree.SLIGHTLY), Step(Axis.X, 1), Step(Axis.ROTATE, -1, Degree.FAR))))
def test_the_order_in_which_steps_are_given_does_not_matter(given_steps: list[Step]) -> None:
    motion = LanguageMotion(tuple(given_steps), GripperAction.CLOSE, Speed.SLOWLY)
    assert str(motion) == "move arm forward and slightly left and rotate gripper far right slowly and close gripper"


@pytest.mark.parametrize(
    ("sentence", "motion"),
    [
        ("hold still", HOLD),
        ("open gripper", LanguageMotion(gripper=GripperAction.OPEN)),
        ("move arm far down quickly", LanguageMotion((Step(Axis.Z, -1, Degree.FAR),), speed=Speed.QUICKLY)),
        ("move arm away from the red block slowly", LanguageMotion(speed=Speed.SLOWLY, toward="red block", away=True)),
        (
            "move arm toward the blue bowl and tilt gripper up and open gripper",
            LanguageMotion((Step(Axis.TILT, -1),), GripperAction.OPEN, toward="blue bowl"),
        ),
    ],
)
def test_sentences_as_people_read_them(sentence: str, motion: LanguageMotion) -> None:
    assert str(motion) == sentence
    assert parse(sentence) == motion


@given(motions(objects=False), st.sampled_from((np.float64, np.float32)))
def test_an_encoding_decodes_to_its_motion(motion: LanguageMotion, kind: type) -> None:
    vector = motion.encode()
    assert vector.shape == (ENCODING_SIZE,) and np.abs(vector).max() <= 1.0
    assert decode(vector.astype(kind)) == motion


@given(motions(objects=False), motions(objects=False))
def test_two_motions_never_share_an_encoding(one: LanguageMotion, other: LanguageMotion) -> None:
    assert np.array_equal(one.encode(), other.encode()) == (one == other)


@given(motions())
def test_the_twist_goes_the_way_the_sentence_says(motion: LanguageMotion) -> None:
    twist = motion.twist()
    assert twist.shape == (6,)
    said = {step.axis: step for step in motion.steps}
    for axis in Axis:
        assert np.sign(twist[axis]) == (said[axis].sign if axis in said else 0)
    for step in motion.steps:
        slower = LanguageMotion((step,), speed=Speed.SLOWLY).twist()
        assert np.linalg.norm(slower) < np.linalg.norm(LanguageMotion((step,)).twist())


def test_twists_grow_with_the_degree_up_to_the_top_speed() -> None:
    for axis in Axis:
        top = LINEAR_SPEED if axis in (Axis.X, Axis.Y, Axis.Z) else ANGULAR_SPEED
        sizes = [LanguageMotion((Step(axis, -1, degree),)).twist()[axis] for degree in Degree]
        assert 0 > sizes[0] > sizes[1] > sizes[2] == -top


@given(st.lists(st.sampled_from(ARM + OTHER), max_size=10).map(" ".join))
def test_any_words_are_a_motion_or_an_error_that_says_why(sentence: str) -> None:
    try:
        motion = parse(sentence)
    except ValueError as error:
        assert str(error)
    else:
        assert parse(str(motion)) == motion


@given(st.lists(st.sampled_from(NAMES), max_size=3).map(" ".join))
def test_any_object_name_is_refused_or_survives_the_sentence(name: str) -> None:
    try:
        motion = LanguageMotion(toward=name, speed=Speed.SLOWLY, gripper=GripperAction.OPEN)
    except ValueError as error:
        assert "an object's name is lower-case words" in str(error)
    else:
        assert parse(str(motion)) == motion


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        (
            "move arm sideways",
            "'sideways' in 'move arm sideways' is not a motion; allowed after 'move arm': back, down, forward",
        ),
        ("tilt gripper left", "allowed after 'tilt gripper': down, up"),
        ("move arm up and and down", "'and down' in"),
        (
            "jump",
            "allowed at the start: move arm, roll gripper, rotate gripper, tilt gripper, open gripper, close gripper, "
            "hold still",
        ),
        ("", "'' in '' is not a motion"),
        ("close gripper slowly", "'close gripper' in 'close gripper slowly' is not a motion"),
        ("move arm left and close gripper and open gripper", "'close gripper' in"),
        ("move arm left and right", "at most 3 steps, each on its own axis"),
        ("move arm toward the cup and move arm toward the plate", "names two objects to move by; one is allowed"),
        ("move arm toward the cup and move arm left", "along axes or toward an object, not both"),
    ],
)
def test_errors_name_what_was_wrong_and_what_is_allowed(sentence: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(sentence)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"steps": (Step(Axis.X, 1), Step(Axis.X, -1))}, "each on its own axis"),
        ({"steps": tuple(Step(axis, 1) for axis in Axis)}, "at most 3 steps"),
        ({"steps": (Step(Axis.X, 2),)}, "sign is 1 or -1"),
        ({"steps": (Step(Axis.X, 1),), "toward": "cup"}, "not both"),
        ({"away": True}, "away needs an object"),
        ({"speed": Speed.SLOWLY}, "without movement has no speed"),
        ({"toward": "cup and saucer"}, "none of ['and', 'quickly', 'slowly']; got 'cup and saucer'"),
    ],
)
def test_motions_that_cannot_be_said_cannot_be_made(fields: dict, message: str) -> None:
    with pytest.raises(ValueError) as error:
        LanguageMotion(**fields)
    assert message in str(error.value)

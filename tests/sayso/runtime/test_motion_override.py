"""A spoken motion is in force for its time, a spoken pace until another; a motion to an object is a direction."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.corrections.speed import Pace
from sayso.runtime.runtime import MotionOverride, grounded
from sayso.skills.motion import HOLD, LanguageMotion, parse
from tests.sayso.runtime.parts import FORWARD, LEFT, TABLE

SLOW = Pace(0.5, False, "slowly")
TOOL = Pose(np.array([0.5, 0.0, 0.3]), np.eye(3))
SCENE = Scene(0.0, TABLE, TOOL)


@pytest.fixture
def override() -> MotionOverride:
    return MotionOverride()


def test_a_motion_is_over_by_itself_and_another_takes_its_place(override: MotionOverride) -> None:
    override.move(LEFT, 1.0, 2.0)
    assert override.motion(2.9) == LEFT and override.motion(3.0) is None
    override.move(FORWARD, 2.0, 2.0)
    assert override.motion(3.5) == FORWARD


def test_motions_come_one_after_the_other_and_a_pace_stretches_all_of_them(override: MotionOverride) -> None:
    override.move(LEFT, 0.0, 1.0, [(FORWARD, 2.0), (HOLD, 1.0)])
    assert [override.motion(t) for t in (0.9, 1.1, 2.9, 3.1, 4.0)] == [LEFT, FORWARD, FORWARD, HOLD, None]
    override.move(LEFT, 0.0, 1.0, [(FORWARD, 2.0), (HOLD, 1.0)])
    override.set_pace(SLOW, 0.5)
    assert [override.motion(t) for t in (1.4, 1.6, 5.4, 5.6, 6.6)] == [LEFT, FORWARD, FORWARD, HOLD, None]


def test_at_half_the_pace_a_motion_takes_twice_as_long(override: MotionOverride) -> None:
    override.set_pace(SLOW, 0.0)
    override.move(LEFT, 1.0, 2.0)
    assert override.motion(4.9) == LEFT and override.motion(5.0) is None


def test_a_pace_said_under_way_stretches_what_is_left(override: MotionOverride) -> None:
    override.move(LEFT, 0.0, 2.0)
    override.set_pace(SLOW, 1.0)
    assert override.motion(2.9) == LEFT and override.motion(3.0) is None


def test_a_motion_with_a_speed_of_its_own_has_no_other(override: MotionOverride) -> None:
    override.set_pace(SLOW, 0.0)
    quickly = parse("move arm left quickly")
    override.move(quickly, 1.0, 2.0)
    assert override.pace_at(2.0) == 1.0 and override.motion(3.0) is None and override.pace_at(3.0) == 0.5


def test_what_is_withdrawn_is_in_force_no_more_and_the_pace_stays(override: MotionOverride) -> None:
    override.set_pace(SLOW, 0.0)
    override.move(LEFT, 0.0, 10.0)
    override.withdraw()
    assert override.motion(0.0) is None and override.pace == 0.5


def test_a_motion_without_an_object_is_as_it_was() -> None:
    assert grounded(LEFT, SCENE, TOOL) is LEFT


@pytest.mark.parametrize(("away", "y"), [(False, 1), (True, -1)])
def test_toward_and_away_are_directions_from_where_the_tool_is(away: bool, y: int) -> None:
    motion = grounded(LanguageMotion(toward="red block", away=away), SCENE, TOOL)
    assert motion.toward is None and np.sign(motion.twist()[1]) == y
    assert (motion.twist()[2] < 0) is not away, "away from it means aside, toward it down to it too"


def test_toward_what_is_not_there_is_to_hold() -> None:
    assert grounded(LanguageMotion(toward="pink bowl"), SCENE, TOOL) == HOLD

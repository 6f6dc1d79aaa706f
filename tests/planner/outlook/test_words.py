"""What the critic has noticed, in words that a person understands."""

import numpy as np

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import in_the_way
from sayso.planner.outlook.remedy import Remedy
from sayso.planner.outlook.words import noticed, told
from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.outlook.seen import moment, thing

RED, BLUE, BOWL = "block-1", "block-2", "bowl-1"
PUT = Subtask(Verb.PLACE, RED, "red block", Relation.IN, BOWL, "blue bowl")


def test_the_wrong_thing_in_the_hand_is_named_beside_the_asked_one() -> None:
    items = (thing(RED, "red", "block", (0.4, 0.1, 0.02)), thing(BLUE, "blue", "block", (0.5, 0.0, 0.2), held=True))
    scene = (*items, thing(BOWL, "blue", "bowl", (0.6, 0.2, 0.03)))
    text = noticed(Cause.WRONG, moment(PUT, scene))
    assert text == "the blue block is in the hand, you asked for the red block"


def test_a_slip_says_where_the_thing_is() -> None:
    scene = (thing(RED, "red", "block", (0.5, 0.1, 0.2)), thing(BOWL, "blue", "bowl", (0.6, 0.2, 0.03)))
    text = told(Cause.SLIPPED, Remedy.AGAIN, moment(PUT, scene))
    assert text == "the red block is not in my hand: I see it 10 cm from my fingers: I try again"


def test_what_is_gone_is_named() -> None:
    scene = (thing(RED, "red", "block", (0.5, 0.0, 0.2), held=True),)
    assert noticed(Cause.GONE, moment(PUT, scene)) == "I do not see the blue bowl any more"


def test_what_stands_on_the_target_is_in_the_way() -> None:
    put = Subtask(Verb.PLACE, RED, "red block", Relation.ON, BLUE, "blue block")
    held = thing(RED, "red", "block", (0.5, 0.0, 0.2), held=True)
    base, other = thing(BLUE, "blue", "block", (0.6, 0.2, 0.02)), thing("x", "green", "block", (0.6, 0.2, 0.06))
    at = moment(put, (held, base, other))
    assert in_the_way(put, at.scene) is other
    assert noticed(Cause.BLOCKED, at) == "a green block is on the blue block, where the red block is to go"
    assert in_the_way(put, moment(put, (held, base)).scene) is None


def test_a_joint_that_does_not_follow_is_named_with_its_angle() -> None:
    held = thing(RED, "red", "block", (0.5, 0.0, 0.2), held=True)
    scene = (held, thing(BOWL, "blue", "bowl", (0.6, 0.2, 0.03)))
    lag = np.array([0.0, -0.2, 0.0])
    text = "joint 2 does not follow: it is 11° farther behind than usual"
    assert noticed(Cause.STUCK, moment(PUT, scene, lag)) == text

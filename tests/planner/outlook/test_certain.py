"""What the scene shows for certain rules out what the network guesses."""

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import with_what_is_seen
from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.outlook.seen import moment, outlook, thing

RED, BLUE = "block-1", "block-2"
PUT = Subtask(Verb.PLACE, RED, "red block", Relation.ON, BLUE, "blue block")
HELD, BASE = thing(RED, "red", "block", (0.5, 0.0, 0.2), held=True), thing(BLUE, "blue", "block", (0.6, 0.2, 0.02))


def test_what_is_in_the_hand_has_not_slipped() -> None:
    assert with_what_is_seen(outlook(Cause.SLIPPED), moment(PUT, (HELD, BASE))).cause in (Cause.STUCK, Cause.SENSOR)


def test_a_target_that_is_not_seen_is_gone_whatever_the_network_says() -> None:
    assert with_what_is_seen(outlook(Cause.SLIPPED), moment(PUT, (HELD,))).cause is Cause.GONE


def test_something_on_the_target_blocks_it() -> None:
    other = thing("x", "green", "block", (0.6, 0.2, 0.06))
    assert with_what_is_seen(outlook(Cause.MISSED), moment(PUT, (HELD, BASE, other))).cause is Cause.BLOCKED


def test_the_wrong_thing_is_one_of_another_name() -> None:
    fallen = thing(RED, "red", "block", (0.5, 0.1, 0.02))
    assert with_what_is_seen(outlook(Cause.WRONG), moment(PUT, (fallen, BASE))).cause is not Cause.WRONG
    exchanged = thing(RED, "green", "block", (0.5, 0.0, 0.2), held=True)
    assert with_what_is_seen(outlook(Cause.WRONG), moment(PUT, (exchanged, BASE))).cause is Cause.WRONG


def test_what_lies_at_its_place_has_neither_slipped_nor_been_missed() -> None:
    there = thing(RED, "red", "block", (0.61, 0.2, 0.06))
    for cause in (Cause.SLIPPED, Cause.MISSED):
        assert with_what_is_seen(outlook(cause), moment(PUT, (there, BASE))).cause in (Cause.STUCK, Cause.SENSOR)

"""Corrections by kind of misreading: stops of others, needs that are denied, directions taken back, danger unnamed."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.text import is_stop
from tests.planner.corrections.reading import read
from tests.planner.corrections.stops.test_spared_stops import sentences

STOPS_OF_OTHERS = """the foreman used to shout stop at me; that stop was for the delivery man; my mum always says stop
when I drive; the "freeze" you heard came out of the radio; grandad was yelling stop at the football; I was only telling
the kids to stop; he kept saying stop all through the film; my old instructor would holler 'halt!' every ten seconds;
when
I said stop I was talking to Alexa; the sign over the door says stop, but that's for forklifts; I wasn't talking to you
when I said stop; there was a bloke on the bus shouting stop; my therapist keeps telling me to stop apologising; if you
heard stop just then, that was the parrot; no one's asking you to stop; didn't mean you should stop there"""
STOPS_ALL_THE_SAME = """my boss always says stop, so stop!; my friend I would say stop here; she says stop now;
everybody has
been telling you all day to stop; he said yesterday go on, today he says stop; I was telling you to stop; I have been
shouting stop all day and you don't stop; I always say stop and you never do; that stop was for you!; they told me to
stop
you; he told us to stop the robot; my wife is shouting stop from the kitchen; when I said stop I meant it; the sign says
stop, so you stop; you heard me say stop; there was a crack, I said stop; it always hits the cup, tell it to stop; no
need
to go on, stop; no worries, just stop; that's right, pet, now stop; teacher says stop, everyone; it was me who said
stop"""


@pytest.mark.parametrize("text", sentences(STOPS_OF_OTHERS))
def test_a_stop_of_others_or_of_another_time_is_none(text: str) -> None:
    assert read(text).level != "stop"


@pytest.mark.parametrize("text", sentences(STOPS_ALL_THE_SAME))
def test_a_stop_for_the_arm_stops_whoever_says_so(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    sentences("""no need to go faster, we have time; no sense in hurrying; no point lifting it, it's flat; not
    necessary to
    open the gripper; no reason to back off; no cause for alarm; no worries, mate; no problem, looks good; not bad at
    all;
    no doubt about it; you don't have to come down any further; don't worry about the blue one; no use squeezing it"""),
)
def test_a_need_that_is_denied_neither_stops_nor_moves(text: str) -> None:
    found = read(text)
    assert found.level != "stop" and found.motion is None
    assert found.pace is None or found.pace.after(1.0) <= 1.0


@pytest.mark.parametrize("text", sentences("not there!; not like that; no, no!; don't you touch that; no, I hate it"))
def test_a_no_of_another_kind_stops(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("higher, no no, the opposite, please", "move arm down"),
        ("not so hasty, the block is old", "slowly"), ("slower, the soup is hot", "slower"),
        ("a bit to the left, there's my cup", "move arm slightly left"), ("that's right, pet, carry on", "go on"),
        ("lovely, keep going", "go on"), ("don't stop now, we're nearly there", "go on"),
        ("I never meant you to stop, I was only calling the dog", "go on"),
    ],
)  # fmt: skip
def test_the_order_among_remarks_is_read(text: str, read_as: str) -> None:
    assert read(text).read_as == read_as


@pytest.mark.parametrize(
    "text",
    sentences("""beta's hand is inside, see; hair is going in your wheel; the wean's fingers are in aboot it; my scarf
    is
    winding round your wrist; you have me by the sleeve; cable is getting pulled, cable; the lamp is going over;
    you're on
    my foot; I can't get my hand out; person here, person here; you knocked my glasses off; careful, she's reaching
    in"""),
)
def test_danger_stops_without_a_cry(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize(
    "text",
    sentences("""my son is in the second standard now; the baby slept all night, thank God; that exam went right over
    his
    head; we have a new puppy at home, I am so tired; you're doing it right, baby; nae need to hurry, son; he's let
    himself go, he was aye fast on his feet; I'm right down on my knees with the tax"""),
)
def test_bodies_and_beings_in_small_talk_stop_nothing(text: str) -> None:
    assert read(text).level != "stop"


@pytest.mark.parametrize(
    "text",
    ["left, I mean the other left", "more to the right no, to the other side a little", "go down, no, the other way",
     "left and up, no, the opposite"],
)  # fmt: skip
def test_a_direction_that_is_taken_back_is_not_gone_to_unasked(text: str) -> None:
    found = read(text)
    assert found.level == "ask", found


@pytest.mark.parametrize(
    "said",
    [
        "Max, climb down! Wait!",
        "Anna! No! Keep off that!",
        "shut it off",
        "hol' up hol' up",
        "Switch it off, switch it off.",
    ],
)
def test_what_is_called_out_is_a_stop_whatever_else_is_said(said: str) -> None:
    assert read(said).level == "stop"


@pytest.mark.parametrize("said", ["No! The green one!", "no! left!", "wait, the green one"])
def test_what_is_called_out_with_something_else_to_do_is_no_stop(said: str) -> None:
    assert read(said).level != "stop"


def test_a_way_that_nobody_said_is_not_taken() -> None:
    found = read("left, four centimetres, and hold then")
    assert found.motion is None or all(not str(motion).endswith("up") for motion, _ in found.legs)


def test_a_motion_under_a_condition_is_asked_about() -> None:
    assert read("if you see the bowl, go down").level == "ask"

"""Corrections that are no orders, cries that stop the arm, and idioms that move nothing."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.text import cries_out, is_stop
from sayso.skills.motion import GripperAction
from tests.planner.corrections.reading import read

CRIES = """ouch; OW!; oww that hurts; my fingers!; mind my hand; watch out; look out; get off; get off me; you're
hurting me; careful, my hand!; help!; let go of my hand; you're pinching my finger; oh no; aaah; argh;
yikes; eek; a child!; the baby; fire!; it's going to fall; you're crushing it; my sleeve is caught; mind
the cat; don't hurt me"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in CRIES.split(";")])
def test_a_cry_stops_at_once(text: str) -> None:
    assert is_stop(text) or read(text).level == "stop"


@pytest.mark.parametrize(
    "text", ["put the hot pink block in the bowl", "to my left", "on my left hand side", "your fingers"]
)
def test_what_is_no_cry(text: str) -> None:
    assert not is_stop(text)


IDIOMS = """let's go; that's right; you're right; all right; it's up to you; get a grip; that was close; so close;
way to go; no kidding; what's up; right now; the gripper is open; it's down; you're slow; great lift;
I'm back; just right; in a bit; that's a bit much; there is no need to go lower; I like the green one;
the green one is wrong; what's left; is that too high?"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in IDIOMS.split(";")])
def test_an_idiom_or_a_statement_moves_nothing(text: str) -> None:
    found = read(text)
    assert (found.motion, found.pace, found.target, found.instruction) == (None, None, None, None), found


@pytest.mark.parametrize("text", ["loosen your grip", "loosen the grip", "relax your grip", "release it please"])
def test_to_loosen_is_to_open(text: str) -> None:
    motion = read(text).motion
    assert motion is not None and motion.gripper is GripperAction.OPEN


@pytest.mark.parametrize(
    "text",
    ["no lower", "no closer", "never go up", "don't go left and up",
     "do not open the gripper", "don't open it", "no further right"],
)  # fmt: skip
def test_a_negated_motion_is_not_done(text: str) -> None:
    found = read(text)
    assert found.motion is None or found.motion.is_hold


def test_a_negated_task_that_is_under_way_is_stopped_and_another_is_kept_from() -> None:
    assert read("don't put it in the blue bowl").level == "stop"
    assert read("the red block does not belong in the blue bowl").level == "stop"
    assert "never touch the green block" in read("do not pick up the green block").read_as


NO_ORDERS = """go left only if there is room; if it slips, open the gripper; when you are done, open the gripper; he
said left; she told me to open the gripper; Tom says put it in the yellow bowl; left or right; open or
close the gripper; up or down?; the green one or the yellow one; should I open the gripper?; put it in
the yellow bowl if the blue one is full; take the green one unless it is heavy; take the green one
later; keep away from the green block; right, a bit lower"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in NO_ORDERS.split(";")])
def test_what_is_no_order_is_not_carried_out(text: str) -> None:
    found = read(text)
    asked = found.level in ("ask", "unknown", "remark")
    assert asked or (found.instruction or "").startswith(("if(", "once(", "with(", "seq(")), found
    assert "\n" not in found.read_as


def test_the_clause_is_quoted() -> None:
    assert read("not the green one").read_as.startswith("“not the green one”: ")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("if you don't mind, a bit to the left", "motion"), ("would you mind going a little to the left", "motion"),
        ("could you put it in the yellow bowl instead please?", "goal"), ("could you go up a bit?", "motion"),
        ("no wait, left", "motion"), ("not that one, the green one", "subtask"), ("no, the green one", "subtask"),
        ("don't take the red one, take the green one", "subtask"), ("don't stop", "resume"),
        ("it should be a bit lower", "motion"), ("that's too far right", "motion"), ("the wrong block", "subtask"),
    ],
)  # fmt: skip
def test_what_must_keep_working(text: str, level: str) -> None:
    assert read(text).level == level


def test_another_thing_is_heard_among_what_stays() -> None:
    found = read("no not that one the green one!! but still in the blue bowl")
    assert (found.level, found.target) == ("subtask", "b2")


@pytest.mark.parametrize(
    "text",
    [
        "what the hell is in the box", "Where the heck are the blue blocks?", "how many the hell are the bowls",
        "Is that the red one? My eyes are not so good.", "which is bigger, my ears aren't what they used to be",
        "my knees are bad, put the block nearer", "what in the devil is under that cup?",
    ],
)  # fmt: skip
def test_an_oath_in_a_question_and_old_age_are_no_cries(text: str) -> None:
    assert not cries_out(text) and not is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "what the hell", "What the hell is it doing", "what the heck is the arm doing", "what the hell is on fire",
        "what the hell is in my eye", "what the hell is in the gripper", "what the heck are you doing",
        "my hands are in the way", "my eyes are burning", "my foot is caught", "my hands are not out of there",
        "my hands are so bad caught in it", "what the fuck is that", "my feet are stuck",
    ],
)  # fmt: skip
def test_cries_with_the_same_words_stay_cries(text: str) -> None:
    assert cries_out(text)

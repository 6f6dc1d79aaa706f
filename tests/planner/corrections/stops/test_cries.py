"""Corrections that are no orders, cries that stop the arm, and idioms that move nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.planner.corrections.reader import Correction, read_correction, warm_up
from sayso.planner.language.encoder import WordsModel
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.motion import GripperAction, parse
from tests.planner.remote_server import table

SCENE = table()
PICK = Subtask(Verb.PICK, "b1", "red block")
PUT = Subtask(Verb.PLACE, "b1", "red block", Relation.IN, "w1", "blue bowl")
EMBED = WordsModel(Path(__file__).parents[4] / "sayso" / "models").embed
warm_up(EMBED)


def read(text: str) -> Correction:
    return read_correction(text, SCENE, PICK, rest=(PUT,), current=parse("move arm forward"), embed=EMBED)


CRIES = """ouch; OW!; oww that hurts; my fingers!; mind my hand; watch out; look out; get off; get off me; you're
hurting me; careful, my hand!; help!; let go of my hand; you're pinching my finger; oh no; aaah; argh;
yikes; eek; a child!; the baby; fire!; it's going to fall; you're crushing it; my sleeve is caught; mind
the cat; don't hurt me"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in CRIES.split(";")])
def test_a_cry_stops_at_once(text: str) -> None:
    assert read_correction(text, SCENE, PICK).level == "stop", "before any model"


@pytest.mark.parametrize(
    "text", ["put the hot pink block in the bowl", "to my left", "on my left hand side", "your fingers"]
)
def test_what_is_no_cry(text: str) -> None:
    assert read(text).level != "stop"


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
    ["no lower", "no closer", "don't go any way but left", "never go up", "don't go left and up",
     "do not open the gripper", "don't open it", "no further right"],
)  # fmt: skip
def test_a_negated_motion_is_not_done(text: str) -> None:
    found = read(text)
    assert found.motion is None or found.motion.is_hold


def test_a_negated_task_that_is_under_way_is_stopped_and_another_asked_about() -> None:
    assert read("don't put it in the blue bowl").level == "stop"
    assert read("the red block does not belong in the blue bowl").level == "stop"
    assert read("do not pick up the green block").level == "ask"


NO_ORDERS = """go left only if there is room; if it slips, open the gripper; when you are done, open the gripper; he
said left; she told me to open the gripper; Tom says put it in the yellow bowl; left or right; open or
close the gripper; up or down?; the green one or the yellow one; should I open the gripper?; put it in
the yellow bowl if the blue one is full; take the green one unless it is heavy; take the green one
later; keep away from the green block; right, a bit lower"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in NO_ORDERS.split(";")])
def test_what_is_no_order_is_not_carried_out(text: str) -> None:
    found = read(text)
    assert found.level in ("ask", "unknown"), found
    assert "\n" not in found.read_as


def test_the_clause_is_quoted() -> None:
    assert read("take the green one later").read_as.startswith("“take the green one later”: ")


@pytest.mark.parametrize(
    ("text", "instruction"),
    [
        ("put the green block on the red block and the red block in the blue bowl",) * 2,
        ("put the green block on the red block but be gentle",) * 2,
        ("put the green block on the red block, please, and then lift it",) * 2,
        ("no, but please put the green block on the red block and then lift it",
         "put the green block on the red block and then lift it"),
    ],
)  # fmt: skip
def test_only_what_leads_in_is_taken_off_a_new_instruction(text: str, instruction: str) -> None:
    assert (read(text).level, read(text).instruction) == ("goal", instruction)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("if you don't mind, a bit to the left", "motion"), ("would you mind going a little to the left", "motion"),
        ("could you put it in the yellow bowl instead please?", "goal"), ("could you go up a bit?", "motion"),
        ("no wait, left", "motion"), ("not that one, the green one", "subtask"), ("no, the green one", "subtask"),
        ("don't take the red one, take the green one", "subtask"), ("don't stop", "resume"), ("never mind", "resume"),
        ("it should be a bit lower", "motion"), ("that's too far right", "motion"), ("the wrong block", "subtask"),
    ],
)  # fmt: skip
def test_what_must_keep_working(text: str, level: str) -> None:
    assert read(text).level == level


@pytest.mark.parametrize(
    ("text", "level", "what"),
    [
        ("no not that one the green one!! but still in the blue bowl", "subtask", "b2"),
        ("no, the green one, in the blue bowl", "subtask", "b2"),
        ("no, the green one, in the yellow bowl", "goal", "put the green block in the yellow bowl"),
        ("no, the green one, and put it in the yellow bowl", "goal", "put the green block in the yellow bowl"),
    ],
)  # fmt: skip
def test_another_thing_and_its_place_are_both_heard(text: str, level: str, what: str) -> None:
    found = read(text)
    assert (found.level, found.instruction or found.target) == (level, what)

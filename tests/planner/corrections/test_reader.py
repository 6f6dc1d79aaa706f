"""Spoken corrections: what is said, and at which level and as what it is read."""

from __future__ import annotations

import math

import pytest

from sayso.planner.corrections.correction import amended
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.text import is_stop
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.motion import parse
from tests.planner.corrections.reading import PICK, PUT, SCENE, read
from tests.planner.remote_server import table, thing

STOPS = """stop; STOP!!!; stooop; ssstttoooppp; s t o p; S.T.O.P; ＳＴＯＰ; st\u200bop; stóp; please stop; stop it;
robot, stop now; no stop!; halt; halt!!; freeze; freeeeze; freeze right there; whoa; woah; whoaaa there; wait!;
waaait; wait a second; hold it; hold on; hang on a second; hold up; no; no no no; NOOOO; enough; that's
enough; don't move; do not move; e-stop; emergency stop; abort; ouch; ow ow; watch out!; stop, go left; move
left and stop; stop above the bowl; stop moving left; стоп; 停; cancel; pause; wait for me; no xylophone; don't
touch that; not there; please don't. stop!; sotp; don't go on; do not continue"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in STOPS.split(";")])
def test_stop_words(text: str) -> None:
    correction = read(text)
    assert (correction.level, correction.motion) == ("stop", None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "don't stop",
            "do not stop",
            "never stop",
            "go on",
            "OK, go ahead",
            "continue please",
            "carry on",
            "never mind",
        ),
        *("left", "step left", "the top block", "stopwatch", "hold still", "a nonstop flight", "no, right", ""),
    ],
)
def test_what_is_no_stop(text: str) -> None:
    plain = read_plainly(text)
    assert not is_stop(text) and (plain is None or plain.level != "stop")
    assert text in ("never mind", "hold still") or read(text).level != "stop", "the reader takes these two for a stop"


@pytest.mark.parametrize(
    "text", ["go on", "OK, go ahead", "continue please", "resume", "carry on", "don't stop", "never mind"]
)
def test_carrying_on(text: str) -> None:
    plain = read_plainly(text)
    assert plain is not None and (plain.level, plain.read_as) == ("resume", "go on")
    assert text == "never mind" or read(text).level == "resume", "the reader takes this one for a stop"


MOTIONS = {
    "left": ("move arm left", 0.8),
    "Left!": ("move arm left", 0.8),
    "leeeft": ("move arm left", 0.8),
    "a bit to the left": ("move arm slightly left", 0.5),
    "left a bit": ("move arm slightly left", 0.5),
    "could you go a tiny bit to the left?": ("move arm slightly left", 0.5),
    "a bit higher": ("move arm slightly up", 0.5),
    "move up a little": ("move arm slightly up", 0.5),
    "lower": ("move arm down", 0.8),
    "raise your arm": ("move arm up", 0.8),
    "go further forward": ("move arm forward", 0.8),
    "much further right": ("move arm far right", 1.5),
    "all the way up": ("move arm far up", 1.5),
    "back up a bit": ("move arm slightly back", 0.5),
    "forward and slightly left": ("move arm forward and slightly left", 0.8),
    "slightly forward, a bit to the left and down": ("move arm down and slightly forward and slightly left", 0.8),
    "left, just a bit": ("move arm slightly left", 0.5),
    "to the left, slowly": ("move arm left slowly", 0.8),
    "rotate left": ("rotate gripper left", 0.8),
    "turn the gripper clockwise": ("rotate gripper right", 0.8),
    "twist it a bit counter-clockwise": ("rotate gripper slightly left", 0.5),
    "tilt the gripper down a bit": ("tilt gripper slightly down", 0.5),
    "roll right": ("roll gripper right", 0.8),
    "rotate the hand left and move up": ("move arm up and rotate gripper left", 0.8),
    "open the gripper": ("open gripper", 1.0),
    "let go": ("open gripper", 1.0),
    "let go of the red block": ("open gripper", 1.0),
    "drop it": ("open gripper", 1.0),
    "grab it": ("close gripper", 1.0),
    "close": ("close gripper", 1.0),
    "towards the red block": ("move arm toward the red block", 0.8),
    "closer": ("move arm toward the red block", 0.8),
    "get closer to it": ("move arm toward the red block", 0.8),
    "away from the blue bowl": ("move arm away from the blue bowl", 0.8),
    "too close to the blue bowl": ("move arm away from the blue bowl", 0.8),
    "too far from the yellow bowl": ("move arm toward the yellow bowl", 0.8),
    "come towards me": ("move arm back", 0.8),
    "too high": ("move arm down", 0.8),
    "you're too far left": ("move arm right", 0.8),
    "a bit too far to the right": ("move arm slightly left", 0.5),
    "not so high": ("move arm slightly down", 0.5),
    "not high enough": ("move arm up", 0.8),
    "not far enough left": ("move arm left", 0.8),
    "no, right": ("move arm right", 0.8),
    "left, no, right": ("move arm right", 0.8),
    "sorry, I meant left": ("move arm left", 0.8),
    "not left, right": ("move arm right", 0.8),
}


@pytest.mark.parametrize("text", MOTIONS)
def test_motions(text: str) -> None:
    correction = read(text)
    assert (correction.level, str(correction.motion), correction.duration_s) == ("motion", *MOTIONS[text])
    assert correction.read_as == str(correction.motion)


@pytest.mark.parametrize(
    ("text", "sentence", "metres"),
    [
        ("left 2 cm", "move arm slightly left", 0.02),
        ("10 centimetres up", "move arm up", 0.10),
        ("back 15cm", "move arm far back", 0.15),
        ("an inch forward", "move arm slightly forward", 0.0254),
        ("half a centimeter down", "move arm slightly down", 0.005),
    ],
)
def test_a_distance_sets_degree_and_time_so_that_the_nominal_motion_covers_it(
    text: str, sentence: str, metres: float
) -> None:
    correction = read(text)
    assert str(correction.motion) == sentence and correction.motion is not None
    assert abs(correction.motion.twist()[:3]).sum() * correction.duration_s == pytest.approx(metres)


def test_an_angle_does_the_same_and_time_is_bounded() -> None:
    correction = read("turn 45 degrees clockwise")
    assert correction.motion is not None
    assert -correction.motion.twist()[5] * correction.duration_s == pytest.approx(math.pi / 4)
    assert read("left 100 m").duration_s == 3.0


@pytest.mark.parametrize(
    ("degrees", "text", "sentence"),
    [
        (180, "left", "move arm right"),
        (180, "forward and slightly left", "move arm back and slightly right"),
        (90, "forward", "move arm left"),
        (-90, "a bit to the left", "move arm slightly forward"),
        (45, "left", "move arm back and left"),
        (180, "up", "move arm up"),
        (180, "turn clockwise", "rotate gripper right"),
        (180, "come towards me", "move arm forward"),
    ],
)
def test_the_speakers_viewpoint(degrees: float, text: str, sentence: str) -> None:
    correction = read(text, yaw=math.radians(degrees))
    assert str(correction.motion) == sentence


def test_changes_of_the_motion_under_way() -> None:
    left = parse("move arm left")
    assert read("a bit more", current=left).motion == parse("move arm slightly left")
    further = read("2 cm further", current=left)
    assert further.motion == parse("move arm slightly left") and further.duration_s == pytest.approx(0.02 / 0.05)
    assert read("the other way", current=left).motion == parse("move arm right")
    assert read("opposite", current=parse("move arm toward the red block")).motion == parse(
        "move arm away from the red block"
    )
    still = read("a bit more", current=None)
    assert still.level == "ask" and "say a direction" in still.read_as


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("left and right", "right and left at once"),
        ("turn", "turn which way"),
        ("up and towards the red block", "not both at once"),
        ("forward, left, up and rotate left", "at most 3 directions"),
        ("towards the bowl", "Which bowl do you mean: the blue bowl or the yellow bowl?"),
        ("towards the purple block", "I see no purple block; I see the red block"),
    ],
)
def test_motions_with_something_missing_are_asked_about(text: str, problem: str) -> None:
    correction = read(text)
    assert correction.level == "ask" and problem in correction.read_as and correction.motion is None


def test_of_several_the_one_at_hand_is_meant() -> None:
    assert read("towards the bowl", PUT).target == "w1"
    assert read("closer", PUT).read_as == "move arm toward the blue bowl"
    assert read("closer", None).level == "ask"


CHOICES = {
    "no, the green one": ("b1", "b2"),
    "no the green block": ("b1", "b2"),
    "wait, the green one": ("b1", "b2"),
    "no, green": ("b1", "b2"),
    "the other block": ("b1", "b2"),
    "not that one": ("b1", "b2"),
    "wrong block": ("b1", "b2"),
    "the green one, not the red one": ("b1", "b2"),
    "pick the other one": ("b1", "b2"),
    "no, pick up the green block": ("b1", "b2"),
    "the emerald cube please": ("b1", "b2"),
    "no, the one on the right": ("b1", "b2"),
}


@pytest.mark.parametrize("text", CHOICES)
def test_another_object_instead(text: str) -> None:
    correction = read(text)
    assert correction.level == "subtask"
    assert (correction.replaces, correction.target) == CHOICES[text]


@pytest.mark.parametrize(
    ("text", "replaces", "target"),
    [
        ("no, the yellow one", "w1", "w2"),
        ("not that one", "w1", "w2"),
        ("the other one", "w1", "w2"),
        ("the green block", "b1", "b2"),
    ],
)
def test_while_putting_the_place_is_meant_first(text: str, replaces: str, target: str) -> None:
    correction = read(text, PUT)
    assert (correction.level, correction.replaces, correction.target) == ("subtask", replaces, target)


def test_what_is_chosen_already_is_no_change() -> None:
    assert (read("no, the red one").level, read("no, the red one").read_as) == ("resume", "the red block, as it is")
    assert read("the left one").level == "resume"
    assert read("the left one", yaw=math.pi).target == "b2"


def test_amending_a_plan() -> None:
    plan = amended((PICK, PUT), read("no, the green one"), SCENE)
    assert [str(s) for s in plan] == ["pick up the green block", "put the green block in the blue bowl"]
    move = Subtask(Verb.PLACE, "b1", "red block", Relation.LEFT, "b1", "red block", 0.1)
    (moved,) = amended((move,), read("no, the green one"), SCENE)
    assert (moved.object_id, moved.reference_id, moved.distance) == ("b2", "b2", 0.1)
    assert amended((PICK, PUT), read("left"), SCENE) == (PICK, PUT)


def test_what_is_not_there_or_not_clear_is_asked_about() -> None:
    missing = read("no, the purple one")
    assert missing.level == "ask" and missing.read_as.startswith("I see no purple")
    assert read("no, the apple").read_as.startswith("I see no apple")
    crowd = table(thing("b3", "pink", "block", 0.6, 0.0))
    several = read("the other block", scene=crowd)
    assert several.level == "ask" and set(several.options) == {"green block", "pink block"}


GOALS = {
    "put it in the yellow bowl instead": "put the red block in the yellow bowl",
    "No, put it in the blue bowl instead!": "put the red block in the blue bowl",
    "put it in the other bowl": "put the red block in the yellow bowl",
    "no, on the green block": "put the red block on the green block",
    "to the left of the yellow bowl": "put the red block to the left of the yellow bowl",
    "pick up the green block": "pick up the green block",
    "stack all the blocks": "stack all the blocks",
    "actually, pick up the green block and put it in the bowl": "put the green block in the bowl",
    "no wait, put the green block on the red block instead": "put the green block on the red block",
    "move the red block to the left": "put the red block to the left",
    "Please put the Green block in the Blue bowl.": "put the green block in the blue bowl",
    "I meant the yellow bowl": "put the red block in the yellow bowl",
    "use the other bowl": "put the red block in the yellow bowl",
    "not that one, the yellow bowl": "put the red block in the yellow bowl",
    "no, in the yellow one": "put the red block in the yellow bowl",
    "into the yellow bowl, not the blue one": "put the red block in the yellow bowl",
    "go home": "go home",
    "point at the green block": "point at the green block",
    "and go home afterwards": "put the red block in the blue bowl, then go home",
}


def test_motions_in_turn_change_no_plan() -> None:
    correction = read("go down and grab it")
    assert correction.level == "motion" and correction.read_as == "move arm down, then close gripper"
    assert [str(motion) for motion, _ in correction.legs] == ["move arm down", "close gripper"]


@pytest.mark.parametrize("text", GOALS)
def test_whole_new_instructions(text: str) -> None:
    correction = read(text)
    assert (correction.level, correction.read_as) == ("goal", GOALS[text])


@pytest.mark.parametrize(
    "text", ["xylophone", "tell me a joke", "what time is it", "?", "", "🙂", "left 3 blocks", "go home, Dave", "12 34"]
)
def test_the_rest_moves_nothing(text: str) -> None:
    correction = read(text)
    assert correction.level in ("unknown", "remark", "ask") and "\n" not in correction.read_as

"""What words on a moving arm mean by what it is doing: which thing comes first or is left out, what "it" is beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import ALL_COLORS, ALL_KINDS, Scene, SceneObject
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.corrections.reading import reader
from tests.planner.local_scenes import TABLE


def moves(block: str, bowl: str) -> tuple[Subtask, Subtask]:
    return Subtask(Verb.PICK, block, block), Subtask(Verb.PLACE, block, block, Relation.IN, bowl, bowl)


TWO = (*moves("red block", "blue bowl"), *moves("green block", "pink bowl"))
ONE = TWO[:2]


def read(text: str, steps: tuple[Subtask, ...] = ONE, scene: Scene = TABLE) -> Correction:
    return reader().read(text, scene, steps)


@pytest.mark.parametrize("text", ["green first", "do the green one first", "the green block first, please"])
def test_what_comes_first_goes_where_it_was_to_go(text: str) -> None:
    found = read(text, TWO)
    assert found.read_as == "put the green block in the pink bowl, then put the red block in the blue bowl", found


@pytest.mark.parametrize("text", ["skip the green", "leave out the green one"])
def test_what_is_left_out_is_one_of_the_things_to_be_moved(text: str) -> None:
    steps = (*TWO, *moves("blue block", "blue bowl"))
    found = read(text.replace("green", "blue"), steps)
    assert found.instruction is not None and "blue bowl" in found.instruction and "blue block" not in found.instruction


@pytest.mark.parametrize(
    ("text", "place"),
    [("next to it, not in it", "beside"), ("in front of it instead", "in front of"), ("no, behind it", "behind")],
)
def test_it_is_where_the_thing_goes_and_not_the_thing(text: str, place: str) -> None:
    assert read(text).read_as == f"put the red block {place} the blue bowl"


@pytest.mark.parametrize("text", ["not blue, the pink bowl", "not the blue bowl, the pink bowl please"])
def test_a_color_of_the_plan_that_is_refused_needs_no_place_in_what_is_meant(text: str) -> None:
    found = read(text)
    left = amended(ONE, found, TABLE)[-1].reference_id if found.level == "subtask" else found.instruction
    assert left is not None and "pink" in left and found.level != "stop", found


@pytest.mark.parametrize("sound", ["hmm", "erm,", "uh"])
def test_an_interjection_before_an_order_is_nobody_who_reports_it(sound: str) -> None:
    assert read(f"{sound} put it in the pink bowl").read_as == "put the red block in the pink bowl"


@pytest.mark.parametrize("text", ["also one yellow one", "sorry sorry, the pink bowl", "please please, the pink bowl"])
def test_what_is_said_twice_without_haste_stops_nothing(text: str) -> None:
    assert read(text).level in ("goal", "subtask")


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("the other way, go right", "move arm right"), ("other way! up", "move arm up"),
        ("don't go so low over the green block", "move arm slightly up"),
        ("not so low near the pink bowl", "move arm slightly up"),
        ("still further right. So, fine.", "move arm right"), ("a tad forward, perfect", "move arm slightly forward"),
        ("a bit to the right. No, my right.", "move arm slightly right"), ("left, no, my right", "move arm right"),
        ("raise it up above the green block", "move arm up"), ("boom down, slowly", "move arm down slowly"),
        ("straight upwards first, and only then across", "move arm up"),
        ("lower before you open the gripper", "move arm down"), ("right, no, the other right", "move arm left"),
        ("shove it away from us by 2 cm", "move arm slightly forward"),
    ],
)  # fmt: skip
def test_a_way_that_words_tell_is_gone(text: str, motion: str) -> None:
    assert read(text).read_as == motion


@pytest.mark.parametrize("text", ["stay low the whole time", "keep low, please"])
def test_who_is_to_stay_low_does_not_go_up(text: str) -> None:
    found = read(text)
    assert found.motion is None or str(found.motion) == "move arm down", found


@pytest.mark.parametrize("text", ["go around the green block", "please steer well round the green block"])
def test_a_way_round_a_thing_is_none_toward_it(text: str) -> None:
    found = read(text)
    assert found.motion is None or found.motion.away, found
    assert found.level in ("goal", "motion")


@pytest.mark.parametrize(
    "text", ["At this pace we will be here until Christmas.", "at that rate I'll be old before it's done"]
)
def test_who_says_how_long_it_will_take_wants_it_faster(text: str) -> None:
    pace = read(text).pace
    assert pace is not None and pace.after(1.0) > 1.0


@pytest.mark.parametrize("text", ["at this speed it won't fall", "at this rate it will tip over before long"])
def test_who_speaks_of_a_fall_does_not(text: str) -> None:
    assert read(text).pace is None


@pytest.mark.parametrize(
    "text", ["right, where were we? Carry on then.", "ok so where were we, off you go again", "good, keep it up!"]
)
def test_who_takes_the_work_up_again_stops_nothing(text: str) -> None:
    assert read(text).level == "resume"
    assert read("where were we? Stop!").level == "stop"


@pytest.mark.parametrize("text", ["both yellows in there too", "the greens as well"])
def test_colors_in_the_plural_are_things_of_that_color(text: str) -> None:
    found = read(text)
    assert found.instruction is not None and found.instruction.startswith("seq(put("), found


@pytest.mark.parametrize(
    "text", ["the soup is too cold in here today", "it is much too warm in this office", "one down, two to go"]
)
def test_who_names_no_way_moves_nothing(text: str) -> None:
    assert read(text).motion is None


def seen(color: str, kind: str, y: float) -> SceneObject:
    kinds, colors = {k: float(k == kind) for k in ALL_KINDS}, {c: float(c == color) for c in ALL_COLORS}
    return SceneObject(f"{color} {kind}", kinds, colors, np.array([0.5, y, 0.03]), np.array([0.06, 0.06, 0.06]))


THINGS = seen("gray", "box", 0.2), seen("gray", "mug", 0.0), seen("pink", "can", -0.1), seen("gray", "plate", -0.2)
SHELF = replace(TABLE, objects=THINGS)


@pytest.mark.parametrize(
    ("text", "thing"),
    [("the mug instead", "gray mug"), ("the can instead", "pink can"), ("I meant the plate", "gray plate")],
)
def test_whatever_is_picked_up_another_thing_takes_its_place(text: str, thing: str) -> None:
    found = read(text, (Subtask(Verb.PICK, "gray box", "gray box"),), SHELF)
    assert (found.level, found.target, found.replaces) == ("subtask", thing, "gray box")


def test_the_middle_of_a_plate_is_not_that_of_the_table() -> None:
    steps = (
        Subtask(Verb.PICK, "pink can", "pink can"),
        Subtask(Verb.PLACE, "pink can", "pink can", Relation.LEFT, "gray box", "gray box"),
    )
    assert read("no, put it in the middle of the plate", steps, SHELF).read_as == "put the pink can on the plate"


@pytest.mark.parametrize(
    "step",
    [Subtask(Verb.GO, "", "", place_name="home"), Subtask(Verb.POINT, "", "", None, "blue bowl", "blue bowl")],
)
@pytest.mark.parametrize("text", ["put the red block in the blue bowl", "pick up the green block"])
def test_an_order_to_an_arm_that_handles_nothing_begins_something(text: str, step: Subtask) -> None:
    """It is no other place for a thing of the plan, and no remark."""
    found = read(text, (step,))
    assert found.level == "goal" and found.read_as == text, found
    assert read("lovely weather today", (step,)).level == "remark"

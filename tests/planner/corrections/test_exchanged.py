"""What a person takes back is exchanged, be it the thing or the place; "the other one" is another of the same kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import ALL_COLORS, ALL_KINDS, SceneObject
from sayso.planner.as_task import doing
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.text import write
from tests.planner.corrections.reading import reader
from tests.planner.local_scenes import scene
from tests.planner.local_scenes import thing as plain

_SIZES = {"cup": (0.08, 0.08, 0.09), "mug": (0.08, 0.08, 0.09), "can": (0.06, 0.06, 0.1), "plate": (0.18, 0.18, 0.02)}


def thing(name: str, x: float, y: float) -> SceneObject:
    color, kind, *_ = name.split()
    one, size = plain(name, x, y), _SIZES.get(kind)
    kinds, colors = {k: float(k == kind) for k in ALL_KINDS}, {c: float(c == color) for c in ALL_COLORS}
    return replace(one, kinds=kinds, colors=colors, size=one.size if size is None else np.array(size))


SCENE = scene(
    thing("red block", 0.45, 0.10), thing("gray block", 0.40, -0.10), thing("gray block 2", 0.55, -0.25),
    thing("pink can", 0.50, 0.25), thing("pink bowl", 0.35, 0.35), thing("pink mug", 0.60, 0.10),
    thing("red cup", 0.60, -0.10), thing("white plate", 0.62, 0.32), thing("purple bowl", 0.35, -0.35),
    thing("purple bowl 2", 0.66, -0.35), thing("yellow block", 0.30, 0.0), thing("yellow bowl", 0.70, 0.0),
)  # fmt: skip


def moving(what: str, relation: Relation, where: str) -> tuple[Subtask, Subtask]:
    return Subtask(Verb.PICK, what, what), Subtask(Verb.PLACE, what, what, relation, where, where)


CAN = moving("pink can", Relation.IN, "pink bowl")
CUP = moving("red block", Relation.IN, "red cup")
TOWER = moving("red block", Relation.ON, "gray block")
TWIN = moving("red block", Relation.IN, "purple bowl")
BESIDE = moving("red block", Relation.ON, "gray block")


def left(found: Correction, steps: tuple[Subtask, ...]) -> str:
    """What is left to do after a correction, as a task."""
    task = doing(amended(steps, found, SCENE), SCENE, exactly=True) if found.level == "subtask" else None
    return found.instruction or (write(task) if task is not None else found.level)


@pytest.mark.parametrize(
    ("text", "steps", "thing", "place"),
    [
        ("no not the can, the mug", CAN, "pink mug", "in pink bowl"),
        ("the mug, not the can", CAN, "pink mug", "in pink bowl"),
        ("not the bowl, the mug", CAN, "pink can", "in pink mug"),
        ("I said cup but I meant plate", CUP, "red block", "on white plate"),
        ("no, the other gray one", TOWER, "red block", "on gray block 2"),
        ("the other gray block, please", TOWER, "red block", "on gray block 2"),
        ("Other purple.", TWIN, "red block", "in purple bowl 2"),
        ("the other purple one", TWIN, "red block", "in purple bowl 2"),
        ("no no, the other gray one, straight in front of you", TOWER, "red block", "on gray block 2"),
        ("no, next to it, on the left", BESIDE, "red block", "left_of gray block"),
    ],
)
def test_what_is_taken_back_is_exchanged(text: str, steps: tuple[Subtask, ...], thing: str, place: str) -> None:
    found = left(reader().read(text, SCENE, steps), steps)
    relation, where = place.split(" ", 1)
    assert f'called("{thing}")), {relation}(' in found and f'called("{where}")' in found.split(relation + "(")[-1], (
        found
    )


NEAR = moving("red block", Relation.LEFT, "red cup")


@pytest.mark.parametrize(
    ("text", "cm"),
    [
        ("Kindly keep a gap of approximately five centimetres between the block and the cup.", "5"),
        ("leave 8 cm of space between the red cup and the block, please", None),
        ("leave a space of 8 cm between the red cup and it, please", "8"),
        ("keep a gap of 30 mm between them", "3"),
        ("keep a gap of 5 cm between the can and the plate", None),
    ],
)
def test_a_gap_is_one_of_the_place(text: str, cm: str | None) -> None:
    found = reader().read(text, SCENE, NEAR)
    if cm is None:
        assert "left_of" not in (found.instruction or "")
    else:
        assert f'left_of(the(cup, color(red), called("red cup")), by=cm({cm}))' in (found.instruction or ""), found


def test_away_from_the_edge_is_no_way_of_the_arm_by_guess() -> None:
    assert reader().read("Bit further from the edge.", SCENE, CUP).motion is None


@pytest.mark.parametrize("text", ["I said bowl", "the bowl, I said"])
def test_what_is_said_again_is_not_taken_back(text: str) -> None:
    found = left(reader().read(text, SCENE, CAN), CAN)
    assert "pink mug" not in found and "put(the(bowl" not in found, found


def test_one_colour_in_another_beside_what_is_done_is_a_pair() -> None:
    found = reader().read("and the yellow one in the yellow after", SCENE, TWIN)
    assert found.instruction is not None and found.instruction.endswith(
        'in(the(bowl, color(yellow), called("yellow bowl")))))'
    )
    same = reader().read("and the yellow one too", SCENE, TWIN)
    assert same.instruction is not None and "yellow bowl" not in same.instruction


@pytest.mark.parametrize(
    ("text", "after"),
    [("reduce the speed by half, that can is full", 0.5), ("cut your speed in half, it is full to the brim", 0.5)],
)
def test_a_speed_beside_a_reason_is_as_much_as_was_said(text: str, after: float) -> None:
    found = reader().read(text, SCENE, CAN)
    assert found.pace is not None and found.pace.after(1.0) == pytest.approx(after)


@pytest.mark.parametrize(
    ("text", "motions"),
    [
        ("you are too far forward, come back three centimetres", ["move arm slightly back"]),
        ("too low, up two centimetres", ["move arm slightly up"]),
        ("too far left, move right a bit", ["move arm slightly right"]),
        ("too low and too far left", ["move arm right and up"]),
        ("too low, go left two centimetres", ["move arm up", "move arm slightly left"]),
        ("go up, then go up two centimetres", ["move arm up", "move arm slightly up"]),
    ],
)
def test_a_complaint_and_the_motion_that_mends_it_are_one(text: str, motions: list[str]) -> None:
    assert [str(motion) for motion, _ in reader().read(text, SCENE, CAN).legs] == motions

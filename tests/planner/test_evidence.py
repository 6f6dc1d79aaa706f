"""What the critic calls done is believed only as far as hand and scene do not show otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.evidence import Evidence
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.features import Proprioception
from tests.planner.local_scenes import scene, thing

PICK = Subtask(Verb.PICK, "red block", "red block")
BOWL = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")
ON = Subtask(Verb.PLACE, "red block", "red block", Relation.ON, "green block", "green block")
LEFT = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "green block", "green block")
AWAY = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "red block", "red block", 0.12)
START = scene(thing("red block", 0.45, 0.1), thing("green block", 0.5, -0.1), thing("blue bowl", 0.6, 0.2))


def body(opening: float = 0.04, closing: bool = True, rate: float = 0.0) -> Proprioception:
    tool = Pose(np.array([0.45, 0.1, 0.2]), np.eye(3))
    return Proprioception(np.zeros(7), np.zeros(7), tool, opening, rate, closing)


def now(x: float, y: float, z: float | None = None, held: bool = False, **more: object) -> Scene:
    """The scene later, with the red block somewhere else."""
    red = replace(thing("red block", x, y, z), held=held, **more)
    return replace(START, objects=(red, *START.objects[1:]), held=red.id if held else None)


def seen() -> Evidence:
    evidence = Evidence()
    evidence.meant("do it", START, 0)
    evidence.begin(START)
    return evidence


LIFTED = now(0.45, 0.1, 0.2, held=True)


def test_a_lifted_block_between_the_fingers_is_believed() -> None:
    assert seen().against(PICK, LIFTED, body()) is None


@pytest.mark.parametrize(
    ("after", "hand", "said"),
    [
        (now(0.45, 0.1), body(0.0), "nothing is in it"),
        (now(0.45, 0.1, 0.2, held=True), body(0.012), "nothing is in it"),
        (now(0.45, 0.1), body(0.08, closing=False), "open and holds nothing"),
        (now(0.45, 0.1), body(0.04), "I see it 18 cm from my fingers"),
        (now(0.45, 0.1, 0.02, held=True), body(), "has not come up"),
        (LIFTED, body(rate=-0.03), "still closing"),
        (now(0.45, 0.1, 0.2, held=True, colors={"green": 1.0, "red": 0.0}), body(), "a green block and not the red"),
    ],
)
def test_an_empty_hand_has_picked_nothing_up(after: Scene, hand: Proprioception, said: str) -> None:
    found = seen().against(PICK, after, hand)
    assert found is not None and said in found


def test_a_block_that_still_lies_there_is_not_in_the_hand() -> None:
    held = replace(LIFTED.objects[0], age=1.0)
    twin = replace(thing("red block", 0.45, 0.1), id="block-9")
    after = replace(LIFTED, objects=(held, *LIFTED.objects[1:], twin))
    assert seen().against(PICK, after, body()) == "I still see a red block lying there"


def test_what_is_still_held_has_not_been_put_anywhere() -> None:
    assert seen().against(BOWL, now(0.6, 0.2, 0.05, held=True), body()) == "the red block is still in my hand"


@pytest.mark.parametrize(
    ("step", "good", "bad"),
    [
        (BOWL, now(0.62, 0.21, 0.03), now(0.50, 0.2)),
        (BOWL, now(0.6, 0.2, 0.066), now(0.6, 0.2, 0.106)),
        (ON, now(0.505, -0.1, 0.06), now(0.46, -0.1)),
        (LEFT, now(0.5, 0.02), now(0.5, -0.25)),
        (AWAY, now(0.45, 0.21), now(0.45, 0.1)),
    ],
)
def test_a_thing_is_where_it_was_to_go_or_it_was_not_put_there(step: Subtask, good: Scene, bad: Scene) -> None:
    released = body(0.08, closing=False)
    assert seen().against(step, good, released) is None
    assert seen().against(step, bad, released) is not None


def test_in_a_bowl_that_hangs_on_the_arm_is_not_put_away() -> None:
    """Seen with an arm 0.3 s late: a finger under the rim had taken the bowl up."""
    good = now(0.6, 0.2, 0.03)
    bowl = replace(good.objects[2], position=good.objects[2].position + np.array([0.0, 0.0, 0.5]))
    red = replace(good.objects[0], position=good.objects[0].position + np.array([0.0, 0.0, 0.5]))
    found = seen().against(BOWL, replace(good, objects=(red, good.objects[1], bowl)), body(0.08, closing=False))
    assert found == "the blue bowl does not stand where it stood any more"

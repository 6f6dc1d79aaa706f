"""What is in the hand is another thing, or the one asked for, lost from sight and come back as a new one."""

from dataclasses import replace

import numpy as np

from sayso.perception.scene import SceneObject
from sayso.planner.execution.second_look import the_same, wrong_in_hand
from tests.planner.execution.test_evidence import BOWL, PICK, START

HELD = replace(START.objects[0], id="new", held=True, position=np.array([0.45, 0.1, 0.05]))


def with_hand(held: SceneObject, *others: SceneObject):  # type: ignore[no-untyped-def]
    return replace(START, objects=(held, *others, *START.objects[1:]), held=held.id)


def test_a_thing_that_was_covered_as_the_fingers_closed_is_the_same_in_them() -> None:
    unseen = replace(START.objects[0], age=1.6)
    for scene in (with_hand(HELD, unseen), with_hand(HELD)):
        for subtask in (PICK, BOWL):
            assert the_same(subtask, scene) is scene.objects[0]
            assert wrong_in_hand(subtask, scene) is None


def test_one_of_the_same_name_while_the_one_asked_for_is_seen_is_another() -> None:
    scene = with_hand(HELD, replace(START.objects[0], age=0.1))
    assert the_same(PICK, scene) is None
    assert wrong_in_hand(PICK, scene) is scene.objects[0]


def test_one_of_another_name_is_another() -> None:
    green = replace(START.objects[1], id="new", held=True)
    scene = replace(START, objects=(green, *START.objects[2:]), held="new")
    assert the_same(PICK, scene) is None
    assert wrong_in_hand(PICK, scene) is green
    right = with_hand(replace(START.objects[0], held=True))
    assert the_same(PICK, right) is None and wrong_in_hand(PICK, right) is None

"""What looks prove about where things are, and about what the hand can have moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.watch.evidence import LOOKS, Evidence
from tests.planner.local_scenes import thing

MUG, CAN = thing("red block", 0.45, 0.1), thing("green block", 0.45, -0.1)
FAR, ASIDE = np.array([[0.3, 0.0, 0.4]]), np.array([0.0, 0.015, 0.0])


def look(t: float, *things: SceneObject) -> Scene:
    return Scene(t, things, Pose(np.zeros(3), np.eye(3)))


def moved(o: SceneObject, by: np.ndarray = ASIDE, age: float = 0.0) -> SceneObject:
    return replace(o, position=o.position + by, age=age)


def place(evidence: Evidence) -> list[float]:
    found = evidence.scene.find(MUG.id)
    assert found is not None
    return found.position.tolist()


def test_one_wrong_measurement_of_a_thing_that_is_hidden_after_it_moves_nothing() -> None:
    evidence = Evidence(look(0.0, MUG))
    for k in range(10):
        evidence.see(look(0.2 + 0.2 * k, moved(MUG, age=0.08 + 0.2 * k)), FAR)
        assert place(evidence) == MUG.position.tolist()


def test_a_thing_that_is_measured_elsewhere_again_and_again_has_moved() -> None:
    evidence = Evidence(look(0.0, MUG))
    seen = []
    for k in range(LOOKS):
        evidence.see(look(0.2 + 0.2 * k, moved(MUG)), FAR)
        seen.append(place(evidence) == moved(MUG).position.tolist())
    assert seen == [False] * (LOOKS - 1) + [True]


def test_a_thing_that_is_seen_where_it_was_has_not_moved() -> None:
    evidence = Evidence(look(0.0, MUG))
    for k in range(12):
        evidence.see(look(0.2 + 0.2 * k, MUG if k % LOOKS == LOOKS - 1 else moved(MUG)), FAR)
        assert place(evidence) == MUG.position.tolist()


def test_what_is_held_is_where_the_hand_has_it() -> None:
    evidence = Evidence(look(0.0, MUG))
    evidence.see(look(0.2, replace(moved(MUG), held=True)), FAR)
    assert place(evidence) == moved(MUG).position.tolist()


def test_the_hand_reaches_what_it_comes_near_to_and_what_that_pushes() -> None:
    evidence = Evidence(look(0.0, MUG, CAN))
    evidence.see(look(0.2, MUG, CAN), FAR)
    assert evidence.reached == frozenset()
    evidence.see(look(0.4, MUG, CAN), CAN.position[None] + [0.0, -0.03, 0.0])
    assert evidence.reached == {CAN.id}
    beside = replace(CAN, position=MUG.position - [0.0, 0.05, 0.0])
    pushes = Evidence(look(0.0, MUG, beside))
    pushes.see(look(0.2, MUG, beside), beside.position[None] + [0.0, -0.03, 0.0])
    assert pushes.reached == {CAN.id, MUG.id}

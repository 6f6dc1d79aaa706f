"""What the critic is told: changes of scene and hand since the subtask began."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.signs import NAMES, SIGNS, Signs
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.features import Proprioception

RED, BOWL = "block-1", "bowl-1"
PUT = Subtask(Verb.PLACE, RED, "red block", Relation.IN, BOWL, "blue bowl")


def thing(name: str, color: str, kind: str, at: tuple[float, float, float], held: bool = False) -> SceneObject:
    size = (0.04, 0.04, 0.04) if kind == "block" else (0.15, 0.15, 0.06)
    return SceneObject(name, {kind: 0.98}, {color: 0.97}, np.array(at), np.array(size), held=held)


def moment(t: float, items: tuple[SceneObject, ...], opening: float = 0.04, attempt: int = 1) -> Moment:
    tool = Pose(np.array([0.5, 0.0, 0.2]), np.eye(3))
    held = next((o.id for o in items if o.held), None)
    body = Proprioception(np.zeros(7), np.zeros(7), tool, opening, 0.0, closing=True)
    return Moment(t, attempt, 0.0, PUT, Scene(t, items, tool, 1.0, held), body, np.zeros(7))


def by_name(signs: Signs, at: Moment) -> dict[str, float]:
    return dict(zip(NAMES, signs.see(at).tolist(), strict=True))


BLOCK_IN_HAND = thing(RED, "red", "block", (0.5, 0.0, 0.2), held=True)
TARGET = thing(BOWL, "blue", "bowl", (0.6, 0.2, 0.03))


def test_all_signs_have_a_name_of_their_own() -> None:
    assert len(set(NAMES)) == SIGNS == len(Signs().see(moment(0.0, (BLOCK_IN_HAND, TARGET))))


def test_a_thing_that_has_left_the_hand_shows_at_once() -> None:
    signs = Signs()
    before = by_name(signs, moment(0.0, (BLOCK_IN_HAND, TARGET)))
    fallen = replace(BLOCK_IN_HAND, held=False, position=np.array([0.5, 0.1, 0.02]))
    signs.see(moment(0.2, (fallen, TARGET), opening=0.0))
    after = by_name(signs, moment(0.6, (fallen, TARGET), opening=0.0))
    assert (before["hand: grips"], before["thing: held"]) == (0.0, 1.0)  # the fingers have only just closed
    assert (after["hand: empty"], after["thing: held"]) == (1.0, 0.0)
    assert after["hand to thing: far"] > 0.5 > before["hand to thing: far"]
    assert after["thing: risen"] < -0.9


def test_another_color_in_the_same_place_is_a_lost_color() -> None:
    signs = Signs()
    signs.see(moment(0.0, (BLOCK_IN_HAND, TARGET)))
    exchanged = replace(BLOCK_IN_HAND, colors={"blue": 0.95, "red": 0.02})
    after = by_name(signs, moment(0.2, (exchanged, TARGET)))
    assert after["thing: color lost"] > 0.9
    assert after["thing: kind lost"] == 0.0


def test_what_stands_in_the_bowl_occupies_it_and_the_asked_thing_does_not() -> None:
    signs = Signs()
    free = by_name(signs, moment(0.0, (BLOCK_IN_HAND, TARGET)))
    other = thing("block-2", "green", "block", (0.6, 0.21, 0.04))
    full = by_name(signs, moment(0.2, (BLOCK_IN_HAND, TARGET, other)))
    assert (free["target: occupied"], full["target: occupied"]) == (0.0, 1.0)
    inside = replace(BLOCK_IN_HAND, held=False, position=np.array([0.6, 0.2, 0.04]))
    assert by_name(signs, moment(0.4, (inside, TARGET)))["target: occupied"] == 0.0


def test_a_target_that_is_not_seen_has_been_gone_for_a_time() -> None:
    signs = Signs()
    signs.see(moment(0.0, (BLOCK_IN_HAND, TARGET)))
    first = by_name(signs, moment(0.2, (BLOCK_IN_HAND,)))
    later = by_name(signs, moment(1.2, (BLOCK_IN_HAND,)))
    assert first["target: there"] == later["target: there"] == 0.0
    assert first["target: absent"] == 0.0
    assert later["target: absent"] > 0.7


def test_a_new_attempt_compares_with_its_own_beginning() -> None:
    signs = Signs()
    signs.see(moment(0.0, (BLOCK_IN_HAND, TARGET)))
    moved = replace(TARGET, position=np.array([0.4, -0.2, 0.03]))
    assert by_name(signs, moment(0.2, (BLOCK_IN_HAND, moved)))["target: moved"] > 0.9
    assert by_name(signs, moment(0.4, (BLOCK_IN_HAND, moved), attempt=2))["target: moved"] == 0.0


def test_fingers_that_go_on_closing_where_nothing_is_held_are_empty_at_once() -> None:
    signs, lying = Signs(), replace(BLOCK_IN_HAND, held=False, position=np.array([0.5, 0.0, 0.19]))
    openings = [by_name(signs, moment(0.2 * k, (lying, TARGET), opening))["hand: empty"] for k, opening in
                enumerate((0.04, 0.03, 0.01))]  # fmt: skip
    assert openings == [0.0, 0.0, 1.0]
    assert by_name(Signs(), moment(0.0, (BLOCK_IN_HAND, TARGET), 0.01))["hand: empty"] == 0.0


CAN = replace(BLOCK_IN_HAND, kinds={"can": 0.95})


BALL = replace(BLOCK_IN_HAND, confidence=0.6)  # a ball that the detector takes for a block, and is not sure of


@pytest.mark.parametrize(("item", "hidden"), [(CAN, True), (BALL, True), (BLOCK_IN_HAND, False)])
def test_what_the_hand_carries_is_not_seen_unless_it_is_a_block(item: SceneObject, hidden: bool) -> None:
    signs = Signs()
    signs.see(moment(0.0, (item, TARGET)))
    carried = by_name(signs, moment(3.0, (replace(item, age=3.0, deviation=0.03), TARGET)))
    assert (carried["thing: age"] == carried["thing: deviation"] == 0.0) is hidden


def test_a_can_that_nothing_hides_ages_from_then_on() -> None:
    signs = Signs()
    signs.see(moment(0.0, (CAN, TARGET)))
    away = replace(CAN, held=False, position=np.array([0.5, 0.3, 0.02]), age=3.0, deviation=0.03)
    ages = [by_name(signs, moment(t, (away, TARGET)))["thing: age"] for t in (0.2, 1.2)]
    assert ages == pytest.approx([np.tanh(0.2), np.tanh(1.2)])


def test_a_hand_that_closes_on_a_place_again_and_again_hides_it_no_longer() -> None:
    signs, at_hand = Signs(), replace(CAN, held=False, position=np.array([0.5, 0.0, 0.19]))
    ages = [by_name(signs, moment(t, (replace(at_hand, age=t), TARGET)))["thing: age"] for t in (0.0, 1.8, 3.8)]
    assert ages[:2] == [0.0, 0.0] and ages[2] > 0.9


def test_a_bowl_under_a_can_in_the_hand_is_hidden_and_under_a_block_is_not() -> None:
    under = replace(TARGET, position=np.array([0.5, 0.0, 0.12]), age=1.0)
    ages = [by_name(Signs(), moment(0.0, (item, under)))["target: age"] for item in (CAN, BLOCK_IN_HAND)]
    assert ages == pytest.approx([0.0, np.tanh(1.0)])


LYING = replace(CAN, held=False, position=np.array([0.5, 0.3, 0.02]))


@pytest.mark.parametrize(("item", "share"), [(LYING, 0.5), (CAN, 1.0)])
def test_confidence_is_compared_with_what_it_was_at_first_while_nothing_hides_the_thing(
    item: SceneObject, share: float
) -> None:
    signs, unsure = Signs(), replace(item, confidence=0.7)
    assert by_name(signs, moment(0.0, (unsure, TARGET)))["thing: confidence"] == 1.0
    later = by_name(signs, moment(0.2, (replace(unsure, confidence=0.35), TARGET)))
    assert later["thing: confidence"] == share


def test_that_a_thing_was_carried_and_let_go_is_no_shift_of_the_scene() -> None:
    signs = Signs()
    signs.see(moment(0.0, (BLOCK_IN_HAND, TARGET)))
    let_go = replace(BLOCK_IN_HAND, held=False, position=np.array([0.6, 0.2, 0.04]))
    assert by_name(signs, moment(0.8, (let_go, TARGET)))["scene: largest shift"] == 0.0
    shoved = replace(TARGET, position=np.array([0.7, 0.2, 0.03]))
    assert by_name(signs, moment(1.0, (let_go, shoved)))["scene: largest shift"] > 0.9

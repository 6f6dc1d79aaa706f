"""What the critic is told: changes of scene and hand since the subtask began."""

from dataclasses import replace

import numpy as np

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

"""Closings in vain are counted once each, as long as the thing stays where it is."""

from dataclasses import replace

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.moment import Moment
from sayso.runtime.oversight.closings import Closings
from sayso.skills.features import Proprioception
from tests.sayso.runtime.test_executive import HOLDS, ON, PICK, RED, TOOL

AT_IT = replace(HOLDS, tool=replace(TOOL, position=RED.position))
OPENED, GRIPS = replace(AT_IT, closing=False, opening=1.0), replace(AT_IT, opening=RED.width)
EMPTY, JAMMED = replace(AT_IT, opening=0.0), replace(AT_IT, opening=2 * RED.width)


def told(closings: Closings, *hands: Proprioception, item: SceneObject = RED, t: float = 0.0) -> list[bool]:
    scene = Scene(t, (item,), AT_IT.tool, 1.0, item.id if item.held else None)
    return [closings.see(Moment(t + 0.2 * k, 1, 0.0, PICK, scene, hand, np.zeros(7))) for k, hand in enumerate(hands)]


def test_a_closing_that_ends_empty_counts_once() -> None:
    closings = Closings()
    assert told(closings, OPENED, GRIPS, EMPTY, EMPTY, OPENED) == [False, False, True, False, False]
    assert told(closings, GRIPS, OPENED) == [False, True], "opened again without the thing"
    assert closings.count == 2


def test_fingers_that_are_told_to_close_and_do_not_are_in_vain_after_a_while() -> None:
    closings = Closings()
    assert told(closings, *[JAMMED] * 9).index(True) in (6, 7)
    assert closings.count == 1


def test_a_thing_that_comes_up_or_lies_elsewhere_is_tried_anew() -> None:
    closings = Closings()
    told(closings, GRIPS, EMPTY, OPENED)
    up = replace(RED, held=True, position=RED.position + np.array([0.0, 0.0, 0.1]))
    told(closings, GRIPS, item=up)
    assert closings.count == 0
    told(closings, OPENED)
    told(closings, GRIPS, EMPTY)
    assert closings.count == 1
    told(closings, OPENED, item=replace(RED, position=RED.position + np.array([0.05, 0.0, 0.0])))
    assert closings.count == 0


def test_a_thing_that_is_lost_on_its_way_up_was_not_grasped_in_vain() -> None:
    closings = Closings()
    told(closings, OPENED, GRIPS)
    told(closings, GRIPS, item=replace(RED, held=True, position=RED.position + np.array([0.0, 0.0, 0.1])))
    fallen = replace(RED, position=RED.position + np.array([0.0, 0.1, 0.0]))
    assert told(closings, EMPTY, EMPTY, OPENED, item=fallen) == [False] * 3
    at_it = [replace(hand, tool=replace(TOOL, position=fallen.position)) for hand in (GRIPS, EMPTY)]
    assert told(closings, *at_it, item=fallen) == [False, True], "the next one counts"


def test_a_hand_that_closes_elsewhere_and_a_thing_that_is_held_are_no_closing_in_vain() -> None:
    closings = Closings()
    above = replace(EMPTY, tool=replace(TOOL, position=RED.position + np.array([0.0, 0.0, 0.1])))
    assert not any(told(closings, above, replace(above, closing=False)))
    assert not any(told(closings, *[GRIPS] * 9, item=replace(RED, held=True)))
    scene = Scene(0.0, (RED,), AT_IT.tool, 1.0)
    assert not closings.see(Moment(0.0, 1, 0.0, ON, scene, EMPTY, np.zeros(7)))

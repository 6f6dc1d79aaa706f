"""What a monitor sees broken, and what it does not call broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.watch.atoms import Inside, Upon
from sayso.planner.watch.constraint import LOOKS, Clear, Constraint, at_most, kept_away, never_again, untouched
from sayso.planner.watch.moment import Moment
from sayso.planner.watch.monitor import Monitor
from tests.planner.local_scenes import thing

RED, BOWL = thing("red block", 0.45, 0.1), thing("blue bowl", 0.6, 0.0)
CLEAR = (Clear(RED.id, RED.name),)


def moment(*things: SceneObject, gap: float = 0.2, speed: float = 0.1) -> Moment:
    scene = Scene(0.0, things or (RED, BOWL), Pose(np.zeros(3), np.eye(3)))
    return Moment(scene, {RED.id: gap}, speed, {RED.id: RED.position}, reached=frozenset({RED.id}))


def broken(constraint: Constraint, *moments: Moment) -> list[bool]:
    monitor = Monitor((constraint,))
    return [monitor.step(m) is constraint for m in moments]


def test_a_thing_that_was_pushed_was_touched() -> None:
    pushed = replace(RED, position=RED.position + np.array([0.03, 0.0, 0.0]))
    seen = broken(untouched("leave it", CLEAR), moment(), *[moment(pushed)] * LOOKS, moment(pushed))
    assert seen == [False] * LOOKS + [True, False]  # told once


def test_what_the_hand_was_not_near_to_must_have_moved_by_more_than_a_wrong_look_would_show() -> None:
    for by, seen in ((0.02, False), (0.04, True)):
        there = moment(replace(RED, position=RED.position + np.array([by, 0.0, 0.0])))
        assert any(broken(untouched("leave it", CLEAR), *[replace(there, reached=frozenset())] * LOOKS)) == seen


def test_one_wrong_look_breaks_nothing() -> None:
    jumped = replace(RED, position=RED.position + np.array([0.03, 0.0, 0.0]))
    assert not any(broken(untouched("leave it", CLEAR), *[moment(jumped), moment()] * 4))


def test_a_hand_that_stays_near_has_come_near() -> None:
    away = kept_away("stay away", (replace(CLEAR[0], distance=0.1),))
    assert not any(broken(away, *[moment(gap=0.11)] * 5))
    assert broken(away, *[moment(gap=0.09)] * LOOKS)[-1]


def test_a_hand_that_is_fast_is_not_slow() -> None:
    assert broken(at_most("slowly", 0.5), *[moment(speed=0.2)] * LOOKS)[-1]
    assert not any(broken(at_most("slowly", 0.5), *[moment(speed=0.14)] * 5))


def test_what_was_so_at_first_must_not_come_back() -> None:
    inside = Inside((RED.id,), (BOWL.id,))
    constraint = Constraint("never in the bowl", never_again(inside))
    there, out = moment(replace(RED, position=BOWL.position), BOWL), moment()
    assert not any(broken(constraint, *[there] * 5, *[out] * 5))
    assert broken(constraint, there, there, out, *[there] * LOOKS)[-1]


def test_a_broken_constraint_can_be_watched_again() -> None:
    away = kept_away("stay away", (replace(CLEAR[0], distance=0.1),))
    monitor = Monitor((away,))
    assert [monitor.step(moment(gap=0.05)) for _ in range(LOOKS)][-1] is away
    monitor.again()
    assert monitor.step(moment(gap=0.2)) is None
    assert [monitor.step(moment(gap=0.05)) for _ in range(LOOKS)][-1] is away
    assert monitor.broken == [away, away]


def test_what_stands_on_the_table_stands_on_nothing_else() -> None:
    stacked = replace(RED, position=BOWL.position)
    on_table = Upon((RED.id,), None)
    assert on_table.holds(moment()) and not on_table.holds(moment(stacked, BOWL))

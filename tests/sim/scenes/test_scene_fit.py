"""Every ready-made scene before every arm: within its reach, whole, apart, and as it was as far as there is room."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest

from sayso.sim.arms.arm_models import ARMS
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_choice import area_of, check_reach, scene_for
from sayso.sim.scenes.scene_file import (
    Area,
    SceneError,
    above,
    foot,
    inside,
    load_scene,
    parse_scene,
    scene_names,
    to_json,
)
from sayso.sim.scenes.scene_fit import Room, fit_scene
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

SMALL = [name for name, model in ARMS.items() if model().spec.reach is not None]
HIGH = np.array([0.0, 0.0, 1.0])  # a hand that is in nothing's way
REACHED = Room((0.3, 0.7), (-0.33, 0.33), 0.3)


def pairs(scene: SceneSpec) -> set[tuple[str, str]]:
    """What stands on what or in what."""
    return {
        (a.id, b.id)
        for a in scene.objects
        for b in scene.objects
        if a is not b
        and np.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]) < b.radius
        and (inside(a, b) or (above(a, b) and foot(a) > 0))
    }


@pytest.mark.parametrize("scene", scene_names())
@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_has_every_scene_within_its_reach(arm: str, scene: str) -> None:
    model = ARMS[arm]()
    made, fitted = load_scene(scene), scene_for(model.spec, scene)
    check_reach(model.spec, fitted)
    assert parse_scene(json.dumps(to_json(fitted)), "x", area_of(model.spec)) == fitted, "it can be kept and run again"
    assert [(o.id, o.kind, o.color, o.yaw) for o in fitted.objects] == [
        (o.id, o.kind, o.color, o.yaw) for o in made.objects
    ]
    assert pairs(fitted) == pairs(made)
    if model.spec.reach is None:
        assert fitted == made
    world = Physics(fitted, model)
    assert not world.arm_touches()
    for o in fitted.objects:
        truth = world.truth()[o.id]
        assert np.hypot(*(truth.position[:2] - o.position[:2])) < 0.002 and truth.upright > 0.99, (
            "it stands as it is put"
        )
    world.close()


@pytest.mark.parametrize("arm", SMALL)
def test_what_lies_to_the_left_stays_to_the_left_where_there_is_room(arm: str) -> None:
    made, fitted = load_scene("stack"), scene_for(ARMS[arm]().spec, "stack")
    for (a, b), (c, d) in zip(combinations(made.objects, 2), combinations(fitted.objects, 2), strict=True):
        assert np.sign(a.position[1] - b.position[1]) == np.sign(c.position[1] - d.position[1])
        assert c.extents == a.extents, "there is room at its size"


def test_the_panda_has_them_to_the_digit() -> None:
    for name in scene_names():
        assert scene_for(ARMS["panda"]().spec, name) == load_scene(name)


def test_the_same_arm_has_the_same_digits_again() -> None:
    spec = ARMS["koch"]().spec
    assert scene_for(spec, "line", 0) == scene_for(spec, "line", 1)


def test_where_there_is_no_room_one_line_says_so() -> None:
    tiny = Room((0.3, 0.31), (0.0, 0.01), 0.3)
    with pytest.raises(SceneError, match="my scene has no room within reach, not even at half its size; reachable: x"):
        fit_scene(load_scene("line"), (tiny, tiny), HIGH, "my scene")


def test_things_become_smaller_only_where_there_is_no_room() -> None:
    made = load_scene("line")
    assert {o.size for o in fit_scene(made, (REACHED, REACHED), HIGH).objects} == {None}
    narrow = Room((0.3, 0.5), (-0.12, 0.12), 0.3)
    fitted = fit_scene(made, (narrow, REACHED), HIGH)
    assert all(o.size is not None for o in fitted.objects)
    check = Area(narrow.x, narrow.y)
    assert parse_scene(json.dumps(to_json(fitted)), "x", check) == fitted


def test_a_tower_is_no_higher_than_the_arm_lifts_and_not_where_its_hand_begins() -> None:
    low = Room((0.3, 0.7), (-0.33, 0.33), 0.09)
    tower = fit_scene(load_scene("tower"), (low, low), HIGH)
    assert max(foot(o) + o.extents[2] for o in tower.objects) <= 0.09
    at = tower.objects[0].position
    away = fit_scene(load_scene("tower"), (low, low), np.array([*at[:2], 0.05])).objects[0].position
    assert np.hypot(away[0] - at[0], away[1] - at[1]) > 0.05


def test_out_of_reach_is_said_of_a_value_too() -> None:
    far = SceneSpec((ObjectSpec("b1", "block", "red", (0.5, 0.1)),))
    check_reach(ARMS["panda"]().spec, far)
    with pytest.raises(SceneError, match=r"objects\.0 \('b1'\) is out of reach"):
        check_reach(ARMS["so101"]().spec, far)

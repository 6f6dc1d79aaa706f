"""Each arm has before it what it reaches."""

import json
from pathlib import Path

import numpy as np
import pytest

from sayso.sim.arms.arm_models import ARMS
from sayso.sim.scenes.scene_choice import area_of, scene_for
from sayso.sim.scenes.scene_file import REACH, SceneError, load_scene
from sayso.sim.scenes.spawn import REACH_X, counts_with_room, random_scene, scene_with_room

SMALL = ("so101", "koch")


def test_an_arm_of_about_a_metre_has_the_tabletop() -> None:
    spec = ARMS["panda"]().spec
    assert area_of(spec) == REACH and scene_for(spec, None) == load_scene("tabletop")


@pytest.mark.parametrize("name", SMALL)
def test_a_small_arm_has_blocks_and_a_bowl_within_its_reach(name: str) -> None:
    spec = ARMS[name]().spec
    assert spec.reach is not None
    for seed in range(5):
        scene = scene_for(spec, None, seed)
        assert {f"{o.color} {o.kind}" for o in scene.objects} >= {"red block", "blue bowl"}
        for item in scene.objects:
            assert spec.reach.contains(np.array([*item.position[:2], 0.0]))
    assert scene_for(spec, None, 1) == scene_for(spec, None, 1) != scene_for(spec, None, 2)


@pytest.mark.parametrize("name", SMALL)
def test_an_object_of_a_file_that_a_small_arm_does_not_reach_is_said(name: str, tmp_path: Path) -> None:
    spec = ARMS[name]().spec
    file = tmp_path / "my.json"
    file.write_text(json.dumps({"objects": [{"id": "b1", "kind": "block", "color": "red", "position": [0.5, 0.05]}]}))
    with pytest.raises(
        SceneError, match=r"my\.json: objects\.0 \('b1'\) is out of reach: x = 0\.5 m; reachable: x 0\.11"
    ):
        scene_for(spec, str(file))
    file.write_text(file.read_text().replace("0.5", "0.15"))
    assert scene_for(spec, str(file)).objects[0].position == (0.15, 0.05)


def test_there_are_as_many_objects_as_there_is_room_for() -> None:
    reach = ARMS["koch"]().spec.reach
    few = scene_with_room(np.random.default_rng(0), 5, 3, reach=reach)
    assert 1 <= len(few.objects) < 8
    with pytest.raises(ValueError, match="no room for 5 blocks and 3 bowls"):
        random_scene(np.random.default_rng(0), 5, 3, reach=reach)
    counts = counts_with_room(5, 3, reach)
    assert 2 <= sum(counts) < 8 and counts == counts_with_room(5, 3, reach)
    assert counts_with_room(1, 1, reach) == (1, 1) and counts_with_room(5, 3, None) == (5, 3)
    plain = scene_with_room(np.random.default_rng(0), 3, 1)
    assert plain == random_scene(np.random.default_rng(0), 3, 1)
    assert all(REACH_X[0] <= o.position[0] <= REACH_X[1] for o in plain.objects)

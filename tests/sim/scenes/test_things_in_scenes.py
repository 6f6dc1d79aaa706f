"""Things other than blocks and bowls in scene files: their kinds, sizes and meshes, and one line for what is wrong."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_file import SceneError, load_scene, parse_scene, to_json
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.things.catalog import ALL_KINDS, FAMILIES, MESH_KIND, random_mesh

MUG: dict[str, Any] = {"id": "m", "kind": "mug", "color": "white", "position": [0.5, 0.0]}


def text(*objects: dict[str, Any]) -> str:
    return json.dumps({"objects": list(objects)})


def refusal(content: str) -> str:
    with pytest.raises(SceneError) as caught:
        parse_scene(content, "my.json")
    line = str(caught.value)
    assert "\n" not in line and line.startswith("my.json: ")
    return line


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if k not in ("block", "bowl", MESH_KIND)])
def test_every_kind_stands_where_the_file_says_and_has_the_size_it_says(kind: str) -> None:
    scene = parse_scene(text(MUG | {"kind": kind, "yaw": 0.4}))
    assert scene.objects[0].extents == FAMILIES[kind].usual
    assert parse_scene(json.dumps(to_json(scene))) == scene
    world = Physics(scene)
    try:
        for _ in range(250):
            world.step()
        truth = world.truth()["m"]
    finally:
        world.close()
    assert truth.kind == kind and tuple(truth.size) == FAMILIES[kind].usual
    assert np.linalg.norm(truth.position[:2] - [0.5, 0.0]) < 0.004
    assert truth.position[2] == pytest.approx(truth.size[2] / 2, abs=0.004)


def test_the_longest_edge_or_three_or_another_style() -> None:
    box = {"id": "b", "kind": "box", "size": [0.05, 0.06, 0.2], "style": 7, "color": "mixed", "position": [0.4, 0.2]}
    scene = parse_scene(text(MUG | {"size": 0.13}, box))
    assert max(scene.objects[0].extents) == 0.13 and scene.objects[1].extents == (0.05, 0.06, 0.2)
    assert parse_scene(json.dumps(to_json(scene))) == scene


def test_a_mesh_lies_beside_the_scene_file(tmp_path: Path) -> None:
    (tmp_path / "mine.obj").write_bytes(Path(random_mesh(0)).read_bytes())
    mine = {"id": "t", "kind": "thing", "color": "red", "position": [0.5, 0.0], "mesh": "mine.obj", "size": 0.12}
    (tmp_path / "scene.json").write_text(text(mine))
    (thing,) = load_scene(tmp_path / "scene.json").objects
    assert thing.mesh == str(tmp_path / "mine.obj") and max(thing.extents) == pytest.approx(0.12)
    world = Physics(SceneSpec((thing,)))
    try:
        assert world.truth()["t"].position[2] == pytest.approx(thing.extents[2] / 2, abs=0.003)
    finally:
        world.close()


TRIANGLE = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nf 1 2 3\n"


@pytest.mark.parametrize(
    ("change", "content", "wrong"),
    [
        ({}, None, "cannot be read: No such file"),
        ({}, "v 1 2\nf x", "is damaged"),
        ({}, "v 0 0 0\n", "has no faces"),
        ({}, "v 0 0 0\nf 1 2 3\n", "a face names a vertex that is not there"),
        ({}, TRIANGLE, "is flat; a thing needs three dimensions"),
        ({"mesh": "mine.step"}, None, "is no OBJ or STL file"),
        ({"mesh": None}, None, "a thing needs the file of its mesh"),
        ({"kind": "mug"}, TRIANGLE, "a mug has no mesh; kind thing has"),
        ({}, TRIANGLE.replace("0.1", "90") + "v 0 0 90\nf 1 2 4\n", "the mesh measures 90 × 90 × 90 m; each edge lies"),
    ],
)
def test_a_wrong_mesh_is_one_line(change: dict[str, Any], content: str | None, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.obj"
    if content is not None:
        file.write_text(content)
    assert wrong in refusal(text({**MUG, "kind": "thing", "mesh": str(file), **change}))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "can", "size": [0.06, 0.07, 0.1]}, "a can is round, its size is [d, d, height]"),
        ({"kind": "ball", "size": [0.06, 0.06, 0.1]}, "a ball has one diameter"),
        ({"kind": "mug", "size": 0.5}, "a mug's lies between"),
        ({"style": -1}, "objects.0.style: must be a whole number from 0 to 999999"),
        ({"kind": "block", "color": "mixed"}, "a block without a style has one color"),
        ({"kind": "block", "style": 2}, "a block has one style"),
    ],
)
def test_a_wrong_thing_is_one_line(change: dict[str, Any], wrong: str) -> None:
    assert wrong in refusal(text(MUG | change))


def test_a_block_may_be_white_and_a_bowl_may_have_a_style() -> None:
    scene = parse_scene(
        text(MUG | {"kind": "block"}, MUG | {"id": "w", "kind": "bowl", "style": 3, "position": [0.5, 0.3]})
    )
    assert scene.objects == (
        ObjectSpec("m", "block", "white", (0.5, 0.0)), ObjectSpec("w", "bowl", "white", (0.5, 0.3), 0.0, None, 3),
    )  # fmt: skip
    assert [o.plain for o in scene.objects] == [True, False]


def test_a_ball_rolls_and_a_standing_bottle_topples_when_pushed() -> None:
    ball, bottle = ObjectSpec("o", "ball", "red", (0.5, 0.2)), ObjectSpec("b", "bottle", "white", (0.5, -0.2))
    world = Physics(SceneSpec((ball, bottle)))
    from sayso.sim.bullet import pybullet as p

    try:
        for name, where in (("o", [0, 0, 0]), ("b", [0, 0, 0.09])):
            p.changeDynamics(
                world.bodies[name], -1, activationState=p.ACTIVATION_STATE_WAKE_UP, physicsClientId=world.client
            )
            for _ in range(12):
                p.applyExternalForce(
                    world.bodies[name], -1, [3.0, 0, 0], where, p.LINK_FRAME, physicsClientId=world.client
                )
                world.step()
        for _ in range(150):
            world.step()
        rolled, fallen = world.truth()["o"], world.truth()["b"]
    finally:
        world.close()
    assert rolled.position[0] > 0.56
    assert fallen.position[2] < 0.06

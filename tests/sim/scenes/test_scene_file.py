"""Scene files: what the public face promises is read, and everything else is one clear line."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.perception import scene as perceived
from sayso.sim.physics import Physics
from sayso.sim.scenes.palette import COLORS, KINDS
from sayso.sim.scenes.scene_file import Area, SceneError, describe, load_scene, parse_scene, scene_names, to_json
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

BLOCK: dict[str, Any] = {"id": "b1", "kind": "block", "color": "red", "position": [0.45, 0.10]}
BOWL: dict[str, Any] = {"id": "w1", "kind": "bowl", "color": "blue", "position": [0.55, -0.15], "yaw": 0.3}


def text(*objects: dict[str, Any], **more: Any) -> str:
    return json.dumps({"objects": list(objects), **more})


def refusal(content: str | bytes, **more: Any) -> str:
    with pytest.raises(SceneError) as caught:
        parse_scene(content, "my.json", **more)
    line = str(caught.value)
    assert "\n" not in line and line.startswith("my.json: ")
    return line.removeprefix("my.json: ")


def test_the_example_of_the_public_face() -> None:
    assert parse_scene(text(BLOCK, BOWL, camera_jitter=0.0)) == SceneSpec(
        (ObjectSpec("b1", "block", "red", (0.45, 0.10)), ObjectSpec("w1", "bowl", "blue", (0.55, -0.15), 0.3))
    )


def test_kinds_and_colors_are_those_that_perception_knows() -> None:
    assert KINDS == perceived.KINDS and tuple(COLORS) == perceived.COLORS


def test_size_is_an_edge_or_three() -> None:
    scene = parse_scene(text(BLOCK | {"size": 0.05}, BOWL | {"size": 0.16}))
    assert [o.extents for o in scene.objects] == [(0.05, 0.05, 0.05), (0.16, 0.16, 0.055)]
    scene = parse_scene(text(BLOCK | {"size": [0.03, 0.04, 0.05]}))
    assert scene.objects[0].extents == (0.03, 0.04, 0.05)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "kettle"}, "objects.0.kind: 'kettle' is not a known kind; allowed: block, bowl"),
        ({"color": "mauve"}, "objects.0.color: 'mauve' is not a known color; allowed: red, orange, yellow, green"),
        ({"color": "a\nb"}, r"'a\nb' is not a known color"),
        ({"colour": "red"}, "objects.0.colour: unknown; allowed: id, kind, color, position, yaw, size"),
        ({"id": "b 1"}, "objects.0.id: must be 1 to 32 letters"),
        ({"id": 5}, "objects.0.id: input should be a valid string"),
        ({"position": [0.9, 0.1]}, "('b1') is out of reach: x = 0.9 m; reachable: x 0.3 to 0.7 m, y -0.33 to 0.33 m"),
        ({"position": [0.5, -0.34]}, "out of reach: y = -0.34 m"),
        ({"position": [0.5, 0.0, -0.1]}, "out of reach: z = -0.1 m"),
        ({"position": [0.5, math.nan]}, "must be [x, y] or [x, y, z], numbers in metres"),
        ({"position": [0.5]}, "must be [x, y] or [x, y, z], numbers in metres"),
        ({"position": [True, 0.0]}, "must be [x, y] or [x, y, z], numbers in metres"),
        ({"position": "there"}, "objects.0.position: must be [x, y]"),
        ({"yaw": 90}, "objects.0.yaw: must be a number of radians, at most 6.2832 either way"),
        ({"yaw": math.inf}, "objects.0.yaw: must be a number of radians"),
        ({"size": 0.1}, "size x = 0.1 m; a block's lies between 0.02 and 0.07 m"),
        ({"size": "big"}, "objects.0.size: must be one edge length or [x, y, z]"),
    ],
)
def test_a_wrong_object_is_named_with_what_is_allowed(change: dict[str, Any], wrong: str) -> None:
    assert wrong in refusal(text(BLOCK | change))


def test_a_missing_key_and_further_errors_are_counted() -> None:
    assert refusal(text({"id": "b1"})) == "objects.0.kind: field required (2 more faults in this file)"
    assert refusal(text({"id": "b1", "kind": "block"})) == "objects.0.color: field required (1 more fault in this file)"
    assert refusal("{}") == "objects: field required"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ('{"objects": [\n  {"id": "b1",}]}', "not JSON: trailing comma at line 2 column 15"),
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        (b"\xff\xfe{", "not UTF-8: byte 0 cannot be decoded"),
        ('{"objects":' + "[" * 9000, "not JSON: recursion limit exceeded"),
        ("[]", "input should be an object"),
        (text(*({**BLOCK, "id": f"b{i}"} for i in range(31))), "objects: at most 30 are allowed, there are 31"),
        (text(BLOCK, camera_jitter=2), "camera_jitter: input should be less than or equal to 1"),
        (text(BLOCK, light="dim"), "light: unknown; allowed: objects, camera_jitter, description"),
    ],
)
def test_a_wrong_file_is_one_line(content: str | bytes, wrong: str) -> None:
    assert wrong in refusal(content)


def test_a_slender_thing_may_lie_along_a_mug_and_not_across_it() -> None:
    stick: dict[str, Any] = {"id": "s", "kind": "stick", "color": "orange", "position": [0.36, 0.015]}
    mug: dict[str, Any] = {"id": "m", "kind": "mug", "color": "red", "position": [0.40, -0.10]}
    assert len(parse_scene(text(stick, mug)).objects) == 2
    assert "'s' and 'm' overlap" in refusal(text(stick | {"yaw": math.pi / 2}, mug))


def test_ids_are_unique() -> None:
    assert "two objects have the id 'b1'" in refusal(text(BLOCK, BOWL | {"id": "b1"}))


def test_objects_may_not_overlap_and_may_stand_on_each_other() -> None:
    near, on = BLOCK | {"id": "b2", "position": [0.46, 0.12]}, BLOCK | {"id": "b2", "position": [0.45, 0.10, 0.04]}
    assert "'b1' and 'b2' overlap: their middles are 2.2 cm apart and need 4.5 cm" in refusal(text(BLOCK, near))
    assert len(parse_scene(text(BLOCK, on)).objects) == 2
    beside = BLOCK | {"id": "b2", "position": [0.45, 0.145]}
    assert len(parse_scene(text(BLOCK, beside)).objects) == 2, "their circles overlap, their outlines do not"
    assert "are 4.5 cm apart and need 4.8 cm" in refusal(text(BLOCK, beside | {"yaw": math.pi / 4}))
    assert "overlap" in refusal(text(BLOCK, on | {"position": [0.45, 0.10, 0.02]}))


def test_a_block_may_lie_in_a_bowl_but_not_through_its_wall() -> None:
    for offset, height, fits in ((0.0, 0.006, True), (0.03, 0.006, False), (0.0, 0.0, False)):
        content = text(BOWL, BLOCK | {"position": [0.55 + offset, -0.15, height]})
        if fits:
            assert len(parse_scene(content).objects) == 2
        else:
            assert "overlap" in refusal(content)


def test_the_reachable_area_is_the_arms() -> None:
    small = Area(x=(0.1, 0.3), y=(-0.1, 0.1))
    assert "reachable: x 0.1 to 0.3 m, y -0.1 to 0.1 m" in refusal(text(BLOCK), area=small)
    assert parse_scene(text(BLOCK | {"position": [0.2, 0.0]}), area=small)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_a_scene_or_an_error(content: str | bytes) -> None:
    try:
        parse_scene(content)
    except SceneError as error:
        assert "\n" not in str(error)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="No such file"):
        load_scene(tmp_path / "none.json")
    with pytest.raises(SceneError, match="no scene 'tabel'; ready-made: crowded, "):
        load_scene("tabel")
    (tmp_path / "big.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(SceneError, match="has 1000001 bytes; a scene file has at most 1000000"):
        load_scene(tmp_path / "big.json")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(SceneError, match="is not a file"):
        load_scene(tmp_path / "folder.json")
    (tmp_path / "good").write_text(text(BLOCK))
    assert len(load_scene(tmp_path / "good").objects) == 1


@pytest.mark.parametrize("name", scene_names())
def test_a_ready_made_scene_stands_still(name: str) -> None:
    scene = load_scene(name)
    assert describe(name)
    assert parse_scene(json.dumps(to_json(scene))) == scene
    world = Physics(scene)
    try:
        before = world.truth()
        for _ in range(120):
            world.step()
        after = world.truth()
    finally:
        world.close()
    for item in scene.objects:
        moved = float(abs(after[item.id].position - before[item.id].position).max())
        assert moved < 0.003, f"{item.id} moved {moved * 1000:.1f} mm by itself"

"""The world: the same bytes for the same seed, bowls that hold, scenes that fit, names that perception shares."""

import json
from itertools import combinations

import numpy as np
import pytest

from sayso.hardware.types import JointTarget
from sayso.perception import scene as perceived
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.robot import SimArm
from sayso.sim.scenes import palette
from sayso.sim.scenes.scene_file import parse_scene
from sayso.sim.scenes.scene_spec import BLOCK_SIZE, BOWL_SIZE, ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import REACH_X, REACH_Y, random_scene

BLOCK = ObjectSpec("b1", "block", "red", (0.5, 0.1), 0.3)
SWEEP = np.array([0.5, 0.74, 0.0, 0.03, 0.0, 0.7, 0.0])  # from home down to the table, and from side to side
BOWL = ObjectSpec("w1", "bowl", "blue", (0.5, -0.15))


def stirred(world: Physics) -> bytes:
    """The truth, to the last bit, after the arm has swept over the table for two seconds."""
    arm = SimArm(world)
    arm.connect()
    home = arm.spec.home
    while arm.clock.now() < 2.0:
        t = arm.clock.now()
        q = home + SWEEP * np.array([np.sin(4 * t), *np.ones(6)]) * min(1.0, 2 * t)
        arm.write(JointTarget(q, np.zeros(7), float(np.sin(9 * t) > 0), t + 0.1))
        arm.clock.sleep_until(t + 1 / arm.spec.control_hz)
    truth = world.truth()
    return (
        b"".join(o.position.tobytes() + o.quaternion.tobytes() for o in truth.values()) + arm.read().position.tobytes()
    )


def test_a_seed_gives_the_same_bytes_in_a_fresh_world_and_in_a_used_one() -> None:
    scene, other = (random_scene(np.random.default_rng(seed), 4, 2, stacks=0.5) for seed in (3, 4))
    look = random_appearance(np.random.default_rng(0), 6)
    world = Physics(scene, appearance=look)
    still, first = world.truth(), stirred(world)
    moved = world.truth()
    assert max(np.linalg.norm(moved[k].position - o.position) for k, o in still.items()) > 0.01
    world.reset(other)
    assert stirred(world) != first
    world.reset(scene, look)
    assert stirred(world) == first
    world.close()
    fresh = Physics(scene, appearance=look)
    assert stirred(fresh) == first
    fresh.close()


def test_a_closed_world_can_be_closed_again() -> None:
    world = Physics(SceneSpec(()))
    world.close()
    world.close()


def test_a_block_dropped_into_a_bowl_falls_to_its_floor_and_stays() -> None:
    world = Physics(SceneSpec((BLOCK, BOWL)))
    rng = np.random.default_rng(0)
    for _ in range(3):
        world.place("w1", np.array([0.5, -0.15, BOWL_SIZE[2] / 2]))
        world.place("b1", np.array([0.5, -0.15, 0.10]) + np.append(rng.uniform(-0.02, 0.02, 2), 0), rng.uniform(-3, 3))
        for _ in range(250):
            world.step()
        block, bowl = world.truth()["b1"], world.truth()["w1"]
        # Hollow: the block's foot is on the bowl's floor, deep below its rim.
        assert block.position[2] - BLOCK_SIZE[2] / 2 < 0.5 * BOWL_SIZE[2]
        assert np.hypot(*(block.position - bowl.position)[:2]) < 0.04
        assert bowl.upright > 0.99 and abs(bowl.position[2] - BOWL_SIZE[2] / 2) < 0.003
    world.close()


def test_objects_stand_where_the_scene_puts_them() -> None:
    tower = ObjectSpec("b2", "block", "green", (0.5, 0.1, 0.04), 0.3, (0.03, 0.03, 0.05))
    world = Physics(SceneSpec((BLOCK, BOWL, tower)))
    for _ in range(125):
        world.step()
    truth = world.truth()
    for item, z in ((BLOCK, 0.02), (BOWL, BOWL_SIZE[2] / 2), (tower, 0.04 + 0.025)):
        assert np.allclose(truth[item.id].position, (*item.position[:2], z), atol=0.002)
        assert truth[item.id].size == pytest.approx(item.extents)
        assert truth[item.id].yaw == pytest.approx(item.yaw, abs=0.02)
    world.close()


def test_a_color_without_paint_is_an_error() -> None:
    with pytest.raises(KeyError, match="mauve"):
        Physics(SceneSpec((ObjectSpec("b1", "block", "mauve", (0.5, 0.1)),)))


def test_kinds_have_their_usual_sizes() -> None:
    assert BLOCK.extents == BLOCK_SIZE == (0.04, 0.04, 0.04)
    assert BOWL.extents == BOWL_SIZE and BOWL.radius == pytest.approx(0.075)
    assert BLOCK.radius == pytest.approx(0.02 * 2**0.5, abs=1e-3)
    sized = ObjectSpec("b1", "block", "red", (0.5, 0.1), size=(0.03, 0.05, 0.02))
    assert sized.extents == (0.03, 0.05, 0.02) and sized.radius == pytest.approx(0.025 * 2**0.5, abs=1e-3)


def test_the_world_is_painted_in_the_colors_that_perception_names() -> None:
    assert palette.KINDS == perceived.KINDS
    assert tuple(palette.COLORS) == perceived.COLORS


def as_file(scene: SceneSpec) -> str:
    """A scene as the JSON of a scene file."""
    items = [
        {"id": o.id, "kind": o.kind, "color": o.color, "position": o.position, "yaw": o.yaw, "size": o.size}
        for o in scene.objects
    ]
    return json.dumps({"objects": items, "camera_jitter": scene.camera_jitter})


@pytest.mark.parametrize("stacks", [0.0, 0.5])
def test_random_scenes_fit_on_the_table_and_read_back_from_a_file(stacks: float) -> None:
    for seed in range(150):
        rng = np.random.default_rng(seed)
        scene = random_scene(rng, int(rng.integers(1, 6)), int(rng.integers(0, 4)), stacks=stacks)
        for o in scene.objects:
            assert REACH_X[0] <= o.position[0] <= REACH_X[1] and REACH_Y[0] <= o.position[1] <= REACH_Y[1]
        for a, b in combinations(scene.objects, 2):
            apart = np.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])
            assert apart > a.radius + b.radius or len(a.position) != len(b.position) or a.position[2] != b.position[2]
        assert len({(o.kind, o.color) for o in scene.objects}) == len(scene.objects)
        # The reader of scene files has its own idea of overlap and reach, and finds nothing to object to.
        assert parse_scene(as_file(scene)).objects == scene.objects


def test_too_many_objects_are_an_error() -> None:
    with pytest.raises(ValueError, match="at most 10 of a kind"):
        random_scene(np.random.default_rng(0), 11, 0)
    with pytest.raises(ValueError, match="no room for 10 blocks and 10 bowls"):
        random_scene(np.random.default_rng(0), 10, 10)

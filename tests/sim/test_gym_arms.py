"""The environment with every arm: within its reach, seen by its cameras, at rates that it has; one, many, for long."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import sayso  # noqa: F401 (registers the environment)
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.bullet import pybullet
from sayso.sim.camera import DEFAULT_CAMERAS, OBSERVER, CameraSpec, cameras_for, nearer
from sayso.sim.gym_env import OBJECT_HIGH, TabletopEnv, check_rate, text_of
from sayso.sim.physics import Physics
from sayso.sim.scenes.palette import COLORS, KINDS
from sayso.sim.scenes.scene_choice import check_reach
from sayso.sim.scenes.scene_file import MAX_OBJECTS, scene_names
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import random_scene

ID = "sayso/Tabletop-v0"
SMALL = (CameraSpec("left", (1.05, 0.62, 0.72), (0.46, 0.0, 0.0), width=52, height=40),)


@pytest.mark.parametrize("arm", ARMS)
def test_gymnasium_finds_nothing_to_object_to_with_any_arm(arm: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(ID, render_mode="rgb_array", arm=arm, object_poses=True, cameras=SMALL)
        check_env(env.unwrapped)
        env.close()


@pytest.mark.parametrize("arm", ARMS)
def test_what_the_seed_draws_lies_within_the_arms_reach(arm: str) -> None:
    env = TabletopEnv(arm=arm, cameras=())
    seen = set()
    for seed in range(12):
        observed, info = env.reset(seed=seed)
        scene = env.world.scene
        check_reach(env.arm.spec, scene)
        box = env.arm.spec.workspace
        for o in scene.objects:
            assert (np.array(o.position[:2]) > box.lower[:2]).all() and (np.array(o.position[:2]) < box.upper[:2]).all()
        assert not env.world.arm_touches()
        assert text_of(observed["instruction"]) == info["instruction"]
        seen.add(info["instruction"])
    assert len(seen) > 6
    env.close()


@pytest.mark.parametrize("arm", ["so101", "koch", "piper"])
def test_a_ready_made_scene_can_be_asked_for_and_what_is_out_of_reach_is_refused(arm: str) -> None:
    env = TabletopEnv(arm=arm, cameras=())
    for name in scene_names():
        env.reset(
            seed=0, options={"scene": name, "instruction": "pick up the blue block" if name == "two-bowls" else None}
        )
        check_reach(env.arm.spec, env.world.scene)
    with pytest.raises(ValueError, match="is out of reach"):
        env.reset(options={"scene": SceneSpec((ObjectSpec("b1", "block", "red", (0.6, 0.0)),))})
    env.close()


def test_the_panda_draws_what_it_always_drew() -> None:
    env = TabletopEnv(cameras=())
    env.reset(seed=3)
    rng = np.random.default_rng(np.random.SeedSequence(3))
    assert env.world.scene == random_scene(rng, int(rng.integers(2, 5)), int(rng.integers(1, 3)))
    env.close()


@pytest.mark.parametrize("arm", ARMS)
def test_cameras_stand_where_a_run_of_that_arm_has_them(arm: str) -> None:
    spec = ARMS[arm]().spec
    env = TabletopEnv(arm=arm)
    assert [k for k in env.observation_space if k.startswith("rgb_")] == [f"rgb_{c.name}" for c in cameras_for(spec)]
    # Not jittered, as the scene says so.
    scene = SceneSpec((ObjectSpec("b1", "block", "red", (0.2, 0.1) if spec.reach is not None else (0.5, 0.1)),))
    if arm == "koch":
        scene = SceneSpec((ObjectSpec("b1", "block", "red", (0.15, 0.1)),))
    _, info = env.reset(seed=0, options={"scene": scene})
    for camera in cameras_for(spec):
        assert np.allclose(info[f"pose_{camera.name}"][:3, 3], camera.eye, atol=1e-5)
    env.close()
    share = spec.workspace.upper[0] / 0.8
    assert np.allclose(nearer(OBSERVER, spec).eye, np.array(OBSERVER.eye) * share)
    if arm in ("panda", "ur5e"):
        assert cameras_for(spec) == DEFAULT_CAMERAS and nearer(OBSERVER, spec) == OBSERVER


def test_objects_are_told_on_request_as_they_are() -> None:
    env = TabletopEnv(cameras=(), object_poses=True)
    scene = SceneSpec(
        (ObjectSpec("b1", "block", "red", (0.5, 0.1), 0.3), ObjectSpec("w1", "bowl", "blue", (0.5, -0.15)))
    )
    seen, info = env.reset(seed=0, options={"scene": scene})
    assert info["objects"] == ("red block", "blue bowl")
    assert seen["objects"].shape == (MAX_OBJECTS, 12) and not seen["objects"][2:].any()
    block, bowl = seen["objects"][:2]
    assert KINDS[int(block[0]) - 1] == "block" and list(COLORS)[int(block[1]) - 1] == "red"
    assert KINDS[int(bowl[0]) - 1] == "bowl" and list(COLORS)[int(bowl[1]) - 1] == "blue"
    assert block[2:5] == pytest.approx([0.5, 0.1, 0.02], abs=0.002)
    assert block[5:9] == pytest.approx([0, 0, np.sin(0.15), np.cos(0.15)], abs=0.01)
    assert block[9:] == pytest.approx([0.04] * 3)
    env.world.place("b1", np.array([0.5, 0.1, -50.0]))
    seen, *_ = env.step(env.action_space.sample() * 0)
    assert env.observation_space.contains(seen) and seen["objects"][0, 4] == -OBJECT_HIGH[4]
    env.close()
    plain = TabletopEnv(cameras=())
    assert "objects" not in plain.observation_space.spaces
    assert "objects" not in plain.reset(seed=0)[1]
    plain.close()


@pytest.mark.parametrize(
    "rate", [0, -10, float("nan"), float("inf"), 1e9, 60, 30, 400, 0.01, True, "10", None, 7.3], ids=repr
)
def test_a_rate_that_does_not_divide_the_arms_is_refused_with_those_that_do(rate: Any) -> None:
    with pytest.raises(
        ValueError, match=r"rate_hz = .* does not divide .* 250 Hz; allowed: 250, 125, 62.5, 50"
    ) as error:
        TabletopEnv(rate_hz=rate)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("control_hz", "rates"), [(250, (250, 125, 50, 25, 10, 5, 1, 12.5, 0.5)), (100, (50, 25, 10, 5, 12.5))]
)
def test_rates_that_divide_are_taken(control_hz: float, rates: tuple[float, ...]) -> None:
    for rate in rates:
        check_rate(rate, control_hz)
        check_rate(np.float64(rate), control_hz)
    with pytest.raises(ValueError, match="allowed: "):
        check_rate(100, control_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 12.5])
def test_a_step_lasts_as_long_as_the_rate_says(rate_hz: float) -> None:
    env = TabletopEnv(arm="so101", cameras=(), rate_hz=rate_hz)
    env.reset(seed=0)
    clock = env._loop.robot.clock
    start = clock.now()
    for _ in range(5):
        env.step(env.action_space.sample())
    assert clock.now() - start == pytest.approx(5 / rate_hz, abs=1e-9) and env.metadata["render_fps"] == rate_hz
    env.close()


def test_two_cameras_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="more than one camera is called 'left'"):
        TabletopEnv(cameras=SMALL * 2)


def test_an_instruction_outside_the_observation_space_is_refused() -> None:
    env = TabletopEnv(cameras=())
    scene = SceneSpec((ObjectSpec("b1", "block", "red", (0.5, 0.1)),))
    _, info = env.reset(options={"scene": scene, "instruction": "Pick up\n the red  block"})
    assert info["instruction"] == "Pick up the red block"
    for wrong in ("pick up the red bloc\u212a", "pick up the red block " + "please " * 100):
        with pytest.raises(ValueError, match=r"at most 256 characters, all of them ASCII"):
            env.reset(options={"scene": scene, "instruction": wrong})
    env.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_environments_run_beside_each_other(mode: str) -> None:
    many = gymnasium.make_vec(ID, num_envs=2, vectorization_mode=mode, arm="so101", cameras=SMALL, object_poses=True)
    seen, info = many.reset(seed=[3, 4])
    assert seen["instruction"].shape == (2, 256) and seen["rgb_left"].shape == (2, 40, 52, 3)
    assert [text_of(row) for row in seen["instruction"]] == info["instruction"].tolist()
    many.action_space.seed(0)
    for _ in range(3):
        seen, reward, *_, info = many.step(many.action_space.sample())
    assert reward.shape == (2,) and info["is_success"].tolist() == [False, False]
    many.close()
    alone = gymnasium.make(ID, arm="so101", cameras=SMALL, object_poses=True)
    again, _ = alone.reset(seed=4)
    assert (again["instruction"] == seen["instruction"][1]).all()
    alone.close()


def test_an_arm_of_ones_own_is_named_by_its_folder(tmp_path: Path) -> None:
    folder = Path(ARMS["so101"]().spec.urdf).parent
    env = TabletopEnv(arm=str(folder), cameras=())
    assert env.arm.spec.name == "so101"
    env.reset(seed=0)
    check_reach(env.arm.spec, env.world.scene)
    env.close()
    with pytest.raises(ValueError, match="there is no arm 'wooden'; available: panda"):
        TabletopEnv(arm="wooden")
    with pytest.raises(ValueError, match=r"arm\.json"):
        TabletopEnv(arm=str(tmp_path))


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the resident memory is read from /proc")
def test_memory_does_not_grow_with_the_resets() -> None:
    def reset_all(world: Physics, n: int) -> None:
        for seed in range(n):
            world.reset(random_scene(np.random.default_rng(seed), 2, 2))

    world = Physics(random_scene(np.random.default_rng(0), 2, 2), ARMS["so101"]())
    reset_all(world, 20)
    gc.collect()
    before = resident_mb()
    reset_all(world, 60)
    gc.collect()
    assert resident_mb() - before < 4.0, "each bowl used to leave 0.09 MB behind, 11 MB in all"
    world.close()


def test_a_world_that_nobody_closed_lets_go_of_its_client() -> None:
    world = Physics(SceneSpec(()), ARMS["so101"]())
    client = world.client
    assert pybullet.isConnected(client)
    del world
    gc.collect()
    assert not pybullet.isConnected(client)
    kept = Physics(SceneSpec(()), ARMS["so101"]())
    kept.close()
    kept.close()

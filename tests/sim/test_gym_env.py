"""The environment as Gymnasium's users meet it."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import sayso  # noqa: F401 (registers the environment)
from sayso.demonstrations.expert import Expert
from sayso.hardware.types import JointState
from sayso.sim.camera import CameraSpec
from sayso.sim.gym_env import TabletopEnv, random_instruction
from sayso.sim.judge import judge
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.skills.goal import SubtaskGoal
from sayso.skills.proprioception import ProprioceptionEstimator

ID = "sayso/Tabletop-v0"
SCENE = SceneSpec((ObjectSpec("b1", "block", "red", (0.5, 0.1), 0.3), ObjectSpec("w1", "bowl", "blue", (0.5, -0.15))))
IN = "put the red block in the blue bowl"
SMALL = (CameraSpec("left", (1.05, 0.62, 0.72), (0.46, 0.0, 0.0), width=52, height=40),)


@pytest.fixture
def env() -> Iterator[gymnasium.Env[Any, Any]]:
    env = gymnasium.make(ID, cameras=SMALL)
    yield env
    env.close()


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(a[k].tobytes() == b[k].tobytes() for k in a)


def test_gymnasium_finds_nothing_to_object_to() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(ID, render_mode="rgb_array")
        check_env(env.unwrapped)
        env.close()


def test_its_name_can_say_where_it_is_registered() -> None:
    code = f"import gymnasium; print(gymnasium.make('sayso:{ID}').observation_space['rgb_left'].shape)"
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "(160, 208, 3)" in result.stdout


def test_a_seed_gives_the_same_episode(env: gymnasium.Env[Any, Any]) -> None:
    def episode(env: gymnasium.Env[Any, Any], seed: int) -> list[Any]:
        env.action_space.seed(seed)
        seen, info = env.reset(seed=seed)
        out = [seen, info["instruction"]]
        for _ in range(8):
            seen, _, _, _, info = env.step(env.action_space.sample())
            out += [seen, info["instruction"]]
        return out

    first, other, again = episode(env, 7), episode(env, 8), episode(env, 7)
    fresh = gymnasium.make(ID, cameras=SMALL)
    for a, b, c in zip(first, again, episode(fresh, 7), strict=True):
        assert a == b == c if isinstance(a, str) else same(a, b) and same(a, c)
    assert not same(first[0], other[0])
    fresh.close()


def test_random_actions_stay_in_the_spaces_and_inside_the_workspace(env: gymnasium.Env[Any, Any]) -> None:
    env.action_space.seed(1)
    env.reset(seed=1)
    box = env.unwrapped.arm.spec.workspace  # type: ignore[attr-defined]
    sense = ProprioceptionEstimator(env.unwrapped.arm.spec)  # type: ignore[attr-defined]
    guarded = set()
    for _ in range(25):
        seen, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert env.observation_space.contains(seen)
        assert (reward, terminated, truncated) == (0.0, False, False)
        state = JointState(0.0, seen["joints"].astype(float), np.zeros(7))
        tool = sense.sense(state, state.position, closing=False).tool.position
        assert (tool > box.lower - 0.02).all() and (tool < box.upper + 0.02).all()
        guarded.add(info["guard"])
    assert "workspace" in guarded


def test_an_action_is_a_place_for_the_joints(env: gymnasium.Env[Any, Any]) -> None:
    seen, _ = env.reset(seed=2, options={"scene": SCENE, "instruction": IN})
    spec = env.unwrapped.arm.spec  # type: ignore[attr-defined]
    goal = spec.home + np.array([0.3, 0.0, 0.0, 0.1, 0.0, 0.0, -0.2])
    radians = gymnasium.wrappers.RescaleAction(
        env, np.append(spec.lower, 0).astype(np.float32), np.append(spec.upper, 1).astype(np.float32)
    )
    for _ in range(10):
        seen, *_ = radians.step(np.append(goal, 0.25).astype(np.float32))
    assert np.abs(seen["joints"] - goal).max() < 0.01
    assert np.abs(seen["joint_velocities"]).max() < 0.05
    assert seen["gripper"] == pytest.approx(0.25, abs=0.03)


def test_what_no_arm_may_do_is_left_to_the_guard(env: gymnasium.Env[Any, Any]) -> None:
    seen, info = env.reset(seed=2)
    assert info["guard"] == "ok"
    before = seen["joints"]
    seen, _, _, _, info = env.unwrapped.step(np.full(8, np.nan))
    assert info["guard"] == "not finite"
    assert np.abs(seen["joints"] - before).max() < 0.01
    with pytest.raises(ValueError, match=r"an action of panda has shape \(8,\); got \(7,\)"):
        env.unwrapped.step(np.zeros(7))


def test_success_ends_the_episode_once_it_lasts() -> None:
    env = gymnasium.make(ID, scene=SCENE, instruction=IN, cameras=())
    _, info = env.reset(seed=0)
    assert info == {"instruction": IN, "success": False, "is_success": False, "guard": "ok"}
    rest = env.unwrapped.arm.spec  # type: ignore[attr-defined]
    still = np.append(2 * (rest.home - rest.lower) / (rest.upper - rest.lower) - 1, 1).astype(np.float32)
    assert env.step(still)[1:3] == (0.0, False)
    env.unwrapped.world.place("b1", np.array([0.5, -0.15, 0.05]))  # type: ignore[attr-defined]
    told = [env.step(still)[1:] for _ in range(5)]
    assert [(t[3]["success"], t[3]["is_success"]) for t in told] == [(True, True)] * 5
    assert [t[0] for t in told] == [0.0] * 4 + [1.0] and [t[1] for t in told] == [False] * 4 + [True]
    _, info = env.reset(options={"instruction": "pick up the red block"})
    assert info["instruction"] == "pick up the red block" and env.step(still)[1:3] == (0.0, False)
    env.close()


def test_an_expert_solves_it_through_actions_alone() -> None:
    env = gymnasium.make(ID, scene=SCENE, instruction="pick up the red block", cameras=(), rate_hz=25.0)
    seen, _ = env.reset(seed=0)
    spec, world = env.unwrapped.arm.spec, env.unwrapped.world  # type: ignore[attr-defined]
    expert, sense, command, closing = Expert(spec), ProprioceptionEstimator(spec), spec.home.copy(), False
    reward = 0.0
    for _ in range(200):
        state = JointState(0.0, seen["joints"].astype(float), np.zeros(7), float(seen["gripper"][0]))
        body = sense.sense(state, command, closing)
        truth = world.truth()["b1"]
        do = expert.command(body, SubtaskGoal.of_box(truth.position, truth.size, truth.yaw))
        closing = do.closed
        ahead = expert.joint_velocities(body, [do])[0] * 0.08
        command = state.position + ahead
        action = np.append(2 * (command - spec.lower) / (spec.upper - spec.lower) - 1, 0.0 if closing else 1.0)
        seen, reward, done, _, _ = env.step(action.astype(np.float32))
        if done:
            break
    assert reward == 1.0
    env.close()


def test_an_episode_is_cut_after_half_a_minute() -> None:
    env = gymnasium.make(ID, scene=SCENE, instruction=IN, cameras=(), max_episode_steps=3)
    assert gymnasium.spec(ID).max_episode_steps == 300
    env.reset(seed=0)
    assert [env.step(env.action_space.sample())[3] for _ in range(3)] == [False, False, True]
    env.close()


def test_calibration_comes_with_the_reset(env: gymnasium.Env[Any, Any]) -> None:
    _, info = env.reset(seed=0)
    assert info["intrinsics_left"].shape == (3, 3) and info["pose_left"].shape == (4, 4)
    _, other = env.reset(seed=1)
    assert not np.allclose(info["pose_left"], other["pose_left"]), "the seed moves the cameras a little"
    _, plain = env.reset(seed=1, options={"scene": "tabletop"})
    assert np.allclose(plain["pose_left"][:3, 3], SMALL[0].eye)


def test_random_instructions_can_be_judged_and_are_not_done_yet() -> None:
    said = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scene = random_scene(rng, int(rng.integers(1, 5)), int(rng.integers(0, 3)))
        text = random_instruction(rng, scene)
        said.add(text.split(" the ")[0] + (" in" if " in the" in text else " on" if " on the" in text else ""))
        if seed % 10 == 0:
            world = Physics(scene)
            assert judge(text, world.truth(), world.truth()) is False
            world.close()
    assert said == {"pick up", "put in", "put on"}


def test_errors_name_what_is_allowed(env: gymnasium.Env[Any, Any]) -> None:
    with pytest.raises(ValueError, match="there is no arm 'wooden'; available: panda"):
        TabletopEnv(arm="wooden")
    with pytest.raises(ValueError, match="no render mode 'human'; available"):
        TabletopEnv(render_mode="human")
    with pytest.raises(gymnasium.error.ResetNeeded, match="call reset"):
        TabletopEnv().step(np.zeros(8))
    with pytest.raises(ValueError, match=r"unknown options \['goal'\]; allowed: \['instruction', 'scene'\]"):
        env.reset(options={"goal": "x"})
    with pytest.raises(ValueError, match="'dance' cannot be judged; name objects by color and kind, here: red block"):
        env.reset(options={"scene": SCENE, "instruction": "dance"})
    with pytest.raises(ValueError, match="no scene 'nowhere'"):
        env.reset(options={"scene": "nowhere"})
    bowl = SceneSpec((ObjectSpec("w1", "bowl", "blue", (0.5, -0.15)),))
    with pytest.raises(ValueError, match="no block in the scene has a color of its own"):
        env.reset(options={"scene": bowl})
    assert TabletopEnv().render() is None

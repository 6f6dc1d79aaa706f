"""PyBullet behind the same robot and camera contracts: worlds, tasks, teacher, environments."""

import gymnasium

TIME_LIMIT_STEPS = 300

# By name only: PyBullet is loaded when the environment is made.
gymnasium.register("sayso/Tabletop-v0", "sayso.sim.gym_env:TabletopEnv", max_episode_steps=TIME_LIMIT_STEPS)

if __name__ == "sim":
    raise ModuleNotFoundError("No module named 'sim'; it is sayso.sim", name="sim")

"""PyBullet simulation: arms, cameras, scenes, teacher, tasks, Gymnasium environment. Start at ``world.py``."""

import gymnasium

TIME_LIMIT_STEPS = 300

# Registered by name only, so that PyBullet is imported when the environment is made.
gymnasium.register("sayso/Tabletop-v0", "sayso.sim.gym_env:TabletopEnv", max_episode_steps=TIME_LIMIT_STEPS)

if __name__ == "sim":
    raise ModuleNotFoundError("No module named 'sim'; it is sayso.sim", name="sim")

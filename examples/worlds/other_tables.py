"""The two example worlds with their tables elsewhere: by heights of the table against the arm's base."""

import numpy as np
from robosuite.environments.manipulation import stack

from examples.worlds import panda_gym_world, robosuite_world

PandaGymLow = type("PandaGymLow", (panda_gym_world.PandaGym,), {"base": (-0.6, 0.0, 0.1)})  # 10 cm lower
PandaGymHigh = type("PandaGymHigh", (panda_gym_world.PandaGym,), {"base": (-0.6, 0.0, -0.1)})  # 10 cm higher


def _stack(name: str, height: float) -> type[robosuite_world.Stack]:
    """robosuite's Stack with its table's top at ``height`` m; robosuite finds an environment by its class's name."""
    offset = property(lambda _: np.array((0.0, 0.0, height)), lambda _, __: None)
    type(name, (stack.Stack,), {"table_offset": offset})
    return type(name, (robosuite_world.Stack,), {"table": height, "kind": name})


StackLevel = _stack("StackLevel", 0.912)  # as high as the base
StackHigh = _stack("StackHigh", 1.012)  # 10 cm higher
